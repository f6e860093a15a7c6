"""Who asks: a person or a system, in roles, with the amount up to which the person may release."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a caller is in the trade. Codes are part of the contract."""

    ORDER_ENTRY = "order_entry"
    SALES = "sales"
    CREDIT = "credit"
    CREDIT_LEAD = "credit_lead"
    COMMITTEE_FINANCE = "committee_finance"
    COMMITTEE_SALES = "committee_sales"
    LEDGER = "ledger"
    SHOP = "shop"
    ADMIN = "admin"
    AUDITOR = "auditor"


DECIDING = frozenset({Role.CREDIT, Role.CREDIT_LEAD, Role.COMMITTEE_FINANCE, Role.COMMITTEE_SALES})
"""Roles in which somebody answers for a decision, so that a key for them names a person."""


@dataclass(frozen=True, slots=True)
class Ceiling:
    """Up to which amount a person may release, in minor units of that currency."""

    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever holds a key. `person` is `None` for a system; no `ceiling` is no limit of one's own.

    Two keys of one person are one person.
    """

    id: str
    roles: frozenset[Role]
    person: str | None = None
    ceiling: Ceiling | None = None

    @property
    def name(self) -> str:
        """How the caller is called in a trace: the person, else the key."""
        return self.person or self.id


def same_person(name: str) -> str:
    """Give the one way in which a person's name is kept, however it was written.

    Neither the case of letters nor how many blanks part its words makes another person.
    """
    return " ".join(name.split()).lower()
