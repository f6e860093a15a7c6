"""All pairs of writers, each in every order of their statements, on a real Postgres.

After every schedule the promises hold in what is committed, and both answers and the state are
those of one writer wholly before the other.
"""

from collections.abc import AsyncIterator
from itertools import combinations_with_replacement

import asyncpg
import pytest
from interleavings.stage import Stage, a_stage
from interleavings.writers import Writer

from app.storage import decisions, postings


@pytest.fixture
async def stage(
    database_url: str, connection: "asyncpg.Connection[asyncpg.Record]"
) -> AsyncIterator[Stage]:
    async with a_stage(database_url, connection) as furnished:
        yield furnished


async def test_every_order_of_two_writers_ends_as_one_wholly_before_the_other(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    pairs = list(combinations_with_replacement(stage.writers, 2))
    assert await flaws_of(stage, pairs, capsys) == []


MEETING = {
    "release": {
        "release", "release by another", "refuse", "escalate", "recheck", "cancel of the hold",
        "comment", "check of the held order's next revision", "check of a larger revision",
        "cancel of the held order", "confirm of the held order", "check", "expiry", "confirm",
        "invoice of the order", "larger statement of the held order", "limit lowered",
        "limit raised", "policy change", "wake", "wake after the expiry",
    },
    "cancel of the hold": {
        "refuse", "check of the held order's next revision", "cancel of the held order",
        "confirm of the held order", "larger statement of the held order",
        "wake after the expiry",
    },
    "recheck": {
        "limit raised", "check of the held order's next revision", "check",
        "wake after the expiry",
    },
    "comment": {"wake after the expiry"},
}  # fmt: skip
"""Who meets whom over a hold: a deed is many statements, so that not every pair is tried."""


async def test_every_order_of_two_who_meet_over_a_hold_has_one_winner(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    pairs = [
        (stage.named(deed), stage.named(other))
        for deed, others in MEETING.items()
        for other in sorted(others)
    ]
    assert await flaws_of(stage, pairs, capsys) == []


async def flaws_of(
    stage: Stage, pairs: list[tuple[Writer, Writer]], capsys: pytest.CaptureFixture[str]
) -> list[str]:
    """Play every schedule of these pairs, say how many there are, and give what is wrong."""
    flaws: list[str] = []
    schedules = 0
    for pair in pairs:
        count, found = await stage.flaws(pair)
        schedules += count
        flaws += found
    with capsys.disabled():
        print(f" {len(pairs)} pairs of writers, {schedules} schedules ", end="")  # noqa: T201
    return flaws


async def test_a_write_that_does_not_ask_for_the_number_it_read_is_found(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    unguarded = decisions.RECORD_DECISION.replace("AND a.seq = asked.seq", "AND asked.seq > 0")
    assert unguarded != decisions.RECORD_DECISION
    monkeypatch.setattr(decisions, "RECORD_DECISION", unguarded)

    _, flaws = await stage.flaws((stage.named("check"), stage.named("limit lowered")))
    _, over_limit = await stage.flaws((stage.named("check"), stage.named("check of the rest")))

    assert {flaw.partition(": ")[2] for flaw in flaws} == {
        "neither writer was wholly before the other"
    }
    assert any("over the limit" in flaw for flaw in over_limit)


async def test_a_posting_that_does_not_lock_its_account_is_found(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlocked = postings.LOCK_FOR_POSTING.replace("FOR UPDATE OF a", "")
    monkeypatch.setattr(postings, "LOCK_FOR_POSTING", unlocked)

    _, flaws = await stage.flaws((stage.named("confirm"), stage.named("give-back")))

    assert any("failed with TotalOutOfRangeError" in flaw for flaw in flaws)
    assert any("neither writer was wholly before the other" in flaw for flaw in flaws)


async def test_a_number_that_a_writer_does_not_raise_is_found(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = postings.RECORD_POSTING.replace("SET seq = seq + 1", "SET seq = seq", 1)
    monkeypatch.setattr(postings, "RECORD_POSTING", silent)

    _, flaws = await stage.flaws((stage.named("check"), stage.named("item")))

    assert any("the account's numbers are" in flaw for flaw in flaws)
