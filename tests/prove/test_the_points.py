"""Named points in what a client of Postgres sends, and the list of planted defects."""

from prove.planted import DEFECTS
from prove.points import Point, Watcher


def message(kind: bytes, content: bytes) -> bytes:
    return kind + (len(content) + 4).to_bytes(4) + content


START = message(b"", b"\0\3\0\0user\0creditgate\0\0")
PREPARE = message(b"P", b"s1\0WITH guard AS (...) INSERT INTO decision ...\0\0\0")
EXECUTE = message(b"B", b"\0s1\0\0\0\0\0\0\0") + message(b"E", b"\0\0\0\0\0")


def test_a_prepared_statement_is_known_again_each_time_it_is_bound() -> None:
    watcher = Watcher()
    assert watcher.points_in(START + PREPARE) == []
    assert [watcher.points_in(EXECUTE), watcher.points_in(EXECUTE)] == [[Point.DECIDE]] * 2


def test_a_message_in_two_chunks_counts_once_it_is_whole() -> None:
    watcher = Watcher()
    watcher.points_in(START)
    commit = message(b"Q", b"COMMIT;\0")
    assert [watcher.points_in(commit[:6]), watcher.points_in(commit[6:])] == [[], [Point.COMMIT]]


def test_there_are_at_least_twenty_planted_defects() -> None:
    assert len(DEFECTS) >= 20
