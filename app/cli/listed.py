"""Lists of a running service, a line each, and how to go on with them."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import typer

from app.cli.asking import Asking
from app.cli.exits import Exit

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Table:
    """How a list is shown: its headings, and the cells of an item."""

    headings: tuple[str, ...]
    cells: Callable[[Document], tuple[str, ...]]
    nothing: str


def listed(
    asking: Asking, path: str, query: Mapping[str, Any], table: Table, *, as_json: bool
) -> Exit:
    """Print a page of a list; what is None in the query is not asked."""
    text = asking.read(path, {name: value for name, value in query.items() if value is not None})
    typer.echo(text if as_json else "\n".join(_lines(json.loads(text), table)))
    return Exit.OK


def going_on(answer: Document) -> Iterator[str]:
    """Say how to get the next page, where there is one."""
    if answer["next_cursor"] is not None:
        yield f"There is more: the same again with --cursor {answer['next_cursor']}"


def _lines(answer: Document, table: Table) -> Iterator[str]:
    if not answer["items"]:
        yield table.nothing
        return
    rows = [table.headings, *map(table.cells, answer["items"])]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield _row(row, widths)
    yield from going_on(answer)


def _row(row: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(f"{c:<{w}}" for c, w in zip(row, widths, strict=True)).rstrip()
