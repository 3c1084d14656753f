import pytest
from hypothesis import given
from hypothesis import strategies as st

from align.language.numbers import find_numbers, read_numbers
from align.language.numerals import implied_numbers, measure, numerals
from tests.cases import cases


@cases("language/numbers.json")
def test_numbers(case):
    assert [number.value for number in find_numbers(**case["input"])] == case["expected"]


@given(st.integers(0, 999_999), st.sampled_from([" ", "\u00a0", "\u202f", ",", "."]))
def test_grouped_thousands_are_one_number(value, separator):
    written = f"{value:,}".replace(",", separator)
    assert [number.value for number in find_numbers(f"({written})", "fr")] == [value]


@given(st.text(max_size=60), st.sampled_from(["fr", "tr", "en", "ru", "ar", "el"]))
def test_spans_are_in_order_and_inside(text, language):
    spans = [number.span for number in find_numbers(text, language)]
    assert spans == sorted(spans)
    assert all(0 <= span.begin < span.end <= len(text) for span in spans)


@pytest.mark.parametrize("share", ["10 في المئة", "10 في المائة", "عشرة بالمئة", "15٪", "خمسة عشر في المئة"])
def test_an_arabic_percent_is_told_from_a_count(share):
    assert [number.percent for number in find_numbers(f"{share} من 20 قاربا", "ar")] == [True, False]


@pytest.mark.parametrize(
    ("text", "language", "said", "following"),
    [
        ("и двадцатипятилетний моряк", "ru", "двадцатипяти", "летний моряк"),
        ("وخمسة وعشرون قاربا", "ar", "خمسة وعشرون", " قاربا"),
        ("غرق ١٢ ألفًا منهم", "ar", "١٢ ألفًا", " منهم"),
        ("le 6 mai, 3 bateaux", "fr", "6", " mai, 3 bateaux"),
    ],
)
def test_a_number_stands_where_it_is_written(text, language, said, following):
    number = find_numbers(text, language)[0]
    assert (number.span.of(text), number.following) == (said, following)


def test_percent_is_told_from_a_count():
    assert [number.percent for number in find_numbers("5 % des 20 camions", "fr")] == [True, False]


@pytest.mark.parametrize(
    ("following", "language", "expected"),
    [
        (" kilomètres de long", "fr", "kilometre"),
        (" millions de francs", "fr", None),
        (" d'heures", "fr", "hour"),
        (" kilometreden uzun", "tr", "kilometre"),
        (" metrelik dalga", "tr", "metre"),
        (" aylardır", "tr", "month"),
        (" aydınlık oda", "tr", None),
        (" milletvekili", "tr", None),
        (" mi)", "en", "mile"),
        (".", "en", None),
        ("", "en", None),
    ],
)
def test_what_a_number_counts(following, language, expected):
    assert measure(following, numerals(language)) == expected


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("deux fois en mars", "fr", {3}),
        ("twice in March, half of them", "en", {2, 3, 0.5}),
        ("binlerce kişi, ocak ayında", "tr", {1000, 1}),
        ("dörtte biri", "tr", {4}),
        ("ونصف القوارب في الثمانينيات", "ar", {0.5, 80}),
        ("nothing here", "en", set()),
    ],
)
def test_what_words_name_without_counting(text, language, expected):
    assert expected <= implied_numbers(text, numerals(language)) <= {*expected, 1, 2, 3}


def test_a_mark_before_three_digits_has_two_readings_where_the_language_divides_decimals_by_it():
    readings = [(number.value, number.decimal) for number in read_numbers("1.234 and 1,234 and 1,234,567", "en")]
    assert readings == [(1234, 1.234), (1234, None), (1234567, None)]
    assert [number.decimal for number in read_numbers("1.234 ve 1,234", "tr")] == [None, 1.234]


def test_ordinals_and_manners_of_speaking_are_marked():
    (ordinal,) = read_numbers("le vingt et unième quai", "fr")
    assert (ordinal.value, ordinal.ordinal) == (21, True)
    assert [number.ordinal for number in read_numbers("118'inci dakikada 3'ü, 190-е место, 3-х", "tr")] == [1, 0, 1, 0]
    assert [number.ordinal for number in read_numbers("القرن الثاني عشر، الخامس", "ar")] == [True, True]
    assert [number.idiom for number in read_numbers("mille mercis, deux mille mercis", "fr")] == [True, False]


@given(st.text(max_size=80), st.sampled_from(["fr", "tr", "en", "ru", "ar", "zh"]))
def test_any_text_can_be_read(text, language):
    for number in read_numbers(text, language):
        assert number.value >= 0
        table = numerals(language)
        if table:
            measure(number.following, table)
            assert all(value >= 0 for value in implied_numbers(text, table))
