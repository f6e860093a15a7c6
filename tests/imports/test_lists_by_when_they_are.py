"""Whole lists as files beside other lists: which of them is newer, and what nobody looked at."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from imports.lists import Command, items, report_of, written
from support.service import Service
from support.tables import Connection, require_sound

from app.credit.item import ItemKind, OpenItem
from app.credit.posting import Effect
from app.desk.intake import Intake, Parcel
from app.desk.listing import mark_of
from app.desk.statements import StateItem
from app.settings import Settings
from app.storage.bulk_postings import Whole
from app.storage.whole_lists import ListOf
from app.wiring import wired_importer

WHOLE = ("--whole", "all", "--source", "datev", "--json")
pytestmark = pytest.mark.usefixtures("book")


def moment(day: int) -> str:
    return datetime(2026, 1, day, 12, tzinfo=UTC).isoformat()


async def put(service: Service, customer: str, *refs: str, **query: Any) -> Any:
    body = [{"ref": r, "kind": "invoice", "amount": "10.00", "currency": "EUR"} for r in refs]
    path = f"/v1/customers/{customer}/open-items"
    query = {"source": "datev"} | query
    answer = await service.client.put(path, json={"items": body}, params=query)
    assert answer.is_success, answer.text
    return answer.json()


async def test_a_customer_s_list_is_older_than_a_file_of_all_that_came_before(
    command: Command, tmp_path: Path, service: Service, connection: Connection
) -> None:
    path = written(tmp_path, items(["C1"], 3))
    assert command(path, *WHOLE, "--as-of", "2026-01-20").returncode == 0
    await service.customer("C9")
    seen = [
        (await put(service, customer, "NEW", as_of=moment(day)))["effect"]
        for customer, day in (("C1", 20), ("C2", 20), ("C9", 20), ("C2", 21), ("C9", 21))
    ]
    assert seen == ["outdated", "outdated", "outdated", "applied", "applied"]
    await require_sound(connection)


async def test_a_file_of_some_customers_says_nothing_of_when_the_others_are(
    command: Command, tmp_path: Path, service: Service
) -> None:
    path = written(tmp_path, items(["C1"], 3))
    how = ("--whole", "customers", "--source", "datev", "--as-of", "2026-01-20")
    assert command(path, *how).returncode == 0
    seen = [(await put(service, c, "X", as_of=moment(20)))["effect"] for c in ("C1", "C2")]
    assert seen == ["outdated", "applied"]


async def test_a_dry_run_and_a_file_with_a_refused_row_say_nothing_of_other_customers(
    command: Command, tmp_path: Path, service: Service
) -> None:
    broken = [*items(["C1"], 3), "C2,RE-9,invoice,1.2.3,EUR,,,,"]
    path = written(tmp_path, broken)
    assert command(path, *WHOLE, "--as-of", "2026-01-20", "--dry-run").returncode == 40
    assert (await put(service, "C3", "X", as_of=moment(19)))["effect"] == "applied"
    assert command(path, *WHOLE, "--as-of", "2026-01-20").returncode == 40
    assert (await put(service, "C1", "X", as_of=moment(20)))["effect"] == "outdated"
    assert (await put(service, "C2", "X", as_of=moment(20)))["effect"] == "applied"


async def test_half_a_list_is_seen_where_customers_have_few_items_each(
    command: Command, tmp_path: Path
) -> None:
    assert command(written(tmp_path, items(["C1", "C2", "C3"], 1)), *WHOLE).returncode == 0
    waits = command(written(tmp_path, items(["C1"], 1)), *WHOLE)
    assert report_of(waits.stdout)["refusal"]["saw"]["items_cleared"] == 2
    assert command(written(tmp_path, items(["C1", "C2"], 1)), *WHOLE).returncode == 0


async def test_rows_of_past_versions_take_nothing_away(
    command: Command, tmp_path: Path, service: Service
) -> None:
    rows = [line.removesuffix(",") + ",5" for line in items(["C1"], 3, "100.00")]
    past = [row.replace(",100.00,", ",1.00,").removesuffix("5") + "4" for row in rows]
    assert command(written(tmp_path, rows), *WHOLE).returncode == 0
    report = report_of(command(written(tmp_path, past), *WHOLE).stdout)["report"]
    assert report["taken"]["outdated"] == 3
    assert (await service.account("C1"))["exposure"]["invoices"] == "300.00"


@pytest.fixture
async def intake(settings: Settings) -> AsyncIterator[Intake]:
    """What takes parcels."""
    importer = wired_importer(settings)
    await importer.work.database.open()
    yield importer.intake
    await importer.work.database.close()


def stated(ref: str) -> StateItem:
    return StateItem(OpenItem("C1", ref, ItemKind.INVOICE, 10_00, "EUR", source="datev"))


async def test_what_its_source_states_after_the_look_stays(
    service: Service, connection: Connection, intake: Intake
) -> None:
    await put(service, "C1", "A", "B", "SINCE")
    seen = {"C1": [mark_of(ListOf.ITEMS, ("C1", "B"))]}
    parcel = Parcel({"C1": [stated("A")]}, {"import": "i"}, Whole("datev", seen=seen))
    taken = (await intake.take(parcel))["C1"]
    assert (taken.effects, taken.cleared, taken.spared) == ([Effect.UNCHANGED], 1, 1)
    open_ones = (await service.get("/v1/customers/C1/open-items"))["items"]
    assert [item["ref"] for item in open_ones] == ["A", "SINCE"]
    await require_sound(connection)


async def test_a_customer_whose_list_came_meanwhile_is_left_as_that_says(
    service: Service, connection: Connection, intake: Intake
) -> None:
    await service.customer("C4", account="C1", limit=None)
    await put(service, "C1", "NEW", as_of=moment(21))
    await put(service, "C4", "OLD")
    as_of = datetime.fromisoformat(moment(20))
    whole = Whole("datev", as_of=as_of, seen={"C1": [mark_of(ListOf.ITEMS, ("C4", "OLD"))]})
    taken = (await intake.take(Parcel({"C1": [stated("A")]}, {"import": "i"}, whole)))["C1"]
    # What was stated since, one by one or in a list, a list that comes late leaves alone.
    assert (taken.effects, taken.cleared, taken.spared) == ([Effect.OUTDATED], 0, 0)
    assert taken.newer_as_of == as_of + timedelta(days=1)
    assert (await service.account("C1"))["exposure"]["invoices"] == "20.00"
    await require_sound(connection)
