"""A policy as it is put and as it is read. What is left out is filled in as `standard` has it."""

from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import Field, model_validator

from app.api.models.fields import Answer, Flag, Instant, Request, ShortText, Whole
from app.api.money import AmountText
from app.api.problems import refused_at
from app.desk.shelf import StoredPolicy

BodyT = TypeVar("BodyT", bound=Request)

UNITS_MAX = 10**11
"""The largest amount of a policy in whole units: 10^15 minor units at up to four decimals."""


def _within_range(body: BodyT, field: str) -> BodyT:
    if int(getattr(body, field).partition(".")[0]) >= UNITS_MAX:
        raise refused_at(field, code="amount_too_large", message="Must be below 10^11.")
    return body


RuleMode = Literal["off", "soft", "hard"]
Days = Annotated[Whole, Field(ge=0, le=3660)]
Percent = Annotated[str, Field(pattern=r"^(0|[1-9][0-9]{0,3})(\.[0-9]{1,2})?$", max_length=7)]
"""A percentage as text with at most two decimals."""


class ModeOnly(Request):
    """A rule without a figure."""

    mode: RuleMode


class LimitRuleBody(Request):
    """`hard` is the hard limit, `soft` the soft limit."""

    mode: RuleMode = "hard"
    tolerance_percent: Percent = "0"
    boundary: Literal["exceeded", "reached"] = "exceeded"
    horizon_days: Days | None = None
    floor_credit_balance: Flag = False


class LimitNearBody(Request):
    """Warns from this share of the limit on."""

    mode: RuleMode = "soft"
    at_percent: Percent = "90"


class OverdueBody(Request):
    """Overdue invoices, after some days of grace and above a trifle each."""

    mode: RuleMode = "soft"
    grace_days: Days = 3
    min_amount: AmountText = "50.00"

    @model_validator(mode="after")
    def _is_in_range(self) -> Self:
        return _within_range(self, "min_amount")


class AgeBody(Request):
    """Fires above an age in days."""

    mode: RuleMode = "off"
    max_age_days: Days = 90


class ReviewBody(AgeBody):
    """Fires when the limit was not set anew for so long."""

    max_age_days: Days = 365


class DunningBody(Request):
    """Fires from a dunning level on."""

    mode: RuleMode = "off"
    from_level: Annotated[Whole, Field(ge=1, le=9)] = 2


class OrderMaximumBody(Request):
    """The largest single order, in units of the account's currency."""

    mode: RuleMode = "off"
    amount: AmountText = "100000.00"

    @model_validator(mode="after")
    def _is_in_range(self) -> Self:
        return _within_range(self, "amount")


Minutes = Annotated[Whole, Field(ge=1, le=5_270_400)]


class StaleBody(Request):
    """Fires when the data are older than this, and holds when they are older than that."""

    mode: RuleMode = "soft"
    max_age_minutes: Minutes = 1_440
    hard_after_minutes: Minutes | None = None

    @model_validator(mode="after")
    def _warns_before_it_holds(self) -> Self:
        hard_after = self.hard_after_minutes
        if hard_after is not None and hard_after <= self.max_age_minutes:
            message = "Must be above max_age_minutes."
            raise refused_at("hard_after_minutes", code="too_small", message=message)
        return self


class RulesBody(Request):
    """Every rule of a policy."""

    limit: LimitRuleBody = LimitRuleBody()
    limit_missing: ModeOnly = ModeOnly(mode="hard")
    limit_near: LimitNearBody = LimitNearBody()
    limit_expired: ModeOnly = ModeOnly(mode="hard")
    overdue_items: OverdueBody = OverdueBody()
    oldest_item: AgeBody = AgeBody()
    dunning_level: DunningBody = DunningBody()
    order_maximum: OrderMaximumBody = OrderMaximumBody()
    limit_review_due: ReviewBody = ReviewBody()
    data_stale: StaleBody = StaleBody()
    customer_unknown: ModeOnly = ModeOnly(mode="hard")


class ReleasesBody(Request):
    """Releases of held orders, in units of the account's currency.

    Above `four_eyes_above` in all within `window_days`, two persons must agree (null: never).
    """

    four_eyes_above: AmountText | None = "50000.00"
    window_days: Annotated[Whole, Field(ge=1, le=3660)] = 30
    valid_days: Annotated[Whole, Field(ge=1, le=366)] = 14

    @model_validator(mode="after")
    def _is_in_range(self) -> Self:
        return self if self.four_eyes_above is None else _within_range(self, "four_eyes_above")


class ReleaseAdviceBody(Request):
    """The marks of the release advice; no check looks at them.

    `overrun_max_percent`: by how much of the limit one release may pass it.
    `expected_within_days`: how far ahead expected payments count. `peak_percent`: above which
    share of the customer's average month what is on order is a peak, once `peak_history_months`
    full months are known. `collection_days`: for how long after the grace invoices of a customer
    who pays by direct debit are ours to collect, and not due.
    """

    overrun_max_percent: Percent = "20"
    expected_within_days: Annotated[Whole, Field(ge=0, le=366)] = 7
    peak_percent: Percent = "150"
    peak_history_months: Annotated[Whole, Field(ge=1, le=11)] = 3
    collection_days: Days = 0


class PolicyBody(Request):
    """A policy; what it does not name is as in `standard` of the first day.

    With `auto_release`, held orders that the rules let pass later are released without a person.
    """

    reservation_minutes: Annotated[Whole, Field(ge=1, le=525_600)] = 60
    exempt_payment_terms: Annotated[tuple[ShortText, ...], Field(max_length=50)] = (
        "PREPAID",
        "COD",
    )
    auto_release: Flag = False
    release_advice: ReleaseAdviceBody = ReleaseAdviceBody()
    rules: RulesBody = RulesBody()
    releases: ReleasesBody = ReleasesBody()

    def document(self) -> dict[str, Any]:
        """Give the complete document, as it is stored."""
        return self.model_dump(mode="json")


class PolicyVersion(PolicyBody):
    """A version of a policy as it is stored."""

    name: str
    version: int
    created_at: Instant

    @classmethod
    def of(cls, stored: StoredPolicy) -> Self:
        """Describe a stored version."""
        return cls(
            name=stored.name,
            version=stored.version,
            created_at=stored.created_at,
            **stored.document,
        )


class PolicyVersionList(Answer):
    """A policy's history, newest first."""

    items: list[PolicyVersion]
    next_cursor: str | None
