"""From nothing to three answers, and on until it is stopped."""

import asyncio
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx2
import typer

from app.demo import key_file
from app.demo.book import Book
from app.demo.database import DemoError, private_postgres, require_ours
from app.demo.portfolio import demo_book
from app.demo.post import with_post, working
from app.demo.questions import QUESTIONS, a_client, load, preview
from app.demo.report import step, what_to_try, where_mails_go
from app.main import create_app
from app.serving import TerminatedError, listener_from, run, served, stopped_by_signals, url_of
from app.settings import Settings
from app.storage import schema
from app.terminal import answer_lines

FEED_INTERVAL_S = 3600.0
"""How often the demo's source speaks; after a day of silence every check would warn."""

SettingsFor = Callable[[str, str], Settings]


@dataclass(frozen=True, slots=True)
class Place:
    """Where the demo stands: the key's folder, a database if not its own, host and port."""

    folder: Path
    database_url: str | None
    host: str
    port: int


@dataclass(slots=True)
class _Course:
    """How far the demo has come."""

    started_s: float
    once: bool
    is_answered: bool = False


def run_demo(place: Place, settings_for: SettingsFor, *, once: bool) -> bool:
    """Run until stopped, with `once` until the answers; says whether these were given.

    `settings_for` makes the settings for a database's address and an administrator's key.
    """
    course = _Course(time.monotonic(), once)
    try:
        with stopped_by_signals():
            key = _key_in(place.folder)
            with (
                listener_from(place.host, place.port) as listener,
                _database(place.database_url) as database_url,
            ):
                settings = with_post(settings_for(database_url, key))
                run(lambda: _answer_and_serve(settings, listener, place, course))
    except (KeyboardInterrupt, TerminatedError):
        typer.echo("\nStopped.")
    return course.is_answered


def _key_in(folder: Path) -> str:
    try:
        return key_file.key_in(folder)
    except OSError as error:
        raise DemoError(
            f"The key cannot be kept in {folder} ({error.strerror}). Name a folder with --data."
        ) from error


@contextmanager
def _database(given_url: str | None) -> Iterator[str]:
    """Give the address of a migrated database that holds nothing but the demo."""
    if given_url:
        require_ours(given_url)
        with step("Schema in the database of CREDITGATE_DATABASE_URL"):
            schema.migrate(given_url)
        yield given_url
        return
    with ExitStack() as stack:
        with step("Postgres, private, on a Unix socket"):
            url = stack.enter_context(private_postgres())
        with step("Schema"):
            schema.migrate(url)
        yield url


async def _answer_and_serve(
    settings: Settings, listener: socket.socket, place: Place, course: _Course
) -> None:
    url, key = url_of(listener), settings.api_key.get_secret_value()
    book = demo_book(_today(settings))
    async with served(create_app(settings), listener) as serving:
        async with a_client(url, key) as client:
            with step(_contents(book)):
                await load(client, book.lines)
            await _print_answers(client, course)
        if course.once:
            return
        path = place.folder / key_file.NAME
        typer.echo("\n".join(what_to_try(url, path, private=not place.database_url)))
        typer.echo(where_mails_go(sent=settings.smtp_url is not None))
        async with working(settings):
            typer.echo("Stop with Ctrl-C.")
            await _feed_until_stopped(serving, book, url, key)


def _today(settings: Settings) -> date:
    return datetime.now(ZoneInfo(settings.time_zone)).date()


def _contents(book: Book) -> str:
    return (
        f"{book.count('customer')} customers, {book.count('open_item')} open items, "
        f"{book.count('order')} orders"
    )


async def _print_answers(client: httpx2.AsyncClient, course: _Course) -> None:
    for index, question in enumerate(QUESTIONS):
        answer = await preview(client, question)
        if not index:
            passed_s = time.monotonic() - course.started_s
            typer.echo(f"First decision {passed_s:.1f} s after the start. Three orders, asked:")
        typer.echo("\n".join(["", *answer_lines(answer)]))
    course.is_answered = True


async def _feed_until_stopped(serving: asyncio.Task[None], book: Book, url: str, key: str) -> None:
    while not serving.done():
        await asyncio.wait([serving], timeout=FEED_INTERVAL_S)
        if not serving.done():
            async with a_client(url, key) as client:
                await load(client, book.lines[:1])
