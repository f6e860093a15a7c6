"""Whole lists as files: what they may clear unasked, and which are taken at all."""

import json
from pathlib import Path
from typing import Any

import pytest
from imports.lists import Command, item, items, ledger, report_of, written
from support.service import Service
from support.tables import Connection, require_sound

WHOLE = ("--whole", "all", "--source", "datev", "--json")


def refusal(done: Any) -> Any:
    assert done.returncode == 65, done.stdout
    return report_of(done.stdout)["refusal"]


async def invoices(service: Service, *customers: str) -> list[str]:
    return [(await service.account(ref))["exposure"]["invoices"] for ref in customers]


@pytest.mark.usefixtures("book")
async def test_amounts_that_fall_are_part_of_what_is_lost(
    command: Command, tmp_path: Path, service: Service
) -> None:
    assert command(written(tmp_path, items(["C1"], 4, "100.00")), *WHOLE).returncode == 0
    waits = refusal(command(written(tmp_path, items(["C1"], 4, "10.00")), *WHOLE))
    assert waits["saw"]["items_cleared"] == 0
    assert waits["saw"]["amount_cleared"] == {"EUR": "360.00"}
    assert await invoices(service, "C1") == ["400.00"]


@pytest.mark.usefixtures("book")
async def test_a_word_confirms_only_what_it_was_given_for(
    command: Command, tmp_path: Path, service: Service
) -> None:
    command(written(tmp_path, items(["C1", "C2"], 2)), *WHOLE)
    word = refusal(command(written(tmp_path, items(["C1"], 2)), *WHOLE))["saw"]["confirm"]
    other = command(written(tmp_path, items(["C2"], 2)), *WHOLE, "--confirm", word)
    assert refusal(other)["saw"]["confirm"] != word
    assert await invoices(service, "C1", "C2") == ["20.00", "20.00"]


@pytest.mark.usefixtures("book")
async def test_a_list_of_an_earlier_day_does_not_replace_a_later_one(
    command: Command, tmp_path: Path, connection: Connection
) -> None:
    early, late = items(["C1"], 3), items(["C1"], 4)
    for lines, day in ((early, "2026-01-20"), (late, "2026-01-21"), (late, "2026-01-21")):
        assert command(written(tmp_path, lines), *WHOLE, "--as-of", day).returncode == 0
    before = await ledger(connection)
    again = refusal(command(written(tmp_path, early), *WHOLE, "--as-of", "2026-01-20"))
    assert again["code"] == "list_outdated"
    assert again["saw"]["told_as_of"] > again["saw"]["as_of"]
    assert await ledger(connection) == before


async def test_only_a_list_of_documents_can_be_whole(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "customers.csv"
    path.write_text("customer,name,currency\nC1,Werk,EUR\n", encoding="utf-8")
    assert refusal(command(path, *WHOLE))["code"] == "whole_not_documents"


def orders(folder: Path, *refs: str) -> Path:
    rows = [f"C1,{ref},10.00,EUR\n" for ref in refs]
    path = folder / "orders.csv"
    path.write_text("customer,ref,amount,currency\n" + "".join(rows), encoding="utf-8")
    return path


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize("whole", ["all", "customers"])
async def test_a_list_of_orders_cancels_what_it_leaves_out_and_leaves_items_alone(
    command: Command, tmp_path: Path, service: Service, connection: Connection, whole: str
) -> None:
    how = ("--whole", whole, "--source", "datev", "--json")
    command(written(tmp_path, items(["C1"], 3)), *WHOLE)
    command(orders(tmp_path, "A", "B", "C", "D"), *how)
    fewer = report_of(command(orders(tmp_path, "A", "B", "C"), *how).stdout)["report"]
    assert (fewer["cleared"], fewer["taken"]["unchanged"]) == (1, 3)
    exposure = (await service.account("C1"))["exposure"]
    assert (exposure["invoices"], exposure["open_orders"]) == ("30.00", "30.00")
    waits = refusal(command(orders(tmp_path, "A"), *how))
    assert (waits["code"], waits["saw"]["items_cleared"]) == ("list_shrinks", 2)
    await require_sound(connection)


@pytest.mark.usefixtures("book")
async def test_an_order_that_is_listed_twice_is_refused_with_its_account(
    command: Command, tmp_path: Path, service: Service
) -> None:
    done = command(orders(tmp_path, "A", "B", "A"), "--json")
    problems = report_of(done.stdout)["report"]["problems"]
    assert (done.returncode, problems[0]["line"], problems[0]["code"]) == (40, 4, "ref_repeated")
    assert (await service.account("C1"))["exposure"]["open_orders"] == "0.00"


@pytest.mark.usefixtures("book")
async def test_what_a_list_states_and_clears_is_cleared_where_it_is_judged(
    command: Command, tmp_path: Path
) -> None:
    command(written(tmp_path, items(["C1"], 4)), *WHOLE)
    at = {"customer": "C1", "version": 1}
    lines: list[dict[str, object]] = []
    for number in range(4):
        ref = {"ref": f"RE-C1-{number}"}
        lines.append({"put": "open_item", "kind": "invoice", "amount": "10.00"} | at | ref)
        lines[-1]["currency"] = "EUR"
        lines.append({"delete": "open_item"} | at | ref)
    path = tmp_path / "list.ndjson"
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    waits = refusal(command(path, *WHOLE))
    assert (waits["code"], waits["saw"]["items_cleared"]) == ("list_shrinks", 4)


@pytest.mark.usefixtures("book")
async def test_ndjson_is_a_list_of_what_stands_in_it(
    command: Command, tmp_path: Path, service: Service, connection: Connection
) -> None:
    an_item = {"put": "open_item", "kind": "invoice"}
    an_order = {"put": "order"}

    def lines(what: dict[str, str], *refs: str) -> list[dict[str, str]]:
        more = {"customer": "C1", "amount": "10.00", "currency": "EUR"}
        return [what | more | {"ref": ref} for ref in refs]

    def taken(*documents: dict[str, str]) -> Any:
        path = tmp_path / "list.ndjson"
        path.write_text("".join(f"{json.dumps(d)}\n" for d in documents), encoding="utf-8")
        return report_of(command(path, *WHOLE).stdout)["report"]

    taken(*lines(an_item, "A", "B", "C", "D"), *lines(an_order, "A", "B", "C", "D"))
    assert taken(*lines(an_item, "A", "B", "C"))["cleared"] == 1
    assert taken(*lines(an_order, "A", "B", "C"))["cleared"] == 1
    exposure = (await service.account("C1"))["exposure"]
    assert (exposure["invoices"], exposure["open_orders"]) == ("30.00", "30.00")
    await require_sound(connection)


@pytest.mark.usefixtures("book")
async def test_the_orders_of_a_list_leave_out_its_invoices_wherever_they_stand(
    command: Command, tmp_path: Path, service: Service, connection: Connection
) -> None:
    at = {"customer": "C1", "currency": "EUR"}
    order = {"put": "order", "ref": "X", "amount": "60.00"} | at
    invoice = {"put": "open_item", "ref": "I1", "kind": "invoice", "amount": "10.00", "order": "X"}
    path = tmp_path / "list.ndjson"
    path.write_text(f"{json.dumps(order)}\n{json.dumps(invoice | at)}\n", encoding="utf-8")
    assert command(path, *WHOLE).returncode == 0
    exposure = (await service.account("C1"))["exposure"]
    assert (exposure["invoices"], exposure["open_orders"]) == ("10.00", "60.00")
    await require_sound(connection)


@pytest.mark.usefixtures("book")
async def test_an_account_that_lists_a_document_twice_is_not_taken(
    command: Command, tmp_path: Path, service: Service
) -> None:
    twice = [item("C1", "A", "10.00"), item("C1", "B", "5.00"), item("C1", "A", "4.00")]
    done = command(written(tmp_path, [*twice, *items(["C2"], 2)]), "--json")
    problems = report_of(done.stdout)["report"]["problems"]
    assert done.returncode == 40
    assert [(p["line"], p["code"]) for p in problems] == [
        (4, "ref_repeated"), (2, "account_incomplete"), (3, "account_incomplete"),
    ]  # fmt: skip
    assert await invoices(service, "C1", "C2") == ["0.00", "20.00"]


@pytest.mark.usefixtures("book")
async def test_the_versions_of_a_document_may_stand_in_one_file(
    command: Command, tmp_path: Path, service: Service
) -> None:
    versions = [item("C1", "A", amount)[:-1] + f",{n}" for n, amount in ((2, "9.00"), (1, "5.00"))]
    done = command(written(tmp_path, versions), "--json")
    assert done.returncode == 0, done.stdout
    assert await invoices(service, "C1") == ["9.00"]


@pytest.mark.usefixtures("book")
async def test_ndjson_is_read_as_strictly_as_over_http(
    command: Command, tmp_path: Path, service: Service
) -> None:
    stated = (
        '{"put":"open_item","customer":"C1","ref":"%s","kind":"invoice","currency":"EUR",%s}\n'
    )
    path = tmp_path / "feed.ndjson"
    said = ('"amount":"1.00"', '"amount":"1.00","amount":"2.00"')
    path.write_text(stated % ("=X", said[0]) + stated % ("Y", said[1]), encoding="utf-8")
    assert "(duplicate_key)" in refusal(command(path, "--json"))["message"]
    path.write_text(stated % ("=X", said[0]), encoding="utf-8")
    assert command(path).returncode == 0
    assert await invoices(service, "C1") == ["1.00"]
