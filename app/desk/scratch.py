"""Folders for what is on its way; those of processes that were killed are swept up.

A folder is locked by its owner as long as that lives, whatever ends it.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import gettempdir, mkdtemp
from typing import Self

PREFIX = "creditgate-scratch-"


@dataclass(slots=True)
class Scratch:
    """A private folder, and the lock that says it is in use until it is removed."""

    path: Path
    _lock: int | None

    @classmethod
    def make(cls) -> Self:
        """Make a folder, after removing what owners that were killed have left."""
        _sweep(Path(gettempdir()))
        path = Path(mkdtemp(prefix=PREFIX))
        return cls(path, _locked(path))

    def remove(self) -> None:
        """Remove the folder with all that is in it; once more does nothing."""
        lock, self._lock = self._lock, None
        if lock is not None:
            shutil.rmtree(self.path, ignore_errors=True)
            os.close(lock)


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Give a folder that goes at the end of the block."""
    scratch = Scratch.make()
    try:
        yield scratch.path
    finally:
        scratch.remove()


def _sweep(parent: Path) -> None:
    for path in parent.glob(f"{PREFIX}*"):
        with suppress(OSError):  # it is gone meanwhile, another's, or in use
            # An empty one may be just made, and not locked yet.
            if path.lstat().st_uid == os.geteuid() and any(path.iterdir()):
                Scratch(path, _locked(path)).remove()


def _locked(path: Path) -> int:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor
