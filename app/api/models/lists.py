"""Whole lists: all that a source has to say of what a customer owes or has ordered."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from app.api.models.fields import Answer, Instant, Request, SaidInstant
from app.api.models.sources import SaidInBulk
from app.api.models.statements import OpenItemBody, OrderBody
from app.api.problems import refused_at
from app.api.refs import Ref
from app.credit.posting import Effect
from app.desk.sources import Mark
from app.desk.statements import StateItem, StateOrder
from app.desk.whole_lists import CustomerList, ListOf

EffectOfList = Literal[Effect.APPLIED, Effect.UNCHANGED, Effect.OUTDATED]


class SaidOfList(SaidInBulk):
    """Whose list it is, which of the source's bodies, of when, and whether it is confirmed."""

    as_of: Annotated[
        SaidInstant | None,
        Field(
            description="The instant that the list tells of; an older list than one that was "
            "taken changes nothing."
        ),
    ] = None
    confirm: Annotated[
        str | None,
        Field(
            pattern="^[0-9a-f]{12}$",
            description="`saw.confirm` of the refusal of a list that clears much.",
        ),
    ] = None

    def mark_after(self, stated: "ListStated") -> Mark:
        """Give what is noted of the source; an outdated list has come, and tells nothing new."""
        if stated.effect is Effect.OUTDATED:
            return Mark(self.source, None, self.sequence, spoke=False)
        return self.mark()


class ListedItem(OpenItemBody):
    """One of the items of a whole list."""

    ref: Ref


class OpenItemsBody(Request):
    """All that a source has to say of what a customer owes it; an empty list says: nothing."""

    items: list[ListedItem]

    @model_validator(mode="after")
    def _is_said_once(self) -> Self:
        _refuse_repeats("items", [item.ref for item in self.items])
        return self

    def listed(self, customer: str, said: SaidOfList) -> CustomerList:
        """Give the documents as they are posted."""
        statements = [StateItem(item.item(customer, item.ref)) for item in self.items]
        return CustomerList(customer, ListOf.ITEMS, statements, said.source, said.as_of)


class ListedOrder(OrderBody):
    """An open order of a list."""

    ref: Ref


class OrdersBody(Request):
    """All orders of a customer that are open at a source; an empty list says: none."""

    orders: list[ListedOrder]

    @model_validator(mode="after")
    def _is_said_once(self) -> Self:
        _refuse_repeats("orders", [order.ref for order in self.orders])
        return self

    def listed(self, customer: str, said: SaidOfList) -> CustomerList:
        """Give the orders as they are posted."""
        orders = [StateOrder((customer, order.ref), order.statement()) for order in self.orders]
        return CustomerList(customer, ListOf.ORDERS, orders, said.source, said.as_of)


class ListStated(Answer):
    """What a whole list did: how many documents it has by effect, and how many it cleared.

    `effect` is `outdated` for a list that is older than another of its kind that its source has
    stated of the customer, or of all; then nothing was changed, and `newer_as_of` is of when the
    newer one is.
    """

    customer: str
    effect: EffectOfList
    newer_as_of: Instant | None
    applied: int
    unchanged: int
    outdated: int
    cleared: int
    account_seq: int


def _refuse_repeats(name: str, refs: list[str]) -> None:
    seen: set[str] = set()
    for number, ref in enumerate(refs):
        if ref in seen:
            message = "Another document of the list has this ref."
            raise refused_at(name, number, "ref", code="ref_repeated", message=message)
        seen.add(ref)
