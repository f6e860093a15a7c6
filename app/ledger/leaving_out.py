"""Which rows state nothing: cleared ones, totals, what is not open on the day asked about."""

from collections.abc import Callable
from datetime import date

from app.ledger.cells import Reader, refuse_odd
from app.ledger.layout import Layout
from app.ledger.profile import LeaveOut, plain
from app.ledger.rows import CellError, LeftOut

LeavesOut = Callable[[list[str]], LeftOut | None]


def leaving_out(layout: Layout) -> list[LeavesOut]:
    """Give what says of a row why it states nothing; rules without their column are none."""
    listing = _listing(layout)
    rules = []
    for rule in layout.profile.leave_out:
        if layout.has(rule.column):
            leaves = _by_cell(layout, rule)
            rules.append(listing(leaves) if rule.lists else leaves)
    if layout.profile.open_on is not None and layout.options.as_of is not None:
        rules.append(listing(_not_open_on(layout, layout.options.as_of)))
    return rules


def _listing(layout: Layout) -> Callable[[LeavesOut], LeavesOut]:
    """Give what has a rule name the customer: that nothing is open is said of somebody."""
    at, customers = layout.at("customer"), layout.refs("customer")

    def named(leaves: LeavesOut) -> LeavesOut:
        def leaves_named(cells: list[str]) -> LeftOut | None:
            why = leaves(cells)
            if why is None:
                return None
            try:
                return LeftOut(why.why, customers[cells[at]])
            except CellError:
                # Nothing is stated, so that nothing is missed where nobody is named.
                return why

        return leaves_named

    return named


def _by_cell(layout: Layout, rule: LeaveOut) -> LeavesOut:
    at = layout.at(rule.column)
    answer = LeftOut(rule.why)
    listed = frozenset(map(plain, (rule.unless or ()) if rule.when is None else rule.when))

    def meaning(cell: str) -> LeftOut | None:
        refuse_odd(cell)
        if rule.when == "empty":
            leaves = not cell.strip()
        elif rule.when == "filled":
            leaves = bool(cell.strip())
        else:
            leaves = (plain(cell) in listed) == (rule.unless is None)
        return answer if leaves else None

    answers = Reader(meaning, layout.name(rule.column))
    return lambda cells: answers[cells[at]]


def _not_open_on(layout: Layout, day: date) -> LeavesOut:
    """Leave out what had not been issued on this day, or was settled by then."""
    window = layout.profile.open_on
    assert window is not None
    since_at, since = layout.at(window.since), layout.days(window.since)
    until_at, until = layout.at(window.until), layout.days(window.until)
    answer = LeftOut(f"not open on {day}")

    def leaves(cells: list[str]) -> LeftOut | None:
        first, settled = since[cells[since_at]], until[cells[until_at]]
        is_open = (first is None or first <= day) and (settled is None or day < settled)
        return None if is_open else answer

    return leaves
