from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from align.text.words import fold, has_words, word_places, word_spans, words
from tests.cases import cases


@cases("text/fold.json")
def test_fold(case):
    assert fold(case["input"]) == case["expected"]


@given(st.text(max_size=40))
def test_folding_twice_changes_nothing_more(text):
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet="aeiouéèêçğıİöşüœæßøłđёйىةأإآ", max_size=20))
def test_case_does_not_matter(text):
    assert fold(text.upper()) == fold(fold(text).upper()) == fold(fold(text))


@given(st.text(max_size=60))
def test_spans_are_words_in_order(text):
    spans = list(word_spans(text))
    assert all(one.end <= other.begin for one, other in pairwise(spans))
    assert all(len(span) > 0 and not any(letter.isspace() for letter in span.of(text)) for span in spans)
    assert words(text) == [fold(span.of(text)) for span in spans]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("L’armée d'Idlib", ["l", "armee", "d", "idlib"]),
        ("İstanbul'da 12 gün", ["istanbul", "da", "12", "gun"]),
        ("porte-parole", ["porte", "parole"]),
        ("кто-то ещё", ["кто", "то", "еще"]),
        ("٢١٤ منزلاً", ["٢١٤", "منزلا"]),
        ("… « » — 😀", []),
        ("", []),
        ("e\u0301te\u0301", ["ete"]),
        ("a_b @c #d", ["a", "b", "c", "d"]),
    ],
)
def test_words(text, expected):
    assert words(text) == expected


@given(st.text(st.sampled_from("aé-' 1\n.")), st.integers(0, 5))
def test_so_many_words_are_told_without_all_of_them(text, count):
    assert has_words(text, count) == (len(words(text)) >= count)
    assert [(begin, word) for begin, word in word_places(text)] == [
        (span.begin, span.of(text)) for span in word_spans(text)
    ]
