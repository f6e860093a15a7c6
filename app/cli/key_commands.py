"""`creditgate keys …`: who may call a running service, from a shell."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.exits import Exit
from app.cli.options import LOCAL, KeyFile, Url

if TYPE_CHECKING:
    from app.cli.asking import Asking

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
    """Issue a key and print it, this once."""
    asking = _asking(url, key_file)
    body = {
        "name": name,
        "person": person,
        "roles": role or [],
        "scopes": scope or [],
        "release_ceiling": ceiling,
        "currency": currency,
    }
    typer.echo(asking.post("/v1/keys", body)["key"])
    return Exit.OK


@keys.command("revoke")
def revoke_key(
    key: Annotated[str, typer.Argument(metavar="KEY", help="The key's id, key_….")],
    url: Url = LOCAL,
    key_file: KeyFile = None,
) -> int:
    """Revoke a key by its id; it opens nothing any more within seconds."""
    _asking(url, key_file).delete(f"/v1/keys/{key}")
    return Exit.OK


def _asking(url: str, key_file: Path | None) -> "Asking":
    from app.cli.asking import Asking, Service, key_from  # noqa: PLC0415

    return Asking(Service(url, key_from(key_file), "en"))
