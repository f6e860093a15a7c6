"""The options of `creditgate holds …`; what the commands do stands in a module of its own."""

from typing import Annotated

import typer

from app.cli.expected_payment_commands import promises
from app.cli.hold_action_commands import actions
from app.cli.options import LOCAL, AsJson, Cursor, KeyFile, Language, Limit, Url, asking

holds = typer.Typer(
    name="holds",
    no_args_is_help=True,
    rich_markup_mode=None,
    help="The credit department's worklist: what waits, what is advised, and deciding on it.",
)
holds.add_typer(actions)
holds.add_typer(promises)

HOLDS_UNREAD = "The holds could not be read"

HoldId = Annotated[str, typer.Argument(metavar="HOLD", help="The hold's id, hld_….")]


@holds.command("list")
def list_holds(  # noqa: PLR0913 - one for each option
    *,
    state: Annotated[
        list[str] | None,
        typer.Option(help="Only these states; else all that wait, or of a customer or order all."),
    ] = None,
    customer: Annotated[str | None, typer.Option(help="Only this customer's.")] = None,
    order: Annotated[str | None, typer.Option(help="Only this order's.")] = None,
    reason: Annotated[str | None, typer.Option(help="Only those with this reason.")] = None,
    sales_contact: Annotated[str | None, typer.Option(help="Only this contact's.")] = None,
    assignee: Annotated[str | None, typer.Option(help="Only what this person works on.")] = None,
    assigned: Annotated[
        bool | None,
        typer.Option("--assigned/--unassigned", help="Only what somebody works on, or nobody."),
    ] = None,
    ready: Annotated[
        bool | None, typer.Option(help="Only what the rules let pass by now, or do not.")
    ] = None,
    older_than: Annotated[
        int | None, typer.Option(metavar="HOURS", min=0, help="Only what waits for so long.")
    ] = None,
    newer_than: Annotated[
        int | None, typer.Option(metavar="HOURS", min=0, help="Only what waits no longer.")
    ] = None,
    min_amount: Annotated[str | None, typer.Option(help="Only so much or more.")] = None,
    max_amount: Annotated[str | None, typer.Option(help="Only so much or less.")] = None,
    currency: Annotated[str | None, typer.Option(help="Only in this; amounts are in it.")] = None,
    sort: Annotated[str, typer.Option(help="oldest, amount or ship_date.")] = "oldest",
    limit: Limit = 50,
    cursor: Cursor = None,
    as_json: AsJson = False,
    url: Url = LOCAL,
    key_file: KeyFile = None,
) -> int:
    """List the orders that wait for the credit department."""
    from app.cli.holds import listed  # noqa: PLC0415
    from app.credit.hold import LIVE  # noqa: PLC0415

    waiting = None if customer or order else LIVE
    query: dict[str, object] = {"state": state or waiting, "customer": customer, "order": order}
    query |= {"reason": reason, "sales_contact": sales_contact, "assignee": assignee}
    query |= {"assigned": assigned, "ready": ready, "currency": currency}
    query |= {"min_age_hours": older_than, "max_age_hours": newer_than}
    query |= {"min_amount": min_amount, "max_amount": max_amount}
    query |= {"sort": sort, "limit": limit, "cursor": cursor}
    return listed(asking(url, key_file, HOLDS_UNREAD), query, as_json=as_json)


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
