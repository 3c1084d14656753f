import pytest

from align.reuse.scoring.boilerplate import recurring
from tests.reuse.stories import Page

BACKGROUND = "The dispute over the Orvanne weir began nine years ago with a petition."
OWN = [
    "Anglers found a rusted bell below the bridge this morning.",
    "Nobody could say when the ferry would sail again.",
    "A school in Lindow will close for want of pupils.",
    "The choir of Zarnek sang in the rain until ten.",
    "Barley growers ask for a later harvest this year.",
]


def found(days, line=BACKGROUND, **options):
    page = Page()
    for number, day in enumerate(days):
        page.add(f"s{number}", [OWN[number], line], outlet="quai", published=day, **options)
    sentences = page.sentences
    return {sentences[row].segment.id for row in recurring(page.columns, page.stories)}


def test_what_stands_in_stories_of_many_days_recurs_and_what_is_beside_it_does_not():
    assert found(["2021-03-01", "2021-03-20", "2021-04-02", "2021-04-09"]) == {f"s{n}:1" for n in range(4)}


@pytest.mark.parametrize(
    "days",
    [
        ["2021-03-01", "2021-03-20", "2021-04-02"],  # three stories
        ["2021-03-01", "2021-03-02", "2021-03-03", "2021-03-04", "2021-03-05"],  # one dispatch and its late copies
        ["2021-03-01", "2021-03-01", "2021-03-01", "2021-04-09"],  # two days
        [None, None, None, None, None],
        ["2021-03", "2021-04", "2021-05", "2021-06", "2021-07"],  # known to the month only
    ],
    ids=["few", "one week", "two days", "no date", "months"],
)
def test_what_a_dispatch_may_do_as_well_is_no_boilerplate(days):
    assert found(days) == set()


def test_no_input_nothing_recurs():
    assert recurring(Page().columns, []) == frozenset()


def test_a_line_too_short_for_a_run_is_left_alone():
    assert found(["2021-03-01", "2021-03-20", "2021-04-02", "2021-04-09"], "Follow us on Quack.") == set()


def test_boilerplate_is_marked_and_never_flagged():
    from align.reuse.trace import apply_threshold

    page = Page()
    for number, day in enumerate(["2021-03-01", "2021-03-12", "2021-03-20", "2021-04-02"]):
        page.add(f"s{number}", [OWN[number], BACKGROUND], outlet=f"outlet{number}", published=day)
    matches = apply_threshold(page.trace(), 0.1, page.sizes)
    copies = [match for match in matches if match.source.text == match.target.text == BACKGROUND]
    assert copies
    assert all(match.boilerplate and match.score > 0.5 and not match.flagged for match in copies)
    assert {match.match_class for match in copies} <= {"same-event", "unrelated"}
