"""The options of what people do with holds; the doing stands in a module of its own."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from app.cli.exits import Exit, Failure
from app.cli.options import LOCAL, KeyFile, Url

actions = typer.Typer(rich_markup_mode=None)

Holds = Annotated[
    list[str], typer.Argument(metavar="HOLD…", help="The holds' ids, hld_…; up to 100.")
]
Reason = Annotated[str, typer.Option(help="Why, as a code of your own.")]
MaybeReason = Annotated[str | None, typer.Option(help="Why, as a code of your own.")]
Note = Annotated[str | None, typer.Option(help="What else there is to say.")]
Amount = Annotated[str | None, typer.Option(help="Up to which amount; else all.")]
Until = Annotated[str | None, typer.Option(help="Last day, such as 2026-11-30.")]
Version = Annotated[
    int | None, typer.Option(min=1, help="The version that you have seen; else the one of now.")
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Leave nothing; say how accounts would stand.")
]


@actions.command("release")
def release_holds(  # noqa: PLR0913 - one for each option
    holds: Holds,
    *,
    reason: Reason,
    note: Note = None,
    amount: Amount = None,
    until: Until = None,
    version: Version = None,
    dry_run: DryRun = False,
    url: Url = LOCAL,
    key_file: KeyFile = None,
) -> int:
    """Release held orders, or agree to the releases that another person has proposed."""
    said = {"reason": reason, "note": note, "amount": amount, "until": until}
    return _done("release", holds, said, (version, dry_run), reached=(url, key_file))


@actions.command("refuse")
def refuse_holds(  # noqa: PLR0913 - one for each option
    holds: Holds,
    *,
    reason: Reason,
    note: Note = None,
    option: Annotated[
        list[str] | None, typer.Option(help="What the customer can do; may be given again.")
    ] = None,
    version: Version = None,
    dry_run: DryRun = False,
    url: Url = LOCAL,
    key_file: KeyFile = None,
) -> int:
    """Refuse held orders, with what the customer can do."""
    said = {"reason": reason, "note": note, "options": option or []}
    return _done("refuse", holds, said, (version, dry_run), reached=(url, key_file))


@actions.command("escalate")
def escalate_holds(  # noqa: PLR0913 - one for each option
    holds: Holds,
    *,
    reason: MaybeReason = None,
    note: Note = None,
    version: Version = None,
    dry_run: DryRun = False,
    url: Url = LOCAL,
    key_file: KeyFile = None,
) -> int:
    """Ask the credit committee for a decision in the single case."""
    said = {"reason": reason, "note": note}
    return _done("escalate", holds, said, (version, dry_run), reached=(url, key_file))


@actions.command("committee")
def decide_holds(  # noqa: PLR0913 - one for each option
    holds: Holds,
    *,
    vote: Annotated[str, typer.Option(help="for or against.")],
    reason: Reason,
    note: Note = None,
    amount: Amount = None,
    until: Until = None,
    version: Version = None,
    dry_run: DryRun = False,
    url: Url = LOCAL,
    key_file: KeyFile = None,
) -> int:
    """Decide as a member of the credit committee."""
    said = {"vote": vote, "reason": reason, "note": note, "amount": amount, "until": until}
    return _done("committee", holds, said, (version, dry_run), reached=(url, key_file))


@actions.command("recheck")
def recheck_holds(
    holds: Holds,
    *,
    version: Version = None,
    dry_run: DryRun = False,
    url: Url = LOCAL,
    key_file: KeyFile = None,
) -> int:
    """Run the rules anew: what passes by now is released where you may release, else ready."""
    return _done("recheck", holds, {}, (version, dry_run), reached=(url, key_file))


@actions.command("cancel")
def cancel_holds(  # noqa: PLR0913 - one for each option
    holds: Holds,
    *,
    reason: MaybeReason = None,
    note: Note = None,
    version: Version = None,
    dry_run: DryRun = False,
    url: Url = LOCAL,
    key_file: KeyFile = None,
) -> int:
    """Withdraw what was held; what the order's source has stated before stays."""
    said = {"reason": reason, "note": note}
    return _done("cancel", holds, said, (version, dry_run), reached=(url, key_file))


@actions.command("assign")
def assign_holds(  # noqa: PLR0913 - one for each option
    holds: Holds,
    *,
    to: Annotated[str | None, typer.Option(help="Who looks after them.")] = None,
    nobody: Annotated[bool, typer.Option("--nobody", help="Take them from who does.")] = False,
    note: Note = None,
    url: Url = LOCAL,
    key_file: KeyFile = None,
) -> int:
    """Say who looks after holds."""
    if nobody is (to is not None):
        raise Failure(Exit.USAGE, "Say --to PERSON, or --nobody.")
    said = {"assignee": to, "note": note}
    return _done("assign", holds, said, (None, False), reached=(url, key_file))


@actions.command("comment")
def comment_holds(
    holds: Holds,
    *,
    note: Annotated[str, typer.Option(help="What there is to say.")],
    url: Url = LOCAL,
    key_file: KeyFile = None,
) -> int:
    """Add to the history of holds."""
    return _done("comment", holds, {"note": note}, (None, False), reached=(url, key_file))


def _done(
    action: str,
    holds: list[str],
    said: Mapping[str, object],
    how: tuple[int | None, bool],
    *,
    reached: tuple[str, Path | None],
) -> int:
    from app.cli.asking import Service, key_from  # noqa: PLC0415
    from app.cli.deciding import Deciding  # noqa: PLC0415

    url, key_file = reached
    deciding = Deciding(Service(url, key_from(key_file), "en"), *how)
    return deciding.do(action, holds, said)
