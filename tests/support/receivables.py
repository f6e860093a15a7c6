"""The sample of real receivables that stands beside the checkout, and its control totals.

The data state no licence, so they stay outside the repository; their README has the totals.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

SAMPLE = Path(__file__).parents[3] / "shared" / "data" / "ar" / "ar_open_items_ibm_sample.csv"
CURRENCY = "USD"
POLICY = {"rules": {"overdue_items": {"mode": "soft", "grace_days": 0, "min_amount": "0"}}}
"""Counts as overdue whatever is, by however little."""

needs_sample = pytest.mark.skipif(
    not SAMPLE.is_file(), reason=f"the sample of real receivables is not here: {SAMPLE.name}"
)


@dataclass(frozen=True, slots=True)
class Control:
    """What the data's README says of one day, counted by other means than ours."""

    day: date
    open_items: int
    open_sum: Decimal
    overdue_items: int
    overdue_sum: Decimal
    customers: int
    largest: tuple[str, Decimal]


CONTROLS = [
    Control(
        date(2012, 6, 30), 98, Decimal("5504.09"), 15, Decimal("909.73"), 55,
        ("9181-HEKGV", Decimal("234.74")),
    ),
    Control(
        date(2012, 12, 31), 99, Decimal("5725.06"), 13, Decimal("788.74"), 61,
        ("4640-FGEJI", Decimal("236.38")),
    ),
    Control(
        date(2013, 6, 30), 84, Decimal("5119.85"), 12, Decimal("835.56"), 52,
        ("7938-EVASK", Decimal("301.34")),
    ),
    Control(
        date(2013, 9, 30), 88, Decimal("5029.22"), 7, Decimal("465.48"), 55,
        ("9181-HEKGV", Decimal("248.46")),
    ),
]  # fmt: skip
