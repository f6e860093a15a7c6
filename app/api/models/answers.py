"""The check: what its answer looks like."""

from datetime import date
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict

from app.api.models.fields import Answer


class CheckedOrder(Answer):
    """Which order was decided."""

    ref: str
    revision: int
    amount: str
    currency: str


class LimitAnswer(Answer):
    """The credit limit. `amount` is null when unlimited."""

    amount: str | None
    currency: str
    unlimited: bool
    valid_until: date | None


class ExposureAnswer(Answer):
    """What the customer owes and has ordered; the parts add up to `before` and `after`.

    `ignored_credit` is a credit balance that the policy does not take as headroom.
    """

    currency: str
    invoices: str
    credit_notes: str
    payments: str
    open_orders: str
    reservations: str
    ignored_credit: str
    before: str
    this_order: str
    after: str
    overdue: str


class ReasonAnswer(Answer):
    """Why a rule fired: `hard` holds, `soft` warns, `info` changes nothing."""

    code: str
    mode: Literal["hard", "soft", "info"]
    observed: str | None
    threshold: str | None
    unit: str | None
    message: str
    advice: list[str]


class OptionAnswer(Answer):
    """A change to the order and the outcome that the rules give to it."""

    type: str
    amount: str
    lines: list[str] | None = None
    outcome: str


class DataAnswer(Answer):
    """How fresh the data are that the decision rests on."""

    as_of: AwareDatetime | None
    stale: bool


class PolicyAnswer(Answer):
    """Which version of which policy decided."""

    name: str
    version: int


class ReservationAnswer(Answer):
    """Credit set aside for the order; null `expires_at` where the ERP has stated it already."""

    amount: str
    expires_at: AwareDatetime | None


class HoldRef(Answer):
    """The hold that the order waits in."""

    id: str
    state: str


class CheckAnswer(Answer):
    """The decision. In a preview `id`, `reservation` and `hold` are null: nothing was written."""

    id: str | None
    outcome: Literal["pass", "warning", "hold"]
    may_ship: bool
    decided_at: AwareDatetime
    customer: str
    account: str
    account_seq: int
    order: CheckedOrder
    limit: LimitAnswer | None
    exposure: ExposureAnswer
    headroom: str | None
    shippable_amount: str
    required_prepayment: str | None
    reasons: list[ReasonAnswer]
    options: list[OptionAnswer]
    data: DataAnswer
    policy: PolicyAnswer
    reservation: ReservationAnswer | None
    hold: HoldRef | None


class BatchCheckAnswer(CheckAnswer):
    """One decision of a batch, with the id that its question carried."""

    correlation_id: str | None


class BatchProblem(BaseModel):
    """What kept one check of a batch from being decided: a problem, as RFC 9457 has it."""

    model_config = ConfigDict(extra="allow")

    correlation_id: str | None
    type: str
    title: str
    status: int
    code: str
    detail: str


class BatchAnswer(Answer):
    """The answers, in the order of the questions."""

    items: list[BatchCheckAnswer | BatchProblem]


class GivenBack(Answer):
    """Whether credit was given back; `false` when there was none left to give."""

    check: str
    given_back: bool
    account_seq: int


class CheckList(Answer):
    """Decisions, newest first."""

    items: list[CheckAnswer]
    next_cursor: str | None
