"""What a killed process has left goes; what a living one uses, and what is not ours, stays."""

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from app.desk.scratch import PREFIX, Scratch, scratch_folder

KILLED = """
import os, signal
from app.desk.scratch import Scratch
scratch = Scratch.make()
(scratch.path / "rows").write_text("half of them")
print(scratch.path, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(autouse=True)
def _temp_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))


def test_what_a_killed_process_left_is_removed_by_the_next() -> None:
    killed = subprocess.run(  # noqa: S603 - this interpreter
        [sys.executable, "-c", KILLED], stdout=subprocess.PIPE, check=False
    )
    left = Path(killed.stdout.decode().strip())
    assert (killed.returncode, left.is_dir()) == (-9, True)

    with scratch_folder() as folder:
        assert not left.exists()
        assert folder.is_dir()
    assert not folder.exists()


def test_a_folder_in_use_one_just_made_and_what_is_no_folder_stay(tmp_path: Path) -> None:
    (tmp_path / f"{PREFIX}empty").mkdir()
    (tmp_path / f"{PREFIX}file").write_text("not ours")
    used = Scratch.make()
    (used.path / "rows").write_text("more to come")

    Scratch.make().remove()

    assert {path.name for path in tmp_path.iterdir()} == {
        used.path.name,
        f"{PREFIX}empty",
        f"{PREFIX}file",
    }
    used.remove()
    used.remove()
    assert not used.path.exists()
