"""Payments that are expected of a customer."""

from typing import Self

from pydantic import model_validator

from app.api.models.fields import Answer, Day, Request, Text, Version, amount_minor, currency_of
from app.api.money import AmountText, CurrencyCode
from app.api.problems import refused_at
from app.credit.money import decimal_text
from app.desk.expected_payments import ExpectedPayment


class ExpectedPaymentBody(Request):
    """A payment that the customer is expected to make on a day. No check counts on it."""

    amount: AmountText
    currency: CurrencyCode
    expected_on: Day
    note: Text | None = None
    version: Version | None = None

    @model_validator(mode="after")
    def _is_positive(self) -> Self:
        if not amount_minor(self.amount, self.currency, "amount"):
            message = "Must be above zero; DELETE takes a payment back."
            raise refused_at("amount", code="amount_not_positive", message=message)
        return self

    def payment(self, customer: str, ref: str) -> ExpectedPayment:
        """Give the payment as it is stored."""
        return ExpectedPayment(
            customer=customer,
            ref=ref,
            amount_minor=amount_minor(self.amount, self.currency, "amount"),
            currency=self.currency,
            expected_on=self.expected_on,
            note=self.note,
            version=self.version,
        )


class ExpectedPaymentStated(Answer):
    """What a statement did. `applied` is false when a newer version was known."""

    customer: str
    ref: str
    applied: bool


class ExpectedPaymentAnswer(Answer):
    """A payment as it is stored."""

    customer: str
    ref: str
    amount: str
    currency: str
    expected_on: Day
    note: str | None
    version: int | None

    @classmethod
    def of(cls, payment: ExpectedPayment) -> Self:
        """Describe a stored payment."""
        return cls(
            customer=payment.customer,
            ref=payment.ref,
            amount=decimal_text(payment.amount_minor, currency_of(payment.currency)),
            currency=payment.currency,
            expected_on=payment.expected_on,
            note=payment.note,
            version=payment.version,
        )


class ExpectedPaymentList(Answer):
    """A customer's expected payments, by ref."""

    items: list[ExpectedPaymentAnswer]
    next_cursor: str | None
