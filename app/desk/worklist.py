"""The worklist: what waits for the credit department, how it stands now, and what is advised."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.credit.account import Account, Position
from app.credit.decision import Decision, decide
from app.credit.exposure import Exposure, exposure_of
from app.credit.hold import LIVE
from app.credit.order import Order
from app.credit.refusal_offers import Offered, offers_for
from app.credit.release_advice import Advice, Case, advise
from app.desk.calendar import Calendar
from app.desk.shelf import PolicyShelf
from app.desk.sight import Sight
from app.desk.unknown import HoldUnknownError
from app.desk.work import Work
from app.storage import hold_actions, worklist
from app.storage.database import Connection
from app.storage.hold_actions import TracedHold
from app.storage.holds import StoredHold
from app.storage.worklist import COUNTED_MAX, Counts, ListedHold, Part, Sorting, Wanted

__all__ = [
    "COUNTED_MAX",
    "CloseView",
    "Counts",
    "HoldView",
    "Judged",
    "Listing",
    "Part",
    "Sorting",
    "StoredHold",
    "Wanted",
    "Worklist",
]


@dataclass(frozen=True, slots=True)
class HoldView:
    """A hold with its customer, and its account as it stands now."""

    hold: StoredHold
    customer_name: str | None
    sales_contact: str | None
    account: Account
    exposure: Exposure


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of holds; `counts` is of all that is asked for, and on the first page only."""

    views: Sequence[HoldView]
    counts: Counts | None


@dataclass(frozen=True, slots=True)
class Judged:
    """What the rules say of a waiting order now, and what the credit procedure comes to."""

    decision: Decision
    advice: Advice
    offers: tuple[Offered, ...]


@dataclass(frozen=True, slots=True)
class CloseView:
    """All that there is to see of one hold; `judged` while its order waits."""

    view: HoldView
    traced: TracedHold
    judged: Judged | None


@dataclass(frozen=True, slots=True)
class Worklist:
    """Lists holds, and looks at one of them closely."""

    work: Work
    shelf: PolicyShelf
    sight: Sight
    calendar: Calendar

    async def listed(self, wanted: Wanted, part: Part) -> Listing:
        """Give a page of holds with the counts of what is asked for, all of one instant."""

        async def read(connection: Connection) -> Listing:
            views = await self._views(connection, wanted, part)
            counts = None
            if part.after is None:
                fixed_now = self.calendar.fixed_now
                counts = await worklist.counts(connection, wanted, fixed_now=fixed_now)
            return Listing(views, counts)

        return await self.work.at_one_instant(read)

    async def hold(self, hold_id: str) -> CloseView:
        """Give a hold with its history, and while its order waits, what is to be said of it now.

        Raises `HoldUnknownError`.
        """

        async def read(connection: Connection) -> CloseView:
            views = await self._views(connection, Wanted(hold_id=hold_id), Part(1))
            traced = await hold_actions.find(connection, hold_id)
            if not views or traced is None:
                raise HoldUnknownError(hold_id)
            return CloseView(views[0], traced, await self._judged(connection, traced.hold))

        return await self.work.at_one_instant(read)

    async def _views(self, connection: Connection, wanted: Wanted, part: Part) -> list[HoldView]:
        listed = await worklist.page(
            connection,
            wanted,
            part,
            time_zone=self.calendar.time_zone,
            fixed_now=self.calendar.fixed_now,
        )
        return [await self._view(connection, one) for one in listed]

    async def _view(self, connection: Connection, one: ListedHold) -> HoldView:
        policy = await self.shelf.rules(connection, one.policy_key)
        position = Position(one.account, policy, one.now, one.today)
        nothing = Order("", 1, 0, one.account.currency)
        exposure = exposure_of(nothing, position)
        return HoldView(one.hold, one.customer_name, one.sales_contact, one.account, exposure)

    async def _judged(self, connection: Connection, hold: StoredHold) -> Judged | None:
        if hold.state not in LIVE:
            return None
        turn = await self.sight.turn(connection, hold.account, hold.id)
        if turn is None:
            return None
        order, position = turn.order, turn.position
        decision = Decision(
            hold.customer, order, position, decide(order, position), position.account.seq
        )
        standing = await self.sight.standing(connection, turn)
        case = Case(order, position, turn.judgement, standing, turn.least_minor)
        return Judged(decision, advise(case), offers_for(case))
