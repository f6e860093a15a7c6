"""Field errors outside a request, as the lines of a bulk answer need them."""

from typing import Annotated, Any, Literal, Self

import pytest
from api.door.tiny_app import Money
from pydantic import BaseModel, Field, TypeAdapter, ValidationError, model_validator

from app.api.money import AmountText
from app.api.problems import field_errors, refused_at, safe_pointer


class PutCustomer(BaseModel):
    put: Literal["customer"]
    customer: str
    name: str
    email: str | None = None

    @model_validator(mode="after")
    def _has_an_address(self) -> Self:
        if self.email is None:
            raise refused_at("email", code="required", message="Is required.")
        return self


class PutOrder(Money):
    put: Literal["order"]
    order: Literal["open"]
    lines: Annotated[list[dict[str, AmountText]], Field(default_factory=list)]


class Tree(BaseModel):
    a: "Tree | int | list[Tree]"


Line = TypeAdapter[Any](Annotated[PutCustomer | PutOrder, Field(discriminator="put")])
ORDER = {"put": "order", "order": "open", "amount": "1", "currency": "EUR"}


@pytest.mark.parametrize(
    ("line", "pointer"),
    [
        ({"put": "customer", "customer": "D1"}, "/name"),
        ({"put": "customer", "customer": {"name": 1}, "name": "M"}, "/customer"),
        ({"put": "customer", "customer": "D1", "name": "M"}, "/email"),
        ({"put": "customer", "customer": "D1", "name": "M", "email": None}, "/email"),
        ({**ORDER, "order": {"order": "open"}}, "/order"),
        ({**ORDER, "amount": "1.001"}, "/amount"),
        ({**ORDER, "lines": [{}, {"amount": 1}]}, "/lines/1/amount"),
        ({**ORDER, "lines": [{"a b": 1}]}, "/lines/0"),
        ({**ORDER, "<script>": 1}, ""),
        ({"put": "x"}, ""),
    ],
)
def test_the_place_is_a_place_in_the_line(line: dict[str, object], pointer: str) -> None:
    assert pointers_for(Line, line) == {pointer}


def test_a_body_as_deep_as_allowed_is_searched_in_bounded_time() -> None:
    nested: object = "wrong"
    for _ in range(28):
        nested = {"a": nested}
    assert "/a" * 28 in pointers_for(TypeAdapter(Tree), nested)


@pytest.mark.parametrize(
    ("path", "pointer"),
    [
        ((), ""),
        (("order", "lines", 0), "/order/lines/0"),
        (("a", "b/c", "d"), "/a"),
        (("x" * 65,), ""),
        (("a\n",), ""),
    ],
)
def test_a_pointer_repeats_plain_names_only(path: tuple[str | int, ...], pointer: str) -> None:
    assert safe_pointer(path) == pointer


def pointers_for(model: TypeAdapter[Any], body: object) -> set[str]:
    with pytest.raises(ValidationError) as found:
        model.validate_python(body)
    return {error.pointer for error in field_errors(found.value.errors(), body=body)}
