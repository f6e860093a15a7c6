"""The options of `creditgate import`, as what is asked of a run."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

from uuid_utils import uuid7

from app.api.refs import REF_LENGTH_MAX
from app.cli.exits import Exit, Failure
from app.credit.money import AmountError, minor_units
from app.ledger.amounts import DecimalMark
from app.ledger.cells import CURRENCIES
from app.ledger.errand import Errand, WholeOf
from app.ledger.options import Options
from app.ledger.refusal import FileRefusedError
from app.ledger.runs import Asked

Values = dict[str, Any]

_TOTAL: Final = re.compile(r"([A-Z]{3})=(-?)((?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,4})?)")
_SOURCE: Final = re.compile(f"[!-~]([ -~]{{0,{REF_LENGTH_MAX - 2}}}[!-~])?")
_DECIMALS: Final = {"point": DecimalMark.POINT, "comma": DecimalMark.COMMA}
_WHOLES: Final = {"customers": WholeOf.CUSTOMERS, "all": WholeOf.ALL}


def asked_of(file: Path, named: Values, errand: Values, form: Values) -> Asked:
    """Give what is asked; fails with exit code 64 for an option that cannot be used."""
    stated = {name: value for name, value in (named | errand | form).items() if value}
    return Asked(
        id=named["id"] or f"imp_{uuid7().hex}",
        path=file,
        profile=named["profile"],
        options=_options(form),
        errand=_errand(errand),
        asked={"file": file.name} | {n: v for n, v in stated.items() if n != "id"},
    )


def _options(form: Values) -> Options:
    delimiter, as_of = form["delimiter"], form["as_of"]
    try:
        return Options(
            currency=form["currency"],
            decimal=_choice("decimal", form["decimal"], _DECIMALS),
            dates=form["dates"],
            delimiter="\t" if delimiter == "tab" else delimiter,
            encoding=form["encoding"],
            sheet=form["sheet"],
            as_of=None if as_of is None else _day(as_of),
        )
    except FileRefusedError as refused:
        raise Failure(Exit.USAGE, refused.message) from None


def _errand(errand: Values) -> Errand:
    if not _SOURCE.fullmatch(errand["source"]):
        raise Failure(Exit.USAGE, "The option source must be 1 to 64 printable ASCII characters.")
    return Errand(
        source=errand["source"],
        whole=_choice("whole", errand["whole"], _WHOLES),
        dry_run=errand["dry_run"],
        confirm=errand["confirm"],
        rows=errand["rows"],
        balances=_totals(errand["totals"]),
    )


def _choice(name: str, said: str | None, choices: Mapping[str, Any]) -> Any:  # noqa: ANN401
    if said is None:
        return None
    if said not in choices:
        raise Failure(Exit.USAGE, f"The option {name} must be one of {', '.join(choices)}.")
    return choices[said]


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        message = "The option as-of must be a day such as 2026-11-22."
        raise Failure(Exit.USAGE, message) from None


def _totals(texts: Sequence[str]) -> dict[str, int]:
    totals: dict[str, int] = {}
    for code, minor in map(_total, texts):
        if totals.setdefault(code, minor) != minor:
            raise Failure(Exit.USAGE, f"The option total states {code} twice.")
    return totals


def _total(text: str) -> tuple[str, int]:
    """Give currency and minor units of a control total such as EUR=123.45 or EUR=-9.00."""
    found = _TOTAL.fullmatch(text)
    if found is None or found[1] not in CURRENCIES:
        raise Failure(Exit.USAGE, f"The option total must be like EUR=123.45, not {text!r}.")
    try:
        minor = minor_units(found[3], CURRENCIES[found[1]])
    except AmountError:
        message = f"The option total has more decimals or digits than {found[1]} can have."
        raise Failure(Exit.USAGE, message) from None
    return found[1], -minor if found[2] else minor
