import time
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from align.records import Span
from align.reuse.runs import join_matches
from tests.reuse.stories import match, passage

LENGTH = 100


def pair(one, other, score=0.9, **options):
    """Sentence `one` of the first story against sentence `other` of the second; each is 100 characters long."""
    sides = [
        replace(passage(story, place), span=Span(place * LENGTH, place * LENGTH + LENGTH))
        for story, place in (("s0", one), ("s1", other))
    ]
    return match(*sides, score, **options)


def spans(matches):
    return [((run.source.begin, run.source.end), (run.target.begin, run.target.end)) for run in join_matches(matches)]


def test_neighbours_are_one_passage_with_the_span_of_all():
    assert spans([pair(0, 3), pair(1, 4), pair(2, 5)]) == [((0, 300), (300, 600))]


def test_a_gap_and_a_crossing_do_not_end_it():
    assert spans([pair(0, 1), pair(2, 0), pair(3, 3)]) == [((0, 400), (0, 400))]


def test_matches_far_apart_stay_alone():
    assert spans([pair(0, 0), pair(20, 20)]) == []


def test_two_passages_of_two_stories():
    assert spans([pair(0, 0), pair(1, 1), pair(30, 30), pair(31, 31)]) == [((0, 200), (0, 200)), ((3000, 3200),) * 2]


def test_what_is_not_flagged_takes_no_part():
    assert spans([pair(0, 0), pair(1, 1, flagged=False)]) == []


def test_a_sentence_is_used_once():
    (run,) = join_matches([pair(0, 0), pair(1, 1, 0.95), pair(1, 0, 0.6)])
    assert run.matches == ("s0:0+1~s1:0+1", "s0:1+1~s1:1+1")
    assert run.score == 0.95


def test_a_long_copy_is_joined_at_once():
    """Four thousand matches in a row: time that grows with their square would be minutes."""
    begin = time.perf_counter()
    (run,) = join_matches([pair(place, place) for place in range(4000)])
    assert len(run.matches) == 4000
    assert time.perf_counter() - begin < 20


PAIRS = st.dictionaries(st.tuples(st.integers(0, 9), st.integers(0, 9)), st.floats(0, 1), max_size=14)


@given(PAIRS, st.randoms(use_true_random=False))
def test_runs_share_no_sentence_and_do_not_depend_on_the_order(made, random):
    matches = [pair(one, other, score) for (one, other), score in made.items()]
    runs = join_matches(matches)
    named = {item.id: item for item in matches}
    sides = [
        (side.story_id, name)
        for run in runs
        for held in run.matches
        for side in (named[held].source, named[held].target)
        for name in side.segments
    ]
    assert len(sides) == len(set(sides))
    assert all(len(run.matches) > 1 for run in runs)
    for run in runs:
        for held in run.matches:
            assert run.source.contains(named[held].source.span)
            assert run.target.contains(named[held].target.span)
    random.shuffle(matches)
    assert join_matches(matches) == runs
