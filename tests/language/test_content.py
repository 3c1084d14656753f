import tomllib
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from align.language.content import content_stems, stem
from align.text.words import fold, words
from tests.cases import cases

TABLES = tomllib.loads(files("align.language").joinpath("function_words.toml").read_text(encoding="utf-8"))


@cases("language/content.json")
def test_content_stems(case):
    assert content_stems(**case["input"]) == case["expected"]


@pytest.mark.parametrize("language", TABLES)
def test_every_function_word_is_dropped(language):
    assert all(words(word) == [fold(word)] for word in TABLES[language].split())
    assert content_stems(TABLES[language], language) == []


@given(st.text(max_size=60), st.sampled_from(["fr", "tr", "en", "ru", "ar", "el", "und"]))
def test_stems_are_folded_and_few(text, language):
    found = content_stems(text, language)
    assert len(found) <= len(words(text))
    assert all(fold(item) == item for item in found)


def test_the_stem_of_a_word_as_it_is_written():
    assert stem("Attaquée", "fr") == stem("attaqué", "fr") == "attaqu"
    assert stem("российской", "ru") == stem("российская", "ru")
    assert stem("Évreux", "und") == "evreux"
