"""The command line in processes of its own, with nothing configured but what a test says."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from support.source import ROOT

RUN_LIMIT_S = 30.0
SAY_LIMIT_S = 30.0
POLL_INTERVAL_S = 0.02
COMMAND = (sys.executable, "-m", "app.cli")


def run(
    *arguments: str, cwd: Path | None = None, **settings: str
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end; settings are CREDITGATE_ variables without their prefix."""
    return subprocess.run(  # noqa: S603 - our own command
        [*COMMAND, *arguments],
        capture_output=True,
        check=False,
        text=True,
        timeout=RUN_LIMIT_S,
        cwd=cwd or ROOT,
        env=environment(settings),
    )


class Running:
    """A command that runs on, and what it has said so far."""

    def __init__(self, process: subprocess.Popen[bytes], output: IO[bytes]) -> None:
        self.process = process
        self._output = output

    @property
    def said(self) -> str:
        """Everything it printed until now."""
        self._output.seek(0)
        return self._output.read().decode()

    def wait_for(self, text: str) -> str:
        """Wait until it has printed the text; gives all that it printed."""
        deadline = time.monotonic() + SAY_LIMIT_S
        while text not in (said := self.said):
            assert self.process.poll() is None, said
            assert time.monotonic() < deadline, said
            time.sleep(POLL_INTERVAL_S)
        return said

    def end(self, number: signal.Signals) -> int:
        """Signal it, and give its exit code."""
        self.process.send_signal(number)
        return self.process.wait(RUN_LIMIT_S)


@contextmanager
def running(*arguments: str, cwd: Path | None = None, **settings: str) -> Iterator[Running]:
    """Start a command; it is ended with the block, if it has not ended before."""
    with TemporaryFile() as output:
        process = subprocess.Popen(  # noqa: S603 - our own command
            [*COMMAND, *arguments],
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=cwd or ROOT,
            env=environment(settings),
        )
        try:
            yield Running(process, output)
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait(RUN_LIMIT_S)


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """Give our own environment, the settings in place of any of ours."""
    ours = {name: v for name, v in os.environ.items() if not name.startswith("CREDITGATE_")}
    stated = {f"CREDITGATE_{name.upper()}": value for name, value in settings.items()}
    return ours | {"PYTHONPATH": str(ROOT)} | stated
