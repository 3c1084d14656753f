"""Two stories held against each other, with what is known of their pairs made up."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from align.records import Evidence
from align.reuse.scoring.compare import Background, StoryPairs, compare_stories
from align.reuse.scoring.evidence import FEATURES
from align.reuse.scoring.score import ReuseModel, log_odds
from tests.reuse.stories import Page, rarities

ZERO = dict.fromkeys(FEATURES, 0.0)
COSINE = ReuseModel.alike(-6.0, {**ZERO, "cosine": 12.0}, "cosine alone")
LINES = [f"Sentence number {word} of it stands here." for word in ("one", "two", "three", "four")]
PAGE = Page().add("s0", LINES, outlet="quai").add("s1", LINES, outlet="phare")
SENTENCES = PAGE.sentences
BACKGROUND = Background(rarities(SENTENCES), frozenset())


def story_pairs(cosines, worth=None, **given_):
    """Pairs of the two stories by place, with their cosines; the rest is 0 but for what is given."""
    keys = sorted(cosines)
    zero = np.zeros(len(keys))
    names = ("clause", "crowd", "clause_crowd", "best", "strength", "lexical", "run")
    parts = {name: np.array(given_[name], float) if name in given_ else zero for name in names}
    return StoryPairs(
        first=np.array([one for one, _ in keys], np.int64),
        second=np.array([other + 4 for _, other in keys], np.int64),
        cosine=np.array([cosines[key] for key in keys], float),
        worth=np.array([worth is None or key in worth for key in keys], np.bool_),
        base=np.full(len(keys), 99.0),
        **parts,
    )


def compared(pairs, model=COSINE, *, vectors=None, background=BACKGROUND, least=0.05):
    rows = np.eye(8, dtype=np.float32) if vectors is None else vectors
    held = dict(enumerate(SENTENCES))
    sides = PAGE.stories[0], PAGE.stories[1]
    return compare_stories(pairs, sides, held, dict(enumerate(rows)), (PAGE.text, PAGE.text), background, model, least)


def ids(matches):
    return [match.id for match in matches]


# the first of the second story says what the first two of the other say together
JOINING = np.zeros((8, 3), np.float32)
JOINING[0], JOINING[1], JOINING[4] = (1, 0, 0), (0, 1, 0), (0.70711, 0.70711, 0)
HALVES = {(0, 0): 0.7071, (1, 0): 0.7071}


def test_a_wider_passage_stands_for_its_halves():
    (match,) = compared(story_pairs(HALVES), vectors=JOINING)
    assert match.source.segments == ("s0:0", "s0:1")
    assert match.source.text == " ".join(LINES[:2])
    assert match.evidence.cosine == pytest.approx(1, abs=1e-4)


def test_it_takes_the_best_of_what_is_known_of_its_halves():
    known = {"clause": [0.3, 0.9], "crowd": [0.1, 0.2], "clause_crowd": [0.4, 0.2], "best": [-0.1, 0.1]}
    (match,) = compared(story_pairs(HALVES, **known), vectors=JOINING)
    found = match.evidence.features
    assert (found["clause"], found["best"]) == (0.9, 0.1)
    assert found["margin"] == pytest.approx(0.8, abs=1e-4)
    assert found["clause_margin"] == pytest.approx(0.5)


def test_halves_that_score_more_stay():
    narrow = ReuseModel.alike(6.0, {**ZERO, "cosine": -12.0}, "the less alike the better")
    assert ids(compared(story_pairs(HALVES), narrow, vectors=JOINING, least=0.0)) == [
        "s0:0+1~s1:0+1",
        "s0:1+1~s1:0+1",
    ]


@pytest.mark.parametrize("worth", [{(0, 0)}, {(1, 0)}])
def test_a_wider_passage_is_tried_where_one_half_is_worth_a_look(worth):
    assert ids(compared(story_pairs(HALVES, worth), vectors=JOINING)) == ["s0:0+2~s1:0+1"]


def test_and_not_where_none_is():
    assert compared(story_pairs(HALVES, set()), vectors=JOINING) == []


def test_of_two_wider_passages_that_share_a_half_the_better_one_stands():
    vectors = np.zeros((8, 4), np.float32)
    vectors[0], vectors[1], vectors[2] = (1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0)
    vectors[4] = (0.6, 0.64, 0.48, 0)
    pairs = {(place, 0): float(vectors[place] @ vectors[4]) for place in range(3)}
    found = compared(story_pairs(pairs), vectors=vectors, least=0.0)
    assert ids(found) == ["s0:0+2~s1:0+1", "s0:2+1~s1:0+1"]


def test_what_is_not_worth_a_look_is_not_scored():
    assert ids(compared(story_pairs({(0, 0): 0.9, (2, 2): 0.9}, {(2, 2)}))) == ["s0:2+1~s1:2+1"]


@given(st.dictionaries(st.tuples(st.integers(0, 3), st.integers(0, 3)), st.floats(0, 1)), st.floats(0, 1))
def test_the_best_come_first_and_none_below_the_least(cosines, least):
    matches = compared(story_pairs(cosines), least=least)
    assert matches == sorted(matches, key=lambda match: (-match.score, match.id))
    assert all(match.score >= least for match in matches)
    assert all(not match.flagged and match.match_class == "unrelated" for match in matches)
    expected = [cosine for cosine in cosines.values() if round(1 / (1 + np.exp(6 - 12 * cosine)), 6) >= least]
    assert len(matches) == len(expected)


def test_what_can_be_no_more_than_the_least_is_not_looked_at_closely(monkeypatch):
    pairs = story_pairs({(0, 0): 0.9, (1, 2): 0.9})
    scored = []
    monkeypatch.setattr(ReuseModel, "score", lambda model, held: scored.append(held) or 0.5)
    assert len(compared(pairs, least=0.3)) == 2
    scored.clear()
    low = replace(pairs, base=np.array([log_odds(0.29), log_odds(0.31)]))
    assert ids(compared(low, least=0.3)) == ["s0:1+1~s1:2+1"]
    assert len(scored) == 1 and isinstance(scored[0], Evidence)


def test_support_is_added_to_what_is_sure():
    model = ReuseModel.alike(0.0, {**ZERO, "order": 2.0, "story": 3.0}, "support alone")
    pairs = story_pairs({(0, 0): 0.5, (1, 1): 0.5, (3, 3): 0.5}, strength=[0.0, 1.0, 0.0])
    matches = {match.id: match.evidence.features for match in compared(pairs, model)}
    assert matches["s0:0+1~s1:0+1"]["order"] == pytest.approx(1 - np.exp(-1))
    assert matches["s0:0+1~s1:0+1"]["story"] == pytest.approx(1 / 3)
    assert matches["s0:3+1~s1:3+1"]["order"] == pytest.approx(1 - np.exp(-np.exp(-1 / 3)))
    assert matches["s0:1+1~s1:1+1"]["order"] == matches["s0:1+1~s1:1+1"]["story"] == 0
    bounded = replace(pairs, base=np.zeros(3))
    assert ids(compared(bounded, model, least=0.55)) == ["s0:0+1~s1:0+1", "s0:3+1~s1:3+1"]


@pytest.mark.parametrize(("recurring", "expected"), [({0}, True), ({4}, True), ({1, 5}, False)])
def test_a_passage_with_a_recurring_sentence_is_boilerplate(recurring, expected):
    background = Background(rarities(SENTENCES), frozenset(recurring))
    (match,) = compared(story_pairs({(0, 0): 0.9}), background=background)
    assert match.boilerplate is expected


def test_a_passage_is_cut_from_its_story():
    (match,) = compared(story_pairs({(1, 2): 0.9}))
    assert (match.source.outlet, match.target.outlet) == ("quai", "phare")
    assert (match.source.text, match.target.text) == (LINES[1], LINES[2])
    assert match.source.span.of(PAGE.text) == LINES[1]
    assert match.source.english == LINES[1]


def test_what_is_read_off_a_sentence_is_kept_for_the_next_pair(monkeypatch):
    monkeypatch.setattr("align.reuse.scoring.compare._SIDES", 2)
    background = Background(rarities(SENTENCES), frozenset())
    sides = [background.side(row, SENTENCES[row]) for row in (0, 1)]
    assert background.side(0, SENTENCES[0]) is sides[0]
    background.side(2, SENTENCES[2])
    assert len(background.sides) <= 2  # and no more are than there is room for


def test_no_pair_no_match():
    assert compared(story_pairs({})) == []
