import pytest
from hypothesis import given
from hypothesis import strategies as st

from align.ingest.citations import citations
from align.ingest.outlets import OutletTable
from tests.cases import cases

OUTLETS = OutletTable.load()


def cited(text):
    return citations(text, OUTLETS.find_names(text, ambiguous=True))


@cases("ingest/citations.json")
def test_citation(case):
    assert [[span.of(case["input"]), key] for span, key in cited(case["input"])] == case["expected"]


def test_no_names_no_citations():
    assert citations("Reuters reported.", []) == []


@pytest.mark.parametrize("apostrophe", ["'", "’"])
def test_apostrophes_and_case_do_not_matter(apostrophe):
    text = f"D{apostrophe}APRÈS L{apostrophe}AFP, LE PONT EST FERMÉ."
    assert [key for _, key in cited(text)] == ["afp"]


_PIECES = ["Reuters", "l'AFP", "told", "selon", "reported", "göre", "сообщает", "ТАСС", "لوكالة", "رويترز", ".", "«"]


@given(st.lists(st.sampled_from(_PIECES), max_size=12).map(" ".join))
def test_a_citation_holds_one_name_and_lies_in_the_text(text):
    names = OUTLETS.find_names(text, ambiguous=True)
    for span, key in citations(text, names):
        assert span.of(text) == span.of(text).strip()
        assert any(span.contains(name) and key == named for name, named in names)


def test_a_text_of_nothing_but_citations_takes_time_in_proportion():
    assert len(cited("Reuters reported " * 20_000)) == 20_000
