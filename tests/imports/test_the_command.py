"""`creditgate import`: what it takes, what it says, and how it ends."""

import json
from pathlib import Path

import asyncpg
import pytest
from imports.lists import CUSTOMERS, Command, item, items, ledger, report_of, written
from support.service import Service

TEN = items(CUSTOMERS, 10)


@pytest.mark.usefixtures("book")
async def test_a_list_is_taken_and_told(
    command: Command, tmp_path: Path, service: Service
) -> None:
    path = written(tmp_path, [*TEN, item("C1", "GS-1", "50.00", "credit_note")])

    done = command(path, "--rows", 31, "--total", "EUR=250.00")

    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert [line for line in lines if not line.startswith("note: ")][:-1] == [
        "31 rows read.",
        "EUR: 31 open items, invoices 300.00, credit notes 50.00, payments 0.00; balance 250.00",
        "Taken on 3 accounts: 31 applied.",
    ]
    assert [line for line in lines if line.startswith("note: ")] != []
    exposure = (await service.account("C1"))["exposure"]
    assert (exposure["invoices"], exposure["credit_notes"]) == ("100.00", "-50.00")
    (source,) = (await service.get("/v1/sources"))["items"]
    assert (source["name"], source["age_minutes"]) == ("default", 0)


@pytest.mark.usefixtures("book")
async def test_the_same_file_twice_changes_nothing(
    command: Command, tmp_path: Path, service: Service
) -> None:
    path = written(tmp_path, TEN)
    command(path)
    before = [await service.account(ref) for ref in CUSTOMERS]

    again = command(path, "--json")

    assert again.returncode == 0
    told = report_of(again.stdout)["report"]
    assert told["taken"] == {"applied": 0, "unchanged": 30, "outdated": 0, "unknown": 0}
    assert [await service.account(ref) for ref in CUSTOMERS] == before


@pytest.mark.usefixtures("book")
async def test_a_dry_run_says_the_same_and_writes_nothing(
    command: Command, tmp_path: Path, connection: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    path = written(tmp_path, TEN)
    before = await ledger(connection)

    dry = command(path, "--dry-run")

    assert dry.returncode == 0
    assert "Would be taken on 3 accounts: 30 applied." in dry.stdout
    assert await ledger(connection) == before


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--total", "EUR=300.01"), ["totals_differ: ", "amount: 300.00"]),
        (("--rows", "31"), ["rows_differ: ", "rows: 30"]),
        (("--profile", "datev-opos"), ["columns_missing: ", "(line 1)"]),
        (("--profile", "none"), ["profile_unknown: "]),
    ],
)
async def test_a_file_that_is_not_what_was_said_leaves_everything(
    command: Command,
    tmp_path: Path,
    connection: "asyncpg.Connection[asyncpg.Record]",
    options: tuple[str, ...],
    said: list[str],
) -> None:
    path = written(tmp_path, TEN)
    before = await ledger(connection)

    done = command(path, *options)

    assert (done.returncode, done.stderr) == (65, "")
    assert [words for words in said if words not in done.stdout] == []
    assert await ledger(connection) == before


@pytest.mark.usefixtures("book")
def test_what_was_read_of_a_refused_file_is_not_told_as_if_it_were_taken(
    command: Command, tmp_path: Path
) -> None:
    done = command(written(tmp_path, items(["C1"], 2)), "--rows", "3")

    lines = [line for line in done.stdout.splitlines() if not line.startswith("note: ")]
    read = lines.index("Read until then, and not taken:")
    assert lines[0] == "The file is refused, and nothing of it is taken."
    assert lines[1].startswith("rows_differ: ")
    assert lines[read + 1 : -1] == [
        "    2 rows read.",
        "    EUR: 2 open items, invoices 20.00, credit notes 0.00, payments 0.00; balance 20.00",
    ]


@pytest.mark.usefixtures("book")
async def test_lines_that_are_refused_do_not_stop_the_others(
    command: Command, tmp_path: Path, service: Service
) -> None:
    flawed = [item("C3", "RE-X", "1O.00"), item("C9", "RE-Y", "10.00")]
    path = written(tmp_path, [*TEN, *flawed])

    done = command(path, "--json")
    told = command(path)

    assert (done.returncode, told.returncode) == (40, 40)
    report = report_of(done.stdout)["report"]
    problems = [(p["line"], p["column"], p["code"]) for p in report["problems"]]
    # An account is taken whole or not at all: of C3 a line is missing.
    assert problems == [
        (32, "amount", "amount_malformed"),
        (33, None, "customer_unknown"),
        *((line, None, "account_incomplete") for line in range(22, 32)),
    ]
    assert (report["refused"], report["taken"]["applied"]) == (12, 20)
    assert "12 lines refused:" in told.stdout
    assert "    line 32, column amount: amount_malformed: " in told.stdout
    invoices = [(await service.account(ref))["exposure"]["invoices"] for ref in CUSTOMERS]
    assert invoices == ["100.00", "100.00", "0.00"]


@pytest.mark.usefixtures("book")
async def test_a_whole_list_clears_what_it_leaves_out_and_half_a_one_waits(
    command: Command, tmp_path: Path, service: Service
) -> None:
    whole = ("--whole", "all")
    command(written(tmp_path, TEN), *whole)
    short = written(tmp_path, TEN[:28], "short.csv")
    half = written(tmp_path, TEN[:15], "half.csv")

    assert "2 cleared as left out" in command(short, *whole).stdout
    waits = command(half, *whole)
    before = [await service.account(ref) for ref in CUSTOMERS]
    token = waits.stdout.rpartition("--confirm ")[2].split()[0]
    wrong = command(half, *whole, "--confirm", "0" * 12)
    same = [await service.account(ref) for ref in CUSTOMERS]
    confirmed = command(half, *whole, "--confirm", token)

    assert [d.returncode for d in (waits, wrong, confirmed)] == [65, 65, 0]
    assert "list_shrinks: " in waits.stdout
    assert "items cleared: 13" in waits.stdout
    assert same == before
    assert "13 cleared as left out" in confirmed.stdout
    invoices = [(await service.account(ref))["exposure"]["invoices"] for ref in CUSTOMERS]
    assert invoices == ["100.00", "50.00", "0.00"]


@pytest.mark.usefixtures("book")
async def test_one_currency_does_not_hide_what_is_cleared_in_another(
    command: Command, tmp_path: Path
) -> None:
    small = items(["C1"], 8)
    large = [item("C1", f"BIG-{n}", "1000.00") for n in range(2)]
    yen = [item("C1", "YEN", "10000000").replace(",EUR,", ",JPY,")]
    whole = ("--whole", "all", "--source", "datev")

    assert command(written(tmp_path, small + large + yen), *whole).returncode == 0
    waits = command(written(tmp_path, small + yen), *whole)

    assert waits.returncode == 65
    assert "items cleared: 2" in waits.stdout
    assert "amount before: EUR 2,080.00, JPY 10,000,000" in waits.stdout
    assert "amount cleared: EUR 2,000.00" in waits.stdout


@pytest.mark.usefixtures("book")
async def test_a_run_is_recorded(command: Command, tmp_path: Path, service: Service) -> None:
    done = report_of(command(written(tmp_path, TEN), "--json").stdout)
    refused = report_of(command(written(tmp_path, TEN), "--json", "--rows", "1").stdout)

    (second, first) = (await service.get("/v1/imports"))["items"]
    assert (first["id"], first["state"]) == (done["id"], "done")
    assert (second["id"], second["state"]) == (refused["id"], "refused")
    assert (await service.get(first["links"]["self"]))["report"] == done["report"]
    assert second["refusal"]["code"] == "rows_differ"


@pytest.mark.parametrize(
    "options",
    [
        ("--total", "EUR=1,00"), ("--total", "EUR=1.001"), ("--total", "XXX=1"),
        ("--whole", "some"), ("--decimal", "dot"), ("--dates", "soon"), ("--as-of", "today"),
        ("--currency", "EURO"), ("--source", " x"), ("--rows", "-1"),
    ],
)  # fmt: skip
def test_an_option_that_means_nothing_is_exit_64(
    command: Command, tmp_path: Path, options: tuple[str, ...]
) -> None:
    done = command(written(tmp_path, []), *options)
    assert (done.returncode, done.stdout) == (64, "")
    assert json.dumps(done.stderr).count("creditgate: ") >= 1


@pytest.mark.usefixtures("book")
def test_a_file_that_is_not_there_is_exit_65(command: Command, tmp_path: Path) -> None:
    done = command(tmp_path / "none.csv")
    assert done.returncode == 65
    assert "file_missing: none.csv: No such file or directory." in done.stdout


@pytest.mark.usefixtures("book")
def test_the_line_that_confirms_can_be_typed_as_it_is(command: Command, tmp_path: Path) -> None:
    command(written(tmp_path, TEN))
    half = written(tmp_path, items(CUSTOMERS, 2))
    said = command(half, "--whole", "all", "--dry-run", "--confirm", "0" * 12).stdout

    line = said.partition("If that is right: creditgate import ")[2].splitlines()[0]

    arguments = line.split()
    assert arguments[:3] == [str(half), "--whole", "all"]
    assert (arguments[3], len(arguments)) == ("--confirm", 5)
    assert command(*arguments).returncode == 0


def test_a_control_total_that_is_stated_twice_must_be_the_same(
    command: Command, tmp_path: Path
) -> None:
    path = written(tmp_path, TEN)

    done = command(path, "--total", "EUR=1.00", "--total", "EUR=2.00")

    assert (done.returncode, done.stdout) == (64, "")
    assert "The option total states EUR twice." in done.stderr
