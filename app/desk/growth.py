"""An order that is stated to take more credit than it was granted."""

from collections.abc import Callable
from dataclasses import dataclass

import uuid_utils

from app.credit.commitment import Commitment
from app.credit.decision import Decision, decide
from app.credit.item import Key
from app.credit.judgement import Outcome
from app.credit.order import Order, OrderStatement
from app.credit.policy import Mode
from app.credit.posting import Posting
from app.desk.acting import acting_name, acting_person
from app.desk.calendar import Calendar
from app.desk.outbox import as_json, hold_facts
from app.desk.shelf import PolicyShelf
from app.storage import holds, positions, postings
from app.storage.database import Connection
from app.storage.holds import Ending, StoredHold
from app.storage.positions import Question
from app.storage.postings import LockedAccount


@dataclass(frozen=True, slots=True)
class Growth:
    """Judges orders that are stated above what they tie up.

    Larger than what was granted, they are put on hold. Where the grant had lapsed, or a smaller
    statement had freed a part of it, the rules are asked again. So they are for an order that a
    statement put on hold: once it is small enough, the hold ends. An order that is on hold and
    stated larger than what its hold is about gets another hold: nobody decides on a larger order
    than they saw. Within that, what a check stopped waits for the credit department.
    """

    shelf: PolicyShelf
    calendar: Calendar
    picture: Callable[[Decision], str]

    async def judge(
        self,
        connection: Connection,
        account: LockedAccount,
        posting: Posting,
        stated: tuple[Key, OrderStatement],
    ) -> int | None:
        """Decide the order as it is stated and record what follows; gives the account's number.

        That is `None` where it waits for the credit department as it is. Runs in the posting's
        transaction, on the account that it has locked.
        """
        key, statement = stated
        known = posting.orders[key]
        is_seen = await _is_seen(connection, account, known, statement)
        if is_seen and not known.is_held_as_stated:
            return None
        decision = await self._decide(connection, account, known, statement)
        judged = await self._judged(connection, account, known, decision, is_seen=is_seen)
        posting.put_order(key, judged)
        follow_up = Posting(account.currency, account.trifle_minor, account.now)
        follow_up.orders[key] = known
        follow_up.put_order(key, judged)
        return await postings.record(connection, account, follow_up)

    async def _judged(
        self,
        connection: Connection,
        account: LockedAccount,
        known: Commitment,
        decision: Decision,
        *,
        is_seen: bool,
    ) -> Commitment:
        passes = decision.verdict.judgement.outcome is not Outcome.HOLD
        if is_seen and not passes:
            return known
        ending = Ending("superseded", account.now, acting_name(), "supersede")
        await holds.close_of_order(connection, account.ref, (known.customer, known.ref), ending)
        if passes:
            return known.granted_as_stated()
        hold = _hold(decision, account, self.picture(decision))
        await holds.add(connection, hold, as_json(hold_facts(decision)))
        return known.stopped(hold.id)

    async def _decide(
        self,
        connection: Connection,
        account: LockedAccount,
        known: Commitment,
        statement: OrderStatement,
    ) -> Decision:
        revision = known.revision or 1
        question = Question(
            account=account.ref,
            customer=known.customer,
            order_ref=known.ref,
            revision=revision,
            time_zone=self.calendar.time_zone,
            fixed_now=self.calendar.fixed_now,
        )
        reading = await positions.read(connection, question)
        assert reading.account is not None, "the account is locked, so that it is there"
        policy = await self.shelf.rules(connection, reading.policy_key)
        position = reading.position(policy, reading.account)
        order = Order(
            ref=known.ref,
            revision=revision,
            amount_minor=statement.size_minor,
            currency=statement.currency,
            prepaid_minor=known.paid_minor,
            invoiced_minor=statement.invoiced_minor or 0,
            ship_date=statement.ship_date,
            stated=True,
        )
        seq = reading.account.seq + 1
        return Decision(known.customer, order, position, decide(order, position), seq)


async def _is_seen(
    connection: Connection, account: LockedAccount, known: Commitment, statement: OrderStatement
) -> bool:
    """Say whether the order is on hold, and stated no larger than what its hold is about."""
    if known.hold_id is None:
        return False
    hold = await holds.of_order(connection, account.ref, known.hold_id)
    same_currency = hold.currency == statement.currency.code
    return same_currency and statement.size_minor <= hold.amount_minor


def _hold(decision: Decision, account: LockedAccount, picture: str) -> StoredHold:
    reasons = decision.verdict.judgement.reasons
    return StoredHold(
        id=f"hld_{uuid_utils.uuid7().hex}",
        account=account.ref,
        version=1,
        state="open",
        customer=decision.customer,
        order_ref=decision.order.ref,
        revision=decision.order.revision,
        amount_minor=decision.order.amount_minor,
        currency=decision.order.currency.code,
        reasons=tuple(reason.code.value for reason in reasons if reason.mode is not Mode.INFO),
        picture=picture,
        check_id=None,
        opened_at=account.now,
        closed_at=None,
        prepaid_minor=decision.order.prepaid_minor,
        ship_date=decision.order.ship_date,
        entered_by=acting_person(),
    )
