"""The command line. Exit codes are those of exits.py; only a bug ends in a traceback."""

import sys
import traceback

import typer

from app.cli.commands import cli
from app.cli.exits import Exit, Failure

__all__ = ["main"]

NAME = "creditgate"


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; gives the exit code."""
    try:
        code = typer.main.get_command(cli).main(arguments, NAME, standalone_mode=False)
    except Failure as failure:
        return _failed(failure.code, *failure.sentences)
    except typer.TyperException as error:
        return _failed(Exit.USAGE, error.format_message(), f"See {NAME} --help.")
    except (KeyboardInterrupt, typer.Abort):
        return Exit.INTERRUPTED
    except Exception:  # noqa: BLE001 - a bug; its code must not be one of a decision's
        traceback.print_exc()
        return Exit.SOFTWARE
    return code or Exit.OK


def _failed(code: int, *sentences: str) -> int:
    for sentence in sentences:
        print(f"{NAME}: {sentence}", file=sys.stderr)  # noqa: T201 - a command line prints
    return code
