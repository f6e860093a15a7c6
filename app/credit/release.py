"""Releasing a held order: what forbids it, who may agree, and what it does to the order."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from app.credit.account import Grant, Position
from app.credit.caller import Caller
from app.credit.commitment import Commitment
from app.credit.exposure import is_exempt
from app.credit.money import Currency, rounded_minor
from app.credit.order import Order
from app.credit.policy import ReleaseRule
from app.credit.release_advice import Standing


class ReleaseKind(StrEnum):
    """On what ground an order was released."""

    ONCE = "once"
    COMMITTEE = "committee"
    PASSES = "passes"


class Ban(StrEnum):
    """What forbids a release, whoever asks for it. Codes are part of the contract."""

    OVERDUE_ITEMS = "overdue_items"
    CUSTOMER_BLOCKED = "customer_blocked"
    CUSTOMER_UNKNOWN = "customer_unknown"
    RATE_MISSING = "rate_missing"
    PART_OF_STATED = "part_of_stated"


class NotThisPerson(StrEnum):
    """Why this caller may not agree to this release. Codes are part of the contract."""

    NAMELESS = "nameless"
    ENTERED_ORDER = "entered_order"
    CHANGED_LIMIT = "changed_limit"
    AGREED_BEFORE = "agreed_before"
    ABOVE_CEILING = "above_ceiling"


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What four eyes look at. Amounts are in minor units of the account's currency.

    `released_before_minor` is the credit that was released on the account within the policy's
    window; `changed_limit` is who changed its limit within it, `entered_by` who ever asked about
    the order, in whichever revision.
    """

    released_before_minor: int
    alone_up_to_minor: int | None
    entered_by: AbstractSet[str]
    changed_limit: AbstractSet[str]

    def needs_second(self, credit_minor: int) -> bool:
        """Say whether that much more takes the window's releases above what one may decide."""
        if self.alone_up_to_minor is None:
            return False
        return self.released_before_minor + credit_minor > self.alone_up_to_minor

    def objection_to(self, person: str | None) -> NotThisPerson | None:
        """Say why this person has no say in this release, if that is so."""
        if person is None:
            return NotThisPerson.NAMELESS
        if person in self.entered_by:
            return NotThisPerson.ENTERED_ORDER
        return NotThisPerson.CHANGED_LIMIT if person in self.changed_limit else None


def alone_up_to_minor(rule: ReleaseRule, currency: Currency) -> int | None:
    """Give up to which amount one person decides alone, or `None` where that has no end."""
    amount = rule.four_eyes_above
    return None if amount is None else rounded_minor(amount, currency)


def is_above_ceiling(caller: Caller, credit_minor: int, currency: Currency) -> bool:
    """Say whether the caller may not release that much.

    A ceiling in another currency than the account's is none that can be compared: it allows
    nothing.
    """
    ceiling = caller.ceiling
    if ceiling is None:
        return False
    return ceiling.currency != currency.code or credit_minor > ceiling.amount_minor


def forbidding(
    order: Order, position: Position, standing: Standing, *, committee: bool = False
) -> tuple[Ban, ...]:
    """Give what forbids to deliver this order over its limit.

    Items that are due do so in the credit procedure, by the condition of the release advice; the
    committee decides on the single case and may do so nevertheless; so it may where documents in
    a currency without a rate cannot be added up. The others stand against every grant.
    """
    account, customer = position.account, position.customer
    uncountable = account.foreign_documents > 0 and not committee
    found = {
        Ban.OVERDUE_ITEMS: standing.has_due_items and not committee,
        Ban.CUSTOMER_BLOCKED: customer is not None and customer.blocked,
        Ban.CUSTOMER_UNKNOWN: customer is None,
        Ban.RATE_MISSING: order.currency != account.currency or uncountable,
    }
    return tuple(ban for ban, applies in found.items() if applies)


def least_minor(known: Commitment) -> int:
    """Give the amount of the order below which nothing of it may be let go.

    That is what the ERP has stated of it: it delivers that, so that a smaller release would let
    the rest slip past.
    """
    if not known.is_held_as_stated and not known.awaits_no_statement:
        return 0
    return (known.stated_minor or 0) + known.invoiced_before_minor


def grant_for(order: Order, position: Position, amount_minor: int) -> Grant:
    """Give what a release of that much of the order grants: the amount, and the credit in it."""
    exempt = is_exempt(order, position)
    credit_minor = 0 if exempt else order.reduced_to(amount_minor).owed_minor
    return Grant(amount_minor, credit_minor)


def released(known: Commitment, grant: Grant, currency: Currency, until: datetime) -> Commitment:
    """Grant a held order that much, and set aside what of it is neither stated nor invoiced.

    The grant is this order's alone. It ends with `until`, unless the ERP has stated all of it by
    then: there is nothing left to wait for.
    """
    if known.is_held_as_stated:
        return known.granted_as_stated()
    if known.stated_minor is None:
        known = known.restarted_in(currency)
    taken_minor = known.counted_minor + known.invoiced_minor
    # What stands stated in another currency keeps counting; the grant cannot be compared with it.
    comparable = known.currency == currency.code
    return replace(
        known,
        hold_id=None,
        granted_minor=grant.amount_minor if comparable else 0,
        granted_credit_minor=grant.credit_minor if comparable else 0,
        reserved_minor=max(0, grant.credit_minor - taken_minor),
        reserved_until=None if known.awaits_no_statement else until,
    )


def refused(known: Commitment) -> Commitment:
    """Keep the order stopped; what an earlier revision had set aside is free again."""
    return known.given_back()


def withdrawn(known: Commitment) -> Commitment | None:
    """Give the order without what was held, or `None` where the ERP has stated that already.

    Then it must be cancelled or stated smaller there, or it would count no more and yet be
    delivered.
    """
    if known.is_held_as_stated or known.awaits_no_statement:
        return None
    if known.stated_minor is None:
        return known.cancelled_now()
    return replace(known.given_back(), hold_id=None)
