"""Who is told what: the credit department of holds, sales of what became of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.desk.deliveries import Receiver, TakenFact
from app.desk.outbox import EventKind

MAIL = "mail"
DIGEST = "digest"
WEBHOOK = "webhook"

TO_CREDIT = frozenset({EventKind.HOLD_OPENED})
TO_SALES = frozenset({EventKind.HOLD_RELEASED, EventKind.HOLD_REFUSED, EventKind.HOLD_ESCALATED})


@dataclass(frozen=True, slots=True)
class Addressing:
    """Says who is told a fact.

    Where nobody of sales is known for the customer, the credit department gets that mail too, so
    that it can pass it on.
    """

    credit_mailbox: str | None
    digests: bool

    def endpoints(
        self, fact: TakenFact, wanted: Mapping[str, frozenset[str]]
    ) -> Sequence[Receiver]:
        """Give the endpoints that are told; `wanted` has the kinds that each wants to hear."""
        return [
            Receiver(WEBHOOK, "endpoint", endpoint)
            for endpoint, kinds in wanted.items()
            if fact.kind in kinds
        ]

    def mailboxes(self, fact: TakenFact) -> Sequence[Receiver]:
        """Give who is mailed."""
        if fact.kind in TO_CREDIT and self.credit_mailbox:
            channel = DIGEST if self.digests else MAIL
            return [Receiver(channel, "credit", self.credit_mailbox)]
        sales = fact.sales_contact or self.credit_mailbox
        if fact.kind in TO_SALES and sales:
            return [Receiver(MAIL, "sales", sales)]
        return []
