"""`creditgate outbox …`: who was told what, who could not be, and telling them once more."""

from typing import Annotated, Any

import typer

from app.cli.exits import Exit, Failure
from app.cli.options import LOCAL, AsJson, Cursor, KeyFile, Limit, Url, asking

outbox = typer.Typer(
    name="outbox",
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Mails and webhooks: who was told what, who could not be, and telling them once more.",
)

HEADINGS = ("delivery", "state", "what", "receiver", "tries", "queued", "last")


@outbox.command("list")
def list_deliveries(  # noqa: PLR0913 - one for each option
    *,
    state: Annotated[
        str | None, typer.Option(help="waiting, delivered, dead or dropped; else all.")
    ] = None,
    receiver: Annotated[
        str | None, typer.Option(help="Only those for this address or webhook.")
    ] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
    as_json: AsJson = False,
    url: Url = LOCAL,
    key_file: KeyFile = None,
) -> int:
    """List deliveries, newest first; --state dead are the dead letters."""
    from app.cli.listed import Table, listed  # noqa: PLC0415

    query = {"state": state, "receiver": receiver, "limit": limit, "cursor": cursor}
    table = Table(HEADINGS, _cells, "No deliveries.")
    return listed(asking(url, key_file), "/v1/outbox", query, table, as_json=as_json)


@outbox.command("redeliver")
def redeliver(
    delivery: Annotated[
        str | None, typer.Argument(metavar="[DELIVERY]", help="The delivery's id.")
    ] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="All dead letters.")] = False,
    receiver: Annotated[
        str | None, typer.Option(help="The dead letters for this address or webhook.")
    ] = None,
    url: Url = LOCAL,
    key_file: KeyFile = None,
) -> int:
    """Have one delivery tried at once, or dead letters."""
    from app.cli.asking import path_to  # noqa: PLC0415

    if (delivery is not None) + every + (receiver is not None) != 1:
        raise Failure(Exit.USAGE, "Name a delivery, or say --all, or --receiver RECEIVER.")
    if delivery is not None:
        told = asking(url, key_file).post(path_to("outbox", delivery, "redeliver"), {})
        typer.echo(f"{told['id']}: {told['state']}")
        return Exit.OK
    taken_up = asking(url, key_file).post("/v1/outbox/redeliver", {"receiver": receiver})
    typer.echo(f"{taken_up['redelivered']} taken up.")
    if taken_up["redelivered"] == taken_up["at_most"]:
        typer.echo("There may be more: the same again.")
    return Exit.OK


def _cells(delivery: dict[str, Any]) -> tuple[str, ...]:
    last = delivery["error"] or delivery["status"] or "-"
    who = f"{delivery['channel']} {delivery['receiver']}"
    tries, queued = str(delivery["tries"]), delivery["queued_at"]
    return (delivery["id"], delivery["state"], delivery["kind"], who, tries, queued, str(last))
