"""Who asks: the holder of the administrator's key, or of one that was issued here."""

import hmac
from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Annotated, Final

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from app.api.permissions import NEEDED, roles_with, scopes_of
from app.api.problems import Extras, Problem, ProblemError
from app.credit.caller import Caller, Role
from app.desk.acting import note_caller
from app.desk.keys import Holder

AUTHORIZATION_BYTES_MAX: Final = 512
CALLER_LENGTH: Final = 16
"""How much of its key's digest names a caller, where what it did is kept apart."""

_bearer: Final = HTTPBearer(
    scheme_name="bearer", auto_error=False, description="A key of this service."
)

Credentials = Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]
Find = Callable[[bytes], Awaitable[Holder | None]]

ADMINISTRATOR: Final = Caller("administrator", frozenset({Role.ADMIN}))
"""Whoever holds the key of the settings: it gives out the others."""


class KeyGuard:
    """A dependency that ends in a 401 without a key, and in a 403 with one that does not do.

    The administrator's key has this SHA-256 digest; others are found by theirs. Keys are long and
    random, so their plain digest cannot be guessed back. `StrictRoute` asks it before it looks at
    the body; as a dependency it guards every other route, and is described.
    """

    def __init__(self, expected_sha256: bytes, find: Find | None = None) -> None:
        if len(expected_sha256) != sha256().digest_size:
            raise ValueError("expected_sha256 must be a SHA-256 digest")
        self._expected_sha256 = expected_sha256
        self._find = find

    async def __call__(self, request: Request, _declared: Credentials) -> None:
        """Guard a route that reads no body."""
        await self.require_key(request)

    async def require_key(self, request: Request) -> None:
        """End in a problem unless the request holds a key that lets it do this."""
        presented = _digest(request)
        if hmac.compare_digest(presented, self._expected_sha256):
            _admit(request, ADMINISTRATOR, presented.hex()[:CALLER_LENGTH])
            return
        holder = await self._find(presented) if self._find is not None and presented else None
        if holder is None:
            raise ProblemError(Problem.UNAUTHORIZED)
        _require_scope(request, holder)
        _admit(request, holder.caller, holder.caller.id)


def _admit(request: Request, caller: Caller, key_name: str) -> None:
    request.state.caller = key_name
    request.state.who = caller
    note_caller(caller)


def _require_scope(request: Request, holder: Holder) -> None:
    needed = NEEDED[request.scope["route"].operation_id]
    if needed not in scopes_of(holder.caller.roles) | holder.scopes:
        raise forbidden(roles_with(needed))


def forbidden(needs: list[Role]) -> ProblemError:
    """Give the problem that names the roles of which one is needed."""
    named = [role.value for role in needs]
    return ProblemError(
        Problem.FORBIDDEN,
        f"This needs one of the roles {', '.join(named)}.",
        extras=Extras(members={"needs_role": named}),
    )


async def _caller_of(request: Request) -> Caller:
    caller: Caller = request.state.who
    return caller


TheCaller = Annotated[Caller, Depends(_caller_of)]
"""Who asks; the route is guarded, so that somebody does."""


def _digest(request: Request) -> bytes:
    """The digest of the key, empty for a request without exactly one usable header."""
    headers = request.headers.getlist("authorization")
    if len(headers) != 1 or len(headers[0]) > AUTHORIZATION_BYTES_MAX:
        return b""
    scheme, _, key = headers[0].partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        return b""
    return sha256(key.strip().encode("latin-1")).digest()
