"""`creditgate holds expect`: what a customer is expected to pay, which speaks for a release."""

from typing import Annotated

import typer

from app.cli.exits import Exit
from app.cli.options import LOCAL, KeyFile, Url, asking

promises = typer.Typer(rich_markup_mode=None)

Customer = Annotated[str, typer.Argument(metavar="CUSTOMER", help="The customer's number.")]
Ref = Annotated[str, typer.Argument(metavar="REF", help="The payment's number, of your own.")]


@promises.command("expect")
def expect_payment(  # noqa: PLR0913 - one for each option
    customer: Customer,
    ref: Ref,
    *,
    amount: Annotated[str, typer.Option(help="How much, such as 1250.00.")],
    currency: Annotated[str, typer.Option(help="ISO 4217 code.")],
    on: Annotated[str, typer.Option(metavar="DAY", help="When, such as 2026-11-30.")],
    note: Annotated[str | None, typer.Option(help="What else there is to say.")] = None,
    url: Url = LOCAL,
    key_file: KeyFile = None,
) -> int:
    """State a payment that a customer is expected to make, or state it anew."""
    body = {"amount": amount, "currency": currency, "expected_on": on, "note": note}
    asking(url, key_file).put(_path(customer, ref), body)
    typer.echo(f"{ref} of {customer}: {amount} {currency} expected on {on}")
    return Exit.OK


@promises.command("unexpect")
def unexpect_payment(
    customer: Customer, ref: Ref, *, url: Url = LOCAL, key_file: KeyFile = None
) -> int:
    """Take an expected payment back: it has come, or is not expected any more."""
    asking(url, key_file).delete(_path(customer, ref))
    typer.echo(f"{ref} of {customer}: expected no more")
    return Exit.OK


def _path(customer: str, ref: str) -> str:
    from app.cli.asking import path_to  # noqa: PLC0415

    return path_to("customers", customer, "expected-payments", ref)
