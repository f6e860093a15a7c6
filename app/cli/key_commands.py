"""`creditgate keys …`: who may call a running service, from a shell."""

from typing import Annotated, Any

import typer

from app.cli.exits import Exit
from app.cli.options import LOCAL, AsJson, Cursor, KeyFile, Limit, Url, asking

keys = typer.Typer(
    name="keys",
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Who may call, as whom, and in which roles.",
)


@keys.command("create")
def create_key(  # noqa: PLR0913 - one for each option
    *,
    name: Annotated[str, typer.Option(help="What the key is called.")],
    role: Annotated[list[str] | None, typer.Option(help="A role; may be given again.")] = None,
    scope: Annotated[list[str] | None, typer.Option(help="A scope beside the roles.")] = None,
    person: Annotated[str | None, typer.Option(help="Whose it is; none for a system.")] = None,
    ceiling: Annotated[
        str | None, typer.Option(help="What the person may release at most.")
    ] = None,
    currency: Annotated[str | None, typer.Option(help="The ceiling's currency.")] = None,
    url: Url = LOCAL,
    key_file: KeyFile = None,
) -> int:
    """Issue a key and print it, this once; its id, for revoking it, goes to stderr."""
    body = {
        "name": name,
        "person": person,
        "roles": role or [],
        "scopes": scope or [],
        "release_ceiling": ceiling,
        "currency": currency,
    }
    issued = asking(url, key_file).post("/v1/keys", body)
    typer.echo(f"{issued['id']} is its id. The key is told this once:", err=True)
    typer.echo(issued["key"])
    return Exit.OK


@keys.command("list")
def list_keys(
    *,
    limit: Limit = 50,
    cursor: Cursor = None,
    as_json: AsJson = False,
    url: Url = LOCAL,
    key_file: KeyFile = None,
) -> int:
    """List keys, oldest first, revoked ones among them; never the keys themselves."""
    from app.cli.listed import Table, listed  # noqa: PLC0415

    headings = ("id", "name", "person", "roles", "ceiling", "created", "revoked")
    table = Table(headings, _cells, "No keys.")
    query = {"limit": limit, "cursor": cursor}
    return listed(asking(url, key_file), "/v1/keys", query, table, as_json=as_json)


@keys.command("revoke")
def revoke_key(
    key: Annotated[str, typer.Argument(metavar="KEY", help="The key's id, key_….")],
    url: Url = LOCAL,
    key_file: KeyFile = None,
) -> int:
    """Revoke a key by its id; it opens nothing any more within seconds."""
    from app.cli.asking import path_to  # noqa: PLC0415

    asking(url, key_file).delete(path_to("keys", key))
    return Exit.OK


def _cells(key: dict[str, Any]) -> tuple[str, ...]:
    opens = ",".join([*key["roles"], *key["scopes"]])
    ceiling = "-" if key["currency"] is None else f"{key['release_ceiling']} {key['currency']}"
    moments = (key["created_at"], key["revoked_at"] or "-")
    return (key["id"], key["name"], key["person"] or "-", opens, ceiling, *moments)
