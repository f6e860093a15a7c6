"""What was found out about a file, in sentences for whoever loads it."""

from collections.abc import Iterator

from app.ledger.fields import States
from app.ledger.layout import Layout
from app.ledger.refusal import shown


def layout_notes(layout: Layout) -> Iterator[str]:
    """Say how the columns are understood, what is not read, and what the file cannot show."""
    fit = layout.fit
    yield f"Profile {fit.profile.name}: {fit.profile.title}."
    if fit.line > 1:
        yield f"The headings are in line {fit.line}; what is above them is not read."
    if fit.is_local:
        yield f"Amounts are those in local currency, column {fit.heading('amount')}."
    if not layout.has("currency"):
        yield f"No column names the currency: all amounts are {layout.default_currency}."
    if fit.unread:
        yield f"Columns that are not read: {', '.join(map(shown, fit.unread))}."
    yield from _lacking(layout)
    if layout.profile.open_on is not None:
        yield f"Items are those open on {layout.options.as_of}."


def _lacking(layout: Layout) -> Iterator[str]:
    parts = layout.profile.ref
    if lost := [part for part in parts if not layout.has(part)]:
        yield f"Refs are made without {', '.join(lost)}, so two documents may have the same."
    for rule in layout.profile.leave_out:
        if not layout.has(rule.column):
            yield f"There is no column for {rule.column}, so no row is left out as {rule.why}."
    if layout.profile.states is States.ORDERS and not layout.has("ship_date"):
        yield "No column has the ship date, so the days that are known stay."
    if layout.profile.states is States.OPEN_ITEMS and not layout.has("due_on"):
        yield "No column has the due date, so nothing of it counts as overdue."
