"""The directory of one server: made, locked while its owner lives, removed with all in it."""

import fcntl
import os
import shutil
import signal
import stat
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Self

from app.embedded import processes
from app.embedded.account import ServerAccount

PREFIX = "creditgate-pg-"
PORT = 5432
# 104 bytes on some systems, 108 on Linux, and a zero at the end.
LONGEST_SOCKET_PATH = 103
SHORT_TEMP_DIR = Path("/tmp")  # noqa: S108 - for sockets; mkdtemp makes the directory ours alone
STRAY_STOP_LIMIT_S = 8.0
KILL_LIMIT_S = 5.0
REMOVAL_LIMIT_S = 5.0
REMOVAL_RETRY_S = 0.05


class Home:
    """Holds data, sockets and log of one server.

    The lock on the directory says that its owner lives: the kernel drops it with the owner,
    however that ended, and unlike a process id it cannot come to mean someone else.
    """

    def __init__(self, path: Path, lock: int) -> None:
        self.path = path
        self._lock = lock

    @classmethod
    def make(cls, account: ServerAccount) -> Self:
        path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=_temp_dir(account)))
        home = cls(path, _locked(path))
        if not account.is_ours:
            path.chmod(0o711)
        account.make_folder(home.sockets)
        return home

    @property
    def data(self) -> Path:
        return self.path / "data"

    @property
    def sockets(self) -> Path:
        return self.path / "s"

    @property
    def log(self) -> Path:
        return self.path / "log"

    def remove(self) -> None:
        """End what still runs here, if anything, and remove the directory."""
        self._end_strays()
        deadline = time.monotonic() + REMOVAL_LIMIT_S
        while self.path.exists():
            try:
                shutil.rmtree(self.path)
            except OSError:
                # A backend that is just dying may still have written a file.
                if time.monotonic() > deadline:
                    raise
                time.sleep(REMOVAL_RETRY_S)
        os.close(self._lock)

    def _end_strays(self) -> None:
        for number, limit_s in (
            (signal.SIGQUIT, STRAY_STOP_LIMIT_S),
            (signal.SIGKILL, KILL_LIMIT_S),
        ):
            for pid in processes.started_for(self.data):
                processes.send(pid, number)
            if processes.await_end(self.data, limit_s=limit_s):
                return


def remove_leftovers(account: ServerAccount) -> None:
    """End the servers and remove the directories of owners that were killed."""
    for path in _temp_dir(account).glob(f"{PREFIX}*"):
        with suppress(FileNotFoundError, BlockingIOError):  # removed, or its owner lives
            # An empty one may be just made by a start that has not locked it yet.
            if _is_our_folder(path) and any(path.iterdir()):
                Home(path, _locked(path)).remove()


def _locked(path: Path) -> int:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _is_our_folder(path: Path) -> bool:
    status = path.stat(follow_symlinks=False)
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid()


def _temp_dir(account: ServerAccount) -> Path:
    folder = Path(tempfile.gettempdir()).absolute()
    lock_of_socket = folder / f"{PREFIX}12345678" / "s" / f".s.PGSQL.{PORT}.lock"
    is_short = len(os.fsencode(lock_of_socket)) <= LONGEST_SOCKET_PATH
    is_open = account.is_ours or _is_open_to_all(folder)
    return folder if is_short and is_open else SHORT_TEMP_DIR


def _is_open_to_all(folder: Path) -> bool:
    return all(above.stat().st_mode & stat.S_IXOTH for above in (folder, *folder.parents))
