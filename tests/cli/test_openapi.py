import json
from pathlib import Path

from support.commands import run

from app.main import create_app
from app.settings import Settings


def test_it_writes_the_document_that_the_service_serves(
    tmp_path: Path, settings: Settings
) -> None:
    file = tmp_path / "openapi.json"
    written, printed = run("openapi", str(file), port="wrong"), run("openapi")
    assert (written.returncode, written.stdout) == (0, ""), written.stderr
    assert file.read_text(encoding="utf-8") == printed.stdout
    assert printed.stdout.endswith("}\n")
    assert json.loads(printed.stdout) == create_app(settings).openapi()


def test_help_version_and_nothing_at_all_need_no_settings() -> None:
    helped, versioned, nothing = run("--help"), run("--version"), run()
    assert [done.returncode for done in (helped, versioned, nothing)] == [0, 0, 64]
    assert helped.stdout == nothing.stdout
    assert versioned.stdout.startswith("creditgate ")
