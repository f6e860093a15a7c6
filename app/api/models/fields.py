"""The kinds of field that requests are made of."""

import re
from datetime import date, datetime
from typing import Annotated, Final

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    Strict,
    WithJsonSchema,
)

from app.api.money import CURRENCIES
from app.api.problems import refused, refused_at
from app.api.wording import instant
from app.credit.money import AmountTooLargeError, Currency, TooManyDecimalsError, minor_units

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_INSTANT: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})", re.ASCII
)
_YEARS: Final = range(1900, 10_000)


class Request(BaseModel):
    """A request body; fields that are not known are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Answer(BaseModel):
    """An answer's description."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _day(value: object) -> object:
    if value is None or isinstance(value, date):
        return value
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise refused("date_malformed", "Must be a date such as 2026-11-22.")
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise refused("date_malformed", "There is no such day.") from None
    if day.year not in _YEARS:
        raise refused("date_out_of_range", "Must be in the years 1900 to 9999.")
    return day


Day = Annotated[
    date,
    BeforeValidator(_day),
    WithJsonSchema({"type": "string", "format": "date", "examples": ["2026-11-22"]}),
]
"""A day of the calendar; instants and numbers are refused."""


def _said_instant(value: object) -> object:
    if value is None or isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        raise refused("instant_expected", "Must be an instant such as 2026-11-27T09:30:00Z.")
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise refused("instant_expected", "There is no such instant.") from None
    # Away from the ends of the calendar, which an offset may not cross.
    if moment.year not in range(1900, 9_999):
        raise refused("instant_out_of_range", "Must be in the years 1900 to 9998.")
    return moment


SaidInstant = Annotated[
    datetime,
    BeforeValidator(_said_instant),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""An instant that a caller names, with its offset from UTC."""

Instant = Annotated[
    datetime,
    PlainSerializer(instant, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""An instant in UTC, to the millisecond."""

Whole = Annotated[int, Strict()]
"""A whole number, never a text or a fraction."""

Version = Annotated[int, Strict(), Field(ge=0, le=2**53)]
"""A document's version, counted up by the system that owns it."""

Flag = Annotated[bool, Strict()]
"""True or false, never 1 or "yes"."""

ShortText = Annotated[str, Strict(), Field(min_length=1, max_length=64)]
"""A code or term of the caller's own."""

PERSON_LENGTH_MAX: Final = 254

Person = Annotated[
    str,
    Strict(),
    Field(min_length=1, max_length=PERSON_LENGTH_MAX, pattern=r"^[!-~]([ -~]*[!-~])?$"),
]
"""Who somebody is, such as an e-mail address; neither the case of letters nor a second blank makes
another person."""

Text = Annotated[str, Strict(), Field(min_length=1, max_length=500)]
"""A name, reason or note."""


def amount_minor(text: str, code: str, *at: str | int) -> int:
    """Give an amount in its currency's minor units; blames the field `at` where it is none."""
    try:
        return minor_units(text, CURRENCIES[code])
    except TooManyDecimalsError:
        decimals = CURRENCIES[code].exponent
        message = f"{code} has {decimals} decimals." if decimals else f"{code} has no decimals."
        raise refused_at(*at, code="too_many_decimals", message=message) from None
    except AmountTooLargeError:
        message = "Must be at most 10^15 of the currency's smallest unit."
        raise refused_at(*at, code="amount_too_large", message=message) from None


def currency_of(code: str) -> Currency:
    """Give the currency of a code that the door has let in."""
    return CURRENCIES[code]
