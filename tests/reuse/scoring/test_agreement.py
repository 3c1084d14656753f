import pytest
from hypothesis import given
from hypothesis import strategies as st

from align.records import Agreement
from align.reuse.reading.names import same_name
from align.reuse.reading.sides import Side, telling
from align.reuse.scoring.agreement import compare_names, compare_numbers, number_weight, share_missing
from tests.reuse.stories import sentence


@pytest.mark.parametrize(
    ("less", "more"), [(2, 6), (6, 40), (40, 200), (200, 212), (2019, 6), (2019, 212)], ids=lambda pair: str(pair)
)
def test_how_telling_a_value_is(less, more):
    assert telling(less) <= telling(more)


@given(st.floats(0, 1e12) | st.integers(0, 10**9))
def test_telling_stays_in_its_range(value):
    assert 0.2 <= telling(value) <= 1.6


VALUES = st.sampled_from(["5", "12", "40 percent", "212", "1,250", "2021", "1.5 million", "0.5"])
COUNTED = st.sampled_from(["", "boats", "houses", "men of Valmer"])
TEXTS = st.lists(st.tuples(VALUES, COUNTED).map(" ".join), max_size=4).map(" and so ".join)


@given(TEXTS, TEXTS)
def test_each_value_agrees_clashes_or_stands_on_one_side(first, second):
    one, other = (Side((sentence(f"They saw that there were {text}."),)) for text in (first, second))
    found, reverse = compare_numbers(one, other), compare_numbers(other, one)
    shared = one.counts.keys() & other.counts.keys()
    assert len(found.same) == len(shared)
    assert len(found.same) * 2 + len(found.different) * 2 + len(found.missing) == len(one.counts) + len(other.counts)
    assert sorted(found.same) == sorted(reverse.same)
    assert len(found.different) == len(reverse.different)
    assert sorted(found.missing) == sorted(reverse.missing)


@given(TEXTS)
def test_a_text_agrees_with_itself_on_every_number(text):
    side = Side((sentence(f"They saw that there were {text}."),))
    found = compare_numbers(side, side)
    assert (len(found.same), found.different, found.missing) == (len(side.counts), (), ())


@given(st.sampled_from(["7", "212", "2021", "40", "40%", "0.5", "1500000", "3"]), COUNTED, st.booleans())
def test_no_number_in_common_says_more_than_the_most(value, counted, alike):
    assert 0.1 <= number_weight(f"{value} {counted}".strip(), alike) <= 1.9 + 1e-9


NAMES = st.frozensets(st.sampled_from(["valmer", "orvanne", "orvannes", "moscow", "moskova", "holt", "lindow"]))


@given(NAMES, NAMES)
def test_each_name_is_shared_or_missing(first, second):
    found = compare_names(first, second)
    same, missing = set(found.same), set(found.missing)
    assert first & second <= same <= first | second
    assert missing <= first | second and same.isdisjoint(missing)
    assert found.different == ()
    for name in missing:
        other = second if name in first else first
        assert not any(same_name(name, another) for another in other)
    assert compare_names(second, first) == found


def test_one_name_spelled_two_ways_is_shared():
    assert compare_names(frozenset({"orvanne", "holt"}), frozenset({"orvannes"})) == Agreement(
        same=("orvanne",), missing=("holt",)
    )


@pytest.mark.parametrize(
    ("agreement", "first", "second", "expected"),
    [
        (Agreement(same=("1",), missing=("2",)), [1, 2], [1], 1 / 3),
        (Agreement(missing=("2", "3")), [2], [3], 1),
        (Agreement(different=("2 / 3 boat",)), [2], [3], 0),
        (Agreement(missing=("2",)), [2], [], 0),
        (Agreement(), [], [], 0),
    ],
)
def test_the_share_that_one_side_alone_has(agreement, first, second, expected):
    assert share_missing(agreement, first, second) == pytest.approx(expected)
