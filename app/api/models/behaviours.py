"""How a customer pays."""

from decimal import Decimal
from typing import Self

from app.api.models.fields import Answer, Instant
from app.credit.money import Currency, decimal_text
from app.desk.behaviours import Behaviour


class BehaviourAnswer(Answer):
    """How a customer paid its invoices that were cleared in the twelve months to `computed_at`.

    Averages are weighted by amount. `average_days_late` is from due date to clearing and counts
    what was paid in time as no day late; `share_in_time` is the part of the amount cleared by its
    due date, from 0 to 1; `dso_days` is what is open / what was invoiced in the period * the days
    of the period, a year or what has passed since the oldest known invoice. `average_month` and
    `largest_month` are what was invoiced in the `months_known` full months of the period, from the
    first with an invoice on. Null is what is not known: all of it until the worker has counted.
    `currency` is the account's, that of the sums.
    """

    customer: str
    currency: str | None
    cleared_invoices: int | None
    cleared_amount: str | None
    late_invoices: int | None
    late_amount: str | None
    average_days_late: str | None
    average_days_to_pay: str | None
    share_in_time: str | None
    dso_days: str | None
    months_known: int | None
    average_month: str | None
    largest_month: str | None
    computed_at: Instant | None

    @classmethod
    def of(cls, customer: str, behaviour: Behaviour | None) -> Self:
        """Describe what was counted, or that nothing was."""
        if behaviour is None:
            unknown = dict.fromkeys(cls.model_fields.keys() - {"customer"})
            return cls.model_validate(unknown | {"customer": customer})
        currency = Currency(behaviour.currency, behaviour.exponent)
        return cls(
            customer=customer,
            currency=behaviour.currency,
            cleared_invoices=behaviour.cleared_invoices,
            cleared_amount=decimal_text(behaviour.cleared_minor, currency),
            late_invoices=behaviour.late_invoices,
            late_amount=decimal_text(behaviour.late_minor, currency),
            average_days_late=_text(behaviour.days_late),
            average_days_to_pay=_text(behaviour.days_to_pay),
            share_in_time=_text(behaviour.share_in_time),
            dso_days=_text(behaviour.dso_days),
            months_known=behaviour.months_known,
            average_month=_of_months(behaviour, behaviour.month_average_minor, currency),
            largest_month=_of_months(behaviour, behaviour.month_largest_minor, currency),
            computed_at=behaviour.computed_at,
        )


def _of_months(behaviour: Behaviour, minor: int, currency: Currency) -> str | None:
    return decimal_text(minor, currency) if behaviour.months_known else None


def _text(number: Decimal | None) -> str | None:
    return None if number is None else f"{number:f}"
