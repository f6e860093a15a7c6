"""Files of customers and limits: what is taken, what a dry run says, and in which words."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from imports.lists import Command, report_of
from support.service import Service
from support.tables import Connection, dump

from app.desk import dealing, rehearsal
from app.desk.rehearsal import Rehearsal
from app.ledger import open_table
from app.ledger.errand import Errand, Report
from app.settings import Settings
from app.wiring import wired_importer

HEADINGS = {
    "customers": "customer,name,currency,account,policy",
    "limits": "account,amount,currency,reason",
}
FLAWED_CUSTOMERS = [
    "C1,C1,USD,,",
    "N1,New,EUR,GROUP,no-such-secret",
    "N2,New,EUR,,",
    "C2,Two,EUR,N2,",
]
FLAWED_LIMITS = [
    "NOBODY,5.00,EUR,a secret",
    "C1,5.00,USD,a secret",
    "C3,5.00,EUR,a secret",
]

KEPT_IN_EUR = (
    "Account C1 is kept in EUR and carries documents or a limit, and the line states customer "
    "C1 in USD: state the customer in EUR, or on another account."
)


def written(folder: Path, what: str, rows: Sequence[str]) -> Path:
    path = folder / f"{what}.csv"
    path.write_text("\n".join([HEADINGS[what], *rows, ""]), encoding="utf-8")
    return path


def feed(folder: Path, *lines: str) -> Path:
    path = folder / "feed.ndjson"
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def customer(ref: str, account: str, currency: str = "EUR", policy: str = "standard") -> str:
    said = f'"name": "{ref}", "currency": "{currency}", "account": "{account}"'
    return f'{{"put": "customer", "customer": "{ref}", {said}, "policy": "{policy}"}}'


def limit(account: str, currency: str = "EUR") -> str:
    said = f'"account": "{account}", "amount": "5.00", "currency": "{currency}"'
    return f'{{"put": "limit", {said}}}'


def item(of: str) -> str:
    said = '"ref": "R", "kind": "invoice", "amount": "5.00", "currency": "EUR"'
    return f'{{"put": "open_item", "customer": "{of}", {said}}}'


async def taken(settings: Settings, path: Path, *, dry_run: bool) -> Report:
    importer = wired_importer(settings)
    await importer.work.database.open()
    errand = Errand(dry_run=dry_run)
    try:
        return await importer.take(open_table(path), errand, "imp_test", lambda *_: None)
    finally:
        await importer.work.database.close()


def told(report: Report) -> Any:
    return (
        sorted((p.line, p.code, p.message) for p in report.problems),
        *(dict(+counted) for counted in (report.effects, report.customers, report.limits)),
    )


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize(
    ("flawed", "problems"),
    [
        (("customers", FLAWED_CUSTOMERS), [(2, "currency_conflict"), (3, "policy_unknown")]),
        (("limits", FLAWED_LIMITS), [(2, "account_unknown"), (3, "currency_conflict")]),
    ],
)
async def test_a_dry_run_tells_the_problems_of_the_run_and_changes_nothing(
    settings: Settings, tmp_path: Path, connection: Connection, flawed: Any, problems: Any
) -> None:
    path = written(tmp_path, *flawed)
    before = await dump(connection)

    dry = await taken(settings, path, dry_run=True)
    after_dry = await dump(connection)
    done = await taken(settings, path, dry_run=False)

    assert after_dry == before
    assert sorted((p.line, p.code) for p in dry.problems) == problems
    assert told(dry) == told(done)


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize("parcel", [1, rehearsal.PARCEL])
@pytest.mark.parametrize("at_once", [2, dealing.AT_ONCE])
async def test_a_dry_run_knows_what_the_file_itself_states(
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    parcel: int,
    at_once: int,
) -> None:
    monkeypatch.setattr(rehearsal, "PARCEL", parcel)
    monkeypatch.setattr(dealing, "AT_ONCE", at_once)
    path = feed(
        tmp_path,
        *(
            limit("N1"),
            customer("N1", "N1"),
            customer("N2", "GROUP", "USD"),
            limit("GROUP", "USD"),
        ),
        *(customer("N3", "N3", policy="none"), limit("N3"), item("N3"), item("N1"), item("C3")),
        *(customer("C1", "C2"), limit("C2"), limit("C3")),
    )

    dry = await taken(settings, path, dry_run=True)
    done = await taken(settings, path, dry_run=False)

    codes = [(5, "policy_unknown"), (6, "account_unknown"), (7, "account_incomplete")]
    assert [(line, code) for line, code, _ in told(dry)[0]] == codes
    assert told(dry) == told(done)


@pytest.mark.usefixtures("book")
async def test_a_dry_run_knows_what_the_file_takes_away(
    settings: Settings, tmp_path: Path
) -> None:
    path = feed(tmp_path, customer("C1", "C2"), limit("C1"))
    dry = await taken(settings, path, dry_run=True)
    done = await taken(settings, path, dry_run=False)
    assert [(line, code) for line, code, _ in told(dry)[0]] == [(2, "account_unknown")]
    assert told(dry) == told(done)


@pytest.mark.usefixtures("service")
async def test_a_dry_run_keeps_its_locks_for_no_longer_than_a_parcel(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parcels: list[int] = []
    rehearsed = Rehearsal._rehearsed  # noqa: SLF001 - one call is one transaction

    async def noted(self: Rehearsal, parcel: Any) -> Any:
        parcels.append(len(parcel))
        return await rehearsed(self, parcel)

    monkeypatch.setattr(rehearsal, "PARCEL", 4)
    monkeypatch.setattr(Rehearsal, "_rehearsed", noted)
    alone = [customer(f"A{n}", f"A{n}") for n in range(5)]
    path = feed(tmp_path, *alone, *(customer(f"G{n}", "GROUP") for n in range(9)), limit("GROUP"))

    report = await taken(settings, path, dry_run=True)

    assert (report.effects, report.refused) == ({"applied": 15}, 0)
    assert sorted(parcels) == [1, 1, 1, 1, 1, 2, 4, 4]


@pytest.mark.usefixtures("book")
async def test_every_problem_is_a_sentence_that_says_what_conflicts_with_what(
    command: Command, tmp_path: Path
) -> None:
    customers = command(written(tmp_path, "customers", FLAWED_CUSTOMERS), "--dry-run", "--json")
    limits = command(written(tmp_path, "limits", FLAWED_LIMITS), "--json")

    problems = [
        problem["message"]
        for printed in (customers.stdout, limits.stdout)
        for problem in report_of(printed)["report"]["problems"]
    ]

    assert problems == [
        KEPT_IN_EUR,
        "The line names a policy that does not exist: put it first, or name another one.",
        "No customer belongs to account NOBODY: state one before its limit.",
        "Account C1 is kept in EUR: state its limit in that currency, and not in USD.",
    ]
    assert "secret" not in customers.stdout + limits.stdout


@pytest.mark.usefixtures("book")
async def test_the_words_speak_of_customers_and_limits(command: Command, tmp_path: Path) -> None:
    known = ["C1,C1,EUR,,", "C2,Two,EUR,,"]
    limits = written(tmp_path, "limits", ["C1,100000.00,EUR,", "C2,5.00,EUR,", "C3,5.00,EUR,"])
    customers = written(tmp_path, "customers", known)
    both = feed(tmp_path, customer("N1", "N1"), limit("N1"), item("N1"))

    dry, done, again = (command(customers, *o) for o in (("--dry-run",), (), ("--json",)))

    assert "Would be taken of customers: 1 applied, 1 unchanged.\n" in dry.stdout
    assert "Taken of customers: 1 applied, 1 unchanged.\n" in done.stdout
    assert "accounts" not in dry.stdout + done.stdout
    assert report_of(again.stdout)["report"]["customers"] == {"applied": 0, "unchanged": 2}
    assert "Taken of limits: 2 applied, 1 unchanged.\n" in command(limits).stdout
    lines = command(both).stdout.splitlines()
    assert lines[-4:-1] == [
        "Taken of customers: 1 applied.",
        "Taken of limits: 1 applied.",
        "Taken on 1 accounts: 1 applied.",
    ]


async def test_a_refused_file_of_customers_has_taken_nothing_of_customers(
    service: Service, command: Command, tmp_path: Path
) -> None:
    done = command(written(tmp_path, "customers", ["N1,New,EUR,,no-such"]))
    assert (done.returncode, "Taken of customers: nothing.\n" in done.stdout) == (40, True)
    assert (await service.client.get("/v1/customers/N1")).status_code == 404
