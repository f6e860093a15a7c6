"""The commands and their options. What a command does stands in a module of its own.

Those are imported when they are needed: a check from a shell script must not load the service.
"""

from pathlib import Path
from typing import Annotated

import typer

from app import __version__
from app.cli.exits import Exit

cli = typer.Typer(
    name="creditgate",
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Can this order ship? Serves the credit check, and asks it.",
)

Host = Annotated[str | None, typer.Option(help="Address to listen on, before CREDITGATE_HOST.")]
Port = Annotated[
    int | None,
    typer.Option(min=0, max=65535, help="Port to listen on, 0 for a free one; CREDITGATE_PORT."),
]


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"creditgate {__version__}")
        raise typer.Exit


@cli.callback()
def creditgate(
    context: typer.Context,
    *,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Can this order ship? Serves the credit check, and asks it."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(Exit.USAGE)


@cli.command()
def serve(host: Host = None, port: Port = None) -> int:
    """Serve the API; settings come from CREDITGATE_ variables. Exit 78: settings, 69: database."""
    from app.cli.serve import serve_until_stopped  # noqa: PLC0415

    return serve_until_stopped(host, port)


@cli.command()
def migrate(
    to: Annotated[str, typer.Option(metavar="REVISION", help="How far to go.")] = "head",
) -> None:
    """Bring CREDITGATE_DATABASE_URL to this version's schema."""
    from app.cli.migrate import bring_to  # noqa: PLC0415

    typer.echo(bring_to(to))


@cli.command()
def check(  # noqa: PLR0913 - one for each option
    *,
    customer: Annotated[str, typer.Option(help="The customer's number.")],
    amount: Annotated[str, typer.Option(help="Gross amount, such as 1250.00.")],
    currency: Annotated[
        str | None, typer.Option(help="ISO 4217 code; else the customer's, else EUR.")
    ] = None,
    order: Annotated[str | None, typer.Option(help="The order's number; else made up.")] = None,
    revision: Annotated[int, typer.Option(min=1, help="Which revision of the order.")] = 1,
    prepaid: Annotated[str, typer.Option(help="What of the amount is paid already.")] = "0",
    ship_date: Annotated[str | None, typer.Option(help="Day, such as 2026-11-27.")] = None,
    terms: Annotated[str | None, typer.Option(help="Payment terms, such as NET30.")] = None,
    preview: Annotated[bool, typer.Option("--preview", help="Only ask, write nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as it came.")] = False,
    language: Annotated[str, typer.Option(help="Of the reasons: de, en or nl.")] = "en",
    url: Annotated[
        str, typer.Option(envvar="CREDITGATE_URL", help="Where the service is.")
    ] = "http://127.0.0.1:8080",
    key_file: Annotated[
        Path | None,
        typer.Option(help="File with the key; else CREDITGATE_API_KEY, else .demo/api-key."),
    ] = None,
) -> int:
    """Ask a running service. Exit 0: pass, 10: warning, 20: hold, 64 and above: no decision."""
    from app.cli.check import Question, Service, asked, key_from  # noqa: PLC0415

    details = {"prepaid": prepaid, "ship_date": ship_date, "payment_terms": terms}
    question = Question(
        customer=customer,
        amount=amount,
        currency=currency,
        order=order,
        revision=revision,
        more=details,
    )
    service = Service(url, key_from(key_file), language)
    return asked(service, question, preview=preview, as_json=as_json)


@cli.command()
def openapi(
    path: Annotated[Path | None, typer.Argument(help="File to write; else to the screen.")] = None,
) -> None:
    """Write the OpenAPI document of the API; needs no database."""
    from app.cli.openapi import openapi_text  # noqa: PLC0415

    if path is None:
        typer.echo(openapi_text(), nl=False)
    else:
        path.write_text(openapi_text(), encoding="utf-8")


@cli.command()
def demo(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port; one that is in use moves to the next.")
    ] = 8080,
    data: Annotated[
        Path, typer.Option(metavar="DIR", help="Folder of the administrator's key.")
    ] = Path(".demo"),
    *,
    once: Annotated[bool, typer.Option("--once", help="Print the answers and end.")] = False,
    database_url: Annotated[
        str | None,
        typer.Option(
            envvar="CREDITGATE_DATABASE_URL",
            help="An empty database, or one of the demo; else a private one that goes at the end.",
        ),
    ] = None,
) -> int:
    """Serve forty customers on a private Postgres until Ctrl-C."""
    from app.cli.demo import show  # noqa: PLC0415

    return show(Path(data), database_url, (host, port), once=once)
