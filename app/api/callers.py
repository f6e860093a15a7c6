"""Who asks: for now whoever holds the one administrator key."""

import hmac
from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Annotated, Final

from fastapi import Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from app.api.problems import Problem, ProblemError

AUTHORIZATION_BYTES_MAX: Final = 512
CALLER_LENGTH: Final = 16
"""How much of its key's digest names a caller, where what it did is kept apart."""

_bearer: Final = HTTPBearer(
    scheme_name="bearer", auto_error=False, description="A key of this service."
)

Credentials = Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]


def require_key(expected_sha256: bytes) -> Callable[..., Awaitable[None]]:
    """A dependency that ends in a 401 unless the key has this SHA-256 digest.

    Keys are long and random, so their plain digest cannot be guessed back.
    """
    if len(expected_sha256) != sha256().digest_size:
        raise ValueError("expected_sha256 must be a SHA-256 digest")

    async def key_is_valid(request: Request, credentials: Credentials) -> None:
        presented = _digest(request, credentials)
        if not hmac.compare_digest(presented, expected_sha256):
            raise ProblemError(Problem.UNAUTHORIZED)
        request.state.caller = presented.hex()[:CALLER_LENGTH]

    return key_is_valid


def _digest(request: Request, credentials: HTTPAuthorizationCredentials | None) -> bytes:
    """The digest of the key, empty for a request without exactly one usable header."""
    headers = request.headers.getlist("authorization")
    if credentials is None or len(headers) != 1 or len(headers[0]) > AUTHORIZATION_BYTES_MAX:
        return b""
    return sha256(credentials.credentials.encode("latin-1")).digest()
