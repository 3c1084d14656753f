import pytest

from align.reuse.reading.calendar import is_month, weekdays
from align.text.words import words


@pytest.mark.parametrize(
    ("text", "language", "days"),
    [
        ("It rained on Monday and on Friday.", "en", {0, 4}),
        ("Il a plu lundi soir.", "fr", {0}),
        ("Yağmur salı günü başladı.", "tr", {1}),
        ("Дождь шёл в среду.", "ru", {2}),
        ("أمطرت يوم الأحد", "ar", {6}),
        ("It rained.", "en", set()),
        ("lundi", "en", set()),
        ("Montag", "de", set()),
    ],
)
def test_weekdays(text, language, days):
    assert weekdays(words(text), language) == days


def test_months():
    assert is_month("october", "en") and is_month("subat", "tr")
    assert not is_month("may", "en")  # a verb as well
    assert not is_month("october", "xx")
