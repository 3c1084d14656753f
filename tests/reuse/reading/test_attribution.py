import pytest
from hypothesis import given
from hypothesis import strategies as st

from align.reuse.reading.attribution import claimant
from tests.cases import cases


@cases("reuse/attribution.json")
def test_claimant(case):
    assert sorted(claimant(**case["input"])) == case["expected"]


@given(st.text(max_size=120), st.sampled_from(["en", "fr", "tr", "ru", "ar", "und"]))
def test_any_text_is_read(text, language):
    assert all(claimant(text, language))


@pytest.mark.parametrize("pronoun", ["He", "She", "It", "They"])
def test_an_english_pronoun_names_nobody(pronoun):
    assert claimant(f"{pronoun} announced a curfew for the port.", "en") == frozenset()


@pytest.mark.parametrize("pronoun", ["Il", "Elle", "On"])
def test_a_french_pronoun_names_nobody(pronoun):
    assert claimant(f"{pronoun} a annoncé un couvre-feu au port.", "fr") == frozenset()


def test_a_name_far_from_the_verb_is_not_reached():
    far = "Captain Morel " + "of the harbour office on the north quay " * 4
    assert "morel" not in claimant(f"{far} said two boats had sunk.", "en")
