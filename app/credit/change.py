"""By how much statements change an account's totals."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple


class Day(NamedTuple):
    """One entry of a calendar total: invoices by due date, or open orders by ship date."""

    series: str
    on: date


@dataclass(slots=True)
class Change:
    """By how much a posting changes an account's totals, and its totals by day."""

    totals: Counter[str] = field(default_factory=Counter)
    days_minor: Counter[Day] = field(default_factory=Counter)
    days_documents: Counter[Day] = field(default_factory=Counter)
