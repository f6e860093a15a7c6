"""The contract read a second time: a plain model of the check, in whole numbers and dicts.

Written from `design.md` section 2 and `api.md` alone, by someone who had not read the rules.
Nothing is imported from the code it is compared with, and nothing here is meant to be fast.
Days are numbers of days, instants numbers of minutes, all amounts minor units.

Where the documents leave a choice, the comparison showed it, and this is what was agreed:
within a grant the other reasons are given too, as information; where no source has ever stated
anything there is no age to be stale; an unknown customer is not told to lack a limit as well;
`limit_near` is quiet beside `limit_exceeded` only when that speaks at least as gravely.
"""

from collections.abc import Mapping
from typing import Any

Facts = Mapping[str, Any]
Answer = tuple[str, dict[str, str], int | None]


def read_the_contract(order: Facts, account: Facts, policy: Facts) -> Answer:
    """Give the outcome, the reasons' codes with their modes, and the headroom."""
    reasons = {**_about_the_customer(account, policy), **_about_credit(order, account, policy)}
    modes = set(reasons.values())
    outcome = "hold" if "hard" in modes else "warning" if "soft" in modes else "pass"
    return outcome, reasons, headroom(account, policy)


def headroom(account: Facts, policy: Facts) -> int | None:
    """Limit minus exposure; no figure when there is no limit to subtract from."""
    limit = account["limit"]
    if limit is None or limit["amount"] is None:
        return None
    return int(limit["amount"]) - exposure(account, policy)


def exposure(account: Facts, policy: Facts) -> int:
    balance = account["invoices"] - account["credit_notes"] - account["payments"]
    if policy["floor_credit_balance"] and balance < 0:
        balance = 0
    return int(balance + account["open_orders"] + account["reservations"])


def _about_the_customer(account: Facts, policy: Facts) -> dict[str, str]:
    """No grant and no exemption helps a customer who is blocked or not known."""
    if account["customer"] == "blocked":
        return {"customer_blocked": "hard"}
    if account["customer"] == "unknown" and policy["customer_unknown"] != "off":
        return {"customer_unknown": policy["customer_unknown"]}
    return {}


def _about_credit(order: Facts, account: Facts, policy: Facts) -> dict[str, str]:
    """An order stated larger than its grant is held, says the contract on open orders."""
    if order["terms"] in policy["exempt_terms"]:
        return {"exempt_terms": "info"}
    fired = (
        _limit_rules(order, account, policy)
        | _rules_on_debts(account, policy)
        | _rules_on_the_order(order, account, policy)
    )
    modes = {code: policy.get(code, "hard") for code in fired} | _long_stale(account, policy)
    given = {code: mode for code, mode in modes.items() if mode != "off"}
    if _is_granted(order, account):
        return {**dict.fromkeys(given, "info"), "release_applied": "info"}
    return given


def _long_stale(account: Facts, policy: Facts) -> dict[str, str]:
    """Soft first, then hard: data beyond the second mark hold, unless the rule is off."""
    as_of, holds_after = account["data_as_of"], policy["stale_holds_after_minutes"]
    if as_of is None or holds_after is None or policy["data_stale"] == "off":
        return {}
    return {"data_stale": "hard"} if account["now"] - as_of > holds_after else {}


def _is_granted(order: Facts, account: Facts) -> bool:
    """Compare both sides of the grant; an amount without a rate compares with nothing."""
    grant = account["grant"]
    return (
        grant is not None
        and order["currency"] == account["currency"]
        and order["amount"] <= grant["amount"]
        and _credit(order) <= grant["credit"]
    )


def _is_outgrown(order: Facts, account: Facts) -> bool:
    grant = account["grant"]
    comparable = grant is not None and order["currency"] == account["currency"]
    return comparable and order["amount"] > grant["amount"]


def _credit(order: Facts) -> int:
    return max(0, int(order["amount"]) - int(order["prepaid"]))


def _limit_rules(order: Facts, account: Facts, policy: Facts) -> set[str]:
    limit, credit = account["limit"], _credit(order)
    if credit == 0:
        return set()
    if limit is None:
        return {"limit_missing"} if account["customer"] != "unknown" else set()
    fired = set()
    if limit["valid_until"] is not None and limit["valid_until"] < account["today"]:
        fired.add("limit_expired")
    if limit["amount"] is not None and order["currency"] == account["currency"]:
        fired |= _against_the_amount(exposure(account, policy) + credit, limit["amount"], policy)
    return fired


def _against_the_amount(after: int, limit: int, policy: Facts) -> set[str]:
    """Compare in ten-thousandths, so that no percentage is ever rounded."""
    allowed = limit * (10_000 + policy["tolerance_bp"])
    reached = policy["boundary"] == "reached" and after * 10_000 == allowed
    exceeded = after * 10_000 > allowed or reached
    fired = {"limit_exceeded"} if exceeded else set()
    told = exceeded and policy["limit_exceeded"] in {"hard", policy["limit_near"]}
    if after > 0 and after * 10_000 >= limit * policy["near_at_bp"] and not told:
        fired.add("limit_near")
    return fired


def _rules_on_debts(account: Facts, policy: Facts) -> set[str]:
    fired = set()
    if account["overdue"] > 0:
        fired.add("overdue_items")
    oldest = account["oldest_invoice_on"]
    if oldest is not None and account["today"] - oldest > policy["oldest_item_days"]:
        fired.add("oldest_item")
    if account["dunning_level"] >= policy["dunning_from_level"]:
        fired.add("dunning_level")
    if account["foreign_documents"] > 0:
        fired.add("rate_missing")
    if account["is_adrift"]:
        fired.add("totals_drift")
    return fired


def _rules_on_the_order(order: Facts, account: Facts, policy: Facts) -> set[str]:
    fired = set()
    if order["currency"] != account["currency"]:
        fired.add("rate_missing")
    elif order["amount"] > policy["order_maximum_minor"]:
        fired.add("order_maximum")
    if order["stated"] and _is_outgrown(order, account):
        fired.add("above_grant")
    limit, as_of = account["limit"], account["data_as_of"]
    if limit is not None and account["today"] - limit["set_on"] > policy["review_days"]:
        fired.add("limit_review_due")
    if as_of is not None and account["now"] - as_of > policy["stale_minutes"]:
        fired.add("data_stale")
    return fired
