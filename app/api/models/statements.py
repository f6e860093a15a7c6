"""What a customer owes and has ordered, one document at a time or a line each in bulk."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, TypeAdapter, model_validator

from app.api.models.answers import HoldRef
from app.api.models.customers import CustomerBody, LimitBody
from app.api.models.fields import Answer, Day, Request, Version, amount_minor, currency_of
from app.api.money import AmountText, CurrencyCode
from app.api.problems import refused_at
from app.api.refs import Ref
from app.credit.item import DEFAULT_SOURCE, ItemKind, OpenItem
from app.credit.order import OrderStatement
from app.desk.bulk import PutCustomer, PutLimit
from app.desk.statements import CancelOrder, ClearItem, StateItem, StateOrder


class OpenItemBody(Request):
    """What is left open of one document. The amount is positive; the kind says the sign."""

    kind: ItemKind
    amount: AmountText
    currency: CurrencyCode
    issued_on: Day | None = None
    due_on: Day | None = None
    order: Ref | None = None
    version: Version | None = None

    @model_validator(mode="after")
    def _is_positive(self) -> Self:
        if not amount_minor(self.amount, self.currency, "amount"):
            message = "Must be above zero; DELETE clears an item."
            raise refused_at("amount", code="amount_not_positive", message=message)
        return self

    def item(self, customer: str, ref: str, source: str = DEFAULT_SOURCE) -> OpenItem:
        """Give the document as it is posted."""
        return OpenItem(
            customer=customer,
            ref=ref,
            kind=self.kind,
            amount_minor=amount_minor(self.amount, self.currency, "amount"),
            currency=self.currency,
            issued_on=self.issued_on,
            due_on=self.due_on,
            order_ref=self.order,
            version=self.version,
            source=source,
        )


class OrderBody(Request):
    """An open order as the ERP knows it: the part not invoiced.

    `invoiced` (optional) is how much of the order was invoiced before this statement, invoices
    cancelled since included; with it, statements and invoices may arrive in any order. Without
    it, all invoices are taken off the first statement, and later ones leave out what is known.
    """

    amount: AmountText
    currency: CurrencyCode
    ship_date: Day | None = None
    version: Version | None = None
    invoiced: AmountText | None = None

    @model_validator(mode="after")
    def _fits_its_currency(self) -> Self:
        self.statement()
        return self

    def statement(self, source: str = DEFAULT_SOURCE) -> OrderStatement:
        """Give the order as it is posted."""
        invoiced_minor = None
        if self.invoiced is not None:
            invoiced_minor = amount_minor(self.invoiced, self.currency, "invoiced")
        return OrderStatement(
            amount_minor=amount_minor(self.amount, self.currency, "amount"),
            currency=currency_of(self.currency),
            ship_date=self.ship_date,
            version=self.version,
            invoiced_minor=invoiced_minor,
            source=source,
        )


class ItemStated(Answer):
    """What a statement did. `applied` is false when a newer version was known."""

    customer: str
    ref: str
    applied: bool
    account_seq: int


class OrderStated(Answer):
    """What a statement did, and how the order stands after it.

    `unchecked` orders were never asked about here. `hold` is set when the order is stopped.
    """

    customer: str
    ref: str
    applied: bool
    account_seq: int
    state: str
    unchecked: bool
    counted: str
    hold: HoldRef | None


class OpenItemAnswer(Answer):
    """A document as it is stored."""

    ref: str
    kind: str
    amount: str
    currency: str
    issued_on: Day | None
    due_on: Day | None
    order: str | None
    version: int | None


class OpenItemList(Answer):
    """A customer's open items, by ref."""

    items: list[OpenItemAnswer]
    next_cursor: str | None


class OrderAnswer(Answer):
    """An order as it stands. `counted` is what of it is in the exposure as open order."""

    ref: str
    state: str
    unchecked: bool
    currency: str
    amount: str | None
    counted: str
    reserved: str
    ship_date: Day | None
    revision: int | None
    version: int | None
    check: str | None
    hold: str | None


class OrderList(Answer):
    """A customer's orders, by ref."""

    items: list[OrderAnswer]
    next_cursor: str | None


class CustomerLine(CustomerBody):
    """A customer, in bulk. What is not on the line is the default, as it is alone."""

    put: Literal["customer"]
    customer: Ref

    def statement_on(self) -> PutCustomer:
        """Give what the line states."""
        return PutCustomer(self.record(self.customer), currency_of(self.currency))


class LimitLine(LimitBody):
    """A limit, in bulk."""

    put: Literal["limit"]
    account: Ref

    def statement_on(self) -> PutLimit:
        """Give what the line states."""
        return PutLimit(self.account, self.record(), self.currency)


class OpenItemLine(OpenItemBody):
    """What is left open of one document, in bulk."""

    put: Literal["open_item"]
    customer: Ref
    ref: Ref

    def statement_on(self) -> StateItem:
        """Give what the line states."""
        return StateItem(self.item(self.customer, self.ref))


class OrderLine(OrderBody):
    """An open order, in bulk."""

    put: Literal["order"]
    customer: Ref
    ref: Ref

    def statement_on(self) -> StateOrder:
        """Give what the line states."""
        return StateOrder((self.customer, self.ref), self.statement())


class ClearLine(Request):
    """A document that is cleared, in bulk; a `cancelled` invoice's order counts again."""

    delete: Literal["open_item"]
    customer: Ref
    ref: Ref
    version: Version | None = None
    cancelled: bool = False

    def statement_on(self) -> ClearItem:
        """Give what the line states."""
        return ClearItem((self.customer, self.ref), self.version, self.cancelled)


class CancelLine(Request):
    """An order that is cancelled, in bulk."""

    delete: Literal["order"]
    customer: Ref
    ref: Ref
    version: Version | None = None

    def statement_on(self) -> CancelOrder:
        """Give what the line states."""
        return CancelOrder((self.customer, self.ref), self.version)


PutLine = Annotated[
    CustomerLine | LimitLine | OpenItemLine | OrderLine, Field(discriminator="put")
]
DeleteLine = Annotated[ClearLine | CancelLine, Field(discriminator="delete")]
PUT_LINE: TypeAdapter[CustomerLine | LimitLine | OpenItemLine | OrderLine] = TypeAdapter(PutLine)
DELETE_LINE: TypeAdapter[ClearLine | CancelLine] = TypeAdapter(DeleteLine)


class RefusedLine(Answer):
    """A line that was not taken, and why."""

    line: int
    problem: dict[str, Any]


PROBLEMS_MAX = 1_000
"""How many refused lines of a body are told one by one; all are counted."""


class LedgerAnswer(Answer):
    """How many lines did what. `unchanged` repeats what was known, `outdated` is older than it.

    `problems` has the first 1,000 refused lines; `refused` counts all of them.
    """

    lines: int
    applied: int
    unchanged: int
    outdated: int
    refused: int
    problems: Annotated[list[RefusedLine], Field(max_length=PROBLEMS_MAX)]
