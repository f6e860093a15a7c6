from pathlib import Path

import pytest

from app.demo.key_file import key_in


def test_it_is_the_key_and_a_newline_that_only_we_may_read(tmp_path: Path) -> None:
    key = key_in(tmp_path / "new" / "folder")
    file = tmp_path / "new" / "folder" / "api-key"
    assert file.read_text() == f"{key}\n"
    assert len(key) >= 32
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(file.parent.iterdir()) == [file]


def test_a_key_that_is_there_is_kept(tmp_path: Path) -> None:
    (tmp_path / "api-key").write_text("0123456789abcdef" * 2 + "\n")
    assert key_in(tmp_path) == key_in(tmp_path) == "0123456789abcdef" * 2
    assert (tmp_path / "api-key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("found", [b"", b"short\n", b"no newline" + b"x" * 40, b"\xff" * 40])
def test_what_is_no_key_is_replaced(tmp_path: Path, found: bytes) -> None:
    (tmp_path / "api-key").write_bytes(found)
    key = key_in(tmp_path)
    assert (tmp_path / "api-key").read_text() == f"{key}\n"
    assert list(tmp_path.iterdir()) == [tmp_path / "api-key"]
