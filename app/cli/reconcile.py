"""`creditgate reconcile`."""

import asyncio
import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import typer

from app.cli.configuration import PLACEHOLDER_KEY, settings_from_environment
from app.cli.exits import NO_DATABASE, Exit, Failure
from app.credit.money import Currency, decimal_text
from app.desk.reconcile import Drift, Reconciled, WrongTotal
from app.ledger.cells import CURRENCIES
from app.settings import Settings
from app.storage.database import StorageUnavailableError
from app.storage.schema import SchemaMismatchError
from app.wiring import wired_desk

ACCOUNT_WIDTH = 24
TOTAL_WIDTH = 34
AMOUNT_WIDTH = 22
ASTRAY = (
    "Documents on another account than their customer's (astray) are never moved by --repair, and"
    "\ntheir accounts not repaired. PUT the customer onto the account where they stand and then"
    "\nback: that takes all its documents along. Then reconcile again."
)


def reconciled(*, repair: bool, as_json: bool) -> Exit:
    """Reconcile, print what was found, and say by the exit code whether anything still drifts."""
    settings = settings_from_environment(api_key=PLACEHOLDER_KEY)
    try:
        found = asyncio.run(_reconcile(settings, repair=repair))
    except SchemaMismatchError as error:
        raise Failure(Exit.CONFIG, str(error)) from None
    except StorageUnavailableError as error:
        raise Failure(Exit.UNAVAILABLE, NO_DATABASE.format(reason=error)) from None
    typer.echo(json.dumps(document(found), indent=2) if as_json else "\n".join(lines(found)))
    return Exit.OK if found.is_sound else Exit.DRIFT


async def _reconcile(settings: Settings, *, repair: bool) -> Reconciled:
    desk = wired_desk(settings)
    await desk.database.open()
    try:
        return await desk.reconcile.run(repair=repair)
    finally:
        await desk.database.close()


def document(found: Reconciled) -> dict[str, Any]:
    """Give what was found for machines: amounts in minor units, as the names say."""
    return {
        "accounts": found.accounts,
        "sound": found.is_sound,
        "drifting": [_drift(drift) for drift in found.drifting],
        "repaired": found.repaired,
        "marked": found.marked,
        "cleared": found.cleared,
        "left": found.left,
    }


def _drift(drift: Drift) -> dict[str, Any]:
    totals = [
        {"total": wrong.total, "on": _iso(wrong.starts_on), "customer": wrong.customer}
        | {"ref": wrong.ref, "currency": wrong.currency or drift.currency}
        | {"stored": wrong.stored, "should_be": wrong.counted}
        for wrong in drift.wrong
    ]
    account = {"account": drift.account, "currency": drift.currency}
    return account | {"totals": totals, "unlisted": drift.unlisted}


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def lines(found: Reconciled) -> Iterator[str]:
    """Give the table for people: one line for each wrong total, then what came of it all."""
    if found.drifting:
        amounts = f"{'stored':>{AMOUNT_WIDTH}}{'should be':>{AMOUNT_WIDTH}}"
        yield f"{'account':{ACCOUNT_WIDTH}} {'total':{TOTAL_WIDTH}}{amounts}"
    for drift in found.drifting:
        yield from (_line(drift, wrong) for wrong in drift.wrong)
        if drift.unlisted:
            yield f"{drift.account:{ACCOUNT_WIDTH}} and {drift.unlisted} more"
    yield f"{found.sentence}."
    if any(drift.is_astray for drift in found.drifting):
        yield ASTRAY


def _line(drift: Drift, wrong: WrongTotal) -> str:
    name = wrong.total.removesuffix("_minor").replace("_", " ")
    parts = (name, wrong.starts_on, wrong.customer, wrong.ref)
    told = " ".join(str(part) for part in parts if part is not None)
    stored, counted = (_figure(drift, wrong, n) for n in (wrong.stored, wrong.counted))
    return (
        f"{drift.account:{ACCOUNT_WIDTH}} {told:{TOTAL_WIDTH}}"
        f"{stored:>{AMOUNT_WIDTH}}{counted:>{AMOUNT_WIDTH}}"
    )


def _figure(drift: Drift, wrong: WrongTotal, number: int) -> str:
    currency = _currency(drift, wrong)
    if currency is None or not wrong.total.endswith("_minor"):
        return f"{number:,}"
    return f"{decimal_text(number, currency)} {currency.code}"


def _currency(drift: Drift, wrong: WrongTotal) -> Currency | None:
    """Give what a figure is in: an order may be in another currency than its account."""
    if wrong.currency not in {None, drift.currency}:
        return CURRENCIES.get(wrong.currency or "")
    if drift.currency is None or drift.exponent is None:
        return None
    return Currency(drift.currency, drift.exponent)
