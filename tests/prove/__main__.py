"""The proof: `python -m prove`, with PYTHONPATH=.:tests (or `make prove`)."""

import argparse
import asyncio
import secrets
import signal
import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

from prove.checker import check
from prove.forms import FORMS
from prove.planted import DEFECTS, SOUND
from prove.report import Report, round_again
from prove.run import make_template, run
from prove.trials import NO_DEFECT, again, try_all

from app.embedded import EmbeddedPostgres

BENCH = Path(".bench")


def main() -> None:
    options = _options()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that everything is ended
    seed = options.seed or secrets.randbelow(1_000_000) + 1
    _say(f"seed {seed}; again: {_again(seed, options)}")
    try:
        code = asyncio.run(_prove(seed, options))
    except BaseException as error:  # noqa: BLE001 - whatever it is, how to see it again is told
        traceback.print_exc()
        _say(f"{type(error).__name__}; seed {seed}; again: {_again(seed, options)}")
        code = 1
    sys.exit(code)


def _again(seed: int, options: argparse.Namespace) -> str:
    """Give the one command that does the same once more."""
    if options.defect is not None:
        return again(options.defect, seed)
    return round_again(seed, options.form)


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - a command line prints


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="prove", description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="0 chooses one")
    parser.add_argument("--form", choices=sorted(FORMS), default="default")
    parser.add_argument("--planted", action="store_true", help="the planted defects alone")
    parser.add_argument("--without-planted", action="store_true", help="the run alone")
    parser.add_argument(
        "--defect", choices=(NO_DEFECT, *DEFECTS), help="the trial of this one alone"
    )
    return parser.parse_args()


async def _prove(seed: int, options: argparse.Namespace) -> int:
    """Run what was asked for; gives the exit code."""
    with EmbeddedPostgres({"max_connections": "60"}) as postgres:
        await make_template(postgres)
        report = Report(seed, options.form, postgres.version)
        alone = options.planted or options.defect is not None
        rounds = 0 if alone else FORMS[options.form].rounds
        for number in range(rounds):
            await _add_round(postgres, report, seed + number)
        if rounds:
            report.print()
        if not options.without_planted:
            report.trials = await try_all(postgres, seed, _wanted(options))
    _say(str(report.write(BENCH)))
    return 0 if report.is_clean else 1


def _wanted(options: argparse.Namespace) -> Sequence[str]:
    """Give the defects to try: the one that was named, or no defect and then all."""
    if options.defect is None:
        return (SOUND.name, *DEFECTS)
    return (SOUND.name if options.defect == NO_DEFECT else options.defect,)


async def _add_round(postgres: EmbeddedPostgres, report: Report, seed: int) -> None:
    """Run one round; the next seed's follows in the long form, on a database of its own."""
    begun_s = time.monotonic()
    _say(f"round: {round_again(seed, report.form)}")
    outcome = await run(postgres, FORMS[report.form].setting(seed))
    report.add(seed, outcome, check(outcome.evidence), time.monotonic() - begun_s)
    report.write(BENCH)


if __name__ == "__main__":
    main()
