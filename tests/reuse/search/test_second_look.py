import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from align.reuse.search import second_look as module
from align.reuse.search.candidates import Candidates
from align.reuse.search.columns import Columns
from align.reuse.search.second_look import look_again
from align.reuse.search.surroundings import crowds
from align.reuse.search.windows import Windows

STORY = np.array([0, 0, 0, 1, 1, 2, 2, 2])
KEYS = [(one, other) for one in range(8) for other in range(one + 1, 8) if STORY[one] != STORY[other]]
VECTORS = st.lists(st.tuples(*[st.integers(-3, 5)] * 3).filter(any), min_size=8, max_size=8)
PAIRS = st.dictionaries(st.sampled_from(KEYS), st.floats(0.2, 1).map(lambda value: round(value, 6)), max_size=12)


def columns(story):
    return Columns(story, np.zeros(len(story), np.int64), np.zeros(len(story), np.int64), {})


def windows(vectors):
    rows = np.array(vectors, np.float32).reshape(len(vectors), len(vectors[0]) if len(vectors) else 2)
    return Windows(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.arange(len(rows) + 1))


def candidates(pairs):
    keys = sorted(pairs)
    first, second = (np.array([key[side] for key in keys], np.int64) for side in (0, 1))
    return Candidates(first, second, np.array([pairs[key] for key in keys], np.float64))


def looked_at(pairs, held, story=STORY):
    found = look_again(candidates(pairs), columns(story), held)
    keys = list(zip(found.first.tolist(), found.second.tolist(), strict=True))
    assert keys == sorted(set(keys))
    return dict(zip(keys, found.cosine.tolist(), strict=True))


def linked(pairs):
    """The pairs of stories whose candidates stand out: 0.12 of what one does that lies 0.3 above its crowds."""
    held = candidates(pairs)
    crowd = crowds(len(STORY), held, held.cosine)
    out = {key: min(max((cosine - max(crowd[list(key)])) / 0.3, 0.0), 1.0) for key, cosine in pairs.items()}
    together = {}
    for key in pairs:
        best = max(value for other, value in out.items() if other[0] == key[0] and STORY[other[1]] == STORY[key[1]])
        together.setdefault(tuple(STORY[list(key)]), {})[key[0]] = best
    return {stories: sum(best.values()) for stories, best in together.items()}


@settings(max_examples=150)
@given(VECTORS, PAIRS)
def test_the_nearest_of_each_sentence_of_linked_stories_is_added_and_nothing_else(vectors, pairs):
    held = windows(vectors)
    cosines = held.vectors @ held.vectors.T
    found = looked_at(pairs, held)
    assert {key: found[key] for key in pairs} == pairs
    links = linked(pairs)
    sure = {stories for stories, together in links.items() if together > 0.12 + 1e-9}
    doubtful = {stories for stories, together in links.items() if abs(together - 0.12) <= 1e-9}
    for key in set(KEYS) - set(pairs):
        stories = tuple(STORY[list(key)])
        row, column = cosines[key[0], stories[1] == STORY], cosines[stories[0] == STORY, key[1]]
        cosine = cosines[key]
        if key in found:
            assert stories in sure | doubtful
            assert cosine >= max(min(row.max(), column.max()), 0.2) - 1e-5
            assert found[key] == pytest.approx(cosine, abs=2e-6)
        elif stories in sure and cosine > 0.2 + 1e-6:
            assert not _alone_nearest(row, cosine) and not _alone_nearest(column, cosine)


def _alone_nearest(cosines, cosine):
    """Whether it is the highest and no other is as high but for rounding."""
    return (cosines >= cosine - 1e-6).sum() == 1


def test_stories_that_nothing_links_are_left_alone():
    vectors = [[1, 0], [0, 1], [1, 1], [1, 0], [0, 1], [1, 0], [0, 1], [1, 1]]
    weak = {(0, 3): 0.41, (0, 5): 0.41, (3, 5): 0.41}
    assert looked_at(weak, windows(vectors)) == weak


def test_a_reworded_sentence_between_linked_stories_is_found():
    vectors = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0], [0, 1, 1.8], *([-1, -1, -1],) * 3]
    found = looked_at({(0, 3): 0.95}, windows(vectors))
    assert set(found) == {(0, 3), (1, 4), (2, 4)}  # nearest to the second of the other story, from either side
    assert found[0, 3] == 0.95  # and not what the vectors say


def test_what_is_far_is_not_added_even_where_nothing_is_nearer():
    vectors = [[1, 0, 0], [0, 1, 0.1], [0, 0, 1], [1, 0, 0], [0.1, -1, 0], *([-1, -1, -1],) * 3]
    assert set(looked_at({(0, 3): 0.95}, windows(vectors))) == {(0, 3)}


def test_stories_may_lie_in_any_order():
    story = np.array([1, 1, 0, 0])
    held = windows([[1, 0], [0, 1], [1, 0.1], [0.1, 1]])
    assert set(looked_at({(0, 2): 0.95}, held, story)) == {(0, 2), (1, 3)}


def test_crowds_of_more_candidates_may_be_given():
    held = windows([[1, 0], [0, 1], [1, 0.1], [0.1, 1]])
    story, pairs = np.array([0, 0, 1, 1]), candidates({(0, 2): 0.95})
    assert len(look_again(pairs, columns(story), held)) == 2
    assert len(look_again(pairs, columns(story), held, np.full(4, 0.95))) == 1


FAR_APART = VECTORS.map(lambda rows: [(*row, 0.001 * number) for number, row in enumerate(rows)])


@given(FAR_APART, PAIRS)
def test_parts_make_no_difference(vectors, pairs):
    held = windows(vectors)
    whole = looked_at(pairs, held)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_STORIES", 1)
        patch.setattr(module, "_PAIRS", 1)
        patch.setattr(module, "_ROWS", 2)
        parts = looked_at(pairs, held)
    assert parts == pytest.approx(whole, abs=2e-6)


@pytest.mark.parametrize("rows", [7, 1024])
def test_lines_that_are_repeated_do_not_all_meet_each_other(rows, monkeypatch):
    monkeypatch.setattr(module, "_ROWS", rows)
    story = np.repeat([0, 1], 50)
    found = looked_at({(0, 50): 0.95}, windows([[1, 0]] * 100), story)
    assert set(found) == {(row, 50) for row in range(50)} | {(0, row) for row in range(50, 100)}


def test_no_candidate():
    assert looked_at({}, windows([[1, 0]] * 8)) == {}
    empty = look_again(candidates({}), columns(STORY[:0]), windows([]))
    assert len(empty) == 0
