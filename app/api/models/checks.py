"""The check: its question, and what its answer looks like."""

import json
from datetime import date
from hashlib import sha256
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    Strict,
    WrapValidator,
    model_validator,
)
from pydantic_core import ValidationError

from app.api.models.fields import Answer, Day, Request, ShortText, Whole, amount_minor, currency_of
from app.api.money import AmountText, CurrencyCode
from app.api.problems import refused_at
from app.api.refs import Ref
from app.credit.order import Line, Order
from app.desk.checks import Ask, Channel

LINES_MAX = 1_000
BATCH_MAX = 500


class OrderLine(Request):
    """One line of the order with its gross amount."""

    ref: Ref
    amount: AmountText


class AskedOrder(Request):
    """The order as it is being typed or paid; amounts are gross, as the caller says."""

    ref: Ref
    revision: Annotated[Whole, Field(ge=1, le=2**53)] = 1
    amount: AmountText
    currency: CurrencyCode
    prepaid: AmountText = "0"
    ship_date: Day | None = None
    payment_terms: ShortText | None = None
    lines: Annotated[tuple[OrderLine, ...], Field(max_length=LINES_MAX)] = ()

    _order: Order = PrivateAttr()

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        total_minor = amount_minor(self.amount, self.currency, "amount")
        prepaid_minor = amount_minor(self.prepaid, self.currency, "prepaid")
        if prepaid_minor > total_minor:
            message = "Must be at most the order's amount."
            raise refused_at("prepaid", code="prepaid_above_amount", message=message)
        self._order = Order(
            ref=self.ref,
            revision=self.revision,
            amount_minor=total_minor,
            currency=currency_of(self.currency),
            prepaid_minor=prepaid_minor,
            ship_date=self.ship_date,
            payment_terms=self.payment_terms,
            lines=self._lines(),
        )
        return self

    def _lines(self) -> tuple[Line, ...]:
        seen: set[str] = set()
        for index, line in enumerate(self.lines):
            if line.ref in seen:
                message = "Another line has the same ref."
                raise refused_at("lines", index, "ref", code="line_repeated", message=message)
            seen.add(line.ref)
        return tuple(
            Line(line.ref, amount_minor(line.amount, self.currency, "lines", index, "amount"))
            for index, line in enumerate(self.lines)
        )

    @property
    def order(self) -> Order:
        """The order as the rules take it."""
        return self._order


class CheckRequest(Request):
    """The question: can this order ship."""

    customer: Ref
    channel: Channel | None = None
    order: AskedOrder

    def ask(self) -> Ask:
        """Give the question as the desk takes it."""
        order = self.order.order
        return Ask(self.customer, order, _fingerprint(self.customer, order), self.channel)


def _fingerprint(customer: str, order: Order) -> bytes:
    """Give what is equal for two questions about the same order, however they are written."""
    content = (
        customer,
        order.ref,
        order.revision,
        order.amount_minor,
        order.currency.code,
        order.prepaid_minor,
        None if order.ship_date is None else order.ship_date.isoformat(),
        order.payment_terms,
        [(line.ref, line.amount_minor) for line in order.lines],
    )
    return sha256(json.dumps(content).encode()).digest()


class BatchCheck(CheckRequest):
    """One check of a batch; `correlation_id` comes back with its answer."""

    correlation_id: ShortText | None = None


class BadEntry:
    """An entry of a batch that is no check. It must not fail the others."""

    def __init__(self, entry: object, error: ValidationError) -> None:
        self.entry = entry
        self.error = error

    @property
    def correlation_id(self) -> str | None:
        """The entry's own id, where it can be read."""
        named = self.entry.get("correlation_id") if isinstance(self.entry, dict) else None
        return named if isinstance(named, str) and len(named) <= 64 else None  # noqa: PLR2004


def _kept(value: object, check: Any) -> BatchCheck | BadEntry:  # noqa: ANN401 - pydantic's handler
    try:
        checked: BatchCheck = check(value)
    except ValidationError as error:
        return BadEntry(value, error)
    return checked


class BatchRequest(Request):
    """Up to 500 checks, answered in their order."""

    checks: Annotated[
        list[Annotated[BatchCheck, WrapValidator(_kept)]],
        Field(min_length=1, max_length=BATCH_MAX),
    ]
    preview: Annotated[bool, Strict()] = False

    def entries(self) -> list[BatchCheck | BadEntry]:
        """Give the checks, and what stands where a check was expected."""
        return list(self.checks)


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
    lines: Annotated[list[str] | None, Field(exclude_if=lambda lines: lines is None)] = None
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
