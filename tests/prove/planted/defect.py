"""What a planted defect is."""

from collections.abc import Callable
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any


@dataclass(frozen=True, slots=True)
class Defect:
    """A defect: how it is planted, and what it takes to show.

    `faults` are dealt during its run, `sql` changes its database, `mix` its load. `finds` is
    the rule that must be among those that the checker finds broken.
    """

    name: str
    plant: Callable[[], None]
    finds: str
    faults: tuple[str, ...] = ()
    sql: str = ""
    mix: dict[str, float] = field(default_factory=dict)
    replicas: int = 1

    def is_shown_by(self, rules: set[str]) -> bool:
        """Say whether these broken rules show the defect; the sound build breaks none."""
        if not self.name:
            return not rules
        return self.finds in rules


def rewrite(module: ModuleType, statement: str, old: str, new: str) -> None:
    """Replace a part of a statement, which must be there."""
    text = getattr(module, statement)
    assert old in text, f"{statement} no longer has {old!r}"
    setattr(module, statement, text.replace(old, new))


def swap(owner: object, name: str, stand_in: Any) -> Any:
    """Put something in the place of a part of the product, which must be there; gives that."""
    original = getattr(owner, name)
    setattr(owner, name, stand_in)
    return original


SOUND = Defect("", lambda: None, "", faults=("hot account held briefly",), replicas=2)
"""No defect: what the checker finds without one would be worth nothing with one."""
