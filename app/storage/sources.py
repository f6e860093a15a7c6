"""Sources: when each spoke last, how far that reaches, and which of its bodies never came."""

from dataclasses import dataclass
from datetime import datetime

import asyncpg

from app.credit.item import DEFAULT_SOURCE
from app.storage.database import Connection
from app.storage.outbox import MAILED
from app.telemetry.feeds import SOURCES_MAX, FeedFigures, SourceFigures
from app.telemetry.outbox import OutboxFigures

# What is missing is kept as ranges. Where a hundred do not do, the two oldest are told as one,
# which then names bodies that did come as well: too much is harmless, as a body may come twice.
MARK_STATED = """
    INSERT INTO source AS s (name, stated_at, as_of, sequence, missing)
    SELECT $1, CASE WHEN $2 THEN at END,
           CASE WHEN $3::timestamptz IS NOT NULL THEN least($3, at) END,
           $4::bigint, CASE WHEN $4 > 1 THEN int8multirange(int8range(1, $4)) ELSE '{}' END
      FROM (SELECT coalesce($5::timestamptz, clock_timestamp()) AS at) now
    ON CONFLICT (name) DO UPDATE
       SET stated_at = greatest(s.stated_at, excluded.stated_at),
           as_of = greatest(s.as_of, excluded.as_of),
           sequence = greatest(s.sequence, excluded.sequence),
           (missing, missing_merged) = (
               SELECT CASE WHEN ranges <= 100 THEN seen ELSE seen +
                          (SELECT int8multirange(range_merge(range_agg(oldest)))
                             FROM (SELECT oldest FROM unnest(seen) oldest
                                    ORDER BY oldest LIMIT 2) two) END,
                      seen <> '{}' AND (s.missing_merged OR ranges > 100)
                 FROM (SELECT seen, (SELECT count(*) FROM unnest(seen)) AS ranges
                         FROM (SELECT CASE WHEN $4 IS NULL THEN s.missing
                                      WHEN $4 <= s.sequence
                                          THEN s.missing - int8multirange(int8range($4, $4, '[]'))
                                      ELSE s.missing + int8multirange(
                                          int8range(coalesce(s.sequence, 0) + 1, $4)) END
                              ) then_missing (seen)) counted)
"""
"""Notes what a source has stated; neither `as_of` nor `sequence` ever goes back."""

WATCH = """
    INSERT INTO source AS s (name, expected_interval_minutes, watched_since)
    VALUES ($1, $2::int,
            CASE WHEN $2 IS NOT NULL THEN coalesce($3::timestamptz, clock_timestamp()) END)
    ON CONFLICT (name) DO UPDATE
       SET expected_interval_minutes = excluded.expected_interval_minutes,
           watched_since = coalesce(s.watched_since, excluded.watched_since)
    RETURNING xmax = 0 AS is_new
"""
"""Sets how often a source is expected to speak; says whether it was not known before."""

# A watched source that never spoke is as old as the watch on it, as it is to the checks.
_READ = """
    SELECT name, stated_at, as_of, sequence, missing, missing_merged, expected_interval_minutes,
           CASE WHEN known_at IS NOT NULL
               THEN greatest(0, floor(extract(epoch FROM now.at - known_at)))::bigint END AS age_s,
           CASE WHEN expected_interval_minutes IS NOT NULL THEN watched_since END AS watched_since,
           expected_interval_minutes IS NOT NULL
               AND coalesce(coalesce(known_at, watched_since)
                            < now.at - make_interval(mins => expected_interval_minutes), true)
               AS silent
    FROM source CROSS JOIN (SELECT coalesce($1::timestamptz, clock_timestamp()) AS at) now
"""

LIST = f"{_READ} WHERE name > $2 ORDER BY name LIMIT $3"
"""Sources by name, those after a name."""

FIND = f"{_READ} WHERE name = $2"
"""One source."""

FIGURES = f"""
    SELECT (SELECT count(*) FROM credit_account WHERE drift_found_at IS NOT NULL)
               AS drifting_accounts,
           (SELECT count(*) FROM source) AS sources_known,
           post.*, (SELECT count(*) FROM delivery WHERE state = 'dead') AS dead,
           told.name, told.age_s, told.silent, (SELECT count(*) FROM unnest(told.missing)) AS gaps
    FROM (SELECT count(*) AS waiting,
                 coalesce(greatest(0, extract(epoch FROM now() - min(since))), 0)::bigint
                     AS oldest_s
            FROM (SELECT queued_at FROM delivery WHERE state = 'waiting'
                   UNION ALL
                  SELECT occurred_at FROM outbox WHERE webhooks_made_at IS NULL
                   UNION ALL
                  SELECT occurred_at FROM outbox
                   WHERE mails_made_at IS NULL AND kind IN ({MAILED})
                     AND $3::boolean AND webhooks_made_at IS NOT NULL) waits (since)) post
    LEFT JOIN ({_READ} ORDER BY expected_interval_minutes IS NULL, name LIMIT $2) told ON true
"""  # noqa: S608 - no value is put in
"""What operations watch: how sources stand, how many accounts do not add up, what waits to be
told; facts that nobody was mailed yet only where somebody is to be mailed."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What a source has said of itself besides its statements.

    `as_of` is up to when they tell its state; one that lies ahead is taken for now. `sequence` is
    the number of the body among the source's bodies, from 1. `spoke` is false for a body of which
    nothing was taken.
    """

    source: str = DEFAULT_SOURCE
    as_of: datetime | None = None
    sequence: int | None = None
    spoke: bool = True

    @property
    def is_plain(self) -> bool:
        """Whether this says no more than that the source spoke just now."""
        return self.as_of is None and self.sequence is None

    @property
    def says_nothing(self) -> bool:
        """Whether there is nothing to be noted: the source did not speak, nor was it counted."""
        return self.is_plain and not self.spoke


@dataclass(frozen=True, slots=True)
class SourceState:
    """What is known of a source; ages are of `as_of` where it was ever said, by our clock.

    `watched_since` is since when it is expected to speak; one that never did is as old as that.
    `gaps` are the numbers of bodies that never came, from and to. Where `gaps_exact` is false,
    the first of them stands for several and holds numbers that did come.
    """

    name: str
    stated_at: datetime | None
    as_of: datetime | None
    age_s: int | None
    sequence: int | None
    gaps: tuple[tuple[int, int], ...]
    gaps_exact: bool
    expected_interval_minutes: int | None
    watched_since: datetime | None
    silent: bool


async def mark_stated(
    connection: Connection, mark: Mark, fixed_now: datetime | None = None
) -> None:
    """Note what a source has stated, by the database's clock."""
    said = (mark.source, mark.spoke, mark.as_of, mark.sequence)
    await connection.execute(MARK_STATED, *said, fixed_now)


async def watch(
    connection: Connection,
    name: str,
    interval_minutes: int | None,
    fixed_now: datetime | None = None,
) -> bool:
    """Set how often a source is to speak, `None` for no matter; `True` when it is new."""
    return bool(await connection.fetchval(WATCH, name, interval_minutes, fixed_now))


async def find(
    connection: Connection, name: str, fixed_now: datetime | None = None
) -> SourceState | None:
    """Give one source."""
    row = await connection.fetchrow(FIND, fixed_now, name)
    return None if row is None else _state(row)


async def listed(
    connection: Connection, *, after: str, limit: int, fixed_now: datetime | None = None
) -> list[SourceState]:
    """Give sources in the order of their names, those after `after`."""
    return [_state(row) for row in await connection.fetch(LIST, fixed_now, after, limit)]


async def figures(connection: Connection, *, mails: bool) -> FeedFigures:
    """Give what operations watch; `mails` says whether there is a mail server."""
    rows = await connection.fetch(FIGURES, None, SOURCES_MAX, mails)
    return FeedFigures(
        tuple(
            SourceFigures(row["name"], row["age_s"], row["silent"], row["gaps"])
            for row in rows
            if row["name"] is not None
        ),
        rows[0]["sources_known"],
        rows[0]["drifting_accounts"],
        OutboxFigures(rows[0]["waiting"], rows[0]["oldest_s"], rows[0]["dead"]),
    )


def _state(row: asyncpg.Record) -> SourceState:
    return SourceState(
        name=row["name"],
        stated_at=row["stated_at"],
        as_of=row["as_of"],
        age_s=row["age_s"],
        sequence=row["sequence"],
        gaps=tuple((gap.lower, gap.upper - 1) for gap in row["missing"]),
        gaps_exact=not row["missing_merged"],
        expected_interval_minutes=row["expected_interval_minutes"],
        watched_since=row["watched_since"],
        silent=row["silent"],
    )
