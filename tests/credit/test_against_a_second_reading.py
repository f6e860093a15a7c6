"""The rules against a plain model that was written from the documents alone."""

from typing import Any

from hypothesis import given
from support.second_reading import Answer, read_the_contract
from support.strategies import Case, cases, thorough

from app.credit.account import Account, Limit, Position
from app.credit.decision import decide
from app.credit.money import rounded_minor
from app.credit.order import Order
from app.credit.policy import Policy


@thorough
@given(cases)
def test_two_readings_of_the_contract_agree(case: Case) -> None:
    order, position = case
    policy = policy_facts(position.policy, position.account)
    expected = read_the_contract(order_facts(order), account_facts(position), policy)
    assert answer(case) == expected


def answer(case: Case) -> Answer:
    verdict = decide(*case)
    modes = {str(reason.code): str(reason.mode) for reason in verdict.judgement.reasons}
    return str(verdict.judgement.outcome), modes, verdict.figures.headroom_minor


def order_facts(order: Order) -> dict[str, Any]:
    return {
        "amount": order.amount_minor,
        "prepaid": order.prepaid_minor,
        "terms": order.payment_terms,
        "stated": order.stated,
        "currency": order.currency.code,
    }


def account_facts(position: Position) -> dict[str, Any]:
    account, customer, grant = position.account, position.customer, position.grant
    state = "unknown" if customer is None else "blocked" if customer.blocked else "known"
    oldest_on, as_of = account.oldest_invoice_on, position.data_as_of
    return {
        "customer": state,
        "dunning_level": 0 if customer is None else customer.dunning_level,
        "currency": account.currency.code,
        "limit": None if account.limit is None else limit_facts(account.limit),
        "invoices": account.totals.invoices_minor,
        "credit_notes": account.totals.credit_notes_minor,
        "payments": account.totals.payments_minor,
        "open_orders": account.totals.open_orders_minor,
        "reservations": account.totals.reservations_minor,
        "overdue": account.overdue.amount_minor,
        "oldest_invoice_on": None if oldest_on is None else oldest_on.toordinal(),
        "foreign_documents": account.foreign_documents,
        "is_adrift": account.drift_found_on is not None,
        "grant": grant and {"amount": grant.amount_minor, "credit": grant.credit_minor},
        "today": position.today.toordinal(),
        "now": int(position.now.timestamp()) // 60,
        "data_as_of": None if as_of is None else int(as_of.timestamp()) // 60,
    }


def limit_facts(limit: Limit) -> dict[str, Any]:
    return {
        "amount": limit.amount_minor,
        "valid_until": None if limit.valid_until is None else limit.valid_until.toordinal(),
        "set_on": limit.set_on.toordinal(),
    }


def policy_facts(policy: Policy, account: Account) -> dict[str, Any]:
    maximum_minor = rounded_minor(policy.order_maximum.amount, account.currency)
    return {
        "limit_exceeded": str(policy.limit.mode),
        "tolerance_bp": policy.limit.tolerance_bp,
        "boundary": str(policy.limit.boundary),
        "floor_credit_balance": policy.limit.floor_credit_balance,
        "limit_missing": str(policy.limit_missing),
        "limit_near": str(policy.limit_near.mode),
        "near_at_bp": policy.limit_near.value,
        "limit_expired": str(policy.limit_expired),
        "overdue_items": str(policy.overdue_items.mode),
        "oldest_item": str(policy.oldest_item.mode),
        "oldest_item_days": policy.oldest_item.value,
        "dunning_level": str(policy.dunning_level.mode),
        "dunning_from_level": policy.dunning_level.value,
        "order_maximum": str(policy.order_maximum.mode),
        "order_maximum_minor": maximum_minor,
        "limit_review_due": str(policy.limit_review_due.mode),
        "review_days": policy.limit_review_due.value,
        "data_stale": str(policy.data_stale.mode),
        "stale_minutes": policy.data_stale.max_age_minutes,
        "stale_holds_after_minutes": policy.data_stale.hard_after_minutes,
        "totals_drift": "soft",
        "customer_unknown": str(policy.customer_unknown),
        "exempt_terms": policy.exempt_payment_terms,
    }
