"""Forms with a file, written to disk as they arrive.

The framework's own reading leaves a file without a name, which no other process could open.
"""

from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Final

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header

from app.api.problems import Extras, FieldError, Problem, ProblemError

MULTIPART: Final = "multipart/form-data"
FILE: Final = "file"

FIELDS_MAX: Final = 64
FIELD_BYTES_MAX: Final = 1_000
FILE_NAME_CHARS_MAX: Final = 255
WRITTEN_AT_ONCE: Final = 1024 * 1024
"""How much of a body is gathered before a thread writes it: going there takes its time, too."""

_MALFORMED: Final = FieldError("", "multipart_malformed", "Is not the form that its header says.")
_TOO_MUCH: Final = FieldError("", "too_many_fields", "Has too many fields, or one too long.")
_NO_FILE: Final = FieldError("/file", "required", "Is required.")
_TWO_FILES: Final = FieldError("/file", "duplicate_key", "Only one file is taken at a time.")


@dataclass(slots=True)
class Form:
    """What a form says: the file's place on disk and its name, and its other fields as texts.

    `fingerprint` is the same for the same file and fields, however they were wrapped.
    """

    file: Path
    file_name: str | None = None
    fields: dict[str, list[str]] = field(default_factory=dict)
    fingerprint: bytes = b""


async def read_form(request: Request, folder: Path) -> Form:
    """Read a request's form, its file into the folder; ends in a problem for any other body."""
    reading = _Reading(Form(folder / "upload"), _boundary(request))
    waiting = bytearray()
    try:
        async for chunk in request.stream():
            waiting += chunk
            if len(waiting) >= WRITTEN_AT_ONCE:
                await run_in_threadpool(reading.write, bytes(waiting))
                waiting.clear()
        await run_in_threadpool(reading.finish, bytes(waiting))
    except MultipartParseError:
        raise _refused(_MALFORMED) from None
    finally:
        reading.close()
    return reading.form


def _boundary(request: Request) -> bytes:
    media_type, parameters = parse_options_header(request.headers.get("content-type"))
    is_plain = request.headers.get("content-encoding", "identity").lower() == "identity"
    if media_type != MULTIPART.encode() or not is_plain:
        message = f"Send the body as {MULTIPART}."
        extras = Extras(headers={"Accept": MULTIPART})
        raise ProblemError(Problem.UNSUPPORTED_MEDIA_TYPE, message, extras=extras)
    return parameters.get(b"boundary", b"")


def _refused(error: FieldError) -> ProblemError:
    return ProblemError(Problem.INVALID_REQUEST, errors=[error])


class _Reading:
    """Takes the body piece by piece, and its parts apart."""

    def __init__(self, form: Form, boundary: bytes) -> None:
        if not boundary:
            raise _refused(_MALFORMED)
        self.form = form
        self._file: BinaryIO | None = None
        self._digest = sha256()
        self._header = self._value = self._data = b""
        self._named: dict[bytes, bytes] = {}
        self._is_complete = False
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin_part,
                "on_header_field": self._add_header,
                "on_header_value": self._add_value,
                "on_header_end": self._end_header,
                "on_headers_finished": self._begin_data,
                "on_part_data": self._add_data,
                "on_part_end": self._end_part,
                "on_end": self._end,
            },
        )

    def write(self, data: bytes) -> None:
        """Take the next piece; raises `MultipartParseError` and `ProblemError`."""
        self._parser.write(data)

    def finish(self, data: bytes) -> None:
        """Take the last piece."""
        self._parser.write(data)
        if not self._is_complete:
            raise _refused(_MALFORMED)
        if self._file is None:
            raise _refused(_NO_FILE)
        said = sorted(self.form.fields.items())
        self._digest.update(repr((self.form.file_name, said)).encode())
        self.form.fingerprint = self._digest.digest()

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()

    def _begin_part(self) -> None:
        self._header = self._value = self._data = b""
        self._named = {}

    def _add_header(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _add_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _end_header(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._named = parse_options_header(self._value)[1]
        self._header = self._value = b""

    @property
    def _is_file(self) -> bool:
        return self._named.get(b"name") == FILE.encode()

    def _begin_data(self) -> None:
        if b"name" not in self._named:
            raise _refused(_MALFORMED)
        if not self._is_file:
            return
        if self._file is not None:
            raise _refused(_TWO_FILES)
        self._file = self.form.file.open("xb")
        name = self._named.get(b"filename", b"").decode("utf-8", "replace")
        self.form.file_name = _shown(name) or None

    def _add_data(self, data: bytes, start: int, end: int) -> None:
        piece = data[start:end]
        if self._is_file and self._file is not None:
            self._digest.update(piece)
            self._file.write(piece)
            return
        self._data += piece
        if len(self._data) > FIELD_BYTES_MAX:
            raise _refused(_TOO_MUCH)

    def _end_part(self) -> None:
        if self._is_file:
            return
        name = _shown(self._named[b"name"].decode("utf-8", "replace"))
        self.form.fields.setdefault(name, []).append(self._data.decode("utf-8", "replace"))
        if sum(map(len, self.form.fields.values())) > FIELDS_MAX:
            raise _refused(_TOO_MUCH)

    def _end(self) -> None:
        self._is_complete = True


def _shown(name: str) -> str:
    """Give a name that may stand in an answer: its last part, printable, and not too long."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(c for c in last if c.isprintable())[:FILE_NAME_CHARS_MAX]
