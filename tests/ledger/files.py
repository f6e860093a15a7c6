"""Files for the tests, and what is read out of them."""

from pathlib import Path
from typing import Any, NamedTuple

from app.ledger import (
    Document,
    FileRefusedError,
    Flaw,
    ItemRow,
    LeftOut,
    Options,
    Row,
    Table,
    open_table,
)

HEADINGS = "customer,ref,kind,amount,currency,issued_on,due_on,order,version\n"
NO_OPTIONS = Options()


def written(folder: Path, content: str | bytes, name: str = "file.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def flaws_of(table: Table) -> list[tuple[int, str | None, str]]:
    """Give line, column and code of every flaw, after reading the whole file."""
    flaws = [row for row in table.rows() if isinstance(row, Flaw)]
    assert table.totals.is_whole()
    return [(flaw.line, flaw.column, flaw.code) for flaw in flaws]


class Refusal(NamedTuple):
    code: str
    line: int | None
    column: str | None


def refusal_of(path: Path, profile: str | None = None, options: Options = NO_OPTIONS) -> Refusal:
    """Give why a file is refused, on opening or while it is read."""
    try:
        for _ in open_table(path, profile, options).rows():
            pass
    except FileRefusedError as error:
        return Refusal(error.code, error.line, error.column)
    raise AssertionError("the file was taken")


def items_of(path: Path, profile: str | None = None, options: Options = NO_OPTIONS) -> list[Any]:
    """Give ref, kind and amount of every open item; nothing may be wrong with the file."""
    rows = list(open_table(path, profile, options).rows())
    assert all(isinstance(row, ItemRow) for row in rows), rows
    return [(row.ref, str(row.kind), row.amount_minor) for row in rows if isinstance(row, ItemRow)]


def as_json(row: Row) -> dict[str, Any]:
    """Give a row as the golden files have it."""
    match row:
        case Document():
            return row.document
        case Flaw() | LeftOut():
            return row._asdict()
        case ItemRow():
            days = {"issued_on": row.issued_on, "due_on": row.due_on}
            texts = {name: None if day is None else str(day) for name, day in days.items()}
            return {**row._asdict(), "kind": str(row.kind), **texts}
