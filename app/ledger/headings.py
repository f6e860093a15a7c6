"""Which profile a file fits, and where its headings and columns are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.ledger.bounds import COLUMNS_MAX
from app.ledger.profile import Headings, Profile, plain
from app.ledger.refusal import FileRefusedError, shown

HeadRows = Sequence[tuple[int, list[str]]]
"""A file's first rows with their lines, from which the headings are to be found."""


_NEAREST: Final = "No profile fits. The nearest is"


@dataclass(frozen=True, slots=True)
class Fit:
    """How a profile fits a row of headings. `columns` has the place of each field found."""

    profile: Profile
    delimiter: str
    line: int
    headings: tuple[str, ...]
    columns: Mapping[str, int]
    missing: tuple[tuple[str, ...], ...]
    unread: tuple[str, ...]
    twice: tuple[str, ...]
    is_local: bool

    @property
    def fits(self) -> bool:
        """Say whether all that is required is there, and for an exact profile nothing else."""
        return not (self.missing or self.twice or (self.profile.exact and self.unread))

    @property
    def rank(self) -> tuple[bool, int, int]:
        """Give what the best fit has most of: columns that are understood, none that lacks."""
        # To an exact profile a column too many is as bad as one that is missing.
        lacks = len(self.missing) + bool(self.profile.exact and self.unread)
        return (self.fits, len(self.columns) - 2 * lacks, -len(self.unread))

    def heading(self, field: str) -> str:
        """Give the file's own name of a field's column."""
        return shown(self.headings[self.columns[field]].strip())


def fit(profile: Profile, delimiter: str, line: int, cells: list[str]) -> Fit:
    """Say how a profile fits these cells as headings."""
    names = [plain(cell) for cell in cells]
    columns = _places(profile.columns, names)
    is_local = False
    if profile.local and "amount" not in columns:
        local = _places(profile.local, names)
        is_local = "amount" in local
        if is_local:
            columns.pop("currency", None)
            columns |= local
    used = set(columns.values())
    return Fit(
        profile=profile,
        delimiter=delimiter,
        line=line,
        headings=tuple(cells),
        columns=columns,
        missing=tuple(e for e in profile.alternatives() if not columns.keys() & set(e)),
        unread=tuple(c.strip() for n, c in enumerate(cells) if n not in used and c.strip()),
        twice=tuple(f for f, place in columns.items() if names.count(names[place]) > 1),
        is_local=is_local,
    )


def _places(headings: Headings, names: list[str]) -> dict[str, int]:
    places: dict[str, int] = {}
    for field, aliases in headings.items():
        for alias in map(plain, aliases):
            if alias in names:
                places[field] = names.index(alias)
                break
    return places


def best_fit(profiles: Sequence[Profile], heads: Mapping[str, HeadRows]) -> Fit:
    """Give how the best of these profiles fits the file's first rows, cut by each delimiter."""
    fits = [
        fit(profile, delimiter, line, cells)
        for profile in profiles
        for delimiter, rows in heads.items()
        if len(heads) == 1 or delimiter in profile.delimiters
        for line, cells in rows
    ]
    if not fits:
        raise FileRefusedError("no_headings", "The file has no line with headings.")
    best = max(fits, key=lambda one: one.rank)
    _refuse(best, is_named=len(profiles) == 1)
    rivals = {one.profile.name for one in fits if one.rank == best.rank}
    if len(rivals) > 1:
        message = f"The headings fit {' and '.join(sorted(rivals))} alike: name the profile."
        raise FileRefusedError("profile_ambiguous", message, best.line)
    return best


def _refuse(best: Fit, *, is_named: bool) -> None:
    """Raise what keeps a profile from being used, and how to mend it."""
    name = best.profile.name
    if len(best.headings) > COLUMNS_MAX:
        message = f"Has more than {COLUMNS_MAX} columns."
        raise FileRefusedError("columns_too_many", message, best.line)
    if best.missing:
        lacking = "; ".join(_headings_of(best.profile, fields) for fields in best.missing)
        begins = f"The profile {name} does not fit" if is_named else f"{_NEAREST} {name}"
        message = f"{begins}; these columns are missing: {lacking}."
        raise FileRefusedError("columns_missing", message, best.line)
    if best.twice:
        heading = best.heading(best.twice[0])
        message = f"There are two columns {heading}: leave one out."
        raise FileRefusedError("column_twice", message, best.line, heading)
    if best.profile.exact and best.unread:
        heading = shown(best.unread[0])
        message = f"The column {heading} is unknown to the profile {name}."
        raise FileRefusedError("column_unknown", message, best.line, heading)


def _headings_of(profile: Profile, fields: tuple[str, ...]) -> str:
    """Say what a missing column may be called: "customer (KUNNR, Debitor)"."""
    described = (f"{field} ({', '.join(profile.columns[field])})" for field in fields)
    return " or ".join(described)
