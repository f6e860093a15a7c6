"""The proof in its short form, and a handful of the planted defects; `make prove` tries all."""

import os
import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from prove.checker import check
from prove.forms import FORMS
from prove.planted import SOUND
from prove.report import Report
from prove.run import make_template, run
from prove.trials import try_defect

from app.embedded import EmbeddedPostgres

pytestmark = pytest.mark.skipif(
    "CREDITGATE_TEST_PROOF" not in os.environ,
    reason="two minutes of faults: run `make check`, or set CREDITGATE_TEST_PROOF=1",
)

HANDFUL = (
    SOUND.name,
    "sum in the update",
    "commit after the answer",
    "no unique key and no look-up",
    "lapsed reservations still count",
    "seq not raised by a posting",
    "confirmation beside the reservation",
)


@pytest.fixture(scope="module")
async def durable_postgres() -> AsyncIterator[EmbeddedPostgres]:
    """A server of its own, which may be killed: with durability, unlike the other tests'."""
    named = os.environ.get("CREDITGATE_TEST_POSTGRES_BIN")
    with EmbeddedPostgres(bin_dir=Path(named) if named else None) as server:
        await make_template(server)
        yield server


async def test_no_fault_makes_the_service_grant_twice_lose_or_invent(
    durable_postgres: EmbeddedPostgres,
) -> None:
    seed = secrets.randbelow(1_000_000) + 1
    outcome = await run(durable_postgres, FORMS["short"].setting(seed))
    report = Report(seed, "short", durable_postgres.version)
    report.add(seed, outcome, check(outcome.evidence), 0)
    report.print()
    assert (report.violations, outcome.faults["traps sprung"] > 0) == ([], True)


@pytest.mark.parametrize("name", HANDFUL)
async def test_the_checker_finds_a_planted_defect(
    durable_postgres: EmbeddedPostgres, name: str
) -> None:
    trial = await try_defect(durable_postgres, name, seed=1)
    assert trial.found, "\n".join([str(trial), *map(str, trial.finding.violations[:20])])
