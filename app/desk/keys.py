"""Callers' keys: made, found by their digest, revoked."""

import secrets
import time
from dataclasses import dataclass, field
from hashlib import sha256

import uuid_utils

from app.credit.caller import Caller, Ceiling, Role
from app.desk.work import Work
from app.storage import keys
from app.storage.keys import NewKey, StoredKey

__all__ = ["Holder", "IssuedKey", "KeyRequest", "KeyUnknownError", "Keys", "StoredKey"]

KEPT_S = 3.0
"""How long a key that was found is not looked up again: by then a revocation has taken effect."""

KEPT_MAX = 10_000
"""How many keys are kept in memory, wrong ones among them; the oldest go first."""

KEY_BYTES = 32
"""How many random bytes a key is made of."""


class KeyUnknownError(Exception):
    """No key has this id."""


@dataclass(frozen=True, slots=True)
class KeyRequest:
    """What a new key is for. `ceiling` is what its person may release at most."""

    name: str
    person: str | None
    roles: frozenset[Role]
    scopes: frozenset[str]
    ceiling: Ceiling | None


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A new key, which is told this once."""

    key: str
    stored: StoredKey


@dataclass(frozen=True, slots=True)
class Holder:
    """Whoever holds a key, with the scopes that it has beside those of its roles."""

    caller: Caller
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Kept:
    until_s: float
    holder: Holder | None


@dataclass(slots=True)
class Keys:
    """Keys are looked up by their digest, and kept for moments, so that a check asks nothing."""

    work: Work
    _kept: dict[bytes, _Kept] = field(default_factory=dict)

    async def issue(self, request: KeyRequest, by: str) -> IssuedKey:
        """Make a key and store what it is for."""
        key = f"cg_{secrets.token_urlsafe(KEY_BYTES)}"
        ceiling = request.ceiling
        new = NewKey(
            id=f"key_{uuid_utils.uuid7().hex}",
            digest=sha256(key.encode()).digest(),
            name=request.name,
            person=request.person,
            roles=tuple(sorted(request.roles)),
            scopes=tuple(sorted(request.scopes)),
            release_ceiling_minor=None if ceiling is None else ceiling.amount_minor,
            currency=None if ceiling is None else ceiling.currency,
            created_by=by,
        )
        return IssuedKey(key, await self.work.writing(lambda c: keys.add(c, new)))

    async def holder(self, digest: bytes) -> Holder | None:
        """Give who holds the key of this digest, or `None` where it is none or was revoked."""
        now_s = time.monotonic()
        kept = self._kept.get(digest)
        if kept is not None and kept.until_s > now_s:
            return kept.holder
        stored = await self.work.reading(lambda connection: keys.find(connection, digest))
        holder = None if stored is None else _holder(stored)
        self._kept.pop(digest, None)
        if len(self._kept) >= KEPT_MAX:
            del self._kept[next(iter(self._kept))]
        self._kept[digest] = _Kept(now_s + KEPT_S, holder)
        return holder

    async def revoke(self, key_id: str, by: str) -> StoredKey:
        """Revoke a key: here at once, elsewhere within `KEPT_S`; raises `KeyUnknownError`."""
        stored = await self.work.writing(lambda connection: keys.revoke(connection, key_id, by))
        if stored is None:
            raise KeyUnknownError(key_id)
        self._kept.clear()
        return stored

    async def listed(self, *, after: str | None, limit: int) -> list[StoredKey]:
        """Give keys, oldest first."""
        return await self.work.reading(
            lambda connection: keys.listed(connection, after=after, limit=limit)
        )


def _holder(stored: StoredKey) -> Holder:
    ceiling = None
    if stored.release_ceiling_minor is not None and stored.currency is not None:
        ceiling = Ceiling(stored.release_ceiling_minor, stored.currency)
    # A role that this version does not know gives nothing.
    roles = frozenset(role for role in Role if role in stored.roles)
    return Holder(Caller(stored.id, roles, stored.person, ceiling), frozenset(stored.scopes))
