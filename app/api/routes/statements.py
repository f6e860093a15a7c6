"""What customers owe and have ordered."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from app.api.body import StrictRoute
from app.api.models.lists import ListStated, OpenItemsBody, OrdersBody, SaidOfList
from app.api.models.sources import Said
from app.api.models.statements import (
    ItemStated,
    OpenItemBody,
    OpenItemList,
    OrderBody,
    OrderList,
    OrderStated,
)
from app.api.refs import PathRef
from app.api.routes.documents import (
    item_stated,
    items_answer,
    list_stated,
    order_stated,
    orders_answer,
)
from app.api.routes.pages import Paged
from app.api.routes.parts import TheDesk
from app.desk.statements import CancelOrder, ClearItem, StateItem, StateOrder

router = APIRouter(
    prefix="/v1/customers/{customer:ref}", tags=["statements"], route_class=StrictRoute
)


TheSource = Annotated[Said, Query()]


class Withdrawn(Said):
    """Which version of the document is withdrawn; a newer one stays."""

    version: Annotated[int, Field(ge=0, le=2**53)] | None = None


class Cleared(Withdrawn):
    """Whether the document was cancelled, and not paid or used."""

    cancelled: Annotated[
        bool, Field(description="The document was cancelled: its order counts again.")
    ] = False


TheList = Annotated[SaidOfList, Query()]


@router.put("/open-items/{ref:ref}", operation_id="put_open_item")
async def put_open_item(
    customer: PathRef, ref: PathRef, body: OpenItemBody, desk: TheDesk, said: TheSource
) -> ItemStated:
    """State what is left open of an invoice, a credit note or a payment on account."""
    posted = await desk.statements.post(StateItem(body.item(customer, ref, said.source)))
    await desk.sources.mark_stated(said.mark())
    return item_stated(customer, ref, posted)


@router.delete("/open-items/{ref:ref}", operation_id="clear_open_item")
async def clear_open_item(
    customer: PathRef, ref: PathRef, desk: TheDesk, query: Annotated[Cleared, Query()]
) -> ItemStated:
    """Clear an open item: it is paid or used, or it was cancelled.

    The order of an invoice stays as far invoiced, except where the invoice was cancelled: then the
    order counts again.
    """
    cleared = ClearItem((customer, ref), query.version, query.cancelled)
    posted = await desk.statements.post(cleared)
    await desk.sources.mark_stated(query.mark())
    return item_stated(customer, ref, posted)


@router.put("/open-items", operation_id="put_open_items")
async def put_open_items(
    customer: PathRef, body: OpenItemsBody, desk: TheDesk, said: TheList
) -> ListStated:
    """State the whole list of a customer's open items: what the source leaves out is cleared.

    One that would clear more than a set share is refused with what it saw, and is taken when it is
    sent again with the word to confirm it. A list that says of when it is (`as_of`) changes
    nothing where a newer one was taken. What other sources have stated stays, and so do orders and
    reservations.
    """
    listed = body.listed(customer, said)
    taken = await desk.whole_lists.state(listed, confirm=said.confirm)
    answer = list_stated(customer, taken)
    await desk.sources.mark_stated(said.mark_after(answer))
    return answer


@router.get("/open-items", operation_id="list_open_items")
async def list_open_items(customer: PathRef, desk: TheDesk, page: Paged) -> OpenItemList:
    """List a customer's open items by ref."""
    found = await desk.records.open_items(customer, after=page.cursor or "", limit=page.limit)
    return items_answer(found, page)


@router.put("/orders/{ref:ref}", operation_id="put_order")
async def put_order(
    customer: PathRef, ref: PathRef, body: OrderBody, desk: TheDesk, said: TheSource
) -> OrderStated:
    """State an open order: the part not invoiced. It takes the place of its reservation.

    Never refused for lack of credit. Stated larger than it was granted, the order is put on hold
    and counts only as far as it was granted.
    """
    statement = StateOrder((customer, ref), body.statement(said.source))
    posted = await desk.statements.post(statement)
    await desk.sources.mark_stated(said.mark())
    return order_stated(customer, ref, posted)


@router.delete("/orders/{ref:ref}", operation_id="cancel_order")
async def cancel_order(
    customer: PathRef, ref: PathRef, desk: TheDesk, query: Annotated[Withdrawn, Query()]
) -> OrderStated:
    """Cancel an order: what it counted, reserved or was held for is free again."""
    posted = await desk.statements.post(CancelOrder((customer, ref), query.version))
    await desk.sources.mark_stated(query.mark())
    return order_stated(customer, ref, posted)


@router.put("/orders", operation_id="put_orders")
async def put_orders(
    customer: PathRef, body: OrdersBody, desk: TheDesk, said: TheList
) -> ListStated:
    """State the whole list of a customer's open orders: what the source leaves out is cancelled.

    An order that was asked about since its source spoke of it stays, reserved or on hold. One that
    would cancel more than a set share is refused with what it saw, and is taken when it is sent
    again with the word to confirm it. A list that says of when it is (`as_of`) changes nothing
    where a newer one was taken. What other sources have stated stays.
    """
    listed = body.listed(customer, said)
    taken = await desk.whole_lists.state(listed, confirm=said.confirm)
    answer = list_stated(customer, taken)
    await desk.sources.mark_stated(said.mark_after(answer))
    return answer


@router.get("/orders", operation_id="list_orders")
async def list_orders(customer: PathRef, desk: TheDesk, page: Paged) -> OrderList:
    """List a customer's orders by ref."""
    found = await desk.records.orders(customer, after=page.cursor or "", limit=page.limit)
    return orders_answer(found, page)
