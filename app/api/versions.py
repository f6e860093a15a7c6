"""`If-Match` and `ETag`: the version that a caller has seen, and the one that an answer shows."""

import re
from typing import Annotated, Final

from fastapi import Depends, Header, Request

from app.api.problems import FieldError, Problem, ProblemError

_TAG: Final = re.compile(r'"([1-9][0-9]{0,8})"')
_MALFORMED: Final = FieldError(
    "",
    "version_malformed",
    'Must be one version as it was read, such as "3".',
    where="header",
    parameter="If-Match",
)

IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        description='The hold\'s version as you have read it, such as `"3"`: its `ETag`.',
    ),
]


async def _named_version(request: Request, if_match: IfMatch = None) -> int | None:
    if if_match is None:
        return None
    tag = _TAG.fullmatch(if_match.strip())
    # Several headers are a list of versions, as one with commas is.
    if tag is None or len(request.headers.getlist("If-Match")) > 1:
        raise ProblemError(Problem.INVALID_REQUEST, errors=[_MALFORMED])
    return int(tag[1])


NamedVersion = Annotated[int | None, Depends(_named_version)]
"""The version that the caller has seen, where it is named."""


async def _seen_version(named: NamedVersion) -> int:
    if named is None:
        raise ProblemError(Problem.VERSION_REQUIRED)
    return named


SeenVersion = Annotated[int, Depends(_seen_version)]
"""The version that the caller has seen; ends in a 428 where none is named."""


def etag(version: int) -> dict[str, str]:
    """Give the header that says which version an answer shows."""
    return {"ETag": f'"{version}"'}
