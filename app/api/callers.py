"""Who asks: for now whoever holds the one administrator key."""

import hmac
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


class KeyGuard:
    """A dependency that ends in a 401 unless the key has this SHA-256 digest.

    Keys are long and random, so their plain digest cannot be guessed back. `StrictRoute` asks it
    before it looks at the body; as a dependency it guards every other route, and is described.
    """

    def __init__(self, expected_sha256: bytes) -> None:
        if len(expected_sha256) != sha256().digest_size:
            raise ValueError("expected_sha256 must be a SHA-256 digest")
        self._expected_sha256 = expected_sha256

    async def __call__(self, request: Request, _declared: Credentials) -> None:
        """Guard a route that reads no body."""
        self.require_key(request)

    def require_key(self, request: Request) -> None:
        """End in a 401 unless the request holds the key."""
        presented = _digest(request)
        if not hmac.compare_digest(presented, self._expected_sha256):
            raise ProblemError(Problem.UNAUTHORIZED)
        request.state.caller = presented.hex()[:CALLER_LENGTH]


def _digest(request: Request) -> bytes:
    """The digest of the key, empty for a request without exactly one usable header."""
    headers = request.headers.getlist("authorization")
    if len(headers) != 1 or len(headers[0]) > AUTHORIZATION_BYTES_MAX:
        return b""
    scheme, _, key = headers[0].partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        return b""
    return sha256(key.strip().encode("latin-1")).digest()
