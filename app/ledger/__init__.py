"""Reading files of open items, customers, limits and orders: no database, no HTTP, no clock."""

from app.ledger.amounts import DecimalMark
from app.ledger.fields import States
from app.ledger.options import Options
from app.ledger.profile import Profile, profiles
from app.ledger.refusal import FileRefusedError
from app.ledger.rows import Document, Flaw, ItemRow, LeftOut, Row
from app.ledger.table import Table, open_table
from app.ledger.totals import Totals

__all__ = [
    "DecimalMark",
    "Document",
    "FileRefusedError",
    "Flaw",
    "ItemRow",
    "LeftOut",
    "Options",
    "Profile",
    "Row",
    "States",
    "Table",
    "Totals",
    "open_table",
    "profiles",
]
