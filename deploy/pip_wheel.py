"""Fetches one pinned pip, for a Python that comes without, from the index pip is set up with."""

import configparser
import hashlib
import http.client
import os
import re
import ssl
import urllib.request
from html import unescape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

WHEEL = "pip-26.3-py3-none-any.whl"
SHA256 = "f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13"
SETTINGS = ("index-url", "extra-index-url", "find-links")
SECTIONS = ("install", "global")
WEB = frozenset({"http", "https"})
FETCH_LIMIT_S = 60
LARGEST_ANSWER_BYTES = 50_000_000
LINK = re.compile(rf"""["']([^"'<>]*{re.escape(WHEEL)})(?:[#?][^"'<>]*)?["']""")


class WheelNotFoundError(Exception):
    """No index is set up for pip, or none has the wheel; the message says which, in brief."""


class WrongWheelError(ValueError):
    """What came is not the wheel that was pinned."""


def fetch_pip(folder: Path) -> Path:
    """The wheel, checked, in `folder`; Python runs it as it is."""
    failure = "pip is told of no index to fetch one from"
    for place in configured_places():
        try:
            content = wheel_at(place)
        except OSError as error:
            failure = f"fetching one failed ({error})"
        except (ValueError, http.client.HTTPException) as error:
            # Its text may quote the index's address, which may hold a password.
            failure = f"fetching one failed ({type(error).__name__})"
        else:
            wheel = folder / WHEEL
            wheel.write_bytes(content)
            return wheel
    raise WheelNotFoundError(failure)


def configured_places() -> list[str]:
    """Pages or folders that may link to the wheel, in the order pip would ask them."""
    return [
        place if name == "find-links" else f"{place.rstrip('/')}/pip/"
        for name in SETTINGS
        for place in setting(name).split()
    ]


def setting(name: str) -> str:
    """A setting of pip: from the environment, else from the last file that has it."""
    given = os.environ.get(f"PIP_{name.upper().replace('-', '_')}")
    if given is not None:
        return given
    config = configparser.RawConfigParser(strict=False)
    try:
        config.read(configuration_files(), encoding="utf-8")
    except configparser.Error as error:
        raise WheelNotFoundError("pip's configuration cannot be read") from error
    return next(filter(None, (config.get(part, name, fallback="") for part in SECTIONS)), "")


def configuration_files() -> list[Path]:
    home, config = Path.home(), os.environ.get("XDG_CONFIG_HOME")
    in_home = Path(config) if config else home / ".config"
    files = [Path("/etc/pip.conf"), home / ".pip" / "pip.conf", in_home / "pip" / "pip.conf"]
    return [*files, *(Path(name) for name in [os.environ.get("PIP_CONFIG_FILE", "")] if name)]


def wheel_at(place: str) -> bytes:
    """The wheel's content, found to be the pinned one; OSError or ValueError if it is not."""
    if urlsplit(place).scheme in WEB:
        content = linked_from(place)
    else:
        content = Path(place.removeprefix("file://"), WHEEL).read_bytes()
    if hashlib.sha256(content).hexdigest() != SHA256:
        raise WrongWheelError(WHEEL)
    return content


def linked_from(page: str) -> bytes:
    """Follows the wheel's link on a simple-index page; one search serves HTML and JSON."""
    links = LINK.findall(fetched(page).decode("utf-8", errors="replace"))
    if not links:
        raise FileNotFoundError(f"the index has no {WHEEL}")
    # JSON also gives the bare file name; only a link has a slash, if any of them has.
    link = next((link for link in links if "/" in link), links[0])
    return fetched(urljoin(page, unescape(link)))


def fetched(url: str) -> bytes:
    if urlsplit(url).scheme not in WEB:
        raise ValueError("neither http nor https")
    request = urllib.request.Request(url, headers={"Accept": "text/html, */*;q=0.1"})  # noqa: S310
    context = ssl.create_default_context(cafile=setting("cert") or None)
    with urllib.request.urlopen(request, timeout=FETCH_LIMIT_S, context=context) as answer:  # noqa: S310
        content: bytes = answer.read(LARGEST_ANSWER_BYTES)
    return content
