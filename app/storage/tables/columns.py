"""What all tables are made of: amounts and totals, each with the check that it is one."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    MetaData,
    text,
)

metadata = MetaData()

# One document is at most 10^15 minor units; totals have room for thousands of such documents.
_DOCUMENT_MAX = "1000000000000000"
_TOTAL_MAX = "4000000000000000000"


def amount(
    name: str, *, table: str, nullable: bool = False
) -> tuple[Column[int], CheckConstraint]:
    """Give a column for the amount of one document, and the check that it is one."""
    return (
        Column(name, BigInteger, nullable=nullable),
        CheckConstraint(f"{name} BETWEEN 0 AND {_DOCUMENT_MAX}", name=f"ck_{table}_{name}"),
    )


def total(name: str, *, table: str, nullable: bool = False) -> tuple[Column[int], CheckConstraint]:
    """Give a column for a running total, and the check that it is in range."""
    default = None if nullable else text("0")
    return (
        Column(name, BigInteger, nullable=nullable, server_default=default),
        CheckConstraint(f"{name} BETWEEN 0 AND {_TOTAL_MAX}", name=f"ck_{table}_{name}"),
    )
