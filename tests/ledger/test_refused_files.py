"""Files that are not read at all, or not to their end: a code, and where it is."""

import gzip
import os
from pathlib import Path

import pytest
from ledger.files import HEADINGS, Refusal, refusal_of, written

from app.ledger import FileRefusedError, Options, open_table
from app.ledger.bounds import CELL_CHARS_MAX, COLUMNS_MAX, FILE_BYTES_MAX, LINE_CHARS_MAX

GOOD = "D1,R1,invoice,12.30,EUR,,,,\n"


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", Refusal("file_empty", None, None)),
        (b"\n \n", Refusal("file_empty", None, None)),
        (b"\xd0\xcf\x11\xe0 an .xls", Refusal("not_text", None, None)),
        (gzip.compress(b"customer"), Refusal("not_text", None, None)),
        (b"%PDF-1.7", Refusal("not_text", None, None)),
        (b'[\n{"put": "open_item"}]', Refusal("json_array", 1, None)),
        ("customer,name\n".encode("utf-16-le"), Refusal("not_text", None, None)),
        (
            HEADINGS.encode() + b"D1,R\xc3\xa4,\n\n" + b"D1,R\xe4,\n",
            Refusal("encoding_mixed", 4, None),
        ),
        (
            HEADINGS.replace("kind", "sort").encode() + GOOD.encode(),
            Refusal("columns_missing", 1, None),
        ),
        (
            (HEADINGS.strip() + ",colour\n" + GOOD).encode(),
            Refusal("column_unknown", 1, "colour"),
        ),
        (
            (HEADINGS.strip() + ",Amount\n" + GOOD).encode(),
            Refusal("column_twice", 1, "amount"),
        ),
        (
            (HEADINGS.strip() + "," * COLUMNS_MAX + "\n").encode(),
            Refusal("columns_too_many", 1, None),
        ),
        (
            (HEADINGS + GOOD + "D1," + "R" * LINE_CHARS_MAX + "\n").encode(),
            Refusal("line_too_long", 3, None),
        ),
        (
            (HEADINGS + GOOD + 'D1,"' + ("R" * 99 + "\n") * (CELL_CHARS_MAX // 99)).encode(),
            Refusal("cell_too_long", 3, None),
        ),
        (
            (HEADINGS + GOOD + 'D1,"R1,invoice\n' + GOOD).encode(),
            Refusal("quote_unclosed", 3, None),
        ),
        (
            '{"put": "limit", "reason": "M\xfcller"}'.encode("cp1252"),
            Refusal("undecodable", None, None),
        ),
    ],
)
def test_a_bad_file_is_refused_with_its_place(
    tmp_path: Path, content: bytes, refusal: Refusal
) -> None:
    assert refusal_of(written(tmp_path, content)) == refusal


def test_a_broken_utf_16_file_ends_at_the_bad_line(tmp_path: Path) -> None:
    content = ("\ufeff" + HEADINGS + GOOD).encode("utf-16-le") + b"\x00\xd8\x20"
    refusal = refusal_of(written(tmp_path, content))
    assert (refusal.code, refusal.line) == ("undecodable", 3)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert refusal_of(tmp_path).code == "file_missing"
    assert refusal_of(tmp_path / "pipe").code == "file_missing"
    assert refusal_of(tmp_path / "nowhere.csv").code == "file_missing"


def test_a_file_of_ten_gigabytes_is_refused_without_being_read(tmp_path: Path) -> None:
    path = written(tmp_path, HEADINGS)
    os.truncate(path, 10 * 1024**3)
    assert path.stat().st_size > FILE_BYTES_MAX
    assert refusal_of(path).code == "file_too_large"


def test_an_unknown_file_is_answered_with_the_nearest_profile_and_what_is_missing(
    tmp_path: Path,
) -> None:
    content = "Konto;Datum;Fälligkeit;Sollbetrag;Habenbetrag;Saldo\n1;01.10.2026;;1,00;;1,00\n"
    with pytest.raises(FileRefusedError) as refused:
        open_table(written(tmp_path, content))
    assert refused.value.message == (
        "No profile fits. The nearest is datev-opos; these columns are missing: ref "
        "(Rechnungsnummer, Rechnungs-Nr., Rechnungsnr., RG-Nr., Belegfeld 1, Rechnung)."
    )


def test_a_profile_that_does_not_fit_says_what_it_lacks(tmp_path: Path) -> None:
    with pytest.raises(FileRefusedError) as refused:
        open_table(written(tmp_path, HEADINGS + GOOD), "canonical-limits")
    assert refused.value.message == (
        "The profile canonical-limits does not fit; these columns are missing: account (account)."
    )


def test_ndjson_is_no_file_of_an_erp_profile(tmp_path: Path) -> None:
    path = written(tmp_path, '{"put": "customer"}\n')
    assert refusal_of(path, "sap-fbl5n").code == "profile_unfit"


@pytest.mark.parametrize(
    "options",
    [{"currency": "XXX"}, {"dates": "YY.MM.DD"}, {"delimiter": "::"}, {"delimiter": '"'}],
)
def test_an_option_that_is_none_is_refused(options: dict[str, str]) -> None:
    with pytest.raises(FileRefusedError) as refused:
        Options(**options)  # type: ignore[arg-type]
    assert refused.value.code == "option_invalid"


def test_an_unknown_encoding_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, HEADINGS)
    for name in ("klingon", "rot13", "base64", "idna\0"):
        assert refusal_of(path, options=Options(encoding=name)).code == "encoding_unknown"
