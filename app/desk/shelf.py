"""Policies as rules. A version never changes, so that a kept one is never out of date."""

from dataclasses import dataclass, field
from typing import Any

from app.credit.policy import Policy
from app.desk.work import Work
from app.storage import policies
from app.storage.database import Connection
from app.storage.policies import StoredPolicy

__all__ = ["PolicyShelf", "PolicyUnknownError", "StoredPolicy"]

KEPT_MAX = 1_000
"""How many versions are kept in memory; the oldest go first."""


class PolicyUnknownError(Exception):
    """There is no policy of this name."""


@dataclass(slots=True)
class PolicyShelf:
    """Reads policies, and keeps the versions that were read."""

    work: Work
    _kept: dict[tuple[str, int], Policy] = field(default_factory=dict)

    async def rules(self, connection: Connection, key: tuple[str, int]) -> Policy:
        """Give one version as the rules take it."""
        kept = self._kept.get(key)
        if kept is not None:
            return kept
        stored = await policies.version(connection, *key)
        assert stored is not None, "the key was read from the policy table"
        policy = Policy.from_document(*key, stored.document)
        if len(self._kept) >= KEPT_MAX:
            del self._kept[next(iter(self._kept))]
        self._kept[key] = policy
        return policy

    async def put(self, name: str, document: dict[str, Any]) -> StoredPolicy:
        """Store a complete document as the policy's next version."""
        return await self.work.writing(
            lambda connection: policies.add_version(connection, name, document)
        )

    async def current(self, name: str) -> StoredPolicy:
        """Give the version in force; raises `PolicyUnknownError`."""
        stored = await self.work.reading(lambda connection: policies.current(connection, name))
        if stored is None:
            raise PolicyUnknownError(name)
        return stored

    async def history(self, name: str, *, before: int | None, limit: int) -> list[StoredPolicy]:
        """Give a policy's versions below `before`, newest first."""
        newest = policies.BEFORE_ALL if before is None else before
        found = await self.work.reading(
            lambda connection: policies.versions(connection, name, before=newest, limit=limit)
        )
        if before is None and not found:
            raise PolicyUnknownError(name)
        return found
