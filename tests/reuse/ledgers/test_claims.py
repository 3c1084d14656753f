import dataclasses

from hypothesis import given
from hypothesis import strategies as st

from align.records import Claim, FamilyMember, Origin, WireFamily
from align.reuse.ledgers.claims import claim_stories, with_claims
from tests.reuse.ledgers.test_facts import Told


def family(number, *stories):
    members = tuple(FamilyMember(story, None, None) for story in stories)
    return WireFamily(f"family-{number}", members, (), 1, Origin(None, None, "unknown", "no date"))


def same_event(told, first, second, places=(0, 0)):
    told.match(first, second, places=places, score=0.3)
    told.matches[-1] = dataclasses.replace(told.matches[-1], match_class="same-event")
    return told


def claims(told, *families):
    return [held.claims for held in with_claims(families, told.matches, told.tellings)]


def barns(*stories):
    told = Told()
    for story in stories:
        told.story(story, "The flood took 14 barns.")
    return told


def test_flagged_passages_share_one_origin():
    told = barns("a", "b", "c").match("a", "b").match("b", "c")
    assert claims(told, family(1, "a", "b", "c")) == [(Claim("14", "barns", ("a", "b", "c"), 1),)]


def test_a_member_whose_sentence_is_in_no_flagged_match_counts_by_itself():
    told = same_event(barns("a", "b", "c").match("a", "b"), "b", "c")
    assert claims(told, family(1, "a", "b", "c")) == [(Claim("14", "barns", ("a", "b", "c"), 2),)]


def test_stories_outside_count_once_a_family():
    told = barns("a", "b", "x", "y", "z").match("a", "b").match("x", "y")
    for outside in "xyz":
        same_event(told, "a", outside)
    first, second = claims(told, family(1, "a", "b"), family(2, "x", "y"))
    assert first == (Claim("14", "barns", ("a", "b", "x", "y", "z"), 3),)
    assert second == (Claim("14", "barns", ("x", "y", "a"), 2),)


def test_a_story_outside_that_shares_a_flagged_passage_is_no_origin_of_its_own():
    told = barns("a", "b", "x").match("a", "b").match("b", "x")
    assert claims(told, family(1, "a", "b")) == [(Claim("14", "barns", ("a", "b", "x"), 1),)]


def test_the_same_number_of_another_thing_is_another_claim():
    told = barns("a", "b").match("a", "b").story("c", "The flood took 14 mayors.")
    assert claims(same_event(told, "a", "c"), family(1, "a", "b", "c")) == [(Claim("14", "barns", ("a", "b"), 1),)]
    small = Told().story("a", "It took 4 barns.").story("b", "It took 4 mayors.").match("a", "b")
    assert claims(small, family(1, "a", "b")) == [()]


def test_a_large_number_speaks_alone_in_a_flagged_match():
    told = Told().story("a", "It took 231 sheep.").story("b", "It took 231 animals.").match("a", "b")
    assert claims(told, family(1, "a", "b"))[0][0].stories == ("a", "b")


def test_two_languages_are_held_together_in_english_or_by_a_flagged_match():
    told = Told().story("a", "Il y a 4 blessés.", language="fr", english=["There are 4 injured."])
    told.story("b", "There were 4 injured people.").story("c", "There were 4 boats.")
    assert claims(same_event(told, "a", "b"), family(1, "a", "b")) == [(Claim("4", "injured people", ("a", "b"), 2),)]
    told.matches.clear()
    assert claims(same_event(told, "a", "c"), family(1, "a", "c")) == [()]
    told.matches.clear()
    assert claims(told.match("a", "c"), family(1, "a", "c")) == [(Claim("4", "boats", ("a", "c"), 1),)]


def test_one_claim_in_two_sentences_of_a_story_is_one():
    told = (
        Told()
        .story("a", "It took 14 barns.", "The 14 barns burned.")
        .story("b", "They lost 14 barns.")
        .story("c", "And 14 barns fell.")
    )
    told.match("a", "b").match("a", "c", places=(1, 0))
    assert claims(told, family(1, "a", "b", "c")) == [(Claim("14", "barns", ("a", "b", "c"), 1),)]


def test_shares_and_words_that_two_have_in_common():
    told = Told().story("a", "It took 31% of barns there.").story("b", "It took 31 barns.").match("a", "b")
    assert claims(told, family(1, "a", "b")) == [()]
    told = Told().story("a", "Then 14 barns fell down.").story("b", "Then 14 barns came down.").match("a", "b")
    assert claims(told, family(1, "a", "b"))[0][0].what == "barns"


def test_what_has_to_be_read():
    told = same_event(barns("a", "b", "x", "y").match("a", "b"), "a", "x").match("x", "y", score=0.2)
    assert claim_stories([family(1, "a", "b")], told.matches) == {"a", "b", "x"}
    assert claim_stories([], told.matches) == frozenset()


TEXTS = st.sampled_from(["It took 14 barns.", "It took 14 mayors.", "Some 231 sheep of 14 barns.", "Nothing."])


@given(
    st.lists(TEXTS, min_size=4, max_size=4),
    st.lists(st.booleans(), min_size=6, max_size=6),
    st.randoms(use_true_random=False),
)
def test_origins_never_outnumber_stories_and_order_changes_nothing(texts, flags, random):
    told = Told()
    for story, text in zip("abcd", texts, strict=True):
        told.story(story, text)
    for flagged, (first, second) in zip(flags, ["ab", "ac", "ad", "bc", "bd", "cd"], strict=True):
        told = told.match(first, second) if flagged else same_event(told, first, second)
    families = [family(1, "a", "b"), family(2, "c")]
    plain = claims(told, *families)
    random.shuffle(told.matches)
    assert claims(told, *families) == plain
    for held, members in zip(plain, ("ab", "c"), strict=True):
        for claim in held:
            assert 2 <= len(claim.stories) == len(set(claim.stories))
            assert 1 <= claim.independent_origins <= len(claim.stories)
            assert set(claim.stories) & set(members)
