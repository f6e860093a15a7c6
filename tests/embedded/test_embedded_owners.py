import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.embedded import EmbeddedPostgres, processes, server
from app.embedded.account import ServerAccount
from app.embedded.binaries import Binaries, find_binaries

REPOSITORY = Path(__file__).parents[2]
END_LIMIT_S = 20.0
FAST = {"fsync": "off"}
OWNER = """
import sys, time
from app.embedded import EmbeddedPostgres

with EmbeddedPostgres({"fsync": "off"}) as postgres:
    print(postgres.directory, postgres.pid, flush=True)
    time.sleep(float(sys.argv[1]))
"""
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs it as another account")


@contextmanager
def owner_process(
    *, python: str = sys.executable, lives_s: float = END_LIMIT_S, user: int | None = None
) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(  # noqa: S603 - a script of this test
        [python, "-c", OWNER, str(lives_s)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=REPOSITORY,
        start_new_session=True,
        user=user,
    )
    with process:
        yield process
        process.kill()


def announced(process: subprocess.Popen[str]) -> tuple[Path, int]:
    """Where the owner's server is, and its postmaster."""
    assert process.stdout is not None
    directory, pid = process.stdout.readline().split()
    return Path(directory), int(pid)


def is_running(pid: int) -> bool:
    return any(process.pid == pid and process.command for process in processes.running())


def test_the_leftover_of_a_killed_owner_goes_with_the_next_start(temp_dir: Path) -> None:
    with owner_process() as owner:
        leftover, postmaster = announced(owner)
        with EmbeddedPostgres(FAST):
            assert is_running(postmaster)  # the owner lives, so this one is left alone
        owner.kill()
        owner.wait(END_LIMIT_S)
    assert leftover.is_dir()
    assert is_running(postmaster)
    with EmbeddedPostgres(FAST) as postgres:
        assert list(temp_dir.iterdir()) == [postgres.directory]
        assert not is_running(postmaster)


def test_a_stranger_in_the_temporary_directory_is_left_alone(temp_dir: Path) -> None:
    (temp_dir / "creditgate-pg-file").write_text("not ours")
    (temp_dir / "creditgate-pg-empty").mkdir()
    (temp_dir / "creditgate-pg-link").symlink_to("/")
    strangers = set(temp_dir.iterdir())
    with EmbeddedPostgres(FAST):
        pass
    assert set(temp_dir.iterdir()) == strangers


@pytest.mark.parametrize("after_s", [0.1, 0.3, 0.5, 0.7, None])
def test_ctrl_c_stops_it_in_order_at_any_moment(temp_dir: Path, after_s: float | None) -> None:
    with owner_process() as owner:
        if after_s is None:
            announced(owner)
        else:
            time.sleep(after_s)
        os.killpg(owner.pid, signal.SIGINT)
        _, complaint = owner.communicate(timeout=END_LIMIT_S)
    assert owner.returncode == -signal.SIGINT, complaint
    assert list(temp_dir.iterdir()) == []
    assert [p for p in processes.running() if str(temp_dir) in " ".join(p.command)] == []


def test_an_impatient_second_ctrl_c_leaves_nothing_either(temp_dir: Path) -> None:
    with owner_process() as owner:
        _, postmaster = announced(owner)
        while is_running(postmaster):
            os.killpg(owner.pid, signal.SIGINT)
            time.sleep(0.02)
        _, complaint = owner.communicate(timeout=END_LIMIT_S)
    assert owner.returncode == -signal.SIGINT, complaint
    assert list(temp_dir.iterdir()) == []


@as_root
def test_an_ordinary_user_runs_it_too(
    temp_dir: Path, monkeypatch: pytest.MonkeyPatch, nobodys_python: str
) -> None:
    nobody = ServerAccount.for_this_process().uid
    readable = temp_dir / "library"
    package = find_binaries().package
    assert package is not None
    shutil.copytree(REPOSITORY / "app" / "embedded", readable / "app" / "embedded")
    for folder in (package, package.with_name(f"{package.name}.libs")):
        shutil.copytree(folder, readable / folder.name, symlinks=True)
    home = temp_dir / "home"
    home.mkdir()
    os.chown(home, nobody, nobody)
    for name in ("HOME", "TMPDIR"):
        monkeypatch.setenv(name, str(home))
    monkeypatch.setenv("PYTHONPATH", str(readable))
    with owner_process(python=nobodys_python, lives_s=0, user=nobody) as owner:
        output, complaint = owner.communicate(timeout=END_LIMIT_S)
    assert complaint == ""
    assert output.startswith(f"{home}/creditgate-pg-")
    assert list(home.iterdir()) == []


@pytest.fixture
def nobodys_python() -> str:
    """An interpreter that an ordinary user can reach; one below root's home is not."""
    question = "import sys; sys.exit(sys.version_info < (3, 11))"
    for python in (sys.executable, "/usr/bin/python3", "/usr/local/bin/python3"):
        try:
            subprocess.run(  # noqa: S603 - the interpreters above
                [python, "-c", question], check=True, user="nobody", timeout=END_LIMIT_S, cwd="/"
            )
        except (OSError, subprocess.CalledProcessError):
            continue
        return python
    pytest.skip("no Python 3.11 outside root's home: apt-get install python3")


@as_root
def test_binaries_out_of_reach_are_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = find_binaries().package
    assert package is not None
    (tmp_path / "closed").mkdir(mode=0o700)
    for folder in (package, package.with_name(f"{package.name}.libs")):
        shutil.copytree(folder, tmp_path / "closed" / folder.name, symlinks=True)
    closed = tmp_path / "closed" / package.name
    hidden = Binaries(closed / "pginstall" / "bin", closed)
    monkeypatch.setattr(server, "find_binaries", lambda _: hidden)
    with EmbeddedPostgres(FAST) as postgres:
        assert postgres.pid is not None


@as_root
def test_a_temporary_directory_out_of_reach_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "closed").mkdir(mode=0o700)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "closed"))
    with EmbeddedPostgres(FAST) as postgres:
        assert postgres.pid is not None
