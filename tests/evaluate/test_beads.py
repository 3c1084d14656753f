"""Strict and lax counts by hand, and the gold format."""

import json
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from align.errors import InputError
from align.evaluate.beads import (
    BeadScores,
    _index_beads,
    _stretches,
    bead_intervals,
    read_gold,
    score_beads,
    score_documents,
    write_gold,
)
from align.records import Bead

CASES = json.loads((Path(__file__).parents[1] / "cases" / "evaluate" / "beads.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["label"] for case in CASES])
def test_scores_by_hand(case: dict) -> None:
    scores = score_beads(case["input"]["beads"], case["input"]["gold"])
    assert scores == BeadScores(*(pytest.approx(value) for value in case["expected"]))


def test_beads_and_index_lists_count_alike() -> None:
    gold = [((0, 1), (0,)), ((), (1,))]
    beads = [Bead((0, 2), (0, 1), 0.9), Bead((2, 2), (1, 2), 0.5)]
    assert score_beads(beads, gold) == score_beads(gold, gold) == BeadScores(1, 1, 1, 1, 1, 1)


def test_documents_are_added_up_before_dividing() -> None:
    right = ([((0,), (0,))], [((0,), (0,))])
    wrong = ([((0,), (1,)), ((1,), (0,)), ((2,), (3,))], [((0,), (0,)), ((1,), (1,)), ((2,), (2,))])
    assert score_documents([right, wrong]).strict_precision == 0.25


def test_a_file_comes_back_as_it_was_written(tmp_path: Path) -> None:
    beads = [((0, 1), (0,)), ((), (1,)), ((2,), ())]
    write_gold(tmp_path / "a.gold", beads)
    assert (tmp_path / "a.gold").read_text() == "[0, 1]:[0]\n[]:[1]\n[2]:[]\n"
    assert read_gold(tmp_path / "a.gold") == beads


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[0]:[0]\n0:0\n", r"a\.gold:2: not a bead: '0:0'; expected \[0, 1\]:\[2\]"),
        ("[0]:[x]\n", r"a\.gold:1: not a list of sentence numbers: \[x\]"),
        ("[-1]:[0]\n", r"a\.gold:1: not a list"),
        ("[0,]:[0]\n", r"a\.gold:1: not a list"),
        ("[0]:[0]\n\n[1]:[0]\n", r"a\.gold:3: target sentence 0 occurs twice, first in line 1"),
        ("[0, 0]:[0]\n", r"a\.gold:1: source sentence 0 occurs twice"),
        ("[0]:[0] trailing\n", r"a\.gold:1: not a bead"),
    ],
)
def test_bad_lines_are_named(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "a.gold").write_text(text)
    with pytest.raises(InputError, match=message):
        read_gold(tmp_path / "a.gold")


def test_a_third_field_and_empty_lines_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.gold").write_text("[0]:[0]:0.139\n\n[1, 2]:[]:0.0\n")
    assert read_gold(tmp_path / "a.gold") == [((0,), (0,)), ((1, 2), ())]


def test_a_missing_file_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot read"):
        read_gold(tmp_path / "none.gold")


INDICES = st.frozensets(st.integers(0, 5), max_size=3).map(lambda items: tuple(sorted(items)))


@given(st.lists(st.tuples(INDICES, INDICES), max_size=6), st.lists(st.tuples(INDICES, INDICES), max_size=6))
def test_lax_is_never_below_strict(beads: list, gold: list) -> None:
    scores = score_beads(beads, gold)
    assert 0 <= scores.strict_precision <= scores.lax_precision <= 1
    assert 0 <= scores.strict_recall <= scores.lax_recall <= 1


@given(st.lists(st.tuples(INDICES, INDICES), max_size=6), st.lists(st.tuples(INDICES, INDICES), max_size=6))
def test_the_stretches_add_up_to_the_whole(beads: list, gold: list) -> None:
    stretches = _stretches(_index_beads(beads), _index_beads(gold))
    assert score_documents(stretches) == score_beads(beads, gold)
    used = [{(side, index) for bead in given | wanted for side in (0, 1) for index in bead[side]}
            for given, wanted in stretches]  # fmt: skip
    assert sum(map(len, used)) == len(set().union(*used)), "no sentence is in two of them"


def test_intervals_hold_the_figures_and_are_the_same_every_time() -> None:
    right = [((n,), (n,)) for n in range(40)]
    given_beads = [bead if bead[0][0] % 4 else ((bead[0][0],), ()) for bead in right]
    documents = [(given_beads, right), (right, right)]
    scores, spread = score_documents(documents), bead_intervals(documents, 300)
    assert spread == bead_intervals(documents, 300)
    assert list(spread) == [field.name for field in fields(scores)]
    for name, (low, high) in spread.items():
        assert 0 <= low < getattr(scores, name) < high <= 1


def test_nothing_to_draw_from_is_refused() -> None:
    with pytest.raises(InputError, match="at least one unit"):
        bead_intervals([([], [])], 100)
