"""A page compiled by hand from three outlets, read by the real encoder: two retell one communiqué, the third was there.

All of it is invented.
"""

import pytest

from align.config import ReuseConfig
from align.reuse.families import gather_families
from align.reuse.trace import apply_threshold
from tests.reuse.stories import Page

CONFIG = ReuseConfig()
# the first two outlets take these over from the water authority, in this order
RETOLD = {("harbour:0", "valley:1"), ("harbour:1", "valley:2"), ("harbour:3", "valley:4")}


@pytest.fixture(scope="module")
def page():
    made = Page()
    made.add(
        "harbour",
        [
            "The water authority said on Thursday that 37 families had been moved out of the Tessel lowlands after the "
            "eastern lock failed overnight.",
            "Repair crews with four barges are to reach the lock by Saturday, the authority’s statement said.",
            "At our own quay nobody had slept, and the bakery opened at three to hand out bread.",
            "The authority ruled out sabotage and blamed a cracked hinge that inspectors had reported in 2011.",
        ],
        outlet="harbour-post",
        published="2021-11-04",
    )
    made.add(
        "valley",
        [
            "Hardly anyone in the upper valley remembers when the locks were last drained.",
            "Thirty-seven families were evacuated from the Tessel lowlands following the overnight failure of the "
            "eastern lock, the water authority announced on Thursday.",
            "According to the statement, four barges carrying repair crews will arrive at the lock before Saturday.",
            "The mayor of Upper Brenn offered the school gymnasium, should more beds be needed.",
            "Sabotage was excluded by the authority, which blames a cracked hinge that was reported by "
            "inspectors in 2011.",
        ],
        outlet="valley-courier",
        published="2021-11-05",
    )
    made.add(
        "field",
        [
            "I walked the towpath at first light with a farmer who had lost both his goats.",
            "The water had come through the kitchen before the siren, he told me, and his wife had "
            "climbed onto the stove.",
            "At the eastern gate two engineers were smoking in silence beside a bent steel beam.",
            "By evening perhaps twenty people were camping on the dyke road under tarpaulins.",
        ],
        outlet="field-notes",
        published="2021-11-05",
    )
    return made


@pytest.fixture(scope="module")
def matches(page, use_m3):
    return apply_threshold(page.trace(use_m3, CONFIG, model=None), CONFIG.threshold, page.sizes)


def sides(match):
    return match.source.segments[0], match.target.segments[0]


def test_the_retold_sentences_come_first(matches):
    assert {sides(match) for match in matches[: len(RETOLD)]} == RETOLD


def test_they_are_flagged_as_rewrites(matches):
    flagged = [match for match in matches if match.flagged]
    assert {sides(match) for match in flagged} == RETOLD
    assert {match.match_class for match in flagged} <= {"rewrite", "verbatim"}


def test_nobody_who_was_there_is_said_to_have_copied(matches):
    looked_at = [match for match in matches if "field" in {match.source.story_id, match.target.story_id}]
    assert not any(match.flagged for match in looked_at)


def test_there_is_room_between_the_rewrites_and_what_looks_like_them(matches):
    worst = min(match.score for match in matches if sides(match) in RETOLD)
    best = max((match.score for match in matches if sides(match) not in RETOLD), default=0.0)
    assert worst > best + 0.2


def test_figures_written_two_ways_are_seen_to_agree(matches):
    (match,) = (match for match in matches if sides(match) == ("harbour:0", "valley:1"))
    assert match.evidence.numbers.same == ("37 famili lowland tessel",)
    assert match.evidence.attribution == 1


def test_one_family_with_its_earliest_member(page, matches):
    (family,) = gather_families(page.stories, matches, page.sizes)
    assert [member.story_id for member in family.members] == ["harbour", "valley"]
    assert (family.origin.basis, family.origin.outlet) == ("earliest", "harbour-post")
    assert family.independent_origins == 1
