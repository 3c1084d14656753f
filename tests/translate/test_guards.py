from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from align.language.identify import identify
from align.translate.guards import (
    FLAGS,
    flags_for,
    length_ratio,
    number_mismatch,
    repetition,
    source_copied,
    unknown_word,
    unpaired_quotes,
    wrong_language,
)
from tests.cases import cases

TEXTS = st.text(max_size=80)
# what numbers are made of, more often than chance would bring it
NUMBERISH = st.lists(
    st.sampled_from([*"0123456789.,:'’ %$€-\u00a0\u202fhMBIVXe½٣", "bin ", "cent ", "half "]), max_size=20
).map("".join)
MARKS = st.sampled_from(["\u202f", "\u00a0", " ", ".", ",", "'", "’", ""])


def english(value, mark=","):
    return f"{value:,}".replace(",", mark)


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


@given(
    st.integers(0, 999_999_999),
    MARKS,
    MARKS.filter(lambda mark: mark != "."),
    st.sampled_from(["fr", "tr", "ar", "ru"]),
)
def test_another_manner_of_grouping_is_no_other_number(value, here, there, language):
    source, output = f"({english(value, here)})", f"({english(value, there)})"
    assert not number_mismatch(source, output, language)


@given(st.integers(1_000, 999_999), st.integers(1, 9))
def test_english_thousands_are_not_divided_by_a_full_stop(value, digit):
    assert number_mismatch(f"Il y en a {english(value, ' ')}.", f"There are {english(value, '.')}.", "fr")


@given(st.integers(0, 10_000), st.integers(0, 99))
def test_a_decimal_comma_is_a_decimal_point(whole, part):
    assert not number_mismatch(f"Il y en a {whole},{part:02d}.", f"There are {whole}.{part:02d}.", "fr")


@given(st.integers(13, 23), st.integers(1, 59))
def test_a_clock_of_twelve_hours_says_the_same_time(hour, minute):
    for source in (f"La séance a repris à {hour}h{minute:02d}.", f"La séance a repris à {hour}:{minute:02d}."):
        assert not number_mismatch(source, f"It resumed at {hour - 12}:{minute:02d} p.m.", "fr")


@given(st.lists(st.sampled_from(["deux", "4", "cinq", "12", "trente", "1990"]), max_size=5, unique=True))
def test_numbers_in_the_same_order_agree(numbers):
    words = {"deux": "2", "4": "four", "cinq": "five", "12": "twelve", "trente": "30", "1990": "1990"}
    source = ", ".join(f"{number} bacs" for number in numbers)
    assert not number_mismatch(source, ", ".join(f"{words[number]} ferries" for number in numbers), "fr")


@given(NUMBERISH, NUMBERISH, st.sampled_from(["fr", "tr", "en", "zh"]))
def test_numbers_of_any_shape_are_compared(source, output, language):
    assert number_mismatch(source, output, language) in (True, False)


@given(NUMBERISH | TEXTS)
def test_a_text_agrees_with_itself(text):
    assert not number_mismatch(text, text, "en")
    assert not unknown_word(text, text)
    assert not unpaired_quotes(text, text)
    assert not length_ratio(text, text, "tr")


@given(TEXTS)
def test_nothing_is_copied_into_nothing(text):
    assert not source_copied(text, "")


@given(st.lists(st.sampled_from(['"a"', "“b”", "«c»", "„d“", "it's", "l’eau"]), max_size=6))
def test_marks_that_pair_on_both_sides_are_fine(pieces):
    assert not unpaired_quotes("Rien.", " ".join(pieces))
    assert unpaired_quotes("Rien.", " ".join([*pieces, "“"]))


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
