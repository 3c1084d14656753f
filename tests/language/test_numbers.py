from hypothesis import given
from hypothesis import strategies as st

from align.language.numbers import find_numbers
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


def test_percent_is_told_from_a_count():
    assert [number.percent for number in find_numbers("5 % des 20 camions", "fr")] == [True, False]
