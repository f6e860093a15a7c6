"""The options of `creditgate holds …`; what the commands do stands in a module of its own."""

from pathlib import Path
from typing import Annotated

import typer

holds = typer.Typer(
    name="holds",
    no_args_is_help=True,
    rich_markup_mode=None,
    help="The credit department's worklist: what waits, and what is advised.",
)

Url = Annotated[str, typer.Option(envvar="CREDITGATE_URL", help="Where the service is.")]
KeyFile = Annotated[
    Path | None,
    typer.Option(help="File with the key; else CREDITGATE_API_KEY, else .demo/api-key."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the answer as it came.")]
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
    hold: Annotated[str, typer.Argument(help="The hold's id.")],
    *,
    as_json: AsJson = False,
    language: Annotated[str, typer.Option(help="Of the reasons: de, en or nl.")] = "en",
    url: Url = LOCAL,
    key_file: KeyFile = None,
) -> int:
    """Show one hold: at the stop, now, and every condition of the release advice."""
    from app.cli.asking import Service, key_from  # noqa: PLC0415
    from app.cli.holds import shown  # noqa: PLC0415

    return shown(Service(url, key_from(key_file), language), hold, as_json=as_json)
