"""The worker's tables: what is done every so often or watched, and what is said of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from app.desk.behaviours import Behaviours
from app.desk.deliveries import Deliveries
from app.desk.reconcile import Reconcile
from app.desk.waking import Waking
from app.desk.worker import Job, Watch


@dataclass(frozen=True, slots=True)
class Intervals:
    """How often each job is due; one whose interval is nothing is never run."""

    reconcile: timedelta
    behaviours: timedelta
    holds_s: float


DROPPING_EVERY = timedelta(hours=1)
"""How often deliveries that ended long ago are dropped."""


@dataclass(frozen=True, slots=True)
class Housekeeping:
    """What ended is dropped after `keep`."""

    deliveries: Deliveries
    keep: timedelta


def jobs_of(
    reconcile: Reconcile, behaviours: Behaviours, housekeeping: Housekeeping, every: Intervals
) -> Sequence[Job]:
    """Give the jobs that are run at all, in the order in which they are run when all are due."""

    async def reconciling() -> str:
        return (await reconcile.run()).sentence

    async def counting() -> str:
        counted, dropped = await behaviours.count(), await behaviours.drop_old()
        return f"{counted} customers counted, {dropped} old documents dropped"

    async def dropping() -> str:
        dropped = await housekeeping.deliveries.drop_old(housekeeping.keep)
        return f"{dropped} old deliveries and facts dropped"

    table = (
        Job("reconcile", every.reconcile, reconciling),
        Job("payment behaviour", every.behaviours, counting),
        Job("outbox", DROPPING_EVERY, dropping),
    )
    return [job for job in table if job.every]


def watches_of(waking: Waking, every: Intervals) -> Sequence[Watch]:
    """Give what is watched at all."""

    async def waking_holds() -> str | None:
        return (await waking.look()).sentence

    table = (Watch("holds", every.holds_s, waking_holds),)
    return [watch for watch in table if watch.every_s]
