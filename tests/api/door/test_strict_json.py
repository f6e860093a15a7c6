import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.api.body import parse_json
from app.api.body.flaws import first_flaw
from app.api.problems import ProblemError

int64 = st.integers(min_value=-(2**63) + 1, max_value=2**63 - 1)
sound_text = st.text().filter(lambda text: "\0" not in text)
sound_json = st.recursive(
    st.none()
    | st.booleans()
    | int64
    | st.floats(allow_nan=False, allow_infinity=False)
    | sound_text,
    lambda inner: st.lists(inner) | st.dictionaries(sound_text, inner),
    max_leaves=20,
)


@given(sound_json, st.booleans())
def test_sound_json_comes_back_as_it_was(value: object, ascii_only: bool) -> None:
    raw = json.dumps(value, ensure_ascii=ascii_only).encode()
    assert parse_json(raw) == value
    assert first_flaw(raw.decode()) is None


@given(st.binary() | st.text(alphabet='[]{}",:\\u0d8 1eN').map(str.encode))
def test_whatever_is_accepted_is_what_the_standard_parser_reads(raw: bytes) -> None:
    with contextlib.suppress(ProblemError):
        assert parse_json(raw) == json.loads(raw)


def test_thirty_two_levels_are_deep_enough() -> None:
    assert parse_json(b"[" * 32 + b"]" * 32) is not None
    assert parse_json(b"[" + b"[[]]," * 100 + b"[]]") is not None
    assert parse_json(b'["' + b"[{" * 100 + b'"]') == ["[{" * 100]


@pytest.mark.parametrize("text", ["0", "-0", "9223372036854775807", "-9223372036854775807"])
def test_whole_numbers_of_64_bits_are_exact(text: str) -> None:
    assert parse_json(text.encode()) == int(text)


@pytest.mark.parametrize("text", ["0.0", "-0e5", "0.000", "1e-300", "-1.2345678901234567e-308"])
def test_small_fractions_are_kept(text: str) -> None:
    assert parse_json(text.encode()) == float(text)


@pytest.mark.parametrize("text", ["1e309", "-1e309", "5e-400", "0.1e-400", "1" * 25, "01", "+1"])
def test_numbers_that_would_not_be_kept_are_refused(text: str) -> None:
    with pytest.raises(ProblemError):
        parse_json(text.encode())


def test_a_megabyte_of_digits_is_refused_quickly() -> None:
    for raw in (b"9" * 10**6, b"0." + b"9" * 10**6, b"1e" + b"9" * 10**6):
        with pytest.raises(ProblemError) as refusal:
            parse_json(raw)
        assert refusal.value.errors[0].code == "number_out_of_range"


def test_a_pointer_stops_before_a_name_that_is_too_odd_to_repeat() -> None:
    with pytest.raises(ProblemError) as refusal:
        parse_json(b'{"order": {"<script>": {"a": NaN}}}')
    assert refusal.value.errors[0].pointer == "/order"
