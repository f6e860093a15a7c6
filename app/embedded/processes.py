"""Which processes belong to a server, and how to end them and no others."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
LISTING_LIMIT_S = 10.0
POLL_INTERVAL_S = 0.01
PROGRAMS = frozenset({"initdb", "postgres"})


@dataclass(frozen=True, slots=True)
class Process:
    pid: int
    parent: int
    command: tuple[str, ...]


def started_for(data_dir: Path) -> tuple[int, ...]:
    """The postmaster, or initdb, that runs for this directory: its name is in the command."""
    return tuple(
        process.pid
        for process in running()
        if process.command
        and Path(process.command[0]).name in PROGRAMS
        and str(data_dir) in process.command
    )


def kill_with_children(postmaster: int) -> None:
    """Kill -9 a postmaster and its backends, which are in process groups of their own."""
    # Stopped first, it can neither start another backend nor notice that one has died.
    os.kill(postmaster, signal.SIGSTOP)
    children = [process.pid for process in running() if process.parent == postmaster]
    for pid in (*children, postmaster):
        send(pid, signal.SIGKILL)


def send(pid: int, number: signal.Signals) -> None:
    """Signal a process; one that has ended in the meantime has done what was asked."""
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def await_end(data_dir: Path, *, limit_s: float) -> bool:
    """Whether all processes of this directory have ended within the limit."""
    deadline = time.monotonic() + limit_s
    while started_for(data_dir):
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_INTERVAL_S)
    return True


def running() -> Iterator[Process]:
    return from_proc() if (PROC / "self" / "stat").exists() else from_ps()


def from_proc() -> Iterator[Process]:
    for folder in PROC.iterdir():
        if not folder.name.isdigit():
            continue
        with suppress(FileNotFoundError, ProcessLookupError):  # it ended while we looked
            # The program's name stands in brackets and may itself hold spaces and brackets.
            after_name = (folder / "stat").read_text(errors="replace").rpartition(")")[2]
            command = os.fsdecode((folder / "cmdline").read_bytes()).rstrip("\0")
            words = tuple(command.split("\0")) if command else ()
            yield Process(int(folder.name), int(after_name.split()[1]), words)


def from_ps() -> Iterator[Process]:
    listing = subprocess.run(
        ["ps", "-A", "-ww", "-o", "pid=,ppid=,args="],  # noqa: S607 - its place differs by system
        check=True,
        capture_output=True,
        text=True,
        timeout=LISTING_LIMIT_S,
    ).stdout
    for line in listing.splitlines():
        pid, parent, *command = line.split()
        yield Process(int(pid), int(parent), tuple(command))
