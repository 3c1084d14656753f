from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from align.language.identify import identify
from align.translate.guards import FLAGS, flags_for, repetition, wrong_language
from tests.cases import cases

TEXTS = st.text(max_size=80)


@cases("translate/guards.json")
def test_flags(case):
    assert list(flags_for(**case["input"])) == case["expected"]


@given(TEXTS, TEXTS, st.sampled_from(["fr", "tr", "ar", "zh", "xx"]))
def test_any_two_texts_give_flags_in_order(source, output, language):
    flags = flags_for(source, output, source_language=language)
    assert list(flags) == [flag for flag in FLAGS if flag in flags]


@given(TEXTS)
def test_a_copy_never_repeats_more_than_its_source(text):
    assert not repetition(text, text)


@given(st.integers(0, 999_999_999))
def test_a_number_agrees_with_itself_however_it_is_grouped(value):
    spoken = f"Il y a {value:,} ici.".replace(",", "\u202f")
    flags = partial(flags_for, source_language="fr")
    assert "number-mismatch" not in flags(spoken, f"There are {value:,} here.")
    assert "number-mismatch" in flags(spoken, f"There are {value + 7:,} here.")


def test_the_engines_own_flags_are_kept():
    assert flags_for("Le bac est là.", "The ferry.", source_language="fr", engine=("truncated",)) == ("truncated",)


def test_wrong_language_asks_the_detector_about_the_two_languages_only():
    asked = []

    def says_source(text, languages):
        asked.append(languages)
        return "fr", 0.99

    assert wrong_language("Le port est fermé jusqu'à demain matin.", "fr", identify=says_source)
    assert asked == [("fr", "en")]
    assert not wrong_language("Too short to tell", "fr", identify=says_source)


def test_wrong_language_with_the_real_detector():
    assert wrong_language("Le port est resté fermé jusqu'à demain matin.", "fr", identify=identify)
    assert not wrong_language("The port stayed closed until the next morning.", "fr", identify=identify)
