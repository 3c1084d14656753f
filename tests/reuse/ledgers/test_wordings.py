import pytest

from align.reuse.ledgers.wordings import claimants_in, counted_in, folded_names, names_in
from tests.cases import cases


@cases("reuse/wordings.json")
def test_wordings(case):
    given = case["input"]
    found = {
        "numbers": lambda: [
            f"{item.figure} {item.words}".strip() for item in counted_in(given["text"], given["language"])
        ],
        "names": lambda: [item.text for item in names_in(given["text"], given["language"])],
    }
    assert {kind: found[kind]() for kind in case["expected"]} == case["expected"]


@pytest.mark.parametrize(
    ("text", "stems", "said"),
    [
        ("Two officials familiar with it said.", {"offici", "familiar"}, ["officials familiar"]),
        ("Police and, later, the mayor said so.", {"polic", "mayor"}, ["Police", "mayor"]),
        ("Nobody said so.", set(), []),
    ],
)  # fmt: skip
def test_claimants_are_named_as_they_are_written(text, stems, said):
    assert [item.text for item in claimants_in(text, "en", frozenset(stems))] == said


def test_a_claimant_of_half_a_paragraph_is_none():
    text = "alpha beta gamma delta epsilon zeta theta iota kappa said"
    assert claimants_in(text, "en", frozenset(counted.lower() for counted in text.split()[:9])) == []


def test_words_are_folded_as_names_are():
    assert folded_names(["москва", "Idlib", "of"]) == {"moskva", "idlib"}
