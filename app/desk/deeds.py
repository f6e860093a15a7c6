"""What somebody wants to do with a hold, and everything that can stand against it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.credit.caller import Caller, Role
from app.credit.hold import HoldAction, HoldState, Offer
from app.credit.release import Ban, NotThisPerson


@dataclass(frozen=True, slots=True)
class Deed:
    """One action. `amount` is plain decimal text in the order's currency, all of it where `None`.

    `until` is the release's last day; `options` are offered with a refusal; `assignee` and
    `in_favour` belong to assigning and to the committee.
    """

    action: HoldAction
    reason: str | None = None
    note: str | None = None
    amount: str | None = None
    until: date | None = None
    options: Sequence[Offer] = ()
    assignee: str | None = None
    in_favour: bool | None = None


@dataclass(frozen=True, slots=True)
class Errand:
    """A deed on its way: to which hold, by whom, and the version that they have seen.

    `version` is `None` where the deed changes no state. `token` is the same in each try.
    """

    hold_id: str
    deed: Deed
    by: Caller
    version: int | None
    token: UUID


class HoldChangedError(Exception):
    """The hold is not at the version that the caller has seen."""

    def __init__(self, version: int) -> None:
        super().__init__(version)
        self.version = version


class HoldStateError(Exception):
    """Nobody can do this with the hold as it is now."""

    def __init__(self, state: HoldState) -> None:
        super().__init__(state)
        self.state = state


class RoleNeededError(Exception):
    """The caller has none of the roles that this needs."""

    def __init__(self, needs: frozenset[Role]) -> None:
        super().__init__()
        self.needs = [role for role in Role if role in needs]


class NotThisPersonError(Exception):
    """This person must not agree to this release."""

    def __init__(self, because: NotThisPerson) -> None:
        super().__init__(because)
        self.because = because


class ReleaseForbiddenError(Exception):
    """The order cannot be released as it stands, whoever asks for it."""

    def __init__(self, because: Sequence[Ban]) -> None:
        super().__init__(because)
        self.because = tuple(because)


class DeedFlawedError(Exception):
    """A field of the deed does not go with the hold; `message` never repeats the input."""

    def __init__(self, field: str, code: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.code = code
        self.message = message


class OrderIsStatedError(Exception):
    """The ERP has stated what was held, so that it must be cancelled there."""
