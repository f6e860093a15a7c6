"""A profile: how one system's export is read. Data only, a TOML file of at most 30 lines."""

import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from app.credit.item import ItemKind
from app.ledger.amounts import DecimalMark
from app.ledger.bounds import PROFILE_BYTES_MAX
from app.ledger.cells import CURRENCIES
from app.ledger.dates import FORMS
from app.ledger.fields import FIELDS, SIDES, States
from app.ledger.refusal import FileRefusedError


def plain(text: str) -> str:
    """Give a heading as it is compared: letters and digits, without case, spaces and points."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in folded if char.isalnum())


def _known(*names: str) -> AfterValidator:
    def check(value: str) -> str:
        if value not in names:
            raise ValueError(f"must be one of {', '.join(names)}")
        return value

    return AfterValidator(check)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LeaveOut(_Part):
    """Rows that state nothing: where the column is empty, filled, or one of (none of) these.

    `lists`: whether such a row still shows that its customer is on the list, with nothing open.
    """

    column: str
    when: Literal["empty", "filled"] | tuple[str, ...] | None = None
    unless: tuple[str, ...] | None = None
    why: str
    lists: bool = True

    @model_validator(mode="after")
    def _has_one_test(self) -> Self:
        if (self.when is None) == (self.unless is None):
            raise ValueError("needs either when or unless")
        return self


class Window(_Part):
    """A row is open on a day D if the day in `since` <= D < the day in `until` (or none)."""

    since: str
    until: str


Headings = dict[str, tuple[str, ...]]


class Profile(_Part):
    """How one system's export is read.

    `columns` gives for each field the headings it may have, best first; `local` gives other
    columns for amount and currency, taken together where the first amount is missing.
    `required` lists fields, with a bar between those of which one is enough.
    `sign`: "kind" (amounts have none) or "side": positive or debit is owed and is an invoice,
    negative or credit is owed back and is a payment if `kinds` calls its type one, otherwise
    a credit note, so that a negative invoice is a credit note. `sides` has what the column
    `side` says for debit and credit. `exact`: cells exactly as the API takes them, and no
    column unknown. `sums_parts`: rows of one customer with the same ref are parts of one document
    (instalments, part payments), and their amounts are summed; else such rows are refused.
    `unnumbered_payments`: what is owed back without a number is a payment on account, one for each
    customer, day and currency; it needs `sums_parts`, as a day may have several.
    """

    name: Annotated[str, Field(pattern="^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
    title: str
    states: States
    columns: Headings
    local: Headings = {}
    required: tuple[str, ...]
    exact: bool = False
    delimiters: tuple[Literal[";", ",", "\t", "|"], ...] = (";", ",", "\t")
    decimal: DecimalMark = DecimalMark.GUESS
    dates: tuple[Annotated[str, _known(*FORMS)], ...] = ("YYYY-MM-DD",)
    sign: Literal["kind", "side"] = "side"
    sides: dict[Literal["debit", "credit"], tuple[str, ...]] = {}
    kinds: dict[ItemKind, tuple[str, ...]] = {}
    other_kinds: Literal["by_sign", "refused"] = "by_sign"
    leave_out: tuple[LeaveOut, ...] = ()
    open_on: Window | None = None
    currency: Annotated[str, _known(*CURRENCIES)] | None = None
    ref: tuple[str, ...] = ()
    unpadded: tuple[str, ...] = ()
    sums_parts: bool = False
    unnumbered_payments: bool = False

    @model_validator(mode="after")
    def _uses_the_columns_it_has(self) -> Self:
        unread = set(self.columns) - set(FIELDS[self.states]) - SIDES - set(self._helpers())
        if unread:
            raise ValueError(f"columns has fields nothing reads: {', '.join(sorted(unread))}")
        needed = {name for either in self.required for name in either.split("|")}
        undefined = (needed | set(self._helpers()) | set(self.unpadded)) - set(self.columns)
        if undefined:
            raise ValueError(f"columns has no {', '.join(sorted(undefined))}")
        if self.local and set(self.local) != {"amount", "currency"}:
            raise ValueError("local is for amount and currency together")
        if self.states is States.OPEN_ITEMS and self.sign == "kind" and "kind" not in needed:
            raise ValueError("where the kind says the sign, kind is required")
        if self.sums_parts and {"order", "version"} & set(self.columns):
            raise ValueError("a sum of parts has no order and no version")
        if self.unnumbered_payments and (not self.sums_parts or self.ref):
            raise ValueError("payments without a number are summed, and ref is one column")
        return self

    def _helpers(self) -> Iterator[str]:
        """Give the fields that only rules of this profile read."""
        yield from self.ref
        yield from (rule.column for rule in self.leave_out)
        if self.open_on is not None:
            yield from (self.open_on.since, self.open_on.until)

    def alternatives(self) -> Iterator[tuple[str, ...]]:
        """Give the required fields, each with those that do instead of it."""
        return (tuple(either.split("|")) for either in self.required)


def profile_of(text: str, origin: str) -> Profile:
    """Read a profile; raises `FileRefusedError` that names what is wrong in it."""
    try:
        return Profile.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise FileRefusedError("profile_malformed", f"{origin} is not TOML: {error}.") from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"])) or "the profile"
        message = f"{origin}: {place}: {first['msg']}."
        raise FileRefusedError("profile_invalid", message) from None


def profile_at(path: Path) -> Profile:
    """Read a user's own profile; raises `FileRefusedError`."""
    try:
        with path.open("rb") as file:
            content = file.read(PROFILE_BYTES_MAX + 1)
    except OSError as error:
        message = f"{path.name} cannot be read: {error.strerror}."
        raise FileRefusedError("profile_missing", message) from None
    if len(content) > PROFILE_BYTES_MAX:
        message = f"{path.name} has more than {PROFILE_BYTES_MAX:,} bytes."
        raise FileRefusedError("profile_too_large", message)
    try:
        return profile_of(content.decode("utf-8"), path.name)
    except UnicodeDecodeError:
        raise FileRefusedError("profile_malformed", f"{path.name} is not UTF-8.") from None


_SHELF: Final = resources.files("app.ledger") / "profiles"


@cache
def profiles() -> Mapping[str, Profile]:
    """Give the profiles that come with the program, by name."""
    texts = {
        file.name: file.read_text("utf-8")
        for file in _SHELF.iterdir()
        if file.name.endswith(".toml")
    }
    found = (profile_of(text, name) for name, text in sorted(texts.items()))
    return MappingProxyType({profile.name: profile for profile in found})


def profile_named(name: str) -> Profile:
    """Give a profile by its name, or a user's own by its path ending in .toml."""
    if name.endswith(".toml"):
        return profile_at(Path(name))
    known = profiles()
    if name not in known:
        message = (
            f"There is no such profile. Known: {', '.join(known)}; or a path to a .toml file."
        )
        raise FileRefusedError("profile_unknown", message)
    return known[name]
