"""Makes `.venv` and installs a hash-pinned set of packages and the command `creditgate` in it.

    python3 deploy/bootstrap.py deploy/requirements-demo.txt

Needs the standard library only, and copes with Debian's python3 that has neither ensurepip nor
pip. The project itself is not installed as a package but put on the path, which needs no build
tool and no network; so `importlib.metadata.version("creditgate")` finds nothing.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

REPOSITORY = Path(__file__).resolve().parent.parent
VENV = REPOSITORY / ".venv"
PYTHON = VENV / "bin" / "python"
COMMAND = VENV / "bin" / "creditgate"
OLDEST_PYTHON = (3, 11)
PIP_LIMIT_S = 1800
PROBE_LIMIT_S = 120
OTHER_SETUP_LIMIT_S = 1800
POLL_INTERVAL_S = 0.2
LINES_OF_A_FAILURE = 12
LONGEST_SHEBANG = 127
STATUS_WIDTH = 46
INTERRUPTED = 130
SCRIPT = """import sys

from app.cli import main

if __name__ == "__main__":
    sys.exit(main())
"""


class SetupError(Exception):
    """The set-up cannot go on; the message is one line that says what to do."""


def main() -> int:
    if sys.version_info < OLDEST_PYTHON:
        found = ".".join(map(str, sys.version_info[:3]))
        sys.exit(f"Python 3.11 or newer is needed, this is {found}: try make PYTHON=python3.11")
    if len(sys.argv) != 2:  # noqa: PLR2004 - the program and its one argument
        sys.exit("usage: python3 deploy/bootstrap.py REQUIREMENTS")
    try:
        set_up(Path(sys.argv[1]).resolve())
    except SetupError as error:
        sys.exit(f"Set-up failed: {error}")
    except KeyboardInterrupt:
        print("interrupted; the next run goes on from here")
        return INTERRUPTED
    return 0


def set_up(requirements: Path) -> None:
    if not requirements.is_file():
        raise SetupError(f"there is no {requirements}")
    VENV.mkdir(exist_ok=True)
    with one_at_a_time():
        stamp = VENV / f"installed-{requirements.name}"
        wanted = hashlib.sha256(requirements.read_bytes() + str(VENV).encode()).hexdigest()
        if stamp.is_file() and stamp.read_text() == wanted and is_new_enough(PYTHON):
            return
        with step("Python environment"):
            make_venv()
        with step(f"Packages of {requirements.name}"):
            install(requirements)
        put_project_on_path()
        stamp.write_text(wanted)


@contextmanager
def one_at_a_time() -> "Iterator[None]":
    """Two at once, say a demo and the tests, would install into each other's folders."""
    deadline = time.monotonic() + OTHER_SETUP_LIMIT_S
    with (VENV / "setup.lock").open("w") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise SetupError("another set-up has been running for too long") from None
                time.sleep(POLL_INTERVAL_S)
        yield


@contextmanager
def step(name: str) -> "Iterator[None]":
    started = time.monotonic()
    print(f"{name} ".ljust(STATUS_WIDTH, "."), end=" ", flush=True)
    try:
        yield
    except BaseException:
        print("failed", flush=True)
        raise
    print(f"ready in {time.monotonic() - started:.1f} s", flush=True)


def make_venv() -> None:
    """A virtual environment that works, with pip if this Python can give it one."""
    if is_new_enough(PYTHON) and succeeds(PYTHON, "-m", "pip", "--version"):
        return
    if succeeds(sys.executable, "-m", "venv", str(VENV)):
        return
    if not succeeds(sys.executable, "-m", "venv", "--without-pip", str(VENV)):
        raise SetupError("this Python cannot make environments: apt-get install python3-venv")


def install(requirements: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        pip = pip_command(Path(folder))
        options = ("--disable-pip-version-check", "--no-input", "--quiet", "--progress-bar=off")
        locked = ("--require-hashes", "--only-binary=:all:", "-r", str(requirements))
        # An account's own setting `user = true` would refuse to install into an environment.
        environment = {**os.environ, "PIP_USER": "0"}
        try:
            done = subprocess.run(  # noqa: S603 - pip of this environment
                [*pip, "install", *options, *locked],
                check=False,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=PIP_LIMIT_S,
            )
        except subprocess.TimeoutExpired:
            raise SetupError(f"pip was not done after {PIP_LIMIT_S} s") from None
    if done.returncode != 0:
        said = "\n".join(done.stdout.splitlines()[-LINES_OF_A_FAILURE:])
        raise SetupError(f"pip could not install {requirements.name}; it said:\n{said}")


def pip_command(folder: Path) -> "list[str]":
    """The environment's own pip, else the system's, else a pinned one that is fetched."""
    own = [str(PYTHON), "-m", "pip"]
    if succeeds(*own, "--version"):
        return own
    of_the_system = [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    if succeeds(*of_the_system, "--version"):
        return of_the_system
    # Imported here, as hardly any machine needs it.
    sys.path.insert(0, str(REPOSITORY))
    from deploy.pip_wheel import WheelNotFoundError, fetch_pip  # noqa: PLC0415

    try:
        return [str(PYTHON), str(fetch_pip(folder) / "pip")]
    except WheelNotFoundError as error:
        raise SetupError(
            f"there is no pip, and {error}; what helps: apt-get install python3-venv"
        ) from None


def put_project_on_path() -> None:
    packages = subprocess.run(  # noqa: S603 - the environment's Python
        [PYTHON, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        check=True,
        capture_output=True,
        text=True,
        timeout=PROBE_LIMIT_S,
    ).stdout.strip()
    Path(packages, "creditgate.pth").write_text(f"{REPOSITORY}\n", encoding="utf-8")
    COMMAND.write_text(f"{shebang()}\n{SCRIPT}", encoding="utf-8")
    COMMAND.chmod(0o755)


def shebang() -> str:
    if len(f"#!{PYTHON}") <= LONGEST_SHEBANG and " " not in str(PYTHON):
        return f"#!{PYTHON}"
    # To the shell the first line runs Python on this file, to Python both are a string.
    return f"#!/bin/sh\n'''exec' \"{PYTHON}\" \"$0\" \"$@\"\n' '''"


def is_new_enough(python: Path) -> bool:
    question = f"import sys; sys.exit(sys.version_info < {OLDEST_PYTHON})"
    return python.exists() and succeeds(python, "-c", question)


def succeeds(*command: "str | Path") -> bool:
    """Whether a program of Python's ends well, and in time."""
    try:
        subprocess.run(  # noqa: S603 - Python or pip, from above
            command, check=True, capture_output=True, timeout=PROBE_LIMIT_S
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
