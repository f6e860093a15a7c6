"""Whole lists: all that a source has to say of what a customer owes or has ordered."""

from typing import Self

from pydantic import model_validator

from app.api.models.fields import Answer, Request
from app.api.models.statements import OpenItemBody, OrderBody
from app.api.problems import refused_at
from app.api.refs import Ref
from app.desk.statements import StateItem, StateOrder
from app.desk.whole_lists import CustomerList, ListOf


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

    def listed(self, customer: str) -> CustomerList:
        """Give the documents as they are posted."""
        return CustomerList(
            ListOf.ITEMS, [StateItem(item.item(customer, item.ref)) for item in self.items]
        )


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

    def listed(self, customer: str) -> CustomerList:
        """Give the orders as they are posted."""
        return CustomerList(
            ListOf.ORDERS,
            [StateOrder((customer, order.ref), order.statement()) for order in self.orders],
        )


class ListStated(Answer):
    """What a whole list did: how many documents it has by effect, and how many it cleared."""

    customer: str
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
