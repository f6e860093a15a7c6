"""Money at the door: amounts as decimal text, currencies as ISO 4217 has them."""

import re
from typing import Annotated, Final

from iso4217 import Currency as IsoCurrency
from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from app.api.problems import refused
from app.credit.money import Currency

AMOUNT_TEXT_MAX: Final = 23
"""18 digits, a point and 4 decimals."""

_AMOUNT_PATTERN: Final = r"^(0|[1-9][0-9]{0,17})(\.[0-9]{1,4})?$"
_AMOUNT: Final = re.compile(_AMOUNT_PATTERN.removeprefix("^").removesuffix("$"))

CURRENCIES: Final = {
    iso.code: Currency(iso.code, iso.exponent) for iso in IsoCurrency if iso.exponent is not None
}
"""Every currency with a smallest unit; gold, test codes and the like have none."""


def checked_amount(value: object) -> str:
    """Give the text if it is a plain decimal number without sign, else say why it is none."""
    if not isinstance(value, str):
        raise refused("amount_not_text", 'Send the amount as a JSON string, such as "1250.00".')
    if len(value) > AMOUNT_TEXT_MAX:
        raise refused("amount_too_long", f"Must have at most {AMOUNT_TEXT_MAX} characters.")
    if not _AMOUNT.fullmatch(value):
        raise refused(
            "amount_malformed",
            "Must be a plain decimal number such as 1250.00: no sign, exponent or separator, "
            "no needless zeros in front, at most 4 decimals.",
        )
    return value


def checked_currency(code: str) -> str:
    if code not in CURRENCIES:
        raise refused("currency_unknown", "Must be a currency code of ISO 4217, such as EUR.")
    return code


AmountText = Annotated[
    str,
    BeforeValidator(checked_amount),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": _AMOUNT_PATTERN,
            "maxLength": AMOUNT_TEXT_MAX,
            "examples": ["1250.00"],
        }
    ),
]

CurrencyCode = Annotated[
    str,
    AfterValidator(checked_currency),
    WithJsonSchema({"type": "string", "pattern": "^[A-Z]{3}$", "examples": ["EUR"]}),
]
