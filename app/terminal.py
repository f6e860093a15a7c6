"""A decision as lines for a terminal: outcome, the sum laid out, why, and the ways to a yes."""

import os
from decimal import Decimal
from textwrap import wrap
from typing import Any

import typer

Answer = dict[str, Any]

WIDTH = 92
INDENT = "    "
NO_BREAK = "\N{NO-BREAK SPACE}"
"""Keeps a term of the sum on one line; not printed."""

OUTCOME_COLOURS = {"pass": "green", "warning": "yellow", "hold": "red"}
PARTS = ("invoices", "credit_notes", "payments", "open_orders", "reservations", "ignored_credit")
OPTIONS = {
    "prepay": "prepay {amount}",
    "ship_part": "ship {amount} of it now",
    "await_release": "wait for the credit department to release {amount}",
}


def answer_lines(answer: Answer) -> list[str]:
    """Give the answer of a check or a preview, as the API gave it, in lines to print."""
    return [
        _headline(answer),
        *_sum(answer),
        *(f"{INDENT}{reason['mode']:<6}{reason['message']}" for reason in answer["reasons"]),
        *(_option(option, answer["exposure"]["currency"]) for option in answer["options"]),
        *_kept(answer),
    ]


def grouped(amount: str) -> str:
    """Give a decimal text with its thousands apart."""
    return f"{Decimal(amount):,}"


def _headline(answer: Answer) -> str:
    order, outcome = answer["order"], answer["outcome"]
    asked = f"{grouped(order['amount']):>13} {order['currency']}"
    said = outcome.upper()
    if not os.environ.get("NO_COLOR"):  # and it is left out where no terminal is
        said = typer.style(said, fg=OUTCOME_COLOURS.get(outcome), bold=True)
    return f"{answer['customer']:<14}  order {asked}  ->  {said}"


def _sum(answer: Answer) -> list[str]:
    """Lay out limit = parts + what is free, over several lines where one is too short."""
    name, terms = _limit(answer)
    head = f"{INDENT}{name} = "
    lines = wrap(
        " ".join(terms),
        width=WIDTH,
        initial_indent=head,
        subsequent_indent=" " * len(head),
        break_long_words=False,
    )
    return [line.replace(NO_BREAK, " ") for line in lines]


def _limit(answer: Answer) -> tuple[str, list[str]]:
    """Give what the sum is of, and its terms."""
    limit, exposure = answer["limit"], answer["exposure"]
    parts = [_term(Decimal(exposure[name]), name.replace("_", " ")) for name in PARTS]
    terms = [part for part in parts if part]
    if limit is None or limit["amount"] is None:
        kind = "no limit is set; exposure" if limit is None else "unlimited; exposure"
        return f"{kind} {grouped(exposure['before'])}", _unsigned(terms or ["nothing"])
    free = Decimal(limit["amount"]) - Decimal(exposure["before"])
    last = _term(free, "free" if free >= 0 else "over the limit already", keep_zero=True)
    return f"limit {grouped(limit['amount'])}", _unsigned([*terms, last])


def _term(amount: Decimal, name: str, *, keep_zero: bool = False) -> str:
    if not amount and not keep_zero:
        return ""
    sign = "-" if amount < 0 else "+"
    return f"{sign} {name} {abs(amount):,}".replace(" ", NO_BREAK)


def _unsigned(terms: list[str]) -> list[str]:
    return [terms[0].removeprefix(f"+{NO_BREAK}"), *terms[1:]]


def _option(option: Answer, currency: str) -> str:
    amount = f"{grouped(option['amount'])} {currency}"
    text = OPTIONS.get(option["type"], option["type"] + " {amount}").format(amount=amount)
    lines = f" (lines {', '.join(option['lines'])})" if option.get("lines") else ""
    return f"{INDENT}try   {text}{lines}  ->  {option['outcome']}"


def _kept(answer: Answer) -> list[str]:
    """Say what the check has left behind; a preview leaves nothing."""
    if answer["hold"] is not None:
        return [f"{INDENT}The order waits in hold {answer['hold']['id']}."]
    if answer["reservation"] is not None:
        kept = answer["reservation"]
        amount = f"{grouped(kept['amount'])} {answer['exposure']['currency']}"
        return [f"{INDENT}Reserved: {amount} until {kept['expires_at']}."]
    return []
