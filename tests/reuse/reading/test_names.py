from hypothesis import given
from hypothesis import strategies as st

from align.reuse.reading.names import find_names, same_name
from align.text.words import fold
from tests.cases import cases

SPELLINGS = st.text(alphabet="abcdei", min_size=1, max_size=9)


@cases("reuse/names.json")
def test_find_names(case):
    assert sorted(find_names(case["input"])) == case["expected"]


@cases("reuse/same_names.json")
def test_same_name(case):
    assert same_name(*case["input"]) is case["expected"]


@given(SPELLINGS, SPELLINGS)
def test_same_name_holds_either_way_round(first, second):
    assert same_name(first, second) == same_name(second, first)
    assert same_name(first, first)


@given(st.text(alphabet="aéıŞİ’'« »,.БъюÉZ \n12", max_size=60))
def test_names_are_folded(text):
    assert all(fold(name) == name for name in find_names(text))
