"""Refs, the callers' own ids: how they are checked, and how they travel in paths."""

import re
from typing import Annotated, Final
from urllib.parse import quote, unquote

from fastapi import Path
from pydantic import AfterValidator, WithJsonSchema
from starlette.convertors import Convertor, register_url_convertor
from starlette.types import ASGIApp, Receive, Scope, Send
from typing_extensions import override

from app.api.problems import refused

REF_LENGTH_MAX: Final = 64

_PATTERN: Final = f"^[!-~]([ -~]{{0,{REF_LENGTH_MAX - 2}}}[!-~])?$"
_WELL_FORMED: Final = re.compile(_PATTERN.removeprefix("^").removesuffix("$"))
_PRINTABLE: Final = re.compile("[ -~]*")
_MALFORMED_ESCAPE: Final = re.compile("%(?![0-9A-Fa-f]{2})")
_NEVER_A_REF: Final = "\0"


def checked_ref(text: str) -> str:
    """Give the text if it is a ref, else raise the error that says why it is none."""
    if _WELL_FORMED.fullmatch(text):
        return text
    if not text:
        raise refused("ref_empty", "Must not be empty.")
    if len(text) > REF_LENGTH_MAX:
        raise refused("ref_too_long", f"Must have at most {REF_LENGTH_MAX} characters.")
    if not _PRINTABLE.fullmatch(text):
        raise refused("ref_not_printable_ascii", "Must be printable ASCII only.")
    raise refused("ref_space_at_end", "Must not start or end with a space.")


_SCHEMA: Final = {
    "type": "string",
    "minLength": 1,
    "maxLength": REF_LENGTH_MAX,
    "pattern": _PATTERN,
}

Ref = Annotated[str, AfterValidator(checked_ref), WithJsonSchema(_SCHEMA)]

PathRef = Annotated[
    Ref, Path(description="Percent-encoded: INV/2026/0001 is written INV%2F2026%2F0001.")
]
"""For a path parameter that is declared with the convertor: `/customers/{customer:ref}`."""


class RefConvertor(Convertor[str]):
    """Takes one segment as it was sent, an empty one too: that is a bad ref, not a 404."""

    regex = "[^/]*"

    @override
    def convert(self, value: str) -> str:
        if "%" not in value:
            return value
        if _MALFORMED_ESCAPE.search(value):
            return _NEVER_A_REF
        # Latin-1 takes every byte, and what is not ASCII is refused as a ref afterwards.
        return unquote(value, encoding="latin-1")

    @override
    def to_string(self, value: str) -> str:
        return quote(value, safe="")


register_url_convertor("ref", RefConvertor())


class EncodedPathMiddleware:
    """Lets routes match the path as it was sent, so that %2F stays inside its segment."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope["path"] = _encoded_path(scope)
        await self._app(scope, receive, send)


def _encoded_path(scope: Scope) -> str:
    path: str = scope["path"]
    sent = scope.get("raw_path")
    if sent is None:
        return path.replace("%", "%25")
    if b"%" not in sent:
        return path
    encoded = str(sent, "latin-1").partition("?")[0]
    root: str = scope.get("root_path", "")
    if path.startswith(root) and not encoded.startswith(root):
        return root + encoded
    return encoded
