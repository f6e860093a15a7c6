"""`creditgate webhooks …`: where other systems hear what happens, and trying that out."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.exits import Exit
from app.cli.options import LOCAL, AsJson, Cursor, KeyFile, Limit, Url, asking

if TYPE_CHECKING:
    from app.cli.asking import Asking

webhooks = typer.Typer(
    name="webhooks",
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Where other systems hear what happens; and a receiver to try that out.",
)

Webhook = Annotated[str, typer.Argument(metavar="WEBHOOK", help="The endpoint's id, whk_….")]
Events = Annotated[
    list[str] | None, typer.Option(help="What to hear, such as hold.opened; else all.")
]

HEADINGS = ("webhook", "enabled", "url", "events", "description")


@webhooks.command("add")
def add_webhook(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="Where it is called.")],
    *,
    event: Events = None,
    description: Annotated[str | None, typer.Option(help="What it is.")] = None,
    url: Url = LOCAL,
    key_file: KeyFile = None,
) -> int:
    """Register an endpoint and print its secret, this once; its id goes to stderr."""
    from app.desk.outbox import EventKind  # noqa: PLC0415

    body = {"url": address, "events": event or [*EventKind], "description": description}
    return _secret_told(asking(url, key_file).post("/v1/webhooks", body))


@webhooks.command("list")
def list_webhooks(
    *,
    limit: Limit = 50,
    cursor: Cursor = None,
    as_json: AsJson = False,
    url: Url = LOCAL,
    key_file: KeyFile = None,
) -> int:
    """List endpoints, oldest first, without their secrets."""
    from app.cli.listed import Table, listed  # noqa: PLC0415

    query, table = {"limit": limit, "cursor": cursor}, Table(HEADINGS, _cells, "No webhooks.")
    return listed(asking(url, key_file), "/v1/webhooks", query, table, as_json=as_json)


@webhooks.command("rotate")
def rotate_secret(
    webhook: Webhook,
    *,
    overlap_hours: Annotated[
        int | None, typer.Option(min=0, help="How long the secret before goes on; else a day.")
    ] = None,
    url: Url = LOCAL,
    key_file: KeyFile = None,
) -> int:
    """Give an endpoint a new secret and print it, this once."""
    from app.cli.asking import path_to  # noqa: PLC0415

    body = {"overlap_hours": overlap_hours}
    path = path_to("webhooks", webhook, "rotate")
    return _secret_told(asking(url, key_file).post(path, body))


@webhooks.command("enable")
def enable_webhook(webhook: Webhook, *, url: Url = LOCAL, key_file: KeyFile = None) -> int:
    """Call an endpoint again that was disabled."""
    return _set(asking(url, key_file), webhook, enabled=True)


@webhooks.command("disable")
def disable_webhook(webhook: Webhook, *, url: Url = LOCAL, key_file: KeyFile = None) -> int:
    """Call an endpoint no more; what happens meanwhile it never hears."""
    return _set(asking(url, key_file), webhook, enabled=False)


@webhooks.command("remove")
def remove_webhook(webhook: Webhook, *, url: Url = LOCAL, key_file: KeyFile = None) -> int:
    """Delete an endpoint; what still waits for it is dropped."""
    from app.cli.asking import path_to  # noqa: PLC0415

    asking(url, key_file).delete(path_to("webhooks", webhook))
    typer.echo(f"{webhook}: removed")
    return Exit.OK


@webhooks.command("listen")
def listen(
    *,
    secret: Annotated[
        str | None,
        typer.Option(help="Of an endpoint that is registered; else one is, while this runs."),
    ] = None,
    event: Events = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 for a free one.")] = 0,
    url: Url = LOCAL,
    key_file: KeyFile = None,
) -> int:
    """Receive webhooks on this machine, verify and print them, until Ctrl-C."""
    from app.cli.asking import Service, key_from  # noqa: PLC0415
    from app.cli.listening import heard  # noqa: PLC0415

    if secret is not None:
        return heard(port, secret)
    return heard(port, Service(url, key_from(key_file), "en"), event or [])


def _set(asking: "Asking", webhook: str, *, enabled: bool) -> int:
    """State an endpoint as it is known, but for this."""
    from app.cli.asking import path_to  # noqa: PLC0415

    path = path_to("webhooks", webhook)
    known = asking.document(path)
    stated = {name: known[name] for name in ("url", "events", "description")}
    asking.put(path, stated | {"enabled": enabled})
    typer.echo(f"{webhook}: {'enabled' if enabled else 'disabled'}")
    return Exit.OK


def _secret_told(endpoint: dict[str, Any]) -> int:
    typer.echo(f"{endpoint['id']} is its id. The secret is told this once:", err=True)
    typer.echo(endpoint["secret"])
    return Exit.OK


def _cells(endpoint: dict[str, Any]) -> tuple[str, ...]:
    events = ",".join(endpoint["events"])
    reason = endpoint["disabled_reason"]
    enabled = "yes" if endpoint["enabled"] else f"no{f': {reason}' if reason else ''}"
    return (endpoint["id"], enabled, endpoint["url"], events, endpoint["description"] or "-")
