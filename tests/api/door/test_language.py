import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.api.language import negotiated

CASES = {
    "": "en",
    "de": "de",
    "DE-at": "de",
    "nl-BE,nl;q=0.9,en;q=0.8": "nl",
    "fr,de;q=0.5,en;q=0.7": "en",
    "en;q=0.1, de;q=0.2, nl;q=0.15": "de",
    "nl;q=0.5, de;q=0.5": "nl",
    "fr, it": "en",
    "*": "en",
    "fr, *;q=0.5": "en",
    "en;q=0, *": "de",
    "en;q=0, de;q=0, *;q=0.1": "nl",
    "en;q=0": "en",
    "de;q=0, nl;q=0.001": "nl",
    "de ; q=0.3 , nl ; q=0.4": "nl",
    "de;q=nan, nl;q=0.1": "nl",
    "de;q=-1, nl;q=0.1": "nl",
    "de;q=1e9, nl;q=0.1": "nl",
    "de;q=٣, nl;q=0.1": "nl",
    "de;level=1": "en",
    ";;;,,,=": "en",
    "german": "en",
    "fr," * 1000 + "de": "en",
}


@pytest.mark.parametrize(("header", "language"), CASES.items(), ids=range(len(CASES)))
def test_the_language_with_the_highest_weight_is_chosen(header: str, language: str) -> None:
    assert negotiated(header) == language


def test_english_is_spoken_where_nothing_is_asked() -> None:
    assert negotiated(None) == "en"


@given(st.text() | st.text(alphabet="den-*;q=0.19, "))
def test_no_header_is_too_odd(header: str) -> None:
    assert negotiated(header) in {"de", "en", "nl"}


async def test_a_route_is_told_the_language(client: httpx2.AsyncClient) -> None:
    response = await client.get("/v1/language", headers={"accept-language": "de-CH"})
    assert response.json() == {"language": "de"}
