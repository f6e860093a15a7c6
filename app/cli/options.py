"""Options that several commands have."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from app.cli.asking import Asking

LOCAL = "http://127.0.0.1:8080"

Url = Annotated[str, typer.Option(envvar="CREDITGATE_URL", help="Where the service is.")]
KeyFile = Annotated[
    Path | None,
    typer.Option(help="File with the key; else CREDITGATE_API_KEY, else .demo/api-key."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the answer as it came.")]
Language = Annotated[str, typer.Option(help="Of the reasons: de, en or nl.")]
Limit = Annotated[int, typer.Option(min=1, max=500, help="How many at most.")]
Cursor = Annotated[
    str | None, typer.Option(help="Where to go on, as the page before says at its end.")
]


def asking(url: str, key_file: Path | None, otherwise: str = "Nothing was done") -> "Asking":
    """Ask the service that the options name, failing with `otherwise` and what it says."""
    from app.cli.asking import Asking, Service, key_from  # noqa: PLC0415

    return Asking(Service(url, key_from(key_file), "en"), otherwise)
