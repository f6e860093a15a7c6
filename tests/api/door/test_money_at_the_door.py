import httpx2
import pytest
from api.door.tiny_app import places, problem_in
from pydantic import TypeAdapter

from app.api.money import CURRENCIES, AmountText, CurrencyCode

MALFORMED = ["", ".", "1.", ".5", "01", "00", "-1", "+1", "1e5", "1_000", "1,000", " 1", "1 "]
MALFORMED += ["1\n", "NaN", "Infinity", "0x10", "\uff11", "\u0663", "1.00000", "1.2.3", "\u22121"]


@pytest.mark.parametrize("text", ["0", "0.0", "0.0001", "1", "10", "1250.00", "9" * 18 + ".9999"])
def test_a_plain_decimal_text_is_an_amount(text: str) -> None:
    assert TypeAdapter(AmountText).validate_python(text) == text


@pytest.mark.parametrize("text", MALFORMED)
async def test_any_other_text_is_no_amount(client: httpx2.AsyncClient, text: str) -> None:
    assert await answer_for(client, amount=text) == {("/limit/amount", "amount_malformed")}


@pytest.mark.parametrize("number", [1, 1.5, 0, True, None, ["1"], {"amount": "1"}])
async def test_a_json_number_is_answered_with_the_advice_to_send_text(
    client: httpx2.AsyncClient, number: object
) -> None:
    assert await answer_for(client, amount=number) == {("/limit/amount", "amount_not_text")}


async def test_a_long_amount_is_refused_for_its_length(client: httpx2.AsyncClient) -> None:
    for text in ("9" * 24, "9" * 60_000):
        assert await answer_for(client, amount=text) == {("/limit/amount", "amount_too_long")}


@pytest.mark.parametrize(
    "code", ["", "eur", "EURO", "XXX", "XAU", "XTS", "DEM", "EUR ", "\uff25UR"]
)
async def test_what_has_no_smallest_unit_is_no_currency(
    client: httpx2.AsyncClient, code: str
) -> None:
    assert await answer_for(client, currency=code) == {("/limit/currency", "currency_unknown")}


@pytest.mark.parametrize(
    ("amount", "currency", "code"),
    [
        ("1.5", "JPY", "too_many_decimals"),
        ("1.001", "EUR", "too_many_decimals"),
        ("1.0001", "KWD", "too_many_decimals"),
        ("10000000000000.01", "EUR", "amount_too_large"),
    ],
)
async def test_a_model_blames_the_field_that_is_wrong(
    client: httpx2.AsyncClient, amount: str, currency: str, code: str
) -> None:
    found = await answer_for(client, amount=amount, currency=currency)
    assert found == {("/limit/amount", code)}


def test_every_currency_knows_its_decimals() -> None:
    some = {code: CURRENCIES[code].exponent for code in ("JPY", "EUR", "KWD", "CLF")}
    assert some == {"JPY": 0, "EUR": 2, "KWD": 3, "CLF": 4}
    assert TypeAdapter(CurrencyCode).validate_python("EUR") == "EUR"


async def answer_for(client: httpx2.AsyncClient, **changed: object) -> set[tuple[str, str]]:
    limit = {"kind": "amount", "amount": "1", "currency": "EUR"} | changed
    response = await client.put("/v1/limit", json={"limit": limit})
    assert response.status_code == 422
    return places(problem_in(response, "invalid_request"))
