"""An order that is stated to take more credit than it was granted."""

import json
from collections.abc import Callable
from dataclasses import dataclass

import uuid_utils

from app.credit.commitment import Commitment
from app.credit.decision import Decision, decide
from app.credit.held_order import facts_of
from app.credit.item import Key
from app.credit.judgement import Outcome
from app.credit.order import Order, OrderStatement
from app.credit.policy import Mode
from app.credit.posting import Posting
from app.desk.calendar import Calendar
from app.desk.shelf import PolicyShelf
from app.storage import holds, positions, postings
from app.storage.database import Connection
from app.storage.holds import StoredHold
from app.storage.positions import Question
from app.storage.postings import LockedAccount


@dataclass(frozen=True, slots=True)
class Growth:
    """Judges orders that are stated above what they tie up.

    Larger than what was granted, they are put on hold. Where the grant had lapsed, or a smaller
    statement had freed a part of it, the rules are asked again. So they are for an order that a
    statement put on hold: once it is small enough, the hold ends.
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
    ) -> int:
        """Decide the order as it is stated and record what follows; gives the account's number.

        Runs in the posting's transaction, on the account that it has locked.
        """
        key, statement = stated
        decision = await self._decide(connection, account, posting.orders[key], statement)
        known = posting.orders[key]
        judged = await self._judged(connection, account, known, decision)
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
    ) -> Commitment:
        if decision.verdict.judgement.outcome is not Outcome.HOLD:
            key = (known.customer, known.ref)
            await holds.close_of_order(
                connection, account.ref, key, state="superseded", now=account.now
            )
            return known.granted_as_stated()
        if known.hold_id is not None:
            return known
        hold = _hold(decision, account, self.picture(decision))
        await holds.add(connection, hold)
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
        asked=json.dumps(facts_of(decision.order)),
        ship_date=decision.order.ship_date,
    )
