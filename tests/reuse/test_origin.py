from dataclasses import replace
from itertools import permutations

import pytest

from align.records import OutletEvidence, Span
from align.reuse.origin import likely_origin
from tests.reuse.stories import match, passage, story


def tie(first, second):
    return match(passage(first, 0), passage(second, 0), 0.9)


def origin(*members, matches=()):
    found = likely_origin(members, matches)
    assert found.reason
    if not matches:  # the ladder does not look at the order of members
        for order in permutations(members):
            other = likely_origin(order, matches)
            assert (other.story_id, other.outlet, other.basis) == (found.story_id, found.outlet, found.basis)
    return found.basis, found.outlet, found.story_id


EARLY = {"outlet": "phare", "published": "2021-03-04"}
LATE = {"outlet": "quai", "published": "2021-03-06"}
STAR = [tie("a", "b"), tie("a", "c"), tie("a", "d")]  # a takes part in all


def test_a_credit_beats_a_dateline():
    assert origin(story("a", **LATE, credit="agence"), story("b", **EARLY, dateline="phare2")) == (
        "credit",
        "agence",
        None,
    )


def test_a_dateline_beats_the_earliest():
    assert origin(story("a", **LATE, dateline="agence"), story("b", **EARLY)) == ("dateline", "agence", None)


def test_the_earliest_beats_containment():
    members = story("a", **LATE), story("b", **EARLY), story("c", **LATE), story("d", **LATE)
    assert origin(*members, matches=STAR) == ("earliest", "phare", "b")


def test_containment_beats_not_knowing():
    members = story("a", outlet="quai"), story("b"), story("c"), story("d")
    assert origin(*members, matches=STAR) == ("containment", "quai", "a")


def test_an_honest_unknown():
    assert origin(story("a"), story("b")) == ("unknown", None, None)


def test_the_credited_outlet_may_be_a_member():
    assert origin(story("a", **EARLY), story("b", **LATE, credit="phare")) == ("credit", "phare", "a")


def test_a_credited_outlet_with_two_stories_names_no_story():
    members = story("a", outlet="agence"), story("b", outlet="agence"), story("c", outlet="quai", credit="agence")
    assert origin(*members) == ("credit", "agence", None)


@pytest.mark.parametrize("kind", ["credit", "byline", "self_reference"])
def test_what_counts_as_a_credit(kind):
    assert origin(story("a", **LATE, **{kind: "agence"}), story("b", **EARLY)) == ("credit", "agence", None)


@pytest.mark.parametrize("kind", ["photo_credit", "metadata", "url"])
def test_what_does_not(kind):
    assert origin(story("a", **LATE, **{kind: "agence"}), story("b", **EARLY)) == ("earliest", "phare", "b")


@pytest.mark.parametrize("kind", ["credit", "byline", "self_reference", "citation"])
def test_an_outlets_own_name_is_no_credit(kind):
    members = story("a", outlet="quai", **{kind: "quai"}), story("b", outlet="phare")
    assert origin(*members) == ("unknown", None, None)


def test_an_agencys_own_dateline():
    own = story("a", outlet="agence", published="2021-03-05", dateline="agence")
    assert origin(own, story("b", **EARLY)) == ("dateline", "agence", "a")
    assert origin(own, story("b", **EARLY), story("c", **LATE)) == ("dateline", "agence", "a")


def test_an_agencys_own_dateline_where_another_is_named():
    own = story("a", outlet="agence", dateline="agence")
    assert origin(own, story("b", **EARLY, credit="bureau")) == ("credit", "bureau", None)
    assert origin(own, story("b", **EARLY, dateline="bureau")) == ("dateline", "bureau", None)
    assert origin(own, story("b", credit="bureau"), story("c", credit="agence")) == ("unknown", None, None)


def test_two_agencies_with_their_own_datelines():
    members = story("a", outlet="agence", dateline="agence"), story("b", outlet="bureau", dateline="bureau")
    assert origin(*members) == ("unknown", None, None)


def test_two_stories_of_an_agency_with_its_dateline_name_no_story():
    members = story("a", outlet="agence", dateline="agence"), story("b", outlet="agence", dateline="agence")
    assert origin(*members) == ("dateline", "agence", None)


def test_a_dateline_that_names_no_outlet_is_nobodys():
    unnamed = OutletEvidence("dateline", "VALMER –", None, Span(0, 8))
    assert origin(replace(story("a"), outlet_evidence=(unnamed,)), story("b")) == ("unknown", None, None)


def citing(key, cited, *, begin=0, **fields):
    """A story with a citation of 10 characters."""
    found = OutletEvidence("citation", "as they said", cited, Span(begin, begin + 10))
    before = story(key, **fields)
    return replace(before, outlet_evidence=(*before.outlet_evidence, found))


SHARED = [match(passage("a", 0, text="x" * 30), passage("b", 0, text="x" * 30), 0.9)]


def test_a_cited_member():
    members = story("a", outlet="agence", published="2021-03-06"), citing("b", "agence", **EARLY)
    assert origin(*members) == ("credit", "agence", "a")
    assert likely_origin(members, ()).reason == "1 story names agence as the source of the report: b"


def test_a_citation_in_what_is_shared():
    members = story("a", **LATE), citing("b", "agence", begin=25, **EARLY)
    assert origin(*members, matches=SHARED) == ("credit", "agence", None)


def test_a_citation_elsewhere_may_be_of_some_other_matter():
    members = story("a", **LATE), citing("b", "agence", begin=30, **EARLY)
    assert origin(*members, matches=SHARED) == ("earliest", "phare", "b")
    assert origin(*members) == ("earliest", "phare", "b")


def test_several_that_cite_one_agency():
    assert origin(citing("a", "agence", **LATE), citing("b", "agence", **EARLY)) == ("credit", "agence", None)


def test_several_that_cite_different_agencies():
    members = citing("a", "agence", **LATE), citing("b", "bureau", **EARLY)
    assert origin(*members, matches=SHARED) == ("earliest", "phare", "b")


def test_a_citation_beside_a_credit_or_a_dateline():
    assert origin(citing("a", "agence", **LATE), citing("b", "agence", credit="bureau", **EARLY)) == (
        "credit",
        "bureau",
        None,
    )
    assert origin(citing("a", "agence", **LATE), citing("b", "agence", dateline="bureau", **EARLY)) == (
        "dateline",
        "bureau",
        None,
    )
    assert origin(citing("a", "agence", **LATE), citing("b", "agence", dateline="agence", **EARLY))[0] == "credit"


def test_members_that_cite_each_other():
    members = citing("a", "phare", **LATE), citing("b", "quai", **EARLY)
    assert origin(*members) == ("earliest", "phare", "b")


def test_the_reason_says_the_time_where_the_day_is_one():
    members = [
        story(key, published=f"2021-03-04T{time}Z", precision="minute")
        for key, time in (("a", "16:20"), ("b", "19:40"))
    ]
    assert (
        likely_origin(members, ()).reason
        == "earliest seen here: 2021-03-04 16:20 UTC, the next at 2021-03-04 19:40 UTC"
    )
    assert "2021-03-04, the next on 2021-03-06" in likely_origin([story("a", **EARLY), story("b", **LATE)], ()).reason


def test_two_members_that_credit_one_agency():
    assert origin(story("a", credit="agence"), story("b", credit="agence")) == ("credit", "agence", None)
    assert "2 stories" in likely_origin([story("a", credit="agence"), story("b", credit="agence")], ()).reason


def test_two_members_that_credit_different_agencies():
    members = story("a", **LATE, credit="agence"), story("b", **EARLY, credit="bureau")
    assert origin(*members) == ("earliest", "phare", "b")
    assert origin(story("a", credit="agence"), story("b", credit="bureau")) == ("unknown", None, None)


def test_one_story_that_credits_two_names_none():
    assert origin(story("a", credit="agence", byline="bureau"), story("b"))[0] == "unknown"


def test_a_credit_without_an_outlet_in_the_table_is_none():
    assert origin(story("a", credit=None), story("b"))[0] == "unknown"


@pytest.mark.parametrize(
    ("dates", "basis"),
    [
        (("2021-03-04", "2021-03-05"), "earliest"),
        (("2021-03-04", "2021-03-04"), "unknown"),
        (("2021-03-04", "2021-03-04", "2021-03-05"), "unknown"),
        (("2021-03-04", None), "unknown"),
        (("2021-02", "2021-03-05"), "unknown"),
        (("2021-02", "2021-03"), "unknown"),
        (("2020", "2021-03-05"), "unknown"),
        (("2021-03-04T08:00", "2021-03-04T09:30"), "earliest"),
        (("2021-03-04T08:00Z", "2021-03-04T08:01Z"), "earliest"),
        (("2021-03-04T08:00", "2021-03-04T08:00"), "unknown"),
        (("2021-03-04T08:00", "2021-03-04T08:00", "2021-03-04T09:30"), "unknown"),
        (("2021-03-04T08:00", "2021-03-04T09:30", "2021-03-05"), "earliest"),
        (("2021-03-04T08:00", "2021-03-04"), "unknown"),
        (("2021-03-04T00:00", "2021-03-04"), "unknown"),
        (("2021-03-04T08:00", "2021-03-04T09:30", "2021-03-04"), "unknown"),
        (("2021-03-04T08:00", "2021-03-04T09:30", "2021-03"), "unknown"),
        (("2021-03-04T08:00Z", "2021-03-04T09:30"), "unknown"),
        (("2021-03-04T08:00Z", "2021-03-04T09:30Z", "2021-03-05T09:30"), "unknown"),
        (("2021-03-04T23:59Z", "2021-03-05T00:01"), "earliest"),
        (("2021-03-04T23:00", "2021-03-05"), "earliest"),
    ],
)
def test_dates(dates, basis):
    precisions = {4: "year", 7: "month", 10: "day", 16: "minute", 17: "minute"}
    members = [
        story(f"s{number}", published=date, precision=date and precisions[len(date)])
        for number, date in enumerate(dates)
    ]
    assert origin(*members)[0] == basis


def test_a_month_is_never_the_earliest_even_where_it_must_be():
    """A February lies before any day of March; the ladder still asks for days."""
    assert origin(story("a", published="2021-02", precision="month"), story("b", **EARLY))[0] == "unknown"


def test_two_stories_contain_each_other():
    assert origin(story("a"), story("b"), matches=[tie("a", "b")])[0] == "unknown"


def test_a_ring_has_no_middle():
    ring = [tie("a", "b"), tie("b", "c"), tie("a", "c")]
    assert origin(story("a"), story("b"), story("c"), matches=ring)[0] == "unknown"


def test_the_reason_says_what_is_missing():
    undated = likely_origin([story("a"), story("b", **EARLY)], ())
    assert "1 of 2 stories have no date to the day" in undated.reason
    assert "first day has several" in likely_origin([story("a", **EARLY), story("b", **EARLY)], ()).reason
