import pytest
from hypothesis import given
from hypothesis import strategies as st

from align.text.shingles import containment, longest_run, longest_stretch, shingles

WORDS = st.lists(st.sampled_from("abcd"), max_size=12)


@given(WORDS, st.integers(1, 5))
def test_shingles_are_every_run_in_order(words, size):
    found = shingles(words, size)
    assert len(found) == max(len(words) - size + 1, 0)
    assert all(list(run) == words[start : start + size] for start, run in enumerate(found))


@given(WORDS, WORDS, st.integers(1, 4))
def test_containment_is_a_symmetric_share(first, second, size):
    share = containment(first, second, size)
    assert 0 <= share <= 1
    assert share == containment(second, first, size)
    assert containment(first, first, size) == (1 if len(first) >= size else 0)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("the dam broke at dawn", "at noon the dam broke", 1 / 3),
        ("the dam broke", "everyone says the dam broke at dawn", 1),  # a part is wholly contained in the whole
        ("the dam broke", "broke dam the", 0),
        ("the dam", "the dam broke", 0),  # too short to say anything
        ("so so so so", "so so so", 1),  # a run counts once
    ],
)
def test_containment(first, second, expected):
    assert containment(first.split(), second.split(), 3) == expected


def runs(words):
    return {tuple(words[begin:end]) for begin in range(len(words)) for end in range(begin + 1, len(words) + 1)}


@given(WORDS, WORDS)
def test_the_longest_run_is_the_longest_that_both_have(first, second):
    expected = max(map(len, runs(first) & runs(second)), default=0)
    assert longest_run(first, second) == longest_run(second, first) == expected


def test_a_frequent_word_is_not_passed_over_in_a_long_text():
    words = ["the", "dam"] * 300
    assert longest_run(words, ["the", "dam", "the", "dam"]) == 4


@given(WORDS, st.sets(st.tuples(*[st.sampled_from("abcd")] * 3)), st.integers(1, 4))
def test_a_stretch_is_the_longest_run_all_of_whose_shingles_are_known(words, known, size):
    known = {run[:size] for run in known} if size < 4 else {(*run, "a") for run in known}
    stretches = [
        words[begin:end]
        for begin in range(len(words))
        for end in range(begin + size, len(words) + 1)
        if all(run in known for run in shingles(words[begin:end], size))
    ]
    assert longest_stretch(words, known, size) == max(map(len, stretches), default=0)


@given(WORDS, WORDS, st.integers(1, 4))
def test_a_stretch_of_anothers_shingles_is_no_shorter_than_their_longest_run(first, second, size):
    longest, run = longest_stretch(first, set(shingles(second, size)), size), longest_run(first, second)
    assert longest >= run if run >= size else longest == 0


def test_a_stretch_may_be_put_together_from_two_places():
    known = set(shingles(["x", "y", "a", "b", "c"], 2)) | set(shingles(["c", "d", "e"], 2))
    assert longest_stretch(["a", "b", "c", "d", "e"], known, 2) == 5
    assert longest_stretch(["a", "b", "x", "d", "e"], known, 2) == 2
