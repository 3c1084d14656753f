import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from align.ingest.dates import find_page_date, parse_date
from tests.cases import cases

LENGTHS = {"year": {4}, "month": {7}, "day": {10}, "minute": {16, 17}}


@cases("ingest/dates.json")
def test_case(case):
    expected = None if case["expected"] is None else tuple(case["expected"])
    if "field" in case["input"]:
        assert parse_date(case["input"]["field"]) == expected
    else:
        page = case["input"]["page"]
        found = find_page_date(page)
        assert (found and (*found[:2], found[2].of(page))) == expected


def shaped(parsed):
    return parsed is None or (len(parsed[0]) in LENGTHS[parsed[1]] and 1900 <= int(parsed[0][:4]) <= 2100)


@given(st.text() | st.text(alphabet="0123456789-/.: TZ,+févriermars") | st.integers() | st.floats())
def test_any_field_gives_a_date_of_its_precision_or_none(value):
    assert shaped(parse_date(value))


@given(st.datetimes())
def test_a_day_is_read_back_in_every_spelling(moment):
    day = f"{moment:%Y-%m-%d}"
    expected = (day, "day") if 1900 <= moment.year <= 2100 else None
    spellings = (
        day,
        f"{moment.day}.{moment.month}.{moment:%Y}",
        f"{moment:%B} {moment.day}, {moment:%Y}",
        f"{moment:%Y%m%d}",
    )
    assert [parse_date(spelling) for spelling in spellings] == [expected] * 4


@given(st.text(alphabet="date 2020-02\n:févrierPublié", max_size=80))
def test_what_is_found_on_a_page_is_the_date_that_its_span_states(page):
    if found := find_page_date(page):
        published, precision, span = found
        assert parse_date(span.of(page)) == (published, precision)


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf, 1e308])
def test_numbers_without_a_date(number):
    assert parse_date(number) is None


def test_span_counts_code_points_behind_characters_that_fold_away():
    page = "\u200fتاريخ: ٢٠ فبراير 2020 ✓"
    published, _, span = find_page_date(page)
    assert (published, span.of(page)) == ("2020-02-20", "٢٠ فبراير 2020")
