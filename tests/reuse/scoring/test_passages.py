import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from align.reuse.scoring.passages import neighbour_support, story_support, widened
from tests.reuse.stories import Page

LINES = [f"Sentence number {number} of the story stands here." for number in range(6)]
SENTENCES = Page().add("s0", LINES[:4]).add("s1", LINES[:4]).sentences
OURS, THEIRS = range(4), range(4, 8)
PAIRS = st.dictionaries(st.tuples(st.sampled_from(OURS), st.sampled_from(THEIRS)), st.floats(0, 1), min_size=1)


@given(PAIRS)
def test_support_is_a_share_for_each_pair(pairs):
    for support in (neighbour_support(SENTENCES, pairs), story_support(SENTENCES, pairs)):
        assert set(support) == set(pairs)
        assert all(0 <= value <= 1 for value in support.values())
    assert all(value < 1 for value in neighbour_support(SENTENCES, pairs).values())


@given(PAIRS, st.randoms(use_true_random=False))
def test_support_does_not_depend_on_the_order_of_pairs(pairs, random):
    mixed = list(pairs.items())
    random.shuffle(mixed)
    assert neighbour_support(SENTENCES, dict(mixed)) == neighbour_support(SENTENCES, pairs)
    assert story_support(SENTENCES, dict(mixed)) == story_support(SENTENCES, pairs)


def test_a_pair_alone_has_no_support():
    assert neighbour_support(SENTENCES, {(0, 4): 0.9}) == story_support(SENTENCES, {(0, 4): 0.9}) == {(0, 4): 0.0}


def test_a_near_neighbour_supports_more_than_a_far_one():
    near = neighbour_support(SENTENCES, {(0, 4): 0.6, (1, 5): 0.9})[0, 4]
    far = neighbour_support(SENTENCES, {(0, 4): 0.6, (3, 7): 0.9})[0, 4]
    assert 0 < far < near


def test_neighbours_count_in_either_order():
    straight = neighbour_support(SENTENCES, {(1, 5): 0.6, (2, 6): 0.9})[1, 5]
    crossed = neighbour_support(SENTENCES, {(1, 6): 0.6, (2, 5): 0.9})[1, 6]
    assert straight == crossed > 0


def test_a_pair_without_strength_supports_nothing():
    assert neighbour_support(SENTENCES, {(0, 4): 0.9, (1, 5): 0.0})[0, 4] == 0
    assert story_support(SENTENCES, {(0, 4): 0.9, (1, 5): 0.0})[0, 4] == 0


def test_a_stronger_pair_supports_more():
    weak, strong = ({(0, 4): 0.1, (1, 5): strength} for strength in (0.2, 0.7))
    assert neighbour_support(SENTENCES, weak)[0, 4] < neighbour_support(SENTENCES, strong)[0, 4]
    assert story_support(SENTENCES, weak)[0, 4] < story_support(SENTENCES, strong)[0, 4]


@given(PAIRS, st.data())
def test_what_is_wanted_has_the_support_that_it_has_among_all(pairs, data):
    wanted = data.draw(st.lists(st.sampled_from(sorted(pairs)), unique=True))
    for support in (neighbour_support, story_support):
        every = support(SENTENCES, pairs)
        assert support(SENTENCES, pairs, wanted) == {pair: every[pair] for pair in wanted}


LONG = Page().add("s0", ["One more line of it."] * 45).add("s1", ["One more line of it."] * 45).sentences
PLACES = st.integers(0, 44)


@given(st.dictionaries(st.tuples(PLACES, PLACES.map(lambda place: place + 45)), st.floats(0, 1), max_size=25))
def test_neighbours_are_those_within_twelve_places_of_both_stories(pairs):
    found = neighbour_support(LONG, pairs)
    for pair in pairs:
        steps = {other: max(abs(other[0] - pair[0]), abs(other[1] - pair[1])) for other in pairs}
        near = {other: pairs[other] for other in pairs if steps[other] <= 12}
        fading = {other: strength * math.exp((1 - steps[other]) / 3) for other, strength in near.items()}
        taken, total = set(pair), 0.0
        for other in sorted(fading, key=lambda other: (-fading[other], other)):
            if taken.isdisjoint(other):
                taken |= set(other)
                total += fading[other]
        assert found[pair] == pytest.approx(1 - math.exp(-total))


@given(
    st.dictionaries(
        st.tuples(st.sampled_from(range(8)), st.sampled_from(range(45, 53))), st.sampled_from([0.0, 0.3, 0.5, 1.0])
    )
)
def test_a_story_supports_by_its_three_strongest_pairs_that_share_no_sentence(pairs):
    found = story_support(LONG, pairs)
    for pair in pairs:
        taken, strengths = set(pair), []
        for other in sorted(pairs, key=lambda other: (-pairs[other], other)):
            if taken.isdisjoint(other) and len(strengths) < 3:
                taken |= set(other)
                strengths.append(pairs[other])
        assert found[pair] == pytest.approx(sum(strengths) / 3)


def test_sentences_may_be_looked_up_by_row():
    by_row = dict(enumerate(SENTENCES))
    pairs = {(0, 4): 0.5, (1, 5): 0.9}
    assert neighbour_support(by_row, pairs) == neighbour_support(SENTENCES, pairs)
    assert story_support(by_row, pairs) == story_support(SENTENCES, pairs)


def test_a_sentence_supports_another_only_once():
    once = neighbour_support(SENTENCES, {(0, 4): 0.6, (1, 5): 0.9})[0, 4]
    twice = neighbour_support(SENTENCES, {(0, 4): 0.6, (1, 5): 0.9, (1, 6): 0.9, (1, 7): 0.9})[0, 4]
    assert once == twice


def test_nor_does_a_sentence_of_the_second_story():
    once = neighbour_support(SENTENCES, {(0, 4): 0.6, (1, 5): 0.9})[0, 4]
    twice = neighbour_support(SENTENCES, {(0, 4): 0.6, (1, 5): 0.9, (2, 5): 0.9, (3, 5): 0.9})[0, 4]
    assert once == twice


def test_a_pair_of_the_same_sentence_is_no_support():
    pairs = {(0, 4): 0.9, (0, 5): 0.9, (1, 4): 0.9}
    assert neighbour_support(SENTENCES, pairs)[0, 4] == 0
    assert neighbour_support(SENTENCES, {(0, 4): 0.9, (0, 5): 0.9})[0, 4] == 0
    assert story_support(SENTENCES, {(0, 4): 0.9, (0, 5): 0.9})[0, 4] == 0
    assert story_support(SENTENCES, pairs)[0, 4] == 0


def test_other_stories_support_nothing():
    sentences = Page().add("s0", LINES[:2]).add("s1", LINES[:2]).add("s2", LINES[:2]).sentences
    assert neighbour_support(sentences, {(0, 2): 0.9, (1, 5): 0.9})[0, 2] == 0
    assert story_support(sentences, {(0, 2): 0.9, (1, 5): 0.9})[0, 2] == 0


def test_three_full_pairs_are_all_the_support_that_a_story_gives():
    pairs = {(0, 4): 0.5, (1, 5): 1.0, (2, 6): 1.0, (3, 7): 1.0}
    assert story_support(SENTENCES, pairs)[0, 4] == 1
    assert story_support(SENTENCES, {(0, 4): 0.5, (1, 5): 1.0, (2, 6): 0.2})[0, 4] == pytest.approx(0.4)


def vectors(*rows):
    made = np.array(rows, np.float32)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


# the third sentence says what the first two say together
JOINING = vectors([1, 0, 0], [0, 1, 0], [1, 1, 0])
HALVES = {(0, 2): 0.7071, (1, 2): 0.7071}


def test_two_sentences_that_one_joins_are_one_passage():
    sentences = Page().add("s0", LINES[:2]).add("s1", LINES[:1]).sentences
    ((rows, cosine),) = widened(sentences, JOINING, HALVES).items()
    assert (rows, cosine) == (((0, 1), (2,)), pytest.approx(1))


def test_and_the_other_way_round():
    sentences = Page().add("s1", LINES[:1]).add("s0", LINES[:2]).sentences
    found = widened(sentences, vectors([1, 1, 0], [1, 0, 0], [0, 1, 0]), {(0, 1): 0.7071, (0, 2): 0.7071})
    assert list(found) == [((0,), (1, 2))]


@pytest.mark.parametrize(
    "page",
    [
        Page().add("s0", LINES[:1]).add("s2", LINES[:1]).add("s1", LINES[:1]),
        Page().add("s0", [LINES[0], "No.", LINES[1]]).add("s1", LINES[:1]),
        Page().add("s0", LINES[:1]).add("s0", LINES[1:2], language="fr", english=LINES[1:2]).add("s1", LINES[:1]),
    ],
    ids=["two stories", "a line between", "two languages"],
)
def test_only_neighbours_of_one_story_and_language_are_joined(page):
    assert widened(page.sentences, JOINING, HALVES) == {}


def test_what_fits_no_better_is_not_joined():
    sentences = Page().add("s0", LINES[:2]).add("s1", LINES[:1]).sentences
    same = vectors([1, 0, 0], [1, 0.05, 0], [1, 0, 0])
    assert widened(sentences, same, {(0, 2): 1.0, (1, 2): 0.9988}) == {}


def test_a_half_that_is_no_candidate_is_not_joined():
    sentences = Page().add("s0", LINES[:2]).add("s1", LINES[:1]).sentences
    assert widened(sentences, JOINING, {(0, 2): 0.7071}) == {}


def test_a_sentence_stands_for_the_story_only_once():
    pairs = {(0, 4): 0.5, (1, 5): 0.9, (1, 6): 0.9, (2, 5): 0.9}
    assert story_support(SENTENCES, pairs)[0, 4] == pytest.approx(0.9 / 3)
