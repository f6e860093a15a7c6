"""Currencies as ISO 4217 has them, for facts that name them by code."""

from typing import Final

from iso4217 import Currency as IsoCurrency

from app.credit.money import Currency

CURRENCIES: Final = {
    iso.code: Currency(iso.code, iso.exponent) for iso in IsoCurrency if iso.exponent is not None
}
"""Every currency with a smallest unit."""
