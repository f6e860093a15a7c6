"""The commands and their options. What a command does stands in a module of its own.

Those are imported when they are needed: a check from a shell script must not load the service.
"""

from pathlib import Path
from typing import Annotated

import typer

from app import __version__
from app.cli.exits import Exit
from app.cli.hold_commands import holds
from app.cli.key_commands import keys
from app.cli.options import LOCAL, KeyFile, Language, Url
from app.cli.outbox_commands import outbox
from app.cli.webhook_commands import webhooks

cli = typer.Typer(
    name="creditgate",
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Can this order ship? Serves the credit check, and asks it.",
)

cli.add_typer(webhooks)
cli.add_typer(outbox)
cli.add_typer(keys)
cli.add_typer(holds)

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
    language: Language = "en",
    url: Url = LOCAL,
    key_file: KeyFile = None,
) -> int:
    """Ask a running service. Exit 0: pass, 10: warning, 20: hold, 64 and above: no decision."""
    from app.cli.asking import Service, key_from  # noqa: PLC0415
    from app.cli.check import Question, asked  # noqa: PLC0415

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


@cli.command("import")
def import_file(  # noqa: PLR0913 - one for each option
    *,
    file: Annotated[Path, typer.Argument(help="CSV, NDJSON or XLSX; recognized by its content.")],
    profile: Annotated[
        str | None, typer.Option(help="A profile's name, or a path to one ending in .toml.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be.")] = False,
    source: Annotated[str, typer.Option(help="Which source states this.")] = "default",
    whole: Annotated[
        str | None, typer.Option(help="The whole list of its `customers`, or of `all`.")
    ] = None,
    confirm: Annotated[
        str | None, typer.Option(metavar="TOKEN", help="For a whole list that clears much.")
    ] = None,
    rows: Annotated[int | None, typer.Option(min=0, help="How many rows there must be.")] = None,
    total: Annotated[
        list[str] | None, typer.Option(metavar="EUR=123.45", help="What they must come to.")
    ] = None,
    currency: Annotated[str | None, typer.Option(help="Of rows that name none.")] = None,
    decimal: Annotated[str | None, typer.Option(help="Before decimals: point, comma.")] = None,
    dates: Annotated[str | None, typer.Option(help="Their form, such as DD.MM.YYYY.")] = None,
    delimiter: Annotated[str | None, typer.Option(help="Between cells; `tab` for one.")] = None,
    encoding: Annotated[str | None, typer.Option(help="Such as utf-8 or windows-1252.")] = None,
    sheet: Annotated[str | None, typer.Option(help="Which sheet of a workbook.")] = None,
    as_of: Annotated[str | None, typer.Option(help="The day the list tells of.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    run: Annotated[str | None, typer.Option("--id", hidden=True)] = None,
) -> int:
    """Take a file on account. Exit 0: all taken, 40: some lines refused, 65: nothing taken."""
    from app.cli.file_import import imported  # noqa: PLC0415
    from app.cli.import_options import asked_of  # noqa: PLC0415

    what = {"source": source, "whole": whole, "dry_run": dry_run, "confirm": confirm}
    controls = {"rows": rows, "totals": total or []}
    form = {"currency": currency, "decimal": decimal, "dates": dates, "delimiter": delimiter}
    form |= {"encoding": encoding, "sheet": sheet, "as_of": as_of}
    asked = asked_of(file, {"id": run, "profile": profile}, what | controls, form)
    return imported(asked, as_json=as_json)


@cli.command()
def reconcile(
    *,
    repair: Annotated[bool, typer.Option("--repair", help="Count anew what drifts.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> int:
    """Are all totals the sums of their details? Exit 0: they are, 30: not, and not repaired."""
    from app.cli.reconcile import reconciled  # noqa: PLC0415

    return reconciled(repair=repair, as_json=as_json)


@cli.command()
def worker() -> int:
    """Tell others, wake holds, reconcile and count at intervals, until SIGTERM or Ctrl-C."""
    from app.cli.worker import work_until_stopped  # noqa: PLC0415

    return work_until_stopped()


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
