"""Real receivables of a hundred customers: the reader finds the README's control totals."""

from collections import Counter
from decimal import Decimal

import pytest
from support.receivables import CONTROLS, SAMPLE, Control, needs_sample

from app.ledger import ItemRow, Options, open_table

pytestmark = needs_sample


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: str(control.day))
def test_the_totals_are_those_of_the_readme(control: Control) -> None:
    table = open_table(SAMPLE, options=Options(as_of=control.day))
    rows = [row for row in table.rows() if isinstance(row, ItemRow)]
    overdue = [r.amount_minor for r in rows if r.due_on is not None and r.due_on < control.day]
    owed: Counter[str] = Counter()
    for row in rows:
        owed[row.customer] += row.amount_minor

    largest, most = owed.most_common(1)[0]
    assert control == Control(
        day=control.day,
        open_items=len(rows),
        open_sum=_decimal(table.totals.balances()["USD"]),
        overdue_items=len(overdue),
        overdue_sum=_decimal(sum(overdue)),
        customers=len(owed),
        largest=(largest, _decimal(most)),
    )
    assert (table.totals.rows, table.totals.flawed) == (2466, 0)
    assert table.profile is not None
    assert table.profile.name == "ibm-sample"


def _decimal(minor: int) -> Decimal:
    return Decimal(minor) / 100
