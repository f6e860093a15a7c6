from itertools import combinations, permutations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.builders import some_lines
from support.strategies import thorough

from app.credit.lines import SUMS_MAX, best_lines

amounts = st.lists(st.integers(0, 60), max_size=9)


def best_sum(line_amounts: list[int], capacity_minor: int) -> int:
    return sum(line.amount_minor for line in best_lines(some_lines(*line_amounts), capacity_minor))


def best_sum_by_trying_all(line_amounts: list[int], capacity_minor: int) -> int:
    parts = (
        sum(part)
        for size in range(len(line_amounts) + 1)
        for part in combinations(line_amounts, size)
    )
    return max(part for part in parts if part <= capacity_minor)


@thorough
@given(amounts, st.integers(0, 300))
def test_no_other_choice_of_lines_is_better(line_amounts: list[int], capacity_minor: int) -> None:
    best = best_sum_by_trying_all(line_amounts, capacity_minor)
    assert best_sum(line_amounts, capacity_minor) == best


@pytest.mark.parametrize("seed", range(5))
def test_no_other_choice_of_twelve_uneven_lines_is_better(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - no secret
    line_amounts = [random.randint(1, 10**6) for _ in range(12)]
    capacity_minor = sum(line_amounts) // 3
    best = best_sum_by_trying_all(line_amounts, capacity_minor)
    assert best_sum(line_amounts, capacity_minor) == best


def test_the_order_of_the_lines_does_not_change_what_ships() -> None:
    sums = {best_sum(list(shuffled), 104) for shuffled in permutations([7, 19, 31, 43, 58])}
    assert sums == {101}


@thorough
@given(amounts, st.integers(0, 300), st.randoms(use_true_random=False))
def test_shuffled_lines_ship_the_same_sum(
    line_amounts: list[int], capacity_minor: int, random: Random
) -> None:
    shuffled = random.sample(line_amounts, len(line_amounts))
    assert best_sum(shuffled, capacity_minor) == best_sum(line_amounts, capacity_minor)


def test_the_chosen_lines_keep_the_order_of_the_order() -> None:
    chosen = best_lines(some_lines(5, 0, 3, 9, 2), 10)
    assert [line.ref for line in chosen] == ["10", "20", "30", "50"]


def test_of_equal_sums_the_earlier_lines_are_taken() -> None:
    chosen = best_lines(some_lines(6, 4, 6, 4), 10)
    assert [line.ref for line in chosen] == ["10", "20"]


def test_exactly_twenty_lines_are_never_thinned() -> None:
    powers = [2**n for n in range(20)]
    assert SUMS_MAX == 2**10
    assert best_sum(powers, 777_777) == 777_777


@pytest.mark.parametrize("seed", range(3))
def test_of_two_hundred_lines_the_choice_fits_and_is_near_the_best(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - no secret
    line_amounts = [random.randint(100, 10**6) for _ in range(200)]
    capacity_minor = sum(line_amounts) // 2
    assert 0 <= capacity_minor - best_sum(line_amounts, capacity_minor) <= 1_000


def test_a_thinned_choice_keeps_the_smallest_and_the_largest_sum() -> None:
    line_amounts = [3 * 2**n for n in range(24)]
    assert best_sum(line_amounts, 3) == 3
    assert best_sum(line_amounts, sum(line_amounts)) == sum(line_amounts)
