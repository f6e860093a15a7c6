"""A reason is known everywhere: table, enum, texts, handbook and published contract."""

import json
from itertools import chain

import pytest
from support.source import ROOT

from app.credit.rules import RULES, ReasonCode
from app.credit.texts import TEXTS, Language

README = ROOT / "README.md"
OPENAPI = ROOT / "openapi" / "openapi.json"


def test_rules_codes_and_texts_name_the_same_reasons_in_the_same_order() -> None:
    assert list(RULES) == list(ReasonCode)
    assert list(TEXTS) == list(ReasonCode)


@pytest.mark.parametrize("code", ReasonCode)
def test_every_reason_speaks_every_language(code: ReasonCode) -> None:
    assert list(TEXTS[code]) == list(Language)


def test_no_two_texts_are_the_same() -> None:
    texts = list(chain.from_iterable(by_language.values() for by_language in TEXTS.values()))
    assert len(set(texts)) == len(texts)


@pytest.mark.skipif(not README.exists(), reason="the README is still to be written")
def test_the_readme_names_every_reason() -> None:
    readme = README.read_text(encoding="utf-8")
    assert [code for code in ReasonCode if f"`{code}`" not in readme] == []


@pytest.mark.skipif(not OPENAPI.exists(), reason="the contract is still to be exported")
def test_the_published_contract_names_every_reason() -> None:
    published = set(strings(json.loads(OPENAPI.read_text(encoding="utf-8"))))
    assert [code for code in ReasonCode if str(code) not in published] == []


def strings(value: object) -> list[str]:
    """Give every text value in a JSON document; an enum in a schema is a list of them."""
    match value:
        case str():
            return [value]
        case dict():
            return [text for part in value.values() for text in strings(part)]
        case list():
            return [text for part in value for text in strings(part)]
        case _:
            return []
