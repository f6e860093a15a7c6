"""What the rules alone say: the outcome of one order in one position, with every reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.credit.account import Position
from app.credit.exposure import Exposure, exposure_of
from app.credit.order import Order
from app.credit.policy import Mode, Policy
from app.credit.rules import RULES, Case, Finding, ReasonCode, Unit


class Outcome(StrEnum):
    """May the order ship? `pass` and `warning` say yes, `hold` says not without a release."""

    PASS = "pass"  # noqa: S105 - the contract's word, not a password
    WARNING = "warning"
    HOLD = "hold"


@dataclass(frozen=True, slots=True)
class Reason:
    """A rule that fired: its code, what it does, what was seen and what was allowed."""

    code: ReasonCode
    mode: Mode
    observed: int | str | None = None
    threshold: int | str | None = None
    unit: Unit | None = None
    amount_minor: int = 0


@dataclass(frozen=True, slots=True)
class Judgement:
    """The outcome, its reasons with the gravest first, and the exposure they were found on."""

    outcome: Outcome
    reasons: tuple[Reason, ...]
    exposure: Exposure

    def holds_besides(self, code: ReasonCode) -> bool:
        """Say whether anything but this reason holds the order."""
        return any(r.mode is Mode.HARD and r.code is not code for r in self.reasons)


def judge(order: Order, position: Position) -> Judgement:
    """Run every rule on the order."""
    case = Case(order, position, exposure_of(order, position))
    reasons = sorted(_reasons(case), key=lambda reason: _GRAVEST_FIRST.index(reason.mode))
    return Judgement(_outcome(reasons), tuple(reasons), case.exposure)


_GRAVEST_FIRST = (Mode.HARD, Mode.SOFT, Mode.INFO)


def _reasons(case: Case) -> list[Reason]:
    found = {code: finding for code, rule in RULES.items() if (finding := rule.fires(case))}
    modes = {code: _mode(code, found, case.position.policy) for code in found}
    return [
        Reason(
            code,
            mode,
            found[code].observed,
            found[code].threshold,
            found[code].unit,
            found[code].amount_minor,
        )
        for code, mode in modes.items()
        if mode is not Mode.OFF
    ]


def _mode(code: ReasonCode, found: Mapping[ReasonCode, Finding], policy: Policy) -> Mode:
    """Give the mode of a rule that fired, once exempt terms and earlier grants are minded.

    A rule whose second mark is passed holds. Exempt terms need no credit, so that only absolute
    rules speak beside them. An order within what it was granted passes, and what would have
    stopped it is told as information.
    """
    rule = RULES[code]
    mode = rule.mode(policy)
    if rule.absolute or mode is Mode.OFF:
        return mode
    if ReasonCode.EXEMPT_TERMS in found:
        return Mode.INFO if code is ReasonCode.EXEMPT_TERMS else Mode.OFF
    if ReasonCode.RELEASE_APPLIED in found:
        return Mode.INFO
    return Mode.HARD if found[code].holds else mode


def _outcome(reasons: list[Reason]) -> Outcome:
    modes = {reason.mode for reason in reasons}
    if Mode.HARD in modes:
        return Outcome.HOLD
    return Outcome.WARNING if Mode.SOFT in modes else Outcome.PASS
