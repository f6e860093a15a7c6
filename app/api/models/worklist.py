"""The worklist: holds with how their accounts stand now, and with what is advised."""

from typing import Literal

from app.api.models.fields import Answer
from app.api.models.holds import AtTheStop, HoldAnswer, TracedHoldAnswer
from app.credit.hold import Offer
from app.credit.release_advice import Advised, Condition


class StandsNow(Answer):
    """How the account stands now, without this order; what an earlier revision ties up counts.

    `limit` and `headroom` are null where there is no amount: no limit, or an unlimited one.
    """

    currency: str
    limit: str | None
    unlimited: bool
    exposure: str
    headroom: str | None
    overdue: str
    account_seq: int


class ListedHold(HoldAnswer):
    """A hold with who its customer is, and how the account stands now.

    `customer_name` is null for a customer that nobody has stated.
    """

    customer_name: str | None
    sales_contact: str | None
    now: StandsNow


class HoldCounts(Answer):
    """How many holds there are of all that is asked for, by state and by reason.

    A hold has several reasons. With `more`, only the first 10,000 were counted.
    """

    holds: int
    more: bool
    by_state: dict[str, int]
    by_reason: dict[str, int]


class HoldList(Answer):
    """Holds in the order that was asked for; `counts` comes with the first page only."""

    items: list[ListedHold]
    next_cursor: str | None
    counts: HoldCounts | None


class JudgedNow(AtTheStop):
    """What the rules say of the order now, after the older ones that pass before it."""

    outcome: Literal["pass", "warning", "hold"]


class ConditionAnswer(Answer):
    """A condition of the procedure, whether it is met, and the figures that say so.

    `required` ones must be met; of the others, one. Amounts are text in the account's currency, so
    are days with a decimal.
    """

    code: Condition
    required: bool
    met: bool
    figures: dict[str, str | int | bool | None]


class AssessmentAnswer(Answer):
    """How many days ago the limit was set or confirmed; a limit is raised on a current one only.

    `max_age_days` is the policy's for `limit_review_due`, whatever that rule's mode.
    """

    age_days: int | None
    max_age_days: int
    current: bool


class OfferAnswer(Answer):
    """What the customer can do instead, with the amount where it takes one."""

    type: Offer
    amount: str | None


class AdviceAnswer(Answer):
    """What the credit department's procedure comes to for this order; who decides is a person.

    `release_once` up to `release_up_to`; `forbidden` while items are due; `raise_limit` to
    `limit_needed` at least, on a current assessment; `refuse` with the `offers`; `passes` where
    the rules let the order pass by now. `overrun` is null without a limit, and so is
    `limit_needed` with it where a rate is missing.
    """

    verdict: Advised
    release_up_to: str | None
    overrun: str | None
    limit_needed: str | None
    conditions: list[ConditionAnswer]
    assessment: AssessmentAnswer
    offers: list[OfferAnswer]


class HoldDetail(ListedHold, TracedHoldAnswer):
    """A hold with its history, and what is to be said of it now.

    `judged_now` and `advice` are null once its order waits for nobody.
    """

    judged_now: JudgedNow | None
    advice: AdviceAnswer | None
