"""The demo's ledger, line by line as `POST /v1/ledger` takes it; days count from today."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal

Line = dict[str, Any]

CURRENCY = "EUR"
PREFIXES = {"invoice": "RE", "credit_note": "GS", "payment": "ZA"}
FIRST_NUMBER = 26_001


@dataclass(slots=True)
class Book:
    """Collects statements about customers; document numbers count up."""

    today: date
    lines: list[Line] = field(default_factory=list)
    number: int = FIRST_NUMBER

    def customer(self, ref: str, name: str, **more: Any) -> None:  # noqa: ANN401 - as the API
        """State a customer."""
        self._put("customer", customer=ref, name=name, currency=CURRENCY, **more)

    def limit(self, account: str, amount_minor: int) -> None:
        """State a credit limit."""
        self._put("limit", account=account, amount=amount_text(amount_minor), currency=CURRENCY)

    def unlimited(self, account: str, reason: str) -> None:
        """State that an account has no limit."""
        self._put("limit", account=account, unlimited=True, currency=CURRENCY, reason=reason)

    def invoice(
        self, customer: str, amount_minor: int, *, due_in_days: int, terms_days: int = 30
    ) -> None:
        """State an open invoice; due days ago where `due_in_days` is negative."""
        issued_on, due_on = self._day(due_in_days - terms_days), self._day(due_in_days)
        self._item("invoice", customer, amount_minor, issued_on=issued_on, due_on=due_on)

    def credit(
        self,
        kind: Literal["credit_note", "payment"],
        customer: str,
        amount_minor: int,
        *,
        days_ago: int,
    ) -> None:
        """State an unused credit note or a payment on account."""
        self._item(kind, customer, amount_minor, issued_on=self._day(-days_ago))

    def order(self, customer: str, amount_minor: int, *, ships_in_days: int) -> None:
        """State an open order."""
        ref = f"SO-{self._next_number()}"
        ship_date, amount = self._day(ships_in_days), amount_text(amount_minor)
        self._put(
            "order",
            customer=customer,
            ref=ref,
            amount=amount,
            currency=CURRENCY,
            ship_date=ship_date,
        )

    def count(self, what: str) -> int:
        """Give how many lines state this."""
        return sum(line["put"] == what for line in self.lines)

    def _item(self, kind: str, customer: str, amount_minor: int, **days: str) -> None:
        ref = f"{PREFIXES[kind]}-{self._next_number()}"
        amount = amount_text(amount_minor)
        self._put(
            "open_item",
            customer=customer,
            ref=ref,
            kind=kind,
            amount=amount,
            currency=CURRENCY,
            **days,
        )

    def _put(self, what: str, **fields: Any) -> None:  # noqa: ANN401 - as the API takes them
        self.lines.append({"put": what, **fields})

    def _next_number(self) -> int:
        self.number += 1
        return self.number - 1

    def _day(self, in_days: int) -> str:
        return (self.today + timedelta(days=in_days)).isoformat()


def amount_text(minor: int) -> str:
    """Give an amount in euros as the API takes it."""
    return f"{minor // 100}.{minor % 100:02d}"
