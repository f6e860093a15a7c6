"""Money as whole minor units of one ISO 4217 currency: 12.30 EUR is 1230."""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

MINOR_MAX = 10**15
"""The largest amount of one document, in minor units. Sums may be larger."""

BASIS_POINTS = 10_000
"""One hundred percent, in the unit in which the rules keep percentages."""


@dataclass(frozen=True, slots=True)
class Currency:
    """An ISO 4217 currency; `exponent` is its number of decimals (JPY 0, EUR 2, KWD 3)."""

    code: str
    exponent: int


class AmountError(ValueError):
    """The amount cannot be one of this currency."""


class TooManyDecimalsError(AmountError):
    """The amount is finer than the currency's smallest unit."""


class AmountTooLargeError(AmountError):
    """The amount is above `MINOR_MAX` minor units."""


def minor_units(text: str, currency: Currency) -> int:
    """Give a plain decimal text ("12.3") as minor units; raises `AmountError`."""
    whole, _, decimals = text.partition(".")
    if len(decimals) > currency.exponent:
        raise TooManyDecimalsError(currency.code)
    minor = int(whole + decimals.ljust(currency.exponent, "0"))
    if minor > MINOR_MAX:
        raise AmountTooLargeError(currency.code)
    return minor


def decimal_text(minor: int, currency: Currency) -> str:
    """Give minor units as a plain decimal text with all of the currency's decimals."""
    if not currency.exponent:
        return str(minor)
    digits = str(abs(minor)).rjust(currency.exponent + 1, "0")
    sign = "-" if minor < 0 else ""
    return f"{sign}{digits[: -currency.exponent]}.{digits[-currency.exponent :]}"


def rounded_minor(amount: Decimal, currency: Currency) -> int:
    """Give an amount that names no currency (a policy's) in this one, rounded half-even."""
    scaled = amount.scaleb(currency.exponent)
    return int(scaled.to_integral_value(rounding=ROUND_HALF_EVEN))


def basis_points(percent: Decimal) -> int:
    """Give a percentage with at most two decimals as basis points: 2.5 is 250."""
    return int(percent * 100)
