"""Which of our languages a caller reads, from `Accept-Language`."""

from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import Depends, Header

from app.credit.texts import Language

DEFAULT_LANGUAGE: Final = Language.ENGLISH
HEADER_LENGTH_MAX: Final = 256
"""Enough for every browser; what comes after it is not read."""

_BY_TAG: Final = {language.value: language for language in Language}
_ANY: Final = "*"
_ORDER: Final = (DEFAULT_LANGUAGE, Language.GERMAN, Language.DUTCH)


def negotiated(accept_language: str | None) -> Language:
    """Give the language with the highest weight, English where the header does not help."""
    weights = _weights((accept_language or "")[:HEADER_LENGTH_MAX])
    rest = weights.get(_ANY, 0.0)
    named = [_BY_TAG[tag] for tag in weights if tag in _BY_TAG]
    ranked = [*named, *(language for language in _ORDER if language not in named)]
    best = max(ranked, key=lambda language: weights.get(language, rest))
    return best if weights.get(best, rest) > 0 else DEFAULT_LANGUAGE


async def _preferred(
    accept_language: Annotated[
        str | None, Header(description="Language of `message` texts: de, en or nl.")
    ] = None,
) -> Language:
    return negotiated(accept_language)


PreferredLanguage = Annotated[Language, Depends(_preferred)]


def _weights(header: str) -> Mapping[str, float]:
    """The weight of each primary language, in the header's order; the greater of two counts."""
    weights: dict[str, float] = {}
    for entry in header.split(","):
        tag, _, parameters = entry.partition(";")
        primary = tag.strip().lower().partition("-")[0]
        weights[primary] = max(_weight(parameters), weights.get(primary, 0.0))
    return weights


def _weight(parameters: str) -> float:
    """1 where no weight is stated, 0 where it cannot be read: such an entry is ignored."""
    name, _, value = parameters.strip().lower().partition("=")
    if not name:
        return 1.0
    digits = value.strip()
    is_number = name.strip() == "q" and digits.isascii() and digits.replace(".", "", 1).isdigit()
    return min(float(digits), 1.0) if is_number else 0.0
