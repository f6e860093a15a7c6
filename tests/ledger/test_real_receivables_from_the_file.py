"""Real receivables of a hundred customers: the file import finds the README's control totals.

The data state no licence, so they stay outside the repository.
"""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from app.ledger import ItemRow, Options, open_table

SAMPLE = Path(__file__).parents[3] / "shared" / "data" / "ar" / "ar_open_items_ibm_sample.csv"

pytestmark = pytest.mark.skipif(
    not SAMPLE.is_file(), reason=f"the sample of real receivables is not here: {SAMPLE.name}"
)

CONTROLS = [
    (date(2012, 6, 30), 98, 550_409, 15, 90_973, 55, ("9181-HEKGV", 23_474)),
    (date(2012, 12, 31), 99, 572_506, 13, 78_874, 61, ("4640-FGEJI", 23_638)),
    (date(2013, 6, 30), 84, 511_985, 12, 83_556, 52, ("7938-EVASK", 30_134)),
    (date(2013, 9, 30), 88, 502_922, 7, 46_548, 55, ("9181-HEKGV", 24_846)),
]
"""Day, open items, open sum, overdue items, overdue sum, customers, largest customer."""


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: str(control[0]))
def test_the_totals_are_those_of_the_readme(
    control: tuple[date, int, int, int, int, int, tuple[str, int]],
) -> None:
    day = control[0]
    table = open_table(SAMPLE, options=Options(as_of=day))
    rows = [row for row in table.rows() if isinstance(row, ItemRow)]
    overdue = [row.amount_minor for row in rows if row.due_on is not None and row.due_on < day]
    owed: Counter[str] = Counter()
    for row in rows:
        owed[row.customer] += row.amount_minor

    found = (
        day,
        len(rows),
        table.totals.balances()["USD"],
        len(overdue),
        sum(overdue),
        len(owed),
        owed.most_common(1)[0],
    )
    assert found == control
    assert (table.totals.rows, table.totals.flawed) == (2466, 0)
    assert table.profile is not None
    assert table.profile.name == "ibm-sample"
