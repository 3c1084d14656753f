import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from align.reuse.scoring.passages import neighbour_support, story_support
from align.reuse.search import surroundings as module
from align.reuse.search.candidates import Candidates
from align.reuse.search.packed import PackedPairs, unpacked
from align.reuse.search.surroundings import LONELY, STAND_OUT, clauses, crowds, packed_clauses, strength
from align.reuse.search.windows import Windows, encode_windows
from tests.reuse.stories import LetterEncoder, Page, look_around

STORY = np.array([0, 0, 0, 1, 1, 2, 2, 2])
COSINES = st.floats(-0.2, 1).map(lambda value: round(value, 6)) | st.sampled_from([0.2, 0.45, 0.5, 0.85])
KEYS = [(one, other) for one in range(8) for other in range(one) if STORY[one] != STORY[other]]
PAIRS = st.dictionaries(st.sampled_from([(other, one) for one, other in KEYS]), COSINES, max_size=16)
NO_WINDOWS = Windows(np.zeros((8, 2), np.float32), np.arange(9))


def candidates(pairs):
    keys = sorted(pairs)
    first, second = (np.array([key[side] for key in keys], np.int64) for side in (0, 1))
    return Candidates(first, second, np.array([pairs[key] for key in keys], np.float64))


def crowd(row, pairs, first, last):
    """The mean of the nearest from one place to another, counted from 0."""
    near = sorted((cosine for key, cosine in pairs.items() if row in key), reverse=True)[first : last + 1]
    return sum(near) / len(near) if near else LONELY


@given(PAIRS)
def test_a_crowd_is_the_mean_of_the_nearest_but_the_very_nearest(pairs):
    held = candidates(pairs)
    assert crowds(8, held, held.cosine) == pytest.approx([crowd(row, pairs, 1, 4) for row in range(8)], abs=1e-9)
    expected = [crowd(row, pairs, 2, 3) for row in range(8)]
    assert crowds(8, held, held.cosine, ranks=(2, 3)) == pytest.approx(expected, abs=1e-9)


@given(PAIRS)
def test_a_pair_is_as_strong_as_it_stands_out_from_what_is_usual_or_is_nearly_a_copy(pairs):
    expected = []
    for key, cosine in sorted(pairs.items()):
        usual = max(crowd(row, pairs, 4, 8) for row in key)
        expected.append(min(max((cosine - usual) / STAND_OUT, (cosine - 0.8) / 0.2, 0.0), 1.0))
    assert strength(candidates(pairs), 8) == pytest.approx(expected, abs=1e-9)


def test_a_copy_is_strong_in_whatever_crowd():
    story, pairs = np.arange(12), {(0, other): 1.0 for other in range(1, 12)}
    assert strength(candidates(pairs), len(story)).tolist() == [1.0] * 11
    alike = {(0, other): 0.7 for other in range(1, 12)}
    assert strength(candidates(alike), len(story)) == pytest.approx([0.0] * 11)


def naive_best(key, pairs):
    """How far a pair lies above the best other one of either sentence between the same two stories."""
    stories = tuple(STORY[list(key)])
    rivals = [
        cosine
        for other, cosine in pairs.items()
        if other != key and tuple(STORY[list(other)]) == stories and (other[0] == key[0] or other[1] == key[1])
    ]
    return max(-STAND_OUT, min(STAND_OUT, pairs[key] - max([module._FAR, *rivals])))


@given(PAIRS)
def test_how_far_a_pair_lies_above_its_rivals(pairs):
    around = look_around(candidates(pairs), STORY, NO_WINDOWS)
    assert around.best == pytest.approx([naive_best(key, pairs) for key in sorted(pairs)], abs=1e-9)


@given(PAIRS)
def test_pairs_of_two_stories_are_one_group(pairs):
    around = look_around(candidates(pairs), STORY, NO_WINDOWS)
    stories = [tuple(STORY[list(key)]) for key in sorted(pairs)]
    kinds = sorted(set(stories))
    assert around.group.tolist() == [kinds.index(pair) for pair in stories]


SENTENCES = Page()
for number in range(3):
    SENTENCES.add(f"s{number}", [f"Sentence number {place} stands here." for place in range((number == STORY).sum())])


@given(PAIRS)
def test_support_bounds_what_neighbours_and_stories_can_add(pairs):
    around = look_around(candidates(pairs), STORY, NO_WINDOWS)
    keys = sorted(pairs)
    strengths = dict(zip(keys, around.strength.tolist(), strict=True))
    order = neighbour_support(SENTENCES.sentences, strengths)
    story = story_support(SENTENCES.sentences, strengths)
    for number, key in enumerate(keys):
        others = [strengths[other] for other in keys if tuple(STORY[list(other)]) == tuple(STORY[list(key)])]
        assert around.support[number] == pytest.approx(sum(others) - strengths[key], abs=1e-9)
        assert order[key] <= 1 - np.exp(-around.support[number]) + 1e-9
        assert story[key] <= min(around.support[number] / 3, 1) + 1e-9


def test_a_pair_alone_has_no_support_and_lies_far_above_nothing():
    around = look_around(candidates({(0, 3): 0.9}), STORY, NO_WINDOWS)
    assert (around.support.tolist(), around.best.tolist()) == ([0.0], [STAND_OUT])


WORDS = st.sampled_from(["the", "old", "dam", "above", "town", "broke", "before", "nine"])
TEXTS = st.lists(st.lists(WORDS, min_size=1, max_size=40).map(" ".join), min_size=8, max_size=8)


@settings(max_examples=40)
@given(TEXTS, st.sets(st.sampled_from([(other, one) for one, other in KEYS])), st.sampled_from([1, 3, 4096]))
def test_a_clause_is_the_best_pair_of_windows(texts, keys, part):
    windows = encode_windows(texts, LetterEncoder())
    pairs = candidates(dict.fromkeys(keys, 0.5))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_PAIRS", part)
        around = look_around(pairs, STORY, windows)
    rows = [windows.vectors[begin:end] for begin, end in zip(windows.begins, windows.begins[1:], strict=False)]
    expected = [max(float(one @ other) for one in rows[a] for other in rows[b]) for a, b in sorted(keys)]
    assert around.clause == pytest.approx(expected, abs=2e-6)
    whole = windows.whole(np.arange(8))
    assert all(around.clause >= np.einsum("ij,ij->i", whole[pairs.first], whole[pairs.second]) - 2e-6)
    assert around.clause_crowd == pytest.approx(crowds(8, pairs, around.clause))


@given(PAIRS, st.sampled_from([(1, 4), (4, 8), (0, 1)]), st.integers(1, 9))
def test_crowds_are_the_same_in_parts_and_of_packed_pairs(pairs, ranks, most):
    held = candidates(pairs)
    whole = crowds(8, held, held.cosine, ranks)
    small = PackedPairs.of([held])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_ENDS", most)
        assert np.array_equal(crowds(8, held, held.cosine, ranks), whole)
        assert np.array_equal(crowds(8, small, small.cosine, ranks), whole)


@settings(max_examples=40)
@given(TEXTS, st.sets(st.sampled_from([(other, one) for one, other in KEYS])))
def test_packed_clauses_are_those_of_all_pairs(texts, keys):
    windows, pairs = encode_windows(texts, LetterEncoder()), candidates(dict.fromkeys(keys, 0.5))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_PAIRS", 2)
        patch.setattr(module, "_MANY", 4)
        found = packed_clauses(PackedPairs.of([pairs]), windows)
        assert np.array_equal(unpacked(found), clauses(pairs, windows))


def test_nothing_stands_around_nothing():
    around = look_around(candidates({}), STORY[:0], NO_WINDOWS)
    assert [len(part) for part in (around.crowd, around.clause, around.best, around.group, around.support)] == [0] * 5
