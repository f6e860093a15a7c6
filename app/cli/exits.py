"""How commands end: a decision's outcome, what a command left, or a code of sysexits.h."""

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes; 64 and above are errors, nothing was decided."""

    OK = 0
    WARNING = 10
    HOLD = 20
    DRIFT = 30
    LINES_REFUSED = 40
    USAGE = 64
    DATA = 65
    UNAVAILABLE = 69
    SOFTWARE = 70
    NO_PERMISSION = 77
    CONFIG = 78
    INTERRUPTED = 130


NO_DATABASE = (
    "The database of CREDITGATE_DATABASE_URL gives no connection ({reason}). "
    "See that it runs and that the address, user and password are right."
)
"""What a command says that cannot work without its database."""


class Failure(Exception):  # noqa: N818 - it is one, and reads so where it is raised
    """A command cannot go on; the sentences say why and what to do."""

    def __init__(self, code: Exit, *sentences: str) -> None:
        super().__init__(*sentences)
        self.code = code
        self.sentences = sentences
