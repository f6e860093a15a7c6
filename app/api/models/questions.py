"""The check: how it is asked, one order or many."""

import json
from hashlib import sha256
from typing import Annotated, Any, Self

from pydantic import (
    Field,
    PrivateAttr,
    Strict,
    WrapValidator,
    model_validator,
)
from pydantic_core import ValidationError

from app.api.models.fields import Day, Person, Request, ShortText, Whole, amount_minor, currency_of
from app.api.money import AmountText, CurrencyCode
from app.api.problems import refused_at
from app.api.refs import Ref
from app.credit.caller import same_person
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
    entered_by: Annotated[
        Person | None,
        Field(
            description="Who enters the order, said by a system; a person's key speaks for itself."
        ),
    ] = None
    order: AskedOrder

    def ask(self) -> Ask:
        """Give the question as the desk takes it."""
        order = self.order.order
        fingerprint = _fingerprint(self.customer, order)
        entered_by = None if self.entered_by is None else same_person(self.entered_by)
        return Ask(self.customer, order, fingerprint, self.channel, entered_by)


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
