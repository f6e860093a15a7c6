"""decide(): the answer to a check, as a pure function of the order and the position."""

from dataclasses import dataclass
from datetime import datetime

from app.credit.account import Position
from app.credit.judgement import Judgement, judge
from app.credit.options import Figures, Option, figures_of, options_for
from app.credit.order import Order


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was decided, before it is recorded: the judgement, the figures and the options."""

    judgement: Judgement
    figures: Figures
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Reservation:
    """Credit set aside for an order until it is confirmed, or until it expires.

    It does not expire (`None`) when the ERP has stated the order already.
    """

    amount_minor: int
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict with its place in the account's history; a preview has neither id nor effect."""

    customer: str
    order: Order
    position: Position
    verdict: Verdict
    account_seq: int
    id: str | None = None
    reservation: Reservation | None = None
    hold_id: str | None = None


def decide(order: Order, position: Position) -> Verdict:
    """Decide whether the order can ship, and what would make it a yes.

    Total: every order in every position gets a verdict, none an exception.
    """
    judgement = judge(order, position)
    figures = figures_of(order, position, judgement)
    return Verdict(judgement, figures, options_for(order, position, judgement, figures))
