"""No pair scores more than the ceiling that was found for it cheaply: what is passed over would not have been kept."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from align.config import ReuseConfig
from align.reuse.reading.sides import Side
from align.reuse.scoring import ceilings as module
from align.reuse.scoring.ceilings import ceilings, shared_words
from align.reuse.scoring.evidence import FEATURES, shared_wording
from align.reuse.scoring.rarity import Rarities
from align.reuse.scoring.score import ReuseModel, Weights, log_odds
from align.reuse.search.candidates import find_candidates
from align.reuse.search.comparable import Comparable
from tests.reuse.stories import MADE, Page, look_around

ALL = ReuseConfig(min_cosine=-1.0, neighbours=100, window_days=0)
LEAST = 0.2
BITS = (
    *("dam", "the", "broke", "dawn", "no", "said", "boats", "houses", "percent", "evening", "on", "Monday", "Friday"),
    *("14", "214", "214 houses", "40 %", "two", "six", "1,250", "2021", "5 October", "1.5 million", "3,5", "0.5"),
    *("Valmer", "Orvanne", "Moscow", "Russia", "Captain Holt said", "the prefecture said", "“the gates will hold”"),
    *("selon la préfecture", "a dit le maire", "« la digue tiendra »", "vingt-deux", "dedi", "сказал", "214 домов"),
)
LINE = st.lists(st.sampled_from(BITS), min_size=4, max_size=14) | st.lists(
    st.sampled_from(["no", "dam", "14"]), min_size=4, max_size=14
)
LINE = LINE.map(" ".join)
TOLD = st.tuples(LINE, LINE, st.booleans())  # its own words, its English, and whether it has any
STORY = st.tuples(
    st.sampled_from([None, "quai", "phare"]),
    st.sampled_from(["en", "en", "fr", "tr", "ru"]),
    st.lists(TOLD, max_size=3),
)
STORIES = st.lists(STORY, min_size=2, max_size=4)
SHARED = [
    "The prefecture said that 214 houses of Orvanne stood under water.",
    "Captain Holt said: “the gates will hold until the morning”.",
    "Some 40 percent of boats left Valmer before Monday.",
    "Barley growers near Lindow sing of 1,250 sandbags.",
]
# stories that copy from each other, so that there is much in common
COPIES = st.lists(
    st.tuples(
        st.just(None),
        st.sampled_from(["en", "en", "und"]),
        st.lists(st.sampled_from(SHARED).map(lambda line: (line, line, True)), min_size=1, max_size=4),
    ),
    min_size=2,
    max_size=3,
)
WEIGHTS = st.builds(
    Weights,
    st.floats(-6, 3),
    st.fixed_dictionaries(
        {name: st.just(0.0) | st.floats(0, 6).map(float(sign).__mul__) for name, sign in FEATURES.items()}
    ),
)
MODELS = st.builds(ReuseModel, WEIGHTS, WEIGHTS, st.just("drawn"))
NONE = dict.fromkeys(FEATURES, 0.0)


def alone(made):
    """Stories whose sentences stand beside no other one, so that no wider passage is tried."""
    page = Page()
    for number, (outlet, language, told) in enumerate(made):
        lines = [text for own, _, _ in told for text in (own, "No.")]
        english = [text for _, english, read in told for text in (english if read else "", "No.")]
        page.add(f"s{number}", lines, language=language, english=english, outlet=outlet)
    return page


def all_candidates(page):
    return find_candidates(page.columns, page.windows(), Comparable(page.stories, ALL), ALL)


REPEATED = [
    (None, "en", [("no no no no no no no no dam broke", "", False)]),
    (None, "en", [("no no no boats went down", "", False)]),
]
COPIED = ReuseModel.alike(-1.5, {**NONE, "run": 6.0}, "what is copied alone")
SAME = ReuseModel.alike(log_odds(LEAST) - 1e-6, NONE, "the same for all")


@settings(max_examples=100)
@given(STORIES, MODELS)
@example(REPEATED, COPIED)
@example(REPEATED[::-1], COPIED)
@example(REPEATED, SAME)  # a score that is the least one only once it is rounded
def test_what_is_passed_over_would_not_have_scored(made, model):
    page = alone(made)
    everything = page.trace(config=ALL, model=model, least=0.0)
    assert page.trace(config=ALL, model=model, least=LEAST) == [match for match in everything if match.score >= LEAST]


@settings(max_examples=50)
@given(STORIES, MODELS)
@example(REPEATED, COPIED)
def test_no_score_lies_above_its_ceiling(made, model):
    page = alone(made)
    columns, pairs = page.columns, all_candidates(page)
    around = look_around(pairs, columns.story, page.windows())
    most, _ = ceilings(pairs, columns, around, shared_words(pairs, columns, Rarities.of(columns)), model)
    names = [item.segment.id for item in page.sentences]
    highest = {
        frozenset((names[one], names[other])): ceiling
        for one, other, ceiling in zip(pairs.first, pairs.second, most, strict=True)
    }
    for match in page.trace(config=ALL, model=model, least=0.0):
        held = match.evidence
        total = model.weights(held).total(held.features)
        assert total <= highest[frozenset((match.source.segments[0], match.target.segments[0]))] + 1e-9


@pytest.mark.parametrize("name", [name for name, sign in FEATURES.items() if sign > 0])
@settings(max_examples=12)
@given(made=COPIES)
@example(made=[(None, "en", [(line, line, True) for line in SHARED[:3]])] * 2)
def test_each_feature_by_itself_is_bounded(name, made):
    model = ReuseModel.alike(-3.0, {**NONE, name: 6.0}, name)
    page = alone(made)
    everything = page.trace(config=ALL, model=model, least=0.0)
    for least in (0.1, 0.5, 0.8):
        assert page.trace(config=ALL, model=model, least=least) == [item for item in everything if item.score >= least]


@settings(max_examples=50)
@given(STORIES)
@example(REPEATED)
def test_words_in_common_are_what_a_closer_look_finds_or_more(made):
    page = alone(made)
    columns, pairs, sentences = page.columns, all_candidates(page), page.sentences
    rarities = Rarities.of(columns)
    lexical, run, counts = shared_words(pairs, columns, rarities)
    for number, (one, other) in enumerate(zip(pairs.first, pairs.second, strict=True)):
        first, second = Side((sentences[one],)), Side((sentences[other],))
        found = shared_wording(first, second, rarities)
        assert lexical[number] == pytest.approx(found["lexical"], abs=1e-12)
        assert run[number] >= found["run"] - 1e-12
        assert run[number] == found["run"] == 0 or run[number] > 0 < found["run"] + 1e-9
        assert counts[number] == len(first.counts.keys() & second.counts.keys())


SPLIT = ("The old dam above Orvanne broke on Monday.", "Some 214 houses stood under water by dawn.")
JOINED = "The old dam above Orvanne broke on Monday, some 214 houses stood under water by dawn."
BESIDE = st.lists(
    st.lists(st.sampled_from([*SPLIT, JOINED, "Barley growers sing in the park.", "No."]), max_size=4),
    min_size=2,
    max_size=3,
)


def halves(match):
    return {frozenset((one, other)) for one in match.source.segments for other in match.target.segments}


@settings(max_examples=80)
@given(BESIDE, MODELS)
def test_of_wider_passages_only_those_without_a_half_worth_a_look_are_passed_over(made, model):
    page = Page()
    for number, lines in enumerate(made):
        page.add(f"s{number}", lines)
    full = {match.id: match for match in page.trace(config=ALL, model=model, least=0.0) if match.score >= LEAST}
    quick = {match.id: match for match in page.trace(config=ALL, model=model, least=LEAST)}
    assert all(quick[name] == full[name] for name in full.keys() & quick.keys())
    lost = [full[name] for name in full.keys() - quick.keys()]
    more = [quick[name] for name in quick.keys() - full.keys()]
    replaced = set().union(*map(halves, more))
    columns, pairs = page.columns, all_candidates(page)
    around = look_around(pairs, columns.story, page.windows())
    most, _ = ceilings(pairs, columns, around, shared_words(pairs, columns, Rarities.of(columns)), model)
    names = [item.segment.id for item in page.sentences]
    worth = {
        frozenset((names[one], names[other]))
        for one, other, ceiling in zip(pairs.first, pairs.second, most, strict=True)
        if ceiling >= log_odds(LEAST)
    }
    for match in lost:
        assert worth.isdisjoint(halves(match)) or halves(match) <= replaced
        assert len(halves(match)) > 1 or halves(match) <= replaced
    unseen = set().union(*(halves(match) for match in lost))
    assert all(len(halves(match)) > 1 and halves(match) & unseen for match in more)


def test_without_a_candidate_there_is_nothing_to_bound():
    page = Page().add("s0", ["The old dam broke."])
    columns, pairs = page.columns, all_candidates(page)
    around = look_around(pairs, columns.story, page.windows())
    wording = shared_words(pairs, columns, Rarities.of(columns))
    assert [len(part) for part in (*wording, *ceilings(pairs, columns, around, wording, MADE))] == [0] * 5


def test_parts_make_no_difference(monkeypatch):
    page = alone([(None, "en", [(f"The {word} broke at dawn.", "", False) for word in ("dam", "weir")])] * 4)
    columns, pairs = page.columns, all_candidates(page)
    whole = shared_words(pairs, columns, Rarities.of(columns))
    monkeypatch.setattr(module, "_PAIRS", 3)
    assert all(map(np.array_equal, whole, shared_words(pairs, columns, Rarities.of(columns))))
