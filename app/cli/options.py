"""Options that several commands have."""

from pathlib import Path
from typing import Annotated

import typer

LOCAL = "http://127.0.0.1:8080"

Url = Annotated[str, typer.Option(envvar="CREDITGATE_URL", help="Where the service is.")]
KeyFile = Annotated[
    Path | None,
    typer.Option(help="File with the key; else CREDITGATE_API_KEY, else .demo/api-key."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the answer as it came.")]
Language = Annotated[str, typer.Option(help="Of the reasons: de, en or nl.")]
