import asyncio
import re
import shlex
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import httpx2
import pytest
from support.commands import environment, run, running
from support.service import Service
from support.source import ROOT

from app.embedded import processes

ALWAYS = {
    "DEMO-PASS": "pass",
    "DEMO-WARN": "warning",
    "DEMO-HOLD": "hold",
    "DEMO-BLOCKED": "hold",
    "DEMO-UNLIMITED": "pass",
}
READY = "Stop with Ctrl-C."


@pytest.fixture
def _ctrl_c_ignored() -> Iterator[None]:
    """Ctrl-C is ignored, as a shell has it for what it runs in the background."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def temp_dir(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A temporary directory of this test alone, open to all as the system's own is."""
    folder = Path(tempfile.mkdtemp(prefix="cg-"))
    folder.chmod(0o755)
    monkeypatch.setenv("TMPDIR", str(folder))
    yield folder
    shutil.rmtree(folder)


def demo(folder: Path, *arguments: str) -> tuple[str, ...]:
    return ("demo", "--data", str(folder), *(arguments or ("--port", "0")))


def url_in(said: str) -> str:
    return str(re.findall(r"^API +(http://\S+)/docs", said, re.MULTILINE)[0])


def left_in(folder: Path) -> tuple[list[Path], list[tuple[str, ...]]]:
    """What is left in the folder, and which programs still run for it."""
    commands = [process.command for process in processes.running()]
    return list(folder.glob("creditgate-pg-*")), [
        c for c in commands if str(folder) in " ".join(c)
    ]


def test_once_prints_one_answer_of_each_kind_and_ends(temp_dir: Path, tmp_path: Path) -> None:
    done = run("demo", "--once", "--port", "0", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    headlines = [
        (line.split()[0], line.split()[-1]) for line in done.stdout.splitlines() if "->  " in line
    ]
    assert headlines[:2] == [("DEMO-PASS", "PASS"), ("DEMO-WARN", "WARNING")]
    assert done.stdout.endswith(
        """
D10027          order     18,450.00 EUR  ->  HOLD
    limit 50,000.00 = invoices 38,900.00 - credit notes 2,150.00 - payments 1,000.00
                      + open orders 9,300.00 + free 4,950.00
    hard  With this order the exposure is 13,500.00 EUR over the limit.
    soft  6,120.00 EUR are overdue, the oldest by 22 days.
    try   prepay 13,500.00 EUR  ->  warning
    try   ship 4,200.00 EUR of it now (lines 10)  ->  warning
"""
    )
    assert (tmp_path / ".demo" / "api-key").is_file()
    assert left_in(temp_dir) == ([], [])


def test_the_named_customers_answer_the_same_every_time(tmp_path: Path) -> None:
    with running(*demo(tmp_path)) as shown:
        said = shown.wait_for(READY)
        for round_number in range(3):
            for amount in ("0.01", "100.00", "18450.00", "50000.00"):
                ref = f"SO-{round_number}-{amount}"
                assert outcomes(said, tmp_path, ref, amount) == ALWAYS
        assert_printed_lines_work(said)


def outcomes(said: str, folder: Path, ref: str, amount: str) -> dict[str, str]:
    """Ask all five for an order, recorded."""
    key = (folder / "api-key").read_text().strip()
    order = {"ref": ref, "amount": amount, "currency": "EUR"}
    with httpx2.Client(
        base_url=url_in(said), headers={"Authorization": f"Bearer {key}"}, trust_env=False
    ) as client:
        return {
            customer: client.post(
                "/v1/checks", json={"customer": customer, "order": order}
            ).json()["outcome"]
            for customer in ALWAYS
        }


def assert_printed_lines_work(said: str) -> None:
    check, curl = (said.partition("Ask      ")[2].partition("\n\n")[0]).split("\n", 1)
    for line, code in ((check, 20), (curl, 0)):
        program = shlex.split(line)[0]
        if shutil.which(program) is None:
            pytest.skip(f"no {program} here: apt-get install {program}")
        done = subprocess.run(  # noqa: S602 - a line that is meant for a shell
            line.strip(),
            shell=True,
            capture_output=True,
            check=False,
            text=True,
            timeout=20,
            cwd=ROOT,
            env=environment({}),
        )
        assert done.returncode == code, done.stderr
        assert "hold" in done.stdout.lower()


def test_two_side_by_side_share_key_and_folder_but_no_data(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        arguments = demo(tmp_path, "--port", str(port))
        with running(*arguments) as one, running(*arguments) as other:
            urls = {url_in(one.wait_for(READY)), url_in(other.wait_for(READY))}
            ports = {int(url.rpartition(":")[2]) for url in urls}
            answers = [outcomes(shown.said, tmp_path, "SO-1", "5.00") for shown in (one, other)]
    assert len(ports) == 2
    assert all(port < moved <= port + 100 for moved in ports)
    assert answers == [ALWAYS, ALWAYS]


@pytest.mark.usefixtures("_ctrl_c_ignored")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_leaves_nothing(temp_dir: Path, tmp_path: Path, number: signal.Signals) -> None:
    with running(*demo(tmp_path)) as shown:
        shown.wait_for(READY)
        assert len(left_in(temp_dir)[0]) == 1
        assert shown.end(number) == 0
        assert shown.said.endswith(f"{READY}\n\nStopped.\n")
    assert left_in(temp_dir) == ([], [])


@pytest.mark.parametrize("after", ["Unix socket .", "Schema ."])
def test_a_stop_before_the_answers_leaves_nothing_either(
    temp_dir: Path, tmp_path: Path, after: str
) -> None:
    with running(*demo(tmp_path)) as shown:
        shown.wait_for(after)
        code = shown.end(signal.SIGINT)
        assert "Traceback" not in shown.said
        assert (code, READY in shown.said) in {(130, False), (0, True), (0, False)}
    assert left_in(temp_dir) == ([], [])


def test_a_database_of_ones_own_is_kept_and_may_be_shown_again(
    empty_database_url: str, tmp_path: Path
) -> None:
    codes = [
        run(*demo(tmp_path, "--once", "--port", "0"), database_url=empty_database_url).returncode
        for _ in range(2)
    ]
    assert codes == [0, 0]


async def test_a_database_with_customers_of_others_is_refused(
    service: Service, database_url: str, tmp_path: Path
) -> None:
    await service.customer("C1")
    done = await asyncio.to_thread(run, *demo(tmp_path), database_url=database_url)
    assert done.returncode == 69
    assert "holds 1 customers that are not the demo's" in done.stderr
    assert (await service.client.get("/v1/customers/DEMO-PASS")).status_code == 404


async def test_a_database_of_another_program_is_refused(
    empty_database_url: str, tmp_path: Path
) -> None:
    connection = await asyncpg.connect(empty_database_url)
    await connection.execute("CREATE TABLE theirs (id int)")
    await connection.close()
    done = await asyncio.to_thread(run, *demo(tmp_path), database_url=empty_database_url)
    assert done.returncode == 69
    assert "neither empty nor of this version" in done.stderr


def test_a_data_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = run(*demo(tmp_path / "file"))
    assert done.returncode == 69
    assert done.stderr.startswith(f"creditgate: The key cannot be kept in {tmp_path}/file ")
