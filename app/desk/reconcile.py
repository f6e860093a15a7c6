"""Reconciling: totals that are not the sums of their details are found, and marked or repaired.

So are orders whose invoices, and what counts of them, say otherwise than they do themselves.
Documents on another account than their customer's are found and marked, and never repaired.
Looking happens in one snapshot and locks nobody. What is done about an account that drifts is a
short transaction of its own, which looks again under the account's lock.
"""

from dataclasses import dataclass, field

from app.desk.work import Work
from app.storage import drift
from app.storage.database import Connection, StorageUnavailableError, TotalOutOfRangeError
from app.storage.drift import Found, WrongTotal

__all__ = ["Drift", "Reconcile", "Reconciled", "WrongTotal"]

LISTED_PER_ACCOUNT_MAX = 50
"""So many wrong totals of one account are listed; the rest is only counted."""

LISTED_MAX = 20_000
"""So many wrong totals are listed altogether."""

JOURNALLED_MAX = 1_000
"""So many wrong totals of one account are written into its journal."""


@dataclass(slots=True)
class Drift:
    """An account that drifts: its wrong totals, and how many more there are than are listed.

    `is_astray`: documents stand on it that are another account's, or its own on another.
    """

    account: str
    currency: str | None
    exponent: int | None
    wrong: list[WrongTotal] = field(default_factory=list)
    unlisted: int = 0
    is_astray: bool = False


@dataclass(slots=True)
class Reconciled:
    """What a run found, and what it did about it; `left` could not be written to."""

    accounts: int
    drifting: list[Drift]
    repaired: list[str] = field(default_factory=list)
    marked: list[str] = field(default_factory=list)
    cleared: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        """Whether no account is known to drift any more."""
        settled = {*self.repaired, *self.cleared}
        return not self.left and all(found.account in settled for found in self.drifting)

    @property
    def sentence(self) -> str:
        """What came of it, in a sentence."""
        drifting = len(self.drifting)
        counts = (
            f"{len(named)} {word}"
            for word, named in (
                ("repaired", self.repaired),
                ("marked", self.marked),
                ("found sound again", self.cleared),
                ("could not be written to", self.left),
            )
            if named
        )
        return ", ".join((f"{self.accounts} accounts reconciled", f"{drifting} drift", *counts))


@dataclass(frozen=True, slots=True)
class Reconcile:
    """Compares totals with details: `survey` may take minutes, `writes` are short."""

    survey: Work
    writes: Work

    async def run(self, *, repair: bool = False) -> Reconciled:
        """Reconcile all accounts; raises `StorageUnavailableError` when they cannot be read.

        Accounts that drift are repaired, or marked until a run finds them sound again.
        """
        accounts, marked, drifting = await self.survey.at_one_instant(_look)
        done = Reconciled(accounts, drifting)
        found = {drift.account: drift for drift in drifting}
        for ref in dict.fromkeys([*found, *marked]):
            await self._settle(found.get(ref) or Drift(ref, None, None), done, repair=repair)
        return done

    async def _settle(self, found: Drift, done: Reconciled, *, repair: bool) -> None:
        try:
            became = await self.writes.writing(
                lambda connection: _settled(connection, found, repair=repair)
            )
        except (StorageUnavailableError, TotalOutOfRangeError):
            became = "left"
        getattr(done, became).append(found.account)


async def _settled(connection: Connection, found: Drift, *, repair: bool) -> str:
    """Do about one account what is to be done; says in which list of `Reconciled` it belongs."""
    await drift.prepare(connection)
    marked = await drift.lock(connection, found.account)
    if marked is None:
        return "left"
    # Its documents on other accounts are not seen from here, so that it is as it was found.
    wrong = found.wrong if found.is_astray else await drift.find(connection, found.account)
    if not wrong and not found.is_astray:
        await _take_mark_off(connection, found.account, marked=marked)
        return "cleared"
    if repair and not found.is_astray and not any(each.is_astray for each in wrong):
        await drift.mend_documents(connection, found.account, wrong)
        await drift.repair(connection, found.account, wrong[:JOURNALLED_MAX])
        return "repaired"
    if not marked:
        await drift.mark(connection, found.account, wrong[:JOURNALLED_MAX])
    return "marked"


async def _take_mark_off(connection: Connection, ref: str, *, marked: bool) -> None:
    if marked:
        await drift.unmark(connection, ref)


async def _look(connection: Connection) -> tuple[int, list[str], list[Drift]]:
    await drift.prepare(connection)
    accounts, marked = await drift.survey(connection)
    drifting: list[Drift] = []
    listed = 0
    async for found in drift.find_all(connection):
        listed += _note(drifting, found, room=LISTED_MAX - listed)
    return accounts, marked, drifting


def _note(drifting: list[Drift], found: Found, *, room: int) -> bool:
    """Add what was found to its account's drift; says whether it is listed."""
    if not drifting or drifting[-1].account != found.account:
        drifting.append(Drift(found.account, found.currency, found.exponent))
    last = drifting[-1]
    last.is_astray = last.is_astray or found.wrong.is_astray
    is_listed = room > 0 and len(last.wrong) < LISTED_PER_ACCOUNT_MAX
    if is_listed:
        last.wrong.append(found.wrong)
    else:
        last.unlisted += 1
    return is_listed
