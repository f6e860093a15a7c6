"""Repeated requests: the same key with the same content gets the same answer."""

import random
from dataclasses import dataclass
from uuid import uuid4

from app.desk.work import Work
from app.storage import idempotency
from app.storage.database import Connection
from app.storage.idempotency import Claim, KeyRef, TakenKey

__all__ = ["Claim", "KeptAnswer", "KeyInUseError", "KeyRef", "KeyReusedError", "Repeats"]

FORGET_ONE_IN = 100
"""Every so many requests with a key, some expired ones are dropped."""

FORGET_BATCH = 500
"""How many expired keys are dropped at once."""

SERVER_ERRORS = 500
"""From this status on nothing was done, so that the key is free again."""


class KeyInUseError(Exception):
    """The first request under this key is still running."""


class KeyReusedError(Exception):
    """The key was used for a request with other content."""


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer as it was sent."""

    status: int
    media_type: str | None
    answer: bytes


@dataclass(frozen=True, slots=True)
class Repeats:
    """Keeps answers under their callers' keys for `keep_s` seconds.

    The key is claimed before the action and gets its answer after it. Whoever dies in between
    leaves a claim that lapses after `claim_s` seconds (`bulk_claim_s` in bulk); the action is then
    done again, which finds its own traces: an order's revision is decided once, a statement
    repeated is the same. Each claim has a token, so that one that comes late to its key, after
    it lapsed and was taken by the next, changes nothing there.
    """

    work: Work
    claim_s: float
    bulk_claim_s: float
    keep_s: float

    async def claim(
        self, ref: KeyRef, fingerprint: bytes, *, in_bulk: bool = False
    ) -> Claim | KeptAnswer:
        """Take the key for a request, or give the answer of the first time.

        Raises `KeyReusedError` for other content, `KeyInUseError` while the first is running.
        """
        claim = Claim(ref, uuid4())
        claim_s = self.bulk_claim_s if in_bulk else self.claim_s
        # In a transaction, so that a claim that comes too late is not committed.
        if await self.work.writing(lambda c: self._claim(c, claim, fingerprint, claim_s)):
            return claim
        taken = await self.work.reading(lambda connection: idempotency.find(connection, ref))
        return _answer_of(ref, taken, fingerprint)

    async def keep(self, claim: Claim, answer: KeptAnswer) -> None:
        """Keep the answer; one that says that nothing was done frees the key instead."""
        if answer.status >= SERVER_ERRORS:
            await self.free(claim)
            return
        await self.work.reading(lambda connection: _store(connection, claim, answer))

    async def free(self, claim: Claim) -> None:
        """Give the key up: nothing was done under it."""
        await self.work.reading(lambda connection: idempotency.free(connection, claim))

    async def _claim(
        self, connection: Connection, claim: Claim, fingerprint: bytes, claim_s: float
    ) -> bool:
        if not random.randrange(FORGET_ONE_IN):  # noqa: S311
            await idempotency.forget_expired(connection, FORGET_BATCH)
        return await idempotency.claim(
            connection, claim, fingerprint, claim_s=claim_s, keep_s=self.keep_s
        )


async def _store(connection: Connection, claim: Claim, answer: KeptAnswer) -> None:
    await idempotency.store(
        connection,
        claim,
        status=answer.status,
        media_type=answer.media_type,
        answer=answer.answer,
    )


def _answer_of(ref: KeyRef, taken: TakenKey | None, fingerprint: bytes) -> KeptAnswer:
    if taken is not None and taken.fingerprint != fingerprint:
        raise KeyReusedError(ref.key)
    if taken is None or taken.status is None or taken.answer is None:
        raise KeyInUseError(ref.key)
    return KeptAnswer(taken.status, taken.media_type, taken.answer)
