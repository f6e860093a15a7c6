"""What the checker looks at: the clients' histories, and the database as it was left."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
from prove.history import Operation, Story
from typing_extensions import override

Row = dict[str, Any]
Name = tuple[str, str, str, int]
"""Kind, customer, ref and number: names what an operation is about."""

TABLES = (
    "credit_account", "decision", "journal", "sales_order", "open_item", "calendar_total",
    "hold", "policy", "customer",
)  # fmt: skip

_RESOLUTION = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Violation:
    """A broken promise: which, where in the account's history, and by which operations."""

    rule: str
    account: str
    seq: int | None
    text: str
    operations: tuple[str, ...] = ()

    @override
    def __str__(self) -> str:
        place = f"{self.account or '-'}#{'-' if self.seq is None else self.seq}"
        named = ",".join(self.operations) or "-"
        return f"{self.rule} {place} [{named}] {self.text}"


@dataclass(frozen=True, slots=True)
class Effect:
    """A number that an operation gave its account."""

    seq: int
    story: Story


@dataclass(slots=True)
class Evidence:
    """Histories and tables, with the look-ups that the checks need."""

    stories: dict[str, Story]
    tables: dict[str, list[Row]]
    minute_us: int = 60_000_000
    clock_ahead_ns: int = 0
    """By how much the time of day is ahead of the clock that the histories are written by."""
    excuses: list[tuple[int, int]] = field(default_factory=list)
    """When the service, or the way to it, was kept from answering; by the histories' clock."""
    found: list[Violation] = field(default_factory=list)
    effects: dict[str, list["Effect"]] = field(default_factory=dict)
    judged: set[tuple[str, int]] = field(default_factory=set)
    """The numbers that an account got because an order was stated above its grant."""
    _by_name: dict[Name, Story] = field(default_factory=dict)
    _order_of: dict[str, tuple[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for row in self.tables["decision"]:
            self._order_of[row["id"]] = (row["customer"], row["order_ref"])
        for story in self.stories.values():
            self._by_name[name_of(story.operation)] = story

    def story(self, *name: Any) -> Story | None:
        """Give the operation of this kind, customer, ref and number."""
        return self._by_name.get((name[0], name[1], name[2], name[3]))

    def order_of(self, check_id: str) -> tuple[str, str] | None:
        """Give the customer and the order that a check was about."""
        return self._order_of.get(check_id)

    def of_account(self, table: str, account: str) -> list[Row]:
        return [row for row in self.tables[table] if row["account"] == account]

    def blame(self, rule: str, account: str, seq: int | None, text: str, *who: Any) -> None:
        """Note a violation; `who` are the stories that it is about, or nothing."""
        names = tuple(story.operation.id for story in who if story is not None)
        self.found.append(Violation(rule, account, seq, text, names))

    def note(self, account: str, seq: int, story: Story | None) -> None:
        """Note that this operation gave the account this number."""
        if story is not None:
            self.effects.setdefault(account, []).append(Effect(seq, story))


def name_of(operation: Operation) -> Name:
    return (operation.kind, operation.customer, operation.ref, operation.number)


async def dump(url: str) -> dict[str, list[Row]]:
    """Read every table that the checker needs, in one snapshot."""
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            return {
                table: [_plain(row) for row in await connection.fetch(f"SELECT * FROM {table}")]  # noqa: S608
                for table in TABLES
            }
    finally:
        await connection.close()


def _plain(row: Any) -> Row:
    plain = {name: _plain_value(value) for name, value in row.items()}
    for name in ("facts", "document"):
        if name in plain:
            plain[name] = json.loads(plain[name])
    return plain


def _plain_value(value: Any) -> Any:
    if isinstance(value, datetime):
        return microseconds(value)
    return value.isoformat() if hasattr(value, "isoformat") else value


def microseconds(moment: datetime | str | None) -> int | None:
    """Give an instant as whole microseconds since 1970."""
    if moment is None:
        return None
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    return (moment - _EPOCH) // _RESOLUTION


def minor(text: str) -> int:
    """Give a decimal text with two decimals as cents."""
    whole, _, decimals = text.lstrip("-").partition(".")
    cents = int(whole) * 100 + int(decimals.ljust(2, "0"))
    return -cents if text.startswith("-") else cents
