"""The fields that a file may state, by the names the API gives them."""

from enum import StrEnum
from types import MappingProxyType
from typing import Final


class States(StrEnum):
    """What the rows of a file state."""

    OPEN_ITEMS = "open_items"
    CUSTOMERS = "customers"
    LIMITS = "limits"
    ORDERS = "orders"


class Form(StrEnum):
    """How a field's cell is read."""

    REF = "ref"
    TEXT = "text"
    KIND = "kind"
    AMOUNT = "amount"
    CURRENCY = "currency"
    DAY = "day"
    WHOLE = "whole"
    FLAG = "flag"


PUTS: Final = MappingProxyType(
    {
        States.OPEN_ITEMS: "open_item",
        States.CUSTOMERS: "customer",
        States.LIMITS: "limit",
        States.ORDERS: "order",
    }
)

FIELDS: Final = MappingProxyType(
    {
        States.OPEN_ITEMS: {
            "customer": Form.REF,
            "ref": Form.REF,
            "kind": Form.KIND,
            "amount": Form.AMOUNT,
            "currency": Form.CURRENCY,
            "issued_on": Form.DAY,
            "due_on": Form.DAY,
            "order": Form.REF,
            "version": Form.WHOLE,
        },
        States.CUSTOMERS: {
            "customer": Form.REF,
            "name": Form.TEXT,
            "currency": Form.CURRENCY,
            "account": Form.REF,
            "policy": Form.REF,
            "status": Form.TEXT,
            "payment_terms_days": Form.WHOLE,
            "direct_debit": Form.FLAG,
            "takes_discount": Form.FLAG,
            "dunning_level": Form.WHOLE,
            "language": Form.TEXT,
            "email": Form.TEXT,
            "sales_contact": Form.TEXT,
        },
        States.LIMITS: {
            "account": Form.REF,
            "amount": Form.AMOUNT,
            "currency": Form.CURRENCY,
            "unlimited": Form.FLAG,
            "valid_until": Form.DAY,
            "reason": Form.TEXT,
        },
        States.ORDERS: {
            "customer": Form.REF,
            "ref": Form.REF,
            "amount": Form.AMOUNT,
            "currency": Form.CURRENCY,
            "ship_date": Form.DAY,
            "version": Form.WHOLE,
            "invoiced": Form.AMOUNT,
        },
    }
)

SIDES: Final = frozenset({"debit", "credit", "side"})
"""Columns that say the sign of an open item: what is owed, what is owed back, or which of both."""
