"""The best whole-line subset: which lines of an order together fill what may ship."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from app.credit.order import Line

SUMS_MAX = 1_024
"""How many different sums each half of an order may keep. Up to 10 lines in a half (20 in the
order) never pass it, so that their answer is the best there is; beyond, close sums are thinned,
so that an order of 200 lines takes about a tenth of a second."""

Choice = tuple[int, "Choice"] | None
"""The last line that was chosen, and the choice before it: a new sum copies nothing."""


def best_lines(lines: Sequence[Line], capacity_minor: int) -> tuple[Line, ...]:
    """Give the lines whose sum is the largest at most `capacity_minor`, in the order's order.

    Lines that cost nothing always come along. Of equal sums the one with earlier lines is taken.
    """
    priced = [i for i, line in enumerate(lines) if 0 < line.amount_minor <= capacity_minor]
    free = [i for i, line in enumerate(lines) if not line.amount_minor]
    middle = (len(priced) + 1) // 2
    left = _reachable(lines, priced[:middle], capacity_minor)
    right = _reachable(lines, priced[middle:], capacity_minor)
    chosen = _best_pair(left, right, capacity_minor)
    return tuple(lines[i] for i in sorted((*free, *chosen)))


def _reachable(
    lines: Sequence[Line], indexes: list[int], capacity_minor: int
) -> dict[int, Choice]:
    """Give every sum at most the capacity that some of the lines add up to, and which do."""
    sums: dict[int, Choice] = {0: None}
    for index in indexes:
        amount_minor = lines[index].amount_minor
        for total, choice in list(sums.items()):
            if total + amount_minor <= capacity_minor:
                sums.setdefault(total + amount_minor, (index, choice))
        sums = _thinned(sums)
    return sums


def _thinned(sums: dict[int, Choice]) -> dict[int, Choice]:
    """Keep at most `SUMS_MAX` sums, spread evenly, the smallest and the largest among them."""
    if len(sums) <= SUMS_MAX:
        return sums
    ordered = sorted(sums)
    last = len(ordered) - 1
    kept = (ordered[rank * last // (SUMS_MAX - 1)] for rank in range(SUMS_MAX))
    return {total: sums[total] for total in kept}


def _best_pair(
    left: dict[int, Choice], right: dict[int, Choice], capacity_minor: int
) -> tuple[int, ...]:
    ordered = sorted(right)

    def best_with(total: int) -> int:
        return ordered[bisect_right(ordered, capacity_minor - total) - 1]

    best = max(left, key=lambda total: (total + best_with(total), total))
    return (*_indexes(left[best]), *_indexes(right[best_with(best)]))


def _indexes(choice: Choice) -> Iterator[int]:
    while choice is not None:
        index, choice = choice
        yield index
