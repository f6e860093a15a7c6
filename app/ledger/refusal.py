"""Why a file is not read at all, or not to its end."""

from app.ledger.bounds import SHOWN_CHARS_MAX


class FileRefusedError(Exception):
    """A file that cannot be read, or no further. `code` is for programs, `message` for people.

    `line` counts from 1 as an editor does (in a workbook: the sheet's row), `column` is the
    heading in the file. Raised on opening, and while reading where the rest cannot be trusted.
    """

    def __init__(
        self, code: str, message: str, line: int | None = None, column: str | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.line = line
        self.column = column


def shown(text: str) -> str:
    """Give a name out of a file so that it may stand in a message: short, and printable."""
    return ascii(text[:SHOWN_CHARS_MAX]) if not text.isprintable() else text[:SHOWN_CHARS_MAX]
