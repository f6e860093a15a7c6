from string import Formatter

import pytest

from app.credit.texts import Language
from app.desk.outbox import MAILED
from app.notices.addressing import TO_CREDIT, TO_SALES
from app.notices.letters import SUBJECTS, one_line
from app.notices.texts import OPTIONS, WORDS, Word
from app.storage import outbox


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("word", Word)
def test_every_word_speaks_every_language_and_has_the_same_places(word: Word) -> None:
    assert list(WORDS[word]) == list(Language)
    places = [placeholders(text) for text in WORDS[word].values()]
    assert places == places[:1] * len(Language)


def test_no_word_is_left_over_and_every_option_speaks_every_language() -> None:
    assert list(WORDS) == list(Word)
    assert [code for code, texts in OPTIONS.items() if list(texts) != list(Language)] == []


def test_no_subject_has_a_place_for_an_amount() -> None:
    subjects = [*(subject for subject, _ in SUBJECTS.values()), Word.DIGEST]
    named = {name for word in subjects for name in placeholders(WORDS[word][Language.ENGLISH])}
    assert named == {"order", "name", "customer", "count"}


def test_whatever_is_mailed_has_a_subject_and_somebody_to_read_it() -> None:
    assert set(SUBJECTS) == TO_CREDIT | TO_SALES == MAILED
    assert {kind.strip(" '") for kind in outbox.MAILED.split(",")} == MAILED


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Müller & Söhne", "Müller & Söhne"),
        ("a\r\nBcc: b", "a Bcc: b"),
        ("\x00 a \u2028\u2029\x85\x0b\x0c b \ufeff\u200b", "a b"),
        ("x" * 200, "x" * 149 + "…"),
    ],
)
def test_a_header_is_one_line(text: str, line: str) -> None:
    assert one_line(text) == line
