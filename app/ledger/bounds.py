"""How large a file and its parts may be. What is larger is refused with the limit's figure."""

from typing import Final

FILE_BYTES_MAX: Final = 2 * 1024**3
"""About 25 million open items."""

LINE_CHARS_MAX: Final = 64 * 1024
"""One physical line of a text file."""

CELL_CHARS_MAX: Final = 128 * 1024
"""One cell, line breaks included; as csv has it, so that a lost quotation mark ends there."""

COLUMNS_MAX: Final = 256

HEADER_LINES_MAX: Final = 20
"""So far down headings are looked for: reports begin with a title and what was chosen."""

WORKBOOK_BYTES_MAX: Final = 64 * 1024**2
WORKBOOK_INFLATED_BYTES_MAX: Final = 128 * 1024**2
"""All parts of a workbook, unpacked; about 350,000 rows, for which reading takes 300 MB."""

WORKBOOK_RATIO_MAX: Final = 100
"""Unpacked to packed size; spreadsheets reach 30."""

WORKBOOK_PARTS_MAX: Final = 2_000
WORKBOOK_CELLS_MAX: Final = 8_000_000
"""Rows times columns of a sheet, empty cells included: each takes memory."""

UNCOMPUTED_MAX: Final = 100_000
"""So many formulas of a sheet may have no computed value."""

PROFILE_BYTES_MAX: Final = 64 * 1024

SHOWN_CHARS_MAX: Final = 60
"""So much of a heading or name is repeated in a message."""

CACHED_FORMS_MAX: Final = 100_000
"""So many different customers, days or currencies of a file are remembered as checked."""
