"""What is asked of a hot account, as ratios, and whether the figures meet it."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from bench.measure import PARTS

OWN_RATIO_MIN = 0.5
NAMES_WIDTH = 68
OTHERS_RATIO_MAX = 2.0

# The straight comparison is with the same load over many accounts, as both keep the machine
# equally busy. Beside nothing at all, others find an idle machine: at half load a hot account
# must keep to the bound even so. At full load no machine can, and the ratio is only told.
OTHERS_RATIOS = (
    ("half load on one account", "half load on 100 accounts", OTHERS_RATIO_MAX),
    ("full load on one account", "full load on 100 accounts", OTHERS_RATIO_MAX),
    ("half load on one account", "nothing", OTHERS_RATIO_MAX),
    ("half load on 100 accounts", "nothing", None),
    ("full load on one account", "nothing", None),
    ("full load on 100 accounts", "nothing", None),
)
"""Others' 99th percentile beside the first to that beside the second, and the most it may be."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """The median of the rounds' ratios, how far these lie apart, and the bounds of the median.

    What a round compares was measured close together, so that a slower machine meets both alike.
    """

    median: float
    lowest: float
    highest: float
    at_least: float | None = None
    at_most: float | None = None

    @property
    def holds(self) -> bool:
        return (self.at_least is None or self.median >= self.at_least) and (
            self.at_most is None or self.median <= self.at_most
        )

    def told(self) -> str:
        bounds = (("at least", self.at_least), ("at most", self.at_most))
        asked = [f"{word} {bound}" for word, bound in bounds if bound is not None]
        verdict = "" if self.holds else ": MISSED"
        spread = f"rounds {self.lowest:.2f} to {self.highest:.2f}"
        return f"{self.median:10.3f}  ({'; '.join([*asked, spread])}){verdict}"


def ratios(found: Mapping[str, Any]) -> dict[str, Ratio]:
    """Give each ratio by what it compares."""
    checks_per_s, others = found["checks_per_s"], found["others"]
    own = _by_round(checks_per_s["one account"], checks_per_s["100 accounts"])
    compared = {"checks per second, one account : 100 accounts": _ratio(own, OWN_RATIO_MIN, None)}
    for above, below, at_most in OTHERS_RATIOS:
        each = _by_round(others[above]["p99_us_by_round"], others[below]["p99_us_by_round"])
        compared[f"others' p99, {above} : {below}"] = _ratio(each, None, at_most)
    return compared


def _by_round(above: list[float], below: list[float]) -> list[float]:
    return [round(one / other, 3) for one, other in zip(above, below, strict=True)]


def _ratio(by_round: list[float], at_least: float | None, at_most: float | None) -> Ratio:
    middle = round(median(by_round), 3)
    return Ratio(middle, min(by_round), max(by_round), at_least, at_most)


def documents(compared: Mapping[str, Ratio]) -> dict[str, Any]:
    """Give the ratios as they are written."""
    return {name: asdict(ratio) | {"holds": ratio.holds} for name, ratio in compared.items()}


def rows(found: Mapping[str, Any], compared: Mapping[str, Ratio]) -> Iterator[str]:
    """Give the lines of the table about the hot account."""
    for name, by_round in found["checks_per_s"].items():
        yield f"{f'checks per second, {name}':{NAMES_WIDTH}}{median(by_round):10.0f}"
    yield f"{'half load, checks per second':{NAMES_WIDTH}}{found['half_load_per_s']:10.0f}"
    yield f"{'others, microseconds, beside':{NAMES_WIDTH}}" + "".join(
        f"{part:>10}" for part in PARTS
    )
    for name, beside in found["others"].items():
        figures = "".join(f"{beside[f'{part}_us']:10.0f}" for part in PARTS)
        unanswered = beside["unanswered"], beside["background_unanswered"]
        told = f"  503s: {unanswered[0]} of others, {unanswered[1]} of the load" * any(unanswered)
        yield f"{f'  {name}':{NAMES_WIDTH}}{figures}{told}"
    for name, ratio in compared.items():
        yield f"{name:{NAMES_WIDTH}}{ratio.told()}"
