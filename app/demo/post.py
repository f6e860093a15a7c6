"""The demo's worker, and the mails that it would send if it had a mail server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage

import typer

from app.desk.deliveries import Arrived
from app.settings import Settings
from app.wiring import wired_desk, wired_dispatcher, wired_worker

CREDIT_MAILBOX = "credit@example.com"
LOOPBACK = "127.0.0.0/8, ::1/128"
"""Where the demo's webhooks may go: `creditgate webhooks listen` is on this machine."""


class ShownPost:
    """Prints mails instead of sending them."""

    async def post(self, message: EmailMessage, receiver: str) -> Arrived:
        """Print one mail, its text form."""
        text = message.get_body(("plain",))
        lines = [] if text is None else text.get_content().splitlines()
        body = "\n".join(f"    {line}".rstrip() for line in lines)
        typer.echo(f"\nMail to {receiver}: {message['Subject']}\n{body}")
        return Arrived()


def with_post(settings: Settings) -> Settings:
    """Give the settings with a mailbox and with this machine for webhooks, where none is set."""
    ours = {"credit_mailbox": CREDIT_MAILBOX, "webhook_networks": LOOPBACK}
    unset = {name: value for name, value in ours.items() if not getattr(settings, name)}
    return settings.model_copy(update=unset)


@asynccontextmanager
async def working(settings: Settings) -> AsyncIterator[None]:
    """Run a worker while the block runs, on connections of its own."""
    desk = wired_desk(settings)
    await desk.database.open()
    # What the jobs say is routine; what others are told is what there is to see.
    tasks = [
        asyncio.create_task(wired_worker(settings, desk).run(lambda _sentence: None)),
        asyncio.create_task(wired_dispatcher(settings, desk, outlet=ShownPost()).run(typer.echo)),
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await desk.database.close()
