"""Defects in the rules: grants that reach further than they should."""

from dataclasses import replace

from prove.planted.defect import Defect, swap

from app.credit import rules
from app.credit.account import Position
from app.credit.rules import RULES, Case, Finding, ReasonCode


def earlier_grant_covers_any_amount() -> None:
    def always(case: Case) -> Finding | None:
        return None if case.position.grant is None else Finding()

    rule = RULES[ReasonCode.RELEASE_APPLIED]
    RULES[ReasonCode.RELEASE_APPLIED] = replace(rule, fires=always)


def limit_a_little_wide() -> None:

    def wider(position: Position) -> int | None:
        minor: int | None = allowed(position)
        return None if minor is None else minor + 100

    allowed = swap(rules, "allowed_minor", wider)


DEFECTS = (
    Defect("earlier grant covers any amount", earlier_grant_covers_any_amount, "O2",
           mix={"revise": 40}),
    Defect("limit a euro too wide", limit_a_little_wide, "O2", mix={"just_over": 30}),
)  # fmt: skip
