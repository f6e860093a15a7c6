"""Many actions on holds at once: each for itself, or only to see what they would do."""

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from uuid import uuid4

from app.credit.caller import Caller
from app.desk.customers import AccountUnknownError, AccountView, Customers
from app.desk.deeds import (
    Deed,
    DeedFlawedError,
    Errand,
    HoldChangedError,
    HoldStateError,
    NotThisPersonError,
    OrderIsStatedError,
    ReleaseForbiddenError,
    RoleNeededError,
)
from app.desk.failures import StorageUnavailableError, TotalOutOfRangeError
from app.desk.holds import Holds
from app.desk.unknown import HoldUnknownError
from app.desk.work import sparing
from app.storage import holds
from app.storage.database import Connection, savepoint
from app.storage.holds import StoredHold

REFUSED = (
    DeedFlawedError, HoldChangedError, HoldStateError, HoldUnknownError, NotThisPersonError,
    OrderIsStatedError, ReleaseForbiddenError, RoleNeededError, TotalOutOfRangeError,
)  # fmt: skip
"""What an action on one hold may be refused with; the others are done nevertheless."""


VIEWING_PART = 10
"""One part in so many of the time is left to say how the accounts stand afterwards."""

_log = logging.getLogger(__name__)


class UnforeseenError(Exception):
    """An action failed with what nobody has thought of; nothing of it was done."""


@dataclass(frozen=True, slots=True)
class Instruction:
    """What is to be done with one hold, and the version of it that was seen."""

    hold_id: str
    deed: Deed
    version: int | None


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one instruction: the hold as it is then, or what it was refused with."""

    hold_id: str
    outcome: StoredHold | Exception


@dataclass(frozen=True, slots=True)
class Results:
    """What became of all instructions, and how their accounts stand afterwards.

    Where those cannot be read in time there are none: what was done is told nevertheless.
    """

    items: list[Result]
    accounts: list[AccountView]


@dataclass(frozen=True, slots=True)
class HoldBulk:
    """Does many instructions in their order."""

    holds: Holds
    customers: Customers

    async def do(self, wanted: Sequence[Instruction], by: Caller) -> Results:
        """Do each in a transaction of its own; gives what became of it."""
        with sparing(one_in=VIEWING_PART):
            items = [await self._done(instruction, by) for instruction in wanted]
        with suppress(StorageUnavailableError):
            return Results(items, await self._views(wanted))
        return Results(items, [])

    async def _views(self, wanted: Sequence[Instruction]) -> list[AccountView]:
        accounts = dict.fromkeys((await self._accounts_of(wanted)).values())
        views = [await self._view(account) for account in accounts]
        return [view for view in views if view is not None]

    async def rehearse(self, wanted: Sequence[Instruction], by: Caller) -> Results:
        """Do all of an account's in one transaction of which nothing stays."""
        accounts = await self._accounts_of(wanted)
        together: dict[str, list[int]] = {}
        for place, one in enumerate(wanted):
            together.setdefault(accounts.get(one.hold_id, ""), []).append(place)
        found: dict[int, Result] = {}
        views: list[AccountView | None] = []
        for account, places in together.items():
            results, view = await self._rehearsed(account, [wanted[p] for p in places], by)
            found |= dict(zip(places, results, strict=True))
            views.append(view)
        items = [found[place] for place in range(len(wanted))]
        return Results(items, [view for view in views if view is not None])

    async def _done(self, instruction: Instruction, by: Caller) -> Result:
        hold_id = instruction.hold_id
        try:
            traced = await self.holds.act(
                hold_id, instruction.deed, by, version=instruction.version
            )
        except (*REFUSED, StorageUnavailableError) as refusal:
            return Result(hold_id, refusal)
        except Exception:  # noqa: BLE001 - told in its place, as what is done before it is done
            return _unforeseen(hold_id)
        return Result(hold_id, traced.hold)

    async def _rehearsed(
        self, account: str, wanted: Sequence[Instruction], by: Caller
    ) -> tuple[list[Result], AccountView | None]:
        async def act(connection: Connection) -> tuple[list[Result], AccountView | None]:
            results = [await self._tried(connection, one, by) for one in wanted]
            return results, await self._view_on(connection, account)

        try:
            return await self.holds.work.rehearsing(act)
        except StorageUnavailableError as refusal:
            return [Result(one.hold_id, refusal) for one in wanted], None

    async def _tried(self, connection: Connection, wanted: Instruction, by: Caller) -> Result:
        errand = Errand(wanted.hold_id, wanted.deed, by, wanted.version, uuid4())
        try:
            async with savepoint(connection):
                traced = await self.holds.act_on(connection, errand)
        except REFUSED as refusal:
            return Result(wanted.hold_id, refusal)
        except StorageUnavailableError:
            raise
        except Exception:  # noqa: BLE001 - as it would be told
            return _unforeseen(wanted.hold_id)
        return Result(wanted.hold_id, traced.hold)

    async def _accounts_of(self, wanted: Sequence[Instruction]) -> dict[str, str]:
        """Give the accounts of those holds that there are."""
        ids = sorted({one.hold_id for one in wanted})
        return await self.holds.work.reading(lambda c: holds.accounts_of(c, ids))

    async def _view(self, account: str) -> AccountView | None:
        return await self.holds.work.reading(lambda c: self._view_on(c, account))

    async def _view_on(self, connection: Connection, account: str) -> AccountView | None:
        """Give how an account stands; one on which nobody was stated has nothing to show."""
        try:
            return await self.customers.view_on(connection, account)
        except AccountUnknownError:
            return None


def _unforeseen(hold_id: str) -> Result:
    """Tell the operator, and go on: what was done before it is done, and must be told."""
    _log.exception("an action on hold %s failed", hold_id)
    return Result(hold_id, UnforeseenError())
