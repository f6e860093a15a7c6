"""Defects in the life of an order: what does not replace, does not free, or frees twice."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from prove.planted.defect import Defect, swap

from app.credit import posting
from app.credit.commitment import Commitment
from app.credit.item import Key
from app.credit.order import Order, OrderStatement
from app.credit.posting import Effect, Posting
from app.desk.growth import Growth
from app.storage import positions


def revision_added() -> None:
    def with_the_old_one(row: Any, _own: Commitment | None) -> Any:
        return totals(row, None)

    totals = swap(positions, "_totals", with_the_old_one)


def invoice_beside_its_order() -> None:
    swap(posting, "_invoiced_changes", lambda _known, _item: iter(()))


def confirmation_beside_the_reservation() -> None:

    def kept(self: Commitment, statement: OrderStatement) -> Commitment:
        known: Commitment = stated(self, statement)
        return replace(
            known, reserved_minor=self.reserved_minor, reserved_until=self.reserved_until
        )

    stated = swap(Commitment, "stated", kept)


def cancellation_frees_nothing() -> None:

    def kept(self: Commitment, *, version: int | None = None) -> Commitment:
        cancelled: Commitment = cancelled_now(self, version=version)
        return replace(cancelled, reserved_minor=self.reserved_minor)

    cancelled_now = swap(Commitment, "cancelled_now", kept)


def given_back_twice() -> None:
    def given(self: Posting, key: Key, *, check_id: str) -> Effect:
        assert check_id
        self._put_order(key, self.orders[key].given_back())
        return Effect.APPLIED

    swap(Posting, "give_back", given)


def hold_drops_the_earlier_grant() -> None:

    def dropped(self: Commitment, order: Order, *, check_id: str, hold_id: str) -> Commitment:
        stopped: Commitment = held(self, order, check_id=check_id, hold_id=hold_id)
        return replace(stopped, granted_minor=0, granted_credit_minor=0, reserved_minor=0)

    held = swap(Commitment, "held", dropped)


def older_version_applied() -> None:
    swap(posting, "_is_older", lambda _stated, _known: False)
    swap(posting, "_is_past", lambda *_, **__: False)


def growth_never_judged() -> None:
    async def let_through(_self: Growth, *_: Any, **__: Any) -> int:
        return 0

    swap(Growth, "judge", let_through)


def reservation_without_end() -> None:

    def endless(
        self: Commitment, order: Order, *, credit_minor: int, check_id: str, until: datetime | None
    ) -> Commitment:
        assert until is None or until.tzinfo
        granted: Commitment = passed(
            self, order, credit_minor=credit_minor, check_id=check_id, until=None
        )
        return granted

    passed = swap(Commitment, "passed", endless)


DEFECTS = (
    Defect("revision added, not replaced", revision_added, "O1", mix={"revise": 40}),
    Defect("invoice beside its order", invoice_beside_its_order, "O7"),
    Defect("confirmation beside the reservation", confirmation_beside_the_reservation, "O1"),
    Defect("cancellation frees nothing", cancellation_frees_nothing, "O1"),
    Defect("reservation given back twice", given_back_twice, "O1", mix={"give_back_twice": 20}),
    Defect("hold drops the earlier grant", hold_drops_the_earlier_grant, "O1", mix={"revise": 40}),
    Defect("older version applied", older_version_applied, "O1"),
    Defect("growth above the grant not judged", growth_never_judged, "O1", mix={"grow": 20}),
    Defect("reservation without end", reservation_without_end, "O7"),
)
