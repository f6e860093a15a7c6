"""`creditgate holds`: the worklist of a running service, for a terminal."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import typer

from app.cli.asking import Asking, Service, path_of
from app.cli.exits import Exit
from app.cli.listed import going_on
from app.terminal import grouped

Document = dict[str, Any]

WIDTHS = (37, 16, 14, 14, 18, 11)
HEADINGS = ("hold", "state", "customer", "order", "amount", "ships")
YES_NO = {True: "yes", False: "no "}
VERDICTS = {
    "passes": "the rules let it pass by now",
    "release_once": "release once, up to {release_up_to}",
    "forbidden": "no release: items are due",
    "raise_limit": "raise the limit, to {limit_needed} at least",
    "refuse": "refuse",
}


def listed(asking: Asking, query: Mapping[str, Any], *, as_json: bool) -> Exit:
    """Print what waits, a line each, and how many there are; what is None is not asked."""
    asked = {name: value for name, value in query.items() if value is not None}
    text = asking.read("/v1/holds", asked)
    typer.echo(text if as_json else "\n".join(_list_lines(json.loads(text))))
    return Exit.OK


def shown(service: Service, hold_id: str, *, as_json: bool) -> Exit:
    """Print one hold with everything that helps to decide on it."""
    text = Asking(service, "The hold could not be read").read(path_of(hold_id))
    typer.echo(text if as_json else "\n".join(_hold_lines(json.loads(text))))
    return Exit.OK


def _list_lines(answer: Document) -> Iterator[str]:
    if answer["items"]:
        yield _row(HEADINGS, "reasons")
    for hold in answer["items"]:
        order = hold["order"]
        cells = (hold["id"], hold["state"], hold["customer"], order["ref"])
        yield _row((*cells, _amount(order), hold["ship_date"] or "-"), ", ".join(hold["reasons"]))
    yield from _counted(answer["counts"])
    yield from going_on(answer)


def _counted(counts: Document | None) -> Iterator[str]:
    """Say how many there are in all; that comes with the first page alone."""
    if counts is None:
        return
    states = ", ".join(f"{number} {state}" for state, number in counts["by_state"].items())
    told = f"{counts['holds']}{' and more' if counts['more'] else ''} holds"
    yield f"{told}: {states}." if states else "No holds."


def _row(cells: tuple[str, ...], last: str) -> str:
    padded = (f"{cell:<{width}}" for cell, width in zip(cells, WIDTHS, strict=True))
    return f"{' '.join(padded)} {last}"


def _hold_lines(hold: Document) -> Iterator[str]:
    name = hold["customer_name"] or "a customer that nobody has stated"
    yield f"{hold['id']}: {hold['state']}, version {hold['version']}"
    yield f"    order     {hold['order']['ref']}, {_amount(hold['order'])}"
    yield f"    customer  {hold['customer']}, {name}"
    yield f"    stopped   {hold['opened_at']}"
    for reason in hold["at_stop"]["reasons"]:
        yield f"    {reason['mode']:<9} {reason['message']}"
    stop, now = hold["at_stop"], hold["now"]
    yield from _figure("exposure", stop["exposure"]["before"], now["exposure"])
    yield from _figure("headroom", stop["headroom"], now["headroom"])
    yield from _figure("overdue", stop["exposure"]["overdue"], now["overdue"])
    if hold["advice"] is not None:
        yield from _advice_lines(hold["advice"])
    yield from map(_event_line, hold["history"])


def _event_line(event: Document) -> str:
    said = [event["by"] or "-", event["reason"], event["note"]]
    words = ", ".join(word for word in said if word)
    return f"{event['at']}  {event['action']:<9} {event['after']['state']:<15} {words}"


def _figure(name: str, before: str | None, now: str | None) -> Iterator[str]:
    then, since = (("-" if text is None else grouped(text)) for text in (before, now))
    yield f"    {name:<9} {then:>15} at the stop, {since:>15} now"


def _advice_lines(advice: Document) -> Iterator[str]:
    yield f"Advice: {VERDICTS[advice['verdict']].format_map(advice)}"
    for condition in advice["conditions"]:
        told = ", ".join(f"{name} {_plain(value)}" for name, value in condition["figures"].items())
        yield f"    {YES_NO[condition['met']]} {condition['code']}: {told}"
    for offer in advice["offers"]:
        amount = "" if offer["amount"] is None else f" {grouped(offer['amount'])}"
        yield f"    or  {offer['type'].replace('_', ' ')}{amount}"


def _plain(value: object) -> str:
    match value:
        case None:
            return "-"
        case bool():
            return YES_NO[value].strip()
        case _:
            return str(value)


def _amount(order: Document) -> str:
    return f"{grouped(order['amount'])} {order['currency']}"
