import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

from app.embedded import BinariesNotFoundError, EmbeddedPostgres, EmbeddedPostgresError, processes

FAST = {"fsync": "off"}
INSTALLED = sorted(Path("/usr/lib/postgresql").glob("1[5-9]/bin"))


async def ask(url: str, query: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def test_it_answers_through_its_socket(postgres: EmbeddedPostgres) -> None:
    assert await ask(postgres.url(), "SELECT 1") == 1
    assert await ask(postgres.url("template1"), "SELECT current_database()") == "template1"
    assert await ask(postgres.url(), "SHOW server_version") == postgres.version


async def test_a_port_in_the_environment_does_not_lead_elsewhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PGPORT", "9999")
    with EmbeddedPostgres(FAST) as postgres:
        assert await ask(postgres.url(), "SELECT 1") == 1


def test_it_listens_on_no_tcp_port(postgres: EmbeddedPostgres) -> None:
    rows = [
        row.split()
        for table in ("tcp", "tcp6")
        for row in Path("/proc/self/net", table).read_text().splitlines()[1:]
    ]
    listening = {f"socket:[{row[9]}]" for row in rows if row[3] == "0A"}
    opened = {str(file.readlink()) for file in Path(f"/proc/{postgres.pid}/fd").iterdir()}
    assert not listening & opened


async def test_data_are_durable_unless_options_say_otherwise(postgres: EmbeddedPostgres) -> None:
    assert await ask(postgres.url(), "SHOW fsync") == "off"
    with EmbeddedPostgres({"application_name": "it's"}) as durable:
        assert await ask(durable.url(), "SHOW fsync") == "on"
        assert await ask(durable.url(), "SHOW synchronous_commit") == "on"


async def test_two_run_side_by_side(temp_dir: Path) -> None:
    with EmbeddedPostgres(FAST) as one, EmbeddedPostgres(FAST) as other:
        assert {one.directory.parent, other.directory.parent} == {temp_dir}
        assert await ask(one.url(), "CREATE DATABASE only_in_one") is None
        names = "SELECT count(*) FROM pg_database WHERE datname = 'only_in_one'"
        assert [await ask(one.url(), names), await ask(other.url(), names)] == [1, 0]


def test_stop_removes_everything(temp_dir: Path) -> None:
    with EmbeddedPostgres(FAST) as postgres:
        data = postgres.directory / "data"
        # A process that was forked this very moment bears the postmaster's command line still.
        assert postgres.pid in processes.started_for(data)
    postgres.stop()
    assert processes.started_for(data) == ()
    assert list(temp_dir.iterdir()) == []
    with pytest.raises(EmbeddedPostgresError, match="was stopped"):
        postgres.url()


def test_a_start_that_fails_says_why_and_leaves_nothing(temp_dir: Path) -> None:
    postgres = EmbeddedPostgres({"shared_buffers": "plenty"})
    with pytest.raises(EmbeddedPostgresError, match="shared_buffers"):
        postgres.start()
    assert list(temp_dir.iterdir()) == []


def test_a_server_is_not_started_twice(postgres: EmbeddedPostgres) -> None:
    with pytest.raises(EmbeddedPostgresError, match="already"):
        postgres.start()


async def test_what_was_committed_survives_a_kill_and_a_restart() -> None:
    with EmbeddedPostgres() as postgres:
        connection = await asyncpg.connect(postgres.url())
        await connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        killed = postgres.pid
        postgres.kill()
        with pytest.raises((asyncpg.PostgresError, OSError)):
            await connection.execute("SELECT 1")
        postgres.restart()
        assert postgres.pid != killed
        assert await ask(postgres.url(), "SELECT answer FROM kept") == 42


async def test_a_running_server_can_be_restarted_many_times() -> None:
    with EmbeddedPostgres(FAST) as postgres:
        for _ in range(5):
            postgres.restart()
            assert await ask(postgres.url(), "SELECT 1") == 1
            postgres.kill()


async def test_a_temporary_directory_too_long_for_a_socket_is_not_used(
    temp_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = temp_dir / ("long" * 20)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    with EmbeddedPostgres(FAST) as postgres:
        assert await ask(postgres.url(), "SELECT 1") == 1


@pytest.mark.skipif(not INSTALLED, reason="no Postgres here: apt-get install postgresql-15")
async def test_an_installed_postgres_serves_as_well() -> None:
    with EmbeddedPostgres(FAST, bin_dir=INSTALLED[0]) as postgres:
        assert postgres.version.split(".")[0] == INSTALLED[0].parent.name
        assert await ask(postgres.url(), "SHOW server_encoding") == "UTF8"


def test_a_folder_without_postgres_is_named(tmp_path: Path) -> None:
    with pytest.raises(BinariesNotFoundError, match=f"no initdb in {tmp_path}"):
        EmbeddedPostgres(bin_dir=tmp_path).start()


def test_a_postgres_too_old_is_refused(tmp_path: Path) -> None:
    for program in ("initdb", "postgres"):
        (tmp_path / program).write_text("#!/bin/sh\necho 'initdb (PostgreSQL) 14.9'\n")
        (tmp_path / program).chmod(0o755)
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    with pytest.raises(BinariesNotFoundError, match="15 or newer"):
        EmbeddedPostgres(bin_dir=tmp_path).start()


@pytest.mark.skipif(shutil.which("ps") is None, reason="no ps here: apt-get install procps")
def test_both_ways_to_list_processes_find_the_server(postgres: EmbeddedPostgres) -> None:
    def backends(listing: Callable[[], Iterator[processes.Process]]) -> set[int]:
        return {process.pid for process in listing() if process.parent == postgres.pid}

    assert backends(processes.from_proc) == backends(processes.from_ps) != set()
