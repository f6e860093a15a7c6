"""A row that cannot be taken: nothing of its account is, and the others are whole."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from flows.world import World, a_world
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from imports.lists import CUSTOMERS, item, items, written
from support.service import Service
from support.tables import Connection, require_sound

from app.ledger import open_table
from app.ledger.errand import Errand, Report, WholeOf
from app.ledger.importer import Importer
from app.settings import Settings
from app.wiring import wired_importer

FLAWED = "C2,BAD,invoice,oops,EUR,,,,"
TEN_EACH = items(CUSTOMERS, 10)
ALL = Errand(whole=WholeOf.ALL)


@pytest.fixture
async def importer(settings: Settings) -> AsyncIterator[Importer]:
    opened = wired_importer(settings)
    await opened.work.database.open()
    yield opened
    await opened.work.database.close()


async def take(importer: Importer, path: Path, errand: Errand | None = None) -> Report:
    return await importer.take(open_table(path), errand or Errand(), "imp_test", lambda *_: None)


async def invoices(service: Service) -> list[str]:
    return [(await service.account(ref))["exposure"]["invoices"] for ref in CUSTOMERS]


def told(report: Report) -> list[tuple[int, str]]:
    return [(problem.line, problem.code) for problem in report.problems]


async def test_the_other_rows_of_its_account_are_refused_before_and_after_it(
    book: Service, importer: Importer, tmp_path: Path, connection: Connection
) -> None:
    lines = [item("C1", "R1", "1.00"), item("C2", "R1", "2.00"), FLAWED, item("C2", "R2", "4.00")]
    report = await take(importer, written(tmp_path, lines))
    assert told(report) == [
        (4, "amount_malformed"),
        (3, "account_incomplete"),
        (5, "account_incomplete"),
    ]
    assert (report.refused, report.effects) == (3, {"applied": 1})
    assert await invoices(book) == ["1.00", "0.00", "0.00"]
    await require_sound(connection)


async def test_customers_who_share_the_account_are_left_out_with_it(
    service: Service, importer: Importer, tmp_path: Path
) -> None:
    for ref, account in (("C1", "GROUP"), ("C2", "GROUP"), ("C3", "C3")):
        await service.customer(ref, account=account)
    lines = [item("C1", "R1", "1.00"), FLAWED, item("C3", "R1", "4.00")]
    report = await take(importer, written(tmp_path, lines))
    assert told(report) == [(3, "amount_malformed"), (2, "account_incomplete")]
    assert (await service.account("GROUP"))["exposure"]["invoices"] == "0.00"
    assert (await service.account("C3"))["exposure"]["invoices"] == "4.00"


async def test_a_line_that_the_api_refuses_names_its_customer_too(
    book: Service, importer: Importer, tmp_path: Path
) -> None:
    path = tmp_path / "lines.ndjson"
    good = '{"put":"open_item","customer":"%s","ref":"R","kind":"invoice","amount":"1.00",'
    lines = [good % ref + '"currency":"EUR"}' for ref in CUSTOMERS]
    path.write_text("\n".join([*lines, '{"put":"order","customer":"C2","ref":"X"}']))
    report = await take(importer, path)
    assert {code for line, code in told(report) if line == 2} == {"account_incomplete"}
    assert await invoices(book) == ["1.00", "0.00", "1.00"]


async def test_a_whole_list_clears_nothing_on_an_account_that_is_incomplete(
    book: Service, importer: Importer, tmp_path: Path, connection: Connection
) -> None:
    await take(importer, written(tmp_path, TEN_EACH), ALL)
    rest = [line for line in TEN_EACH if not line.startswith("C2,")]
    report = await take(importer, written(tmp_path, [*rest[1:], FLAWED]), ALL)
    assert (told(report), report.cleared) == ([(21, "amount_malformed")], 1)
    assert await invoices(book) == ["90.00", "100.00", "100.00"]
    await require_sound(connection)


rows = st.lists(st.tuples(st.sampled_from("AB"), st.sampled_from(["good", "bad"])), max_size=12)


def test_whatever_rows_are_flawed_an_account_is_taken_whole_or_not_at_all(
    settings_of_a_few: Settings,
) -> None:
    with a_world(settings_of_a_few) as world:
        importer = wired_importer(settings_of_a_few)
        world.run(importer.work.database.open())

        @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
        @given(drawn=rows)
        def taken_whole(drawn: Sequence[tuple[str, str]]) -> None:
            world.run(world.start_anew())
            world.run(_require_whole(world, importer, drawn))

        try:
            taken_whole()
        finally:
            world.run(importer.work.database.close())


@pytest.fixture
def settings_of_a_few(settings: Settings) -> Settings:
    return settings.model_copy(update={"connections_min": 1, "connections_max": 3})


async def _require_whole(
    world: World, importer: Importer, drawn: Sequence[tuple[str, str]]
) -> None:
    lines = [
        item(customer, f"R{number}", "1.00" if state == "good" else "oops")
        for number, (customer, state) in enumerate(drawn)
    ]
    with TemporaryDirectory() as folder:
        report = await take(importer, written(Path(folder), lines))
    flawed = {customer for customer, state in drawn if state == "bad"}
    expected = sorted(
        (customer, f"R{number}")
        for number, (customer, _) in enumerate(drawn)
        if customer not in flawed
    )
    found = await world.connection.fetch("SELECT customer, ref FROM open_item ORDER BY 1, 2")
    assert sorted(tuple(row) for row in found) == expected
    assert report.refused == len(drawn) - len(expected)
