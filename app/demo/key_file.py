"""The administrator's key of the demo, in a file that demos of one folder share."""

import os
import re
import secrets
import tempfile
from pathlib import Path

NAME = "api-key"
_WELL_FORMED = re.compile(r"[!-~]{32,256}\n")


def key_in(folder: Path) -> str:
    """Give the folder's key; makes folder and key where there is none that can be used."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / NAME
    found = _read(path)
    if found is None:
        found = _put_new(path)
    path.chmod(0o600)
    return found


def _read(path: Path) -> str | None:
    try:
        text = path.read_text(encoding="ascii")
    except (FileNotFoundError, UnicodeDecodeError):
        return None
    return text.removesuffix("\n") if _WELL_FORMED.fullmatch(text) else None


def _put_new(path: Path) -> str:
    """Put a whole file in place at once, so that a demo beside this one reads all of it."""
    key = f"demo_{secrets.token_urlsafe(32)}"
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{NAME}-")
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(f"{key}\n")
    try:
        os.link(draft, path)
    except FileExistsError:
        # Either a demo beside this one was first, or what stands there cannot be used.
        if (theirs := _read(path)) is not None:
            return theirs
        Path(draft).replace(path)
    finally:
        Path(draft).unlink(missing_ok=True)
    return key
