"""An order that is stated larger than what it was granted."""

from collections.abc import Callable
from dataclasses import dataclass

import uuid_utils

from app.credit.commitment import Commitment, OrderStatement
from app.credit.decision import Decision, decide
from app.credit.judgement import Outcome
from app.credit.order import Order
from app.credit.policy import Mode
from app.credit.posting import Key, Posting
from app.desk.calendar import Calendar
from app.desk.shelf import PolicyShelf
from app.storage import holds, positions, postings
from app.storage.database import Connection
from app.storage.holds import StoredHold
from app.storage.positions import Question
from app.storage.postings import LockedAccount


@dataclass(frozen=True, slots=True)
class Growth:
    """Judges orders above their grant.

    They are put on hold, unless the grant had only lapsed and the rules let the order pass again.
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
        if decision.verdict.judgement.outcome is Outcome.HOLD:
            hold = _hold(decision, account, self.picture(decision))
            await holds.add(connection, hold)
            judged = known.stopped(hold.id)
        else:
            judged = known.granted_as_stated()
        posting.put_order(key, judged)
        follow_up = Posting(account.currency, account.trifle_minor, account.now)
        follow_up.orders[key] = known
        follow_up.put_order(key, judged)
        return await postings.record(connection, account, follow_up)

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
            amount_minor=statement.amount_minor,
            currency=statement.currency,
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
    )
