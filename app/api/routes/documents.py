"""Items and orders in words."""

from collections import Counter

from app.api.models.answers import HoldRef
from app.api.models.fields import currency_of
from app.api.models.lists import EffectOfList, ListStated
from app.api.models.statements import (
    ItemStated,
    OpenItemAnswer,
    OpenItemList,
    OrderAnswer,
    OrderList,
    OrderStated,
)
from app.api.routes.pages import Page, next_cursor
from app.credit.commitment import Commitment
from app.credit.item import OpenItem
from app.credit.money import decimal_text
from app.credit.posting import Effect
from app.desk.intake import Taken
from app.desk.statements import Posted
from app.desk.unknown import OpenItemUnknownError, OrderUnknownError


def item_stated(customer: str, ref: str, posted: Posted) -> ItemStated:
    """Say what a statement about an item did; raises `OpenItemUnknownError`."""
    if posted.effect is Effect.UNKNOWN:
        raise OpenItemUnknownError(ref)
    return ItemStated(
        customer=customer,
        ref=ref,
        applied=posted.effect is not Effect.OUTDATED,
        account_seq=posted.account_seq,
    )


def list_stated(customer: str, taken: Taken) -> ListStated:
    """Say what a whole list did."""
    counts = Counter(taken.effects)
    return ListStated(
        customer=customer,
        effect=_effect(taken),
        newer_as_of=taken.newer_as_of,
        applied=counts[Effect.APPLIED],
        unchanged=counts[Effect.UNCHANGED],
        outdated=counts[Effect.OUTDATED],
        cleared=taken.cleared,
        account_seq=taken.seq,
    )


def _effect(taken: Taken) -> EffectOfList:
    if taken.newer_as_of is not None:
        return Effect.OUTDATED
    has_changed = taken.cleared or Effect.APPLIED in taken.effects
    return Effect.APPLIED if has_changed else Effect.UNCHANGED


def order_stated(customer: str, ref: str, posted: Posted) -> OrderStated:
    """Say what a statement about an order did; raises `OrderUnknownError`."""
    order = posted.order
    if order is None or posted.effect is Effect.UNKNOWN:
        raise OrderUnknownError(ref)
    return OrderStated(
        customer=customer,
        ref=ref,
        applied=posted.effect is not Effect.OUTDATED,
        account_seq=posted.account_seq,
        state=order.state.value,
        unchecked=not order.is_checked,
        counted=decimal_text(order.counted_minor, currency_of(order.currency)),
        hold=_hold(order, posted.hold_state),
    )


def _hold(order: Commitment, state: str | None) -> HoldRef | None:
    if order.hold_id is None or state is None:
        return None
    return HoldRef(id=order.hold_id, state=state)


def items_answer(items: list[OpenItem], page: Page) -> OpenItemList:
    """Give a page of open items."""
    answers = [
        OpenItemAnswer(
            ref=item.ref,
            kind=item.kind.value,
            amount=decimal_text(item.amount_minor, currency_of(item.currency)),
            currency=item.currency,
            issued_on=item.issued_on,
            due_on=item.due_on,
            order=item.order_ref,
            version=item.version,
        )
        for item in items
    ]
    return OpenItemList(items=answers, next_cursor=next_cursor([i.ref for i in items], page))


def orders_answer(orders: list[Commitment], page: Page) -> OrderList:
    """Give a page of orders."""
    answers = [_order(order) for order in orders]
    return OrderList(items=answers, next_cursor=next_cursor([o.ref for o in orders], page))


def _order(order: Commitment) -> OrderAnswer:
    currency = currency_of(order.currency)
    stated_minor = order.stated_minor
    return OrderAnswer(
        ref=order.ref,
        state=order.state.value,
        unchecked=not order.is_checked,
        currency=order.currency,
        amount=None if stated_minor is None else decimal_text(stated_minor, currency),
        counted=decimal_text(order.counted_minor, currency),
        reserved=decimal_text(order.reserved_minor, currency),
        ship_date=order.ship_date,
        revision=order.revision,
        version=order.version,
        check=order.check_id,
        hold=order.hold_id,
    )
