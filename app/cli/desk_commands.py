"""`creditgate keys …` and `creditgate holds …`: the credit department from a shell."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.exits import Exit

if TYPE_CHECKING:
    from app.cli.asking import Asking

keys = typer.Typer(name="keys", help="Who may call, as whom, and in which roles.")
holds = typer.Typer(name="holds", help="Orders that wait for the credit department.")

Url = Annotated[str, typer.Option(envvar="CREDITGATE_URL", help="Where the service is.")]
KeyFile = Annotated[
    Path | None,
    typer.Option(help="File with your key; else CREDITGATE_API_KEY, else .demo/api-key."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the answer as it came.")]
HoldId = Annotated[str, typer.Argument(metavar="HOLD", help="The hold's id, hld_….")]
Reason = Annotated[str, typer.Option(help="Why, as a code of your own.")]
Note = Annotated[str | None, typer.Option(help="What else there is to say.")]
Version = Annotated[
    int | None, typer.Option(min=1, help="The version that you have seen; else the one of now.")
]
LOCAL = "http://127.0.0.1:8080"


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


@holds.command("list")
def list_holds(
    state: Annotated[str | None, typer.Option(help="Only those in this state.")] = None,
    customer: Annotated[str | None, typer.Option(help="Only those of this customer.")] = None,
    *,
    as_json: AsJson = False,
    url: Url = LOCAL,
    key_file: KeyFile = None,
) -> int:
    """List holds, oldest first."""
    query = {"state": state, "customer": customer}
    _asking(url, key_file).list_holds(query, as_json=as_json)
    return Exit.OK


@holds.command("release")
def release_hold(  # noqa: PLR0913 - one for each option
    hold: HoldId,
    *,
    reason: Reason,
    note: Note = None,
    amount: Annotated[str | None, typer.Option(help="Up to which amount; else all.")] = None,
    until: Annotated[str | None, typer.Option(help="Last day, such as 2026-11-30.")] = None,
    version: Version = None,
    url: Url = LOCAL,
    key_file: KeyFile = None,
) -> int:
    """Release a held order, or agree to the release that another person has proposed."""
    body = {"reason": reason, "note": note, "amount": amount, "until": until}
    return _act((hold, "release"), body, version, _asking(url, key_file))


@holds.command("refuse")
def refuse_hold(  # noqa: PLR0913 - one for each option
    hold: HoldId,
    *,
    reason: Reason,
    note: Note = None,
    option: Annotated[
        list[str] | None, typer.Option(help="What the customer can do; may be given again.")
    ] = None,
    version: Version = None,
    url: Url = LOCAL,
    key_file: KeyFile = None,
) -> int:
    """Refuse a held order, with what the customer can do."""
    body = {"reason": reason, "note": note, "options": option or []}
    return _act((hold, "refuse"), body, version, _asking(url, key_file))


@holds.command("escalate")
def escalate_hold(  # noqa: PLR0913 - one for each option
    hold: HoldId,
    *,
    reason: Annotated[str | None, typer.Option(help="Why, as a code of your own.")] = None,
    note: Note = None,
    version: Version = None,
    url: Url = LOCAL,
    key_file: KeyFile = None,
) -> int:
    """Ask the credit committee for a decision in the single case."""
    body = {"reason": reason, "note": note}
    return _act((hold, "escalate"), body, version, _asking(url, key_file))


def _act(
    what: tuple[str, str], body: dict[str, Any], version: int | None, asking: "Asking"
) -> int:
    hold, action = what
    answer = asking.act(hold, action, body, version=version)
    typer.echo(f"{answer['order']['ref']} of {answer['customer']}: {answer['state']}")
    return Exit.OK


def _asking(url: str, key_file: Path | None) -> "Asking":
    from app.cli.asking import Asking  # noqa: PLC0415
    from app.cli.check import Service, key_from  # noqa: PLC0415

    return Asking(Service(url, key_from(key_file), "en"))
