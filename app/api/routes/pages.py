"""Lists in pages: which part is asked for, and a cursor that goes on with its own list alone."""

from base64 import b64decode, urlsafe_b64encode
from hashlib import sha256
from typing import Annotated, Any, Final, TypeVar

from fastapi import Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

from app.api.problems import FieldError, Problem, ProblemError

PAGE_MAX: Final = 500
SEAL_CHARS: Final = 12
CURSOR_CHARS_MAX: Final = 128

_NOT_OF_THIS_LIST: Final = FieldError(
    "",
    "cursor_unknown",
    "Must be the next_cursor of a page of this very list: same path, same filters, same order.",
    where="query",
    parameter="cursor",
)


class Page(BaseModel):
    """Which part of a list; once opened, `cursor` is the ref that the list goes on after."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=1, le=PAGE_MAX)] = 50
    cursor: Annotated[str, Field(min_length=1, max_length=CURSOR_CHARS_MAX)] | None = None

    _question: str = PrivateAttr(default="")

    def open(self, path: str) -> None:
        """Note what is asked and open the cursor; a 422 if it is none of this list's."""
        self._question = f"{path} {self.model_dump_json(exclude={'limit', 'cursor'})}"
        if self.cursor is not None:
            self.cursor = _opened(self.cursor, self._question)

    def sealed(self, ref: str) -> str:
        """Give the cursor that goes on after a ref, with this question alone."""
        text = _seal(ref, self._question) + ref
        return urlsafe_b64encode(text.encode()).decode().rstrip("=")


Asked = TypeVar("Asked", bound=Page)


def asked(kind: type[Asked]) -> Any:  # noqa: ANN401 - what a default of FastAPI's is
    """Have a list's query read, with its cursor opened."""

    async def opened(request: Request, page: Annotated[Asked, Query()]) -> Asked:
        page.open(request.scope["path"])
        return page

    opened.__annotations__["page"] = Annotated[kind, Query()]
    return Depends(opened)


Paged = Annotated[Page, asked(Page)]


def next_cursor(refs: list[str], page: Page) -> str | None:
    """Give where the next page starts: after the last of a full one."""
    return page.sealed(refs[-1]) if len(refs) == page.limit else None


def _opened(cursor: str, question: str) -> str:
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        text = b64decode(padded, altchars=b"-_", validate=True).decode()
    except ValueError:
        raise ProblemError(Problem.INVALID_REQUEST, errors=[_NOT_OF_THIS_LIST]) from None
    seal, ref = text[:SEAL_CHARS], text[SEAL_CHARS:]
    if seal != _seal(ref, question):
        raise ProblemError(Problem.INVALID_REQUEST, errors=[_NOT_OF_THIS_LIST])
    return ref


def _seal(ref: str, question: str) -> str:
    """Give what ties a ref to a question. It keeps nobody out; it shows mistakes."""
    return sha256(f"{question}\n{ref}".encode()).hexdigest()[:SEAL_CHARS]
