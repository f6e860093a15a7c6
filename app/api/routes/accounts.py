"""Accounts and limits in words."""

from app.api.models.answers import LimitAnswer, PolicyAnswer
from app.api.models.customers import (
    AccountAnswer,
    AccountExposure,
    AccountLimit,
    LimitStated,
)
from app.api.models.fields import currency_of
from app.api.wording import parts_document
from app.credit.money import Currency, decimal_text
from app.desk.customers import AccountView, LimitRecord


def limit_answer(account: str, limit: LimitRecord, currency: str, seq: int) -> LimitStated:
    """Say which limit was stated."""
    stated = LimitAnswer(
        amount=_amount(limit, currency_of(currency)),
        currency=currency,
        unlimited=limit.amount_minor is None,
        valid_until=limit.valid_until,
    )
    return LimitStated(account=account, limit=stated, reason=limit.reason, account_seq=seq)


def account_answer(view: AccountView) -> AccountAnswer:
    """Say how an account stands."""
    total_minor = view.exposure.before_minor
    exposure = AccountExposure(
        **parts_document(view.exposure, view.currency),
        total=decimal_text(total_minor, view.currency),
        overdue=decimal_text(view.exposure.overdue_minor, view.currency),
    )
    return AccountAnswer(
        account=view.ref,
        currency=view.currency.code,
        limit=_limit(view),
        exposure=exposure,
        headroom=_headroom(view, total_minor),
        policy=PolicyAnswer(name=view.policy[0], version=view.policy[1]),
        customers=view.customers,
        seq=view.seq,
    )


def _limit(view: AccountView) -> AccountLimit | None:
    limit = view.limit
    if limit is None or limit.set_at is None:
        return None
    return AccountLimit(
        amount=_amount(limit, view.currency),
        currency=view.currency.code,
        unlimited=limit.amount_minor is None,
        valid_until=limit.valid_until,
        reason=limit.reason,
        set_at=limit.set_at,
    )


def _headroom(view: AccountView, total_minor: int) -> str | None:
    if view.limit is None or view.limit.amount_minor is None:
        return None
    return decimal_text(view.limit.amount_minor - total_minor, view.currency)


def _amount(limit: LimitRecord, currency: Currency) -> str | None:
    return None if limit.amount_minor is None else decimal_text(limit.amount_minor, currency)
