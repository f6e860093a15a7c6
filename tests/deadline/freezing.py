"""A server that is frozen as a hung machine is: it takes what it is sent and says nothing."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from app.embedded import EmbeddedPostgres, processes


@contextmanager
def frozen(server: EmbeddedPostgres) -> Iterator[None]:
    """Stop the postmaster and its backends for as long as the block runs."""
    assert server.pid is not None, "a server that runs can be frozen"
    stopped = [server.pid]
    # The postmaster first, so that it starts no other backend meanwhile.
    processes.send(server.pid, signal.SIGSTOP)
    try:
        stopped += [p.pid for p in processes.running() if p.parent == server.pid]
        for pid in stopped[1:]:
            processes.send(pid, signal.SIGSTOP)
        yield
    finally:
        for pid in reversed(stopped):
            processes.send(pid, signal.SIGCONT)
