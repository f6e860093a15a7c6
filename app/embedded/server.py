"""The life of a private Postgres: make, start, stop, kill, start again, remove."""

import os
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from app.embedded import processes
from app.embedded.account import ServerAccount
from app.embedded.binaries import Binaries, find_binaries, version_of
from app.embedded.home import PORT, Home, remove_leftovers
from app.embedded.interrupts import interrupts_deferred

SUPERUSER = "creditgate"
INITDB_LIMIT_S = 60.0
READY_LIMIT_S = 30.0
FAST_STOP_LIMIT_S = 10.0
IMMEDIATE_STOP_LIMIT_S = 8.0
KILL_LIMIT_S = 5.0
RESTART_LIMIT_S = 15.0
RESTART_RETRY_S = 0.1
LOG_TAIL_CHARACTERS = 2000


class EmbeddedPostgresError(RuntimeError):
    """The server could not be made or started; the message ends with its log."""


class EmbeddedPostgres:
    """A Postgres on a Unix socket of its own, in a directory that goes when it stops.

    `options` are settings as in postgresql.conf. `bin_dir` names an installed Postgres to use
    in place of the wheel's. Anyone who may enter the socket's directory (our account, and
    `nobody` when we are root) is let in: that is why it is not for production.
    """

    def __init__(
        self, options: Mapping[str, str] | None = None, *, bin_dir: Path | None = None
    ) -> None:
        self._options = dict(options or {})
        self._bin_dir = bin_dir
        self._account = ServerAccount.for_this_process()
        self._process: subprocess.Popen[bytes] | None = None
        self._home: Home | None = None
        self._binaries: Binaries | None = None
        self._version: str | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def version(self) -> str:
        """Such as "18.6"; known once started."""
        if self._version is None:
            raise EmbeddedPostgresError("the server has not been started")
        return self._version

    @property
    def directory(self) -> Path:
        """Where data, sockets and log are, until stopped."""
        return self._placed().path

    @property
    def pid(self) -> int | None:
        """The postmaster's, while it runs."""
        return None if self._process is None else self._process.pid

    def url(self, database: str = "postgres") -> str:
        """For asyncpg as it is, for SQLAlchemy with `postgresql+asyncpg` as its scheme."""
        sockets = quote(str(self._placed().sockets))
        # The port is part of the socket's name, and PGPORT must not choose another one.
        return f"postgresql://{SUPERUSER}@/{quote(database)}?host={sockets}&port={PORT}"

    def start(self) -> None:
        """Make the cluster and start the server; leaves nothing behind if that fails."""
        if self._home is not None:
            raise EmbeddedPostgresError("the server has been started already")
        binaries = find_binaries(self._bin_dir)
        remove_leftovers(self._account)
        try:
            with interrupts_deferred():
                self._home = Home.make(self._account)
            self._binaries, self._version = self._reachable(binaries)
            self._make_cluster()
            self._launch()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop in order (fast, then immediate, then killed) and remove the directory."""
        if self._home is None:
            return
        with interrupts_deferred():
            self._shut_down()
            self._home.remove()
            self._home = None

    def kill(self) -> None:
        """Kill -9 the postmaster and all its backends; the data directory stays."""
        if self._process is not None and self._process.poll() is None:
            processes.kill_with_children(self._process.pid)
            self._process.wait(KILL_LIMIT_S)
        self._process = None

    def restart(self) -> None:
        """Start again on the same data directory, after `kill` or from running."""
        self._placed()
        self._shut_down()
        deadline = time.monotonic() + RESTART_LIMIT_S
        while True:
            try:
                self._launch()
            except EmbeddedPostgresError:
                # Killed backends may hold the shared memory for a moment longer.
                if time.monotonic() > deadline:
                    raise
                time.sleep(RESTART_RETRY_S)
            else:
                return

    def _placed(self) -> Home:
        if self._home is None:
            raise EmbeddedPostgresError("the server has not been started, or was stopped")
        return self._home

    def _reachable(self, binaries: Binaries) -> tuple[Binaries, str]:
        """The binaries, copied if the server's account cannot run them, and their version."""
        try:
            return binaries, version_of(binaries, self._account)
        except PermissionError:
            copy = binaries.copy_into(self._placed().path)
            return copy, version_of(copy, self._account)

    def _make_cluster(self) -> None:
        home = self._placed()
        self._account.make_folder(home.data)
        initdb = self._spawn(
            *("initdb", "-D", str(home.data), "-U", SUPERUSER, "--encoding=UTF8", "--locale=C"),
            *("--auth-local=trust", "--auth-host=reject", "--no-sync", "--no-instructions"),
        )
        try:
            code = initdb.wait(INITDB_LIMIT_S)
        except BaseException:
            if initdb.poll() is None:
                os.killpg(initdb.pid, signal.SIGKILL)
                initdb.wait(KILL_LIMIT_S)
            raise
        if code != 0:
            raise EmbeddedPostgresError(f"initdb ended with {code}: {self._log_tail()}")
        with (home.data / "postgresql.conf").open("a", encoding="utf-8") as conf:
            conf.writelines(f"{name} = {_quoted(v)}\n" for name, v in self._settings().items())

    def _settings(self) -> dict[str, str]:
        return {
            "timezone": "UTC",
            "log_timezone": "UTC",
            **self._options,
            "listen_addresses": "",
            "port": str(PORT),
            "unix_socket_directories": f'"{self._placed().sockets}"',
            "unix_socket_permissions": "0700",
        }

    def _launch(self) -> None:
        self._process = self._spawn("postgres", "-D", str(self._placed().data))
        deadline = time.monotonic() + READY_LIMIT_S
        while not self._is_ready(self._process.pid):
            if (code := self._process.poll()) is not None:
                self._process = None
                raise EmbeddedPostgresError(f"postgres ended with {code}: {self._log_tail()}")
            if time.monotonic() > deadline:
                raise EmbeddedPostgresError(f"postgres is not ready: {self._log_tail()}")
            time.sleep(processes.POLL_INTERVAL_S)

    def _is_ready(self, pid: int) -> bool:
        """Whether this very postmaster says so; a killed one has left its own file behind."""
        try:
            lines = (self._placed().data / "postmaster.pid").read_text().split("\n")
        except FileNotFoundError:
            return False
        return lines[0] == str(pid) and [line.strip() for line in lines[7:8]] == ["ready"]

    def _shut_down(self) -> None:
        if self._process is None:
            return
        for number, limit_s in (
            (signal.SIGINT, FAST_STOP_LIMIT_S),
            (signal.SIGQUIT, IMMEDIATE_STOP_LIMIT_S),
        ):
            self._process.send_signal(number)
            try:
                self._process.wait(limit_s)
            except subprocess.TimeoutExpired:
                continue
            self._process = None
            return
        self.kill()

    def _spawn(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        if self._binaries is None:
            raise EmbeddedPostgresError("the server has not been started")
        with self._placed().log.open("ab") as log:
            return subprocess.Popen(  # noqa: S603 - the programs that were found
                [self._binaries.bin_dir / program, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self._placed().path,
                start_new_session=True,  # a terminal's Ctrl-C is for us, not for the server
                **self._account.process_options(),
            )

    def _log_tail(self) -> str:
        return self._placed().log.read_text(errors="replace")[-LOG_TAIL_CHARACTERS:]


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"
