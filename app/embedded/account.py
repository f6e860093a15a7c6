"""The system account that the server runs as: Postgres refuses to run as root."""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TypedDict

UNPRIVILEGED_ACCOUNT = "nobody"


class ProcessOptions(TypedDict, total=False):
    user: int
    group: int
    extra_groups: tuple[int, ...]
    env: dict[str, str]


@dataclass(frozen=True, slots=True)
class ServerAccount:
    uid: int
    gid: int

    @classmethod
    def for_this_process(cls) -> Self:
        """Our own account, or for root the unprivileged one that every system has."""
        if os.geteuid() != 0:
            return cls(os.geteuid(), os.getegid())
        nobody = pwd.getpwnam(UNPRIVILEGED_ACCOUNT)
        return cls(nobody.pw_uid, nobody.pw_gid)

    @property
    def is_ours(self) -> bool:
        return self.uid == os.geteuid()

    def process_options(self) -> ProcessOptions:
        """What `subprocess` needs to start a program of the server as this account."""
        if self.is_ours:
            return {"env": _server_environment()}
        return {
            "user": self.uid,
            "group": self.gid,
            "extra_groups": (),
            "env": _server_environment(),
        }

    def make_folder(self, folder: Path) -> Path:
        """A new folder that belongs to the account and that nobody else may enter."""
        folder.mkdir(mode=0o700)
        if not self.is_ours:
            os.chown(folder, self.uid, self.gid)
        return folder


def _server_environment() -> dict[str, str]:
    # PGPORT, PGDATA and the like are meant for another server, LC_* for another locale.
    ours = {name: v for name, v in os.environ.items() if not name.startswith(("PG", "LC_"))}
    return ours | {"LC_ALL": "C"}
