"""A spool: statements of any number, put in order by credit account on disk.

A file names its customers in any order, and an account's statements are taken together; so they
are first dealt into parts by account, each of which fits into memory.
"""

import pickle
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO
from zlib import crc32

PARTS = 64
"""Into how many parts the accounts are dealt."""

BUFFERED = 512
"""How many statements of a part are kept in memory before they are written."""


@dataclass(slots=True)
class Spool:
    """Keeps what is added in files of a folder of its own, which its owner removes.

    The files are private to this process: nothing that others wrote is ever read back.
    `accounts` are those that were named, unless it is told not to list them.
    """

    folder: Path
    lists_accounts: bool = True
    buffered: int = BUFFERED
    accounts: set[str] = field(default_factory=set)
    left_out: AbstractSet[str] = frozenset()
    _parts: dict[str, int] = field(default_factory=dict)
    _buffers: list[list[Any]] = field(default_factory=lambda: [[] for _ in range(PARTS)])
    _files: dict[int, BinaryIO] = field(default_factory=dict)

    def add(self, account: str, line: int, statement: object) -> None:
        """Add one statement with the number of the line it stood on."""
        part = self._parts.get(account)
        if part is None:
            part = self._place(account)
        buffer = self._buffers[part]
        buffer.append((account, line, statement))
        if len(buffer) >= self.buffered:
            self._flush(part)

    def _place(self, account: str) -> int:
        part = crc32(account.encode()) % PARTS
        if self.lists_accounts:
            self.accounts.add(account)
            self._parts[account] = part
        return part

    def leave_out(self, accounts: AbstractSet[str]) -> None:
        """Name accounts whose statements are not given any more."""
        self.accounts |= accounts
        self.left_out |= accounts

    def parts(self) -> Iterator[dict[str, list[tuple[int, Any]]]]:
        """Give the accounts part by part, each with all its lines in their order."""
        for part in range(PARTS):
            self._flush(part)
            by_account: dict[str, list[tuple[int, Any]]] = {}
            for account, line, statement in self._read(part):
                if account not in self.left_out:
                    by_account.setdefault(account, []).append((line, statement))
            yield dict(sorted(by_account.items()))

    def close(self) -> None:
        """Close the files."""
        for file in self._files.values():
            file.close()

    def _flush(self, part: int) -> None:
        buffer = self._buffers[part]
        if not buffer:
            return
        if part not in self._files:
            self._files[part] = (self.folder / f"{part}.spool").open("w+b")
        file = self._files[part]
        file.seek(0, 2)
        pickle.dump(buffer, file, protocol=pickle.HIGHEST_PROTOCOL)
        buffer.clear()

    def _read(self, part: int) -> Iterator[Any]:
        file = self._files.get(part)
        if file is None:
            return
        file.seek(0)
        while True:
            try:
                yield from pickle.load(file)  # noqa: S301 - written by this process
            except EOFError:
                return
