"""The options of `creditgate holds …`; what the commands do stands in a module of its own."""

from pathlib import Path
from typing import Annotated, Any

import typer

holds = typer.Typer(
    name="holds",
    no_args_is_help=True,
    rich_markup_mode=None,
    help="The credit department's worklist: what waits, what is advised, and deciding on it.",
)

Url = Annotated[str, typer.Option(envvar="CREDITGATE_URL", help="Where the service is.")]
KeyFile = Annotated[
    Path | None,
    typer.Option(help="File with the key; else CREDITGATE_API_KEY, else .demo/api-key."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the answer as it came.")]
HoldId = Annotated[str, typer.Argument(metavar="HOLD", help="The hold's id, hld_….")]
Reason = Annotated[str, typer.Option(help="Why, as a code of your own.")]
Note = Annotated[str | None, typer.Option(help="What else there is to say.")]
Version = Annotated[
    int | None, typer.Option(min=1, help="The version that you have seen; else the one of now.")
]
LOCAL = "http://127.0.0.1:8080"


@holds.command("list")
def list_holds(  # noqa: PLR0913 - one for each option
    *,
    state: Annotated[
        list[str] | None, typer.Option(help="Only these states; else all that wait.")
    ] = None,
    customer: Annotated[str | None, typer.Option(help="Only this customer's.")] = None,
    reason: Annotated[str | None, typer.Option(help="Only those with this reason.")] = None,
    sales_contact: Annotated[str | None, typer.Option(help="Only this contact's.")] = None,
    assignee: Annotated[str | None, typer.Option(help="Only what this person works on.")] = None,
    sort: Annotated[str, typer.Option(help="oldest, amount or ship_date.")] = "oldest",
    limit: Annotated[int, typer.Option(min=1, max=500, help="How many at most.")] = 50,
    as_json: AsJson = False,
    url: Url = LOCAL,
    key_file: KeyFile = None,
) -> int:
    """List the orders that wait for the credit department."""
    from app.cli.asking import Service, key_from  # noqa: PLC0415
    from app.cli.holds import WAITING, listed  # noqa: PLC0415

    query = {"customer": customer, "reason": reason, "sales_contact": sales_contact}
    query |= {"assignee": assignee}
    asked = {name: value for name, value in query.items() if value is not None}
    more = {"state": state or list(WAITING), "sort": sort, "limit": limit}
    return listed(Service(url, key_from(key_file), "en"), asked | more, as_json=as_json)


@holds.command("show")
def show_hold(
    hold: HoldId,
    *,
    as_json: AsJson = False,
    language: Annotated[str, typer.Option(help="Of the reasons: de, en or nl.")] = "en",
    url: Url = LOCAL,
    key_file: KeyFile = None,
) -> int:
    """Show one hold: at the stop, now, every condition of the release advice, its history."""
    from app.cli.asking import Service, key_from  # noqa: PLC0415
    from app.cli.holds import shown  # noqa: PLC0415

    return shown(Service(url, key_from(key_file), language), hold, as_json=as_json)


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
    return _done((hold, "release"), body, version, (url, key_file))


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
    return _done((hold, "refuse"), body, version, (url, key_file))


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
    return _done((hold, "escalate"), body, version, (url, key_file))


def _done(
    what: tuple[str, str],
    body: dict[str, Any],
    version: int | None,
    reached: tuple[str, Path | None],
) -> int:
    from app.cli.asking import Service, key_from  # noqa: PLC0415
    from app.cli.holds import done  # noqa: PLC0415

    url, key_file = reached
    return done(Service(url, key_from(key_file), "en"), what, body, version)
