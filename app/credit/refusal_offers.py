"""What a customer can do when its order is refused, as the credit procedure lists it.

Pay what is due; pay early; shorten the terms; prepay, or pay on delivery; give security (a bank
guarantee, a surety, an assignment): design section 5. Sales talks to the customer about them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from app.credit.hold import Offer
from app.credit.options import figures_of
from app.credit.release_advice import Case


@dataclass(frozen=True, slots=True)
class Offered:
    """An offer with the amount that it takes; `None` where it is a matter of agreement."""

    offer: Offer
    amount_minor: int | None = None


def offers_for(case: Case) -> tuple[Offered, ...]:
    """Give what would help, in the procedure's order."""
    return (*_paying(case), *_agreeing(case))


def _paying(case: Case) -> Iterator[Offered]:
    due_minor, overrun_minor = case.standing.due_minor, case.overrun_minor or 0
    balance_minor = case.position.account.totals.open_item_balance_minor
    if due_minor:
        yield Offered(Offer.PAY_DUE_ITEMS, due_minor)
    early_minor = min(overrun_minor, balance_minor) - due_minor
    if early_minor > 0:
        yield Offered(Offer.PAY_EARLY, early_minor)


def _agreeing(case: Case) -> Iterator[Offered]:
    if case.overrun_minor and case.standing.payment_terms_days != 0:
        yield Offered(Offer.SHORTEN_TERMS)
    figures = figures_of(case.order, case.position, case.judgement)
    if figures.required_prepayment_minor:
        yield Offered(Offer.PREPAY, figures.required_prepayment_minor)
        yield Offered(Offer.CASH_ON_DELIVERY)
    if case.overrun_minor:
        yield Offered(Offer.SECURITY, case.overrun_minor)
