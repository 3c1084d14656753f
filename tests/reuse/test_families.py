from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from align.reuse.families import gather_families
from tests.reuse.stories import match, passage, story

STORIES = [story(f"s{number}", outlet=f"outlet{number}") for number in range(5)]
SIZES = dict.fromkeys((item.id for item in STORIES), 3)


def tie(first, second, score=0.9, *, places=(0, 0), **options):
    return match(passage(f"s{first}", places[0]), passage(f"s{second}", places[1]), score, **options)


def groups(matches):
    return [[member.story_id for member in family.members] for family in gather_families(STORIES, matches, SIZES)]


def test_nothing_flagged_no_family():
    assert groups([]) == groups([tie(0, 1, 0.99, flagged=False)]) == []


def test_ties_connect_and_families_come_in_story_order():
    assert groups([tie(3, 4), tie(0, 2), tie(1, 2)]) == [["s0", "s1", "s2"], ["s3", "s4"]]


@pytest.mark.parametrize(
    ("scores", "tied"),
    [((0.8,), True), ((0.79,), False), ((0.6, 0.5), True), ((0.55, 0.55), False), ((0.5, 0.5, 0.5), True)],
)
def test_two_stories_are_tied_when_four_to_one_something_was_taken(scores, tied):
    matches = [tie(0, 1, score, places=(place, place)) for place, score in enumerate(scores)]
    assert bool(groups(matches)) is tied


def test_doubt_is_gathered_whichever_story_is_named_first():
    assert groups([tie(0, 1, 0.6), tie(1, 0, 0.6, places=(1, 1))]) == [["s0", "s1"]]


def test_weak_ties_of_different_stories_do_not_add_up():
    assert groups([tie(0, 1, 0.6), tie(1, 2, 0.6), tie(0, 2, 0.6)]) == []


def test_a_family_holds_its_flagged_matches_and_its_members_dates():
    stories = [story("s0", outlet="quai", published="2021-03-04"), story("s1"), story("s2")]
    matches = [tie(0, 1), tie(0, 1, 0.6, places=(1, 2)), tie(1, 2, 0.6), tie(0, 1, 0.2, places=(2, 2))]
    (family,) = gather_families(stories, matches, SIZES)
    assert family.id == "family-1"
    assert family.matches == tuple(sorted(item.id for item in matches[:2]))
    member = family.members[0]
    assert (member.story_id, member.outlet, member.published) == ("s0", "quai", "2021-03-04")


TIES = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 4), st.floats(0, 1), st.integers(0, 2), st.integers(0, 2)).filter(
        lambda item: item[0] < item[1]
    ),
    max_size=8,
    unique_by=lambda item: (item[0], item[1], item[3], item[4]),
)


@given(TIES, st.randoms(use_true_random=False))
def test_families_do_not_depend_on_the_order_of_matches(made, random):
    matches = [tie(one, other, score, places=places) for one, other, score, *places in made]
    plain = gather_families(STORIES, matches, SIZES)
    random.shuffle(matches)
    assert gather_families(STORIES, matches, SIZES) == plain


@given(TIES)
def test_families_share_no_story_and_count_their_origins(made):
    matches = [tie(one, other, score, places=places) for one, other, score, *places in made]
    families = gather_families(STORIES, matches, SIZES)
    members = [member.story_id for family in families for member in family.members]
    assert len(members) == len(set(members))
    assert all(1 <= family.independent_origins <= len(family.members) >= 2 for family in families)
    listed = [name for family in families for name in family.matches]
    assert len(listed) == len(set(listed))


def test_the_same_groups_for_the_stories_in_any_order():
    matches = [tie(0, 1), tie(1, 2), tie(3, 4)]
    for order in permutations(STORIES):
        families = gather_families(order, matches, SIZES)
        found = {frozenset(member.story_id for member in family.members) for family in families}
        assert found == {frozenset(("s0", "s1", "s2")), frozenset(("s3", "s4"))}


@pytest.mark.parametrize(
    ("sizes", "origins"),
    [
        ({"s0": 3, "s1": 3}, 1),  # a third of either is shared
        ({"s0": 3, "s1": 4}, 2),  # the second took a sentence into a story of its own
        ({"s0": 4, "s1": 4}, 2),  # never more origins than stories
        ({"s0": 1, "s1": 1}, 1),
    ],
)
def test_independent_origins(sizes, origins):
    (family,) = gather_families(STORIES[:2], [tie(0, 1)], sizes)
    assert family.independent_origins == origins


def test_a_sentence_that_is_shared_twice_counts_once():
    matches = [tie(0, 1), tie(0, 2), tie(1, 2)]
    (family,) = gather_families(STORIES[:3], matches, {"s0": 6, "s1": 3, "s2": 2})
    assert family.independent_origins == 2


def test_a_story_that_took_from_two_sources_does_not_make_one_family_of_both():
    one = [tie(0, 1, 0.99), tie(0, 1, 0.99, places=(1, 1))]
    # s2 shares another sentence with s1, and its own ones with s3 and s4
    other = [tie(2, 3, 0.99), tie(2, 4, 0.99), tie(3, 4, 0.99)]
    bridge = [tie(1, 2, 0.85, places=(2, 2))]
    assert groups([*one, *other, *bridge]) == [["s0", "s1"], ["s2", "s3", "s4"]]


def test_a_bridge_over_what_both_groups_share_joins_them():
    one = [tie(0, 1, 0.99)]
    other = [tie(2, 3, 0.99)]
    assert groups([*one, *other, tie(1, 2, 0.85)]) == [["s0", "s1", "s2", "s3"]]
