from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.builders import EUR, JPY, KWD

from app.credit.money import (
    MINOR_MAX,
    AmountTooLargeError,
    Currency,
    TooManyDecimalsError,
    basis_points,
    decimal_text,
    minor_units,
    rounded_minor,
)


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("0", EUR, 0),
        ("0.00", EUR, 0),
        ("12.3", EUR, 1230),
        ("12.30", EUR, 1230),
        ("12", EUR, 1200),
        ("0.01", EUR, 1),
        ("12", JPY, 12),
        ("12.345", KWD, 12345),
        ("10000000000000.00", EUR, MINOR_MAX),
    ],
)
def test_a_decimal_text_is_read_exactly(text: str, currency: Currency, minor: int) -> None:
    assert minor_units(text, currency) == minor


@pytest.mark.parametrize(
    ("text", "currency"), [("1.000", EUR), ("1.0", JPY), ("1.0000", KWD), ("0.001", EUR)]
)
def test_an_amount_finer_than_its_currency_is_refused(text: str, currency: Currency) -> None:
    with pytest.raises(TooManyDecimalsError, match=currency.code):
        minor_units(text, currency)


def test_an_amount_above_the_largest_is_refused() -> None:
    with pytest.raises(AmountTooLargeError, match="EUR"):
        minor_units("10000000000000.01", EUR)


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (0, EUR, "0.00"),
        (5, EUR, "0.05"),
        (-5, EUR, "-0.05"),
        (-215_000, EUR, "-2150.00"),
        (1230, EUR, "12.30"),
        (12, JPY, "12"),
        (-12, JPY, "-12"),
        (1, KWD, "0.001"),
        (12_345, KWD, "12.345"),
    ],
)
def test_minor_units_are_written_with_all_decimals(
    minor: int, currency: Currency, text: str
) -> None:
    assert decimal_text(minor, currency) == text


@given(st.integers(0, MINOR_MAX), st.sampled_from([EUR, JPY, KWD]))
def test_what_is_written_is_read_back(minor: int, currency: Currency) -> None:
    assert minor_units(decimal_text(minor, currency), currency) == minor


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("50.00", EUR, 5_000),
        ("50.00", JPY, 50),
        ("50.00", KWD, 50_000),
        ("0.5", JPY, 0),
        ("1.5", JPY, 2),
        ("2.5", JPY, 2),
        ("0.015", EUR, 2),
        ("0.025", EUR, 2),
    ],
)
def test_a_policys_amount_is_rounded_half_even_to_the_currency(
    amount: str, currency: Currency, minor: int
) -> None:
    assert rounded_minor(Decimal(amount), currency) == minor


@pytest.mark.parametrize(("percent", "bp"), [("0", 0), ("2.5", 250), ("0.01", 1), ("100", 10_000)])
def test_a_percentage_is_kept_in_basis_points(percent: str, bp: int) -> None:
    assert basis_points(Decimal(percent)) == bp
