"""The proof: `python -m prove`, with PYTHONPATH=.:tests (or `make prove`)."""

import argparse
import asyncio
import secrets
import signal
import sys
import time
from pathlib import Path

from prove.checker import check
from prove.forms import FORMS
from prove.report import Report
from prove.run import make_template, run
from prove.trials import try_all

from app.embedded import EmbeddedPostgres

BENCH = Path(".bench")


def main() -> None:
    options = _options()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that everything is ended
    seed = options.seed or secrets.randbelow(1_000_000) + 1
    sys.exit(asyncio.run(_prove(seed, options)))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="prove", description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="0 chooses one")
    parser.add_argument("--form", choices=sorted(FORMS), default="default")
    parser.add_argument("--planted", action="store_true", help="the planted defects alone")
    parser.add_argument("--without-planted", action="store_true", help="the run alone")
    return parser.parse_args()


async def _prove(seed: int, options: argparse.Namespace) -> int:
    """Run what was asked for; gives the exit code."""
    with EmbeddedPostgres({"max_connections": "60"}) as postgres:
        await make_template(postgres)
        report = Report(seed, options.form, postgres.version)
        rounds = 0 if options.planted else FORMS[options.form].rounds
        for number in range(rounds):
            await _add_round(postgres, report, seed + number)
        if rounds:
            report.print()
        if not options.without_planted:
            report.trials = await try_all(postgres, seed)
    print(report.write(BENCH))  # noqa: T201 - a command line prints
    return 0 if report.is_clean else 1


async def _add_round(postgres: EmbeddedPostgres, report: Report, seed: int) -> None:
    """Run one round; the next seed's follows in the long form, on a database of its own."""
    begun_s = time.monotonic()
    outcome = await run(postgres, FORMS[report.form].setting(seed))
    report.add(seed, outcome, check(outcome.evidence), time.monotonic() - begun_s)
    report.write(BENCH)


if __name__ == "__main__":
    main()
