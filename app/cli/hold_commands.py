"""The options of `creditgate holds …`; what the commands do stands in a module of its own."""

from typing import Annotated

import typer

from app.cli.hold_action_commands import actions
from app.cli.options import LOCAL, AsJson, KeyFile, Language, Url

holds = typer.Typer(
    name="holds",
    no_args_is_help=True,
    rich_markup_mode=None,
    help="The credit department's worklist: what waits, what is advised, and deciding on it.",
)
holds.add_typer(actions)

HoldId = Annotated[str, typer.Argument(metavar="HOLD", help="The hold's id, hld_….")]


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
    ready: Annotated[
        bool | None, typer.Option(help="Only what the rules let pass by now, or do not.")
    ] = None,
    older_than: Annotated[
        int | None, typer.Option(metavar="HOURS", min=0, help="Only what waits for so long.")
    ] = None,
    sort: Annotated[str, typer.Option(help="oldest, amount or ship_date.")] = "oldest",
    limit: Annotated[int, typer.Option(min=1, max=500, help="How many at most.")] = 50,
    as_json: AsJson = False,
    url: Url = LOCAL,
    key_file: KeyFile = None,
) -> int:
    """List the orders that wait for the credit department."""
    from app.cli.asking import Service, key_from  # noqa: PLC0415
    from app.cli.holds import WAITING, listed  # noqa: PLC0415

    query: dict[str, object] = {
        "customer": customer,
        "reason": reason,
        "sales_contact": sales_contact,
    }
    query |= {"assignee": assignee, "ready": ready, "min_age_hours": older_than}
    asked = {name: value for name, value in query.items() if value is not None}
    more = {"state": state or list(WAITING), "sort": sort, "limit": limit}
    return listed(Service(url, key_from(key_file), "en"), asked | more, as_json=as_json)


@holds.command("show")
def show_hold(
    hold: HoldId,
    *,
    as_json: AsJson = False,
    language: Language = "en",
    url: Url = LOCAL,
    key_file: KeyFile = None,
) -> int:
    """Show one hold: at the stop, now, every condition of the release advice, its history."""
    from app.cli.asking import Service, key_from  # noqa: PLC0415
    from app.cli.holds import shown  # noqa: PLC0415

    return shown(Service(url, key_from(key_file), language), hold, as_json=as_json)
