"""Rows of customers, limits and orders, as lines of `POST /v1/ledger` have them."""

from collections.abc import Callable
from typing import Any, Final

from app.credit.money import Currency, decimal_text
from app.ledger.cells import Reader, flag, number, text, whole
from app.ledger.fields import FIELDS, PUTS, Form
from app.ledger.layout import Layout
from app.ledger.leaving_out import leaving_out
from app.ledger.rows import CellError, Document, LeftOut

_MEANINGS: Final[dict[Form, Callable[[str], Any]]] = {
    Form.TEXT: text,
    Form.WHOLE: whole,
    Form.FLAG: flag,
}

ReadDocument = Callable[[int, list[str]], Document | LeftOut]


def document_reader(layout: Layout) -> ReadDocument:
    """Give what reads a row of this file, raising `CellError` for what is wrong in it.

    What a cell leaves empty is not in the document, so that the API's own default holds.
    """
    put = PUTS[layout.profile.states]
    forms = FIELDS[layout.profile.states]
    rules = leaving_out(layout)
    amounts = [field for field, form in forms.items() if form is Form.AMOUNT and layout.has(field)]
    others = [
        (field, layout.at(field), _reader(layout, field, form))
        for field, form in forms.items()
        if form not in {Form.AMOUNT, Form.CURRENCY} and layout.has(field)
    ]
    currency_at, currencies = layout.at("currency"), layout.currencies()
    amount_text = _amount_text(layout)

    def read(line: int, cells: list[str]) -> Document | LeftOut:
        for rule in rules:
            if (why := rule(cells)) is not None:
                return why
        currency = currencies[cells[currency_at]]
        document: dict[str, Any] = {"put": put, "currency": currency.code}
        for field, at, reader in others:
            if (value := reader[cells[at]]) is not None:
                document[field] = value
        for field in amounts:
            if (amount := amount_text(field, cells, currency)) is not None:
                document[field] = amount
        return Document(line, document)

    return read


def _reader(layout: Layout, field: str, form: Form) -> Reader[Any]:
    if form is Form.DAY:
        days = layout.days(field)
        return layout.reader(field, lambda cell: None if (d := days[cell]) is None else str(d))
    if form is Form.REF:
        if field == "ref":
            meaning = layout.ref_meaning(field)
            return layout.reader(field, lambda cell: number(meaning(cell)))
        is_required = (field,) in layout.profile.alternatives()
        return layout.refs(field) if is_required else layout.optional_refs(field)
    return layout.reader(field, _MEANINGS[form])


def _amount_text(layout: Layout) -> Callable[[str, list[str], Currency], str | None]:
    amounts = layout.amounts()

    def read(field: str, cells: list[str], currency: Currency) -> str | None:
        cell = cells[layout.at(field)]
        if not cell.strip():
            return None
        try:
            minor = amounts(cell, currency)
        except CellError as error:
            error.column = layout.name(field)
            raise
        if minor < 0:
            raise CellError("amount_negative", "Must have no minus.", layout.name(field))
        return decimal_text(minor, currency)

    return read
