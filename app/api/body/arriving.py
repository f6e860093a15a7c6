"""A body of any size: it is kept in a file while it comes, and read once it is there."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from hashlib import sha256
from tempfile import SpooledTemporaryFile
from typing import IO, Annotated, Final

from fastapi import Depends, Request

HELD_IN_MEMORY_MAX: Final = 1_048_576
"""A body up to so many bytes never touches the disk."""


@dataclass(frozen=True, slots=True)
class ArrivedBody:
    """A body that came to its end. `fingerprint` is that of the query and the body."""

    file: IO[bytes]
    fingerprint: bytes


async def _arrived(request: Request) -> AsyncIterator[ArrivedBody]:
    """Take the body in as it comes; one cut short ends the request before anything is done."""
    with SpooledTemporaryFile(max_size=HELD_IN_MEMORY_MAX, prefix="creditgate-") as file:
        content = sha256(fingerprinted_query(request))
        async for chunk in request.stream():
            content.update(chunk)
            file.write(chunk)
        file.seek(0)
        yield ArrivedBody(file, content.digest())


def fingerprinted_query(request: Request) -> bytes:
    """Give what stands before the body in a request's fingerprint."""
    query: bytes = request.scope["query_string"]
    return query + b"\n" if query else b""


TheBody = Annotated[ArrivedBody, Depends(_arrived)]
