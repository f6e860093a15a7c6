"""Defects for the checker to find, planted in the test build only.

Each replaces one thing of `app` in a process that `prove.serve` starts; the product has no
switch for any of them. A defect that no longer finds what it replaces fails loudly.
"""

from prove.planted import answers, grants, isolation, life, statements
from prove.planted.defect import SOUND, Defect

__all__ = ["DEFECTS", "SOUND", "Defect", "plant"]

DEFECTS: dict[str, Defect] = {
    defect.name: defect
    for module in (statements, isolation, answers, life, grants)
    for defect in module.DEFECTS
}


def plant(name: str) -> None:
    """Make this process a service with the defect."""
    DEFECTS[name].plant()
