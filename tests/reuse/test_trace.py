import gc
import tracemalloc
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from align.config import ReuseConfig
from align.reuse import trace as trace_module
from align.reuse.reading.sentences import read_sentences
from align.reuse.scoring.ceilings import shared_words
from align.reuse.scoring.compare import LEAST
from align.reuse.scoring.evidence import FEATURES
from align.reuse.scoring.score import ReuseModel, shipped_model
from align.reuse.search.columns import ColumnsFile
from align.reuse.search.ragged import FileRows
from align.reuse.search.windows import Windows
from align.reuse.trace import apply_threshold, trace
from tests.reuse.stories import MADE, LetterEncoder, Page

WIDE = ReuseConfig(min_cosine=0.2, window_days=0)
COPIES = (
    "The old dam above Orvanne broke shortly before nine on Monday evening, the prefecture said.",
    "Some 214 houses in the lower town were flooded within an hour.",
)
RETOLD = (
    "Shortly before nine on Monday evening the old dam above Orvanne gave way, said the prefecture.",
    "Within an hour 214 houses of the lower town stood under water.",
)
ELSEWHERE = (
    "Barley growers around Lindow complain about the price of seed.",
    "A choir from Zarnek will sing in the park on Sunday.",
    "Nobody at Tirlemont remembers a winter without snow.",
    "The ferry company hires two more captains this summer.",
)


def page():
    made = Page().add("s0", COPIES, outlet="quai").add("s1", RETOLD, outlet="phare")
    return made.add("s2", [*COPIES[:1], *ELSEWHERE], outlet="tribune")


def rows_of(match):
    return {(one, other) for one in match.source.segments for other in match.target.segments}


def test_no_input_no_matches():
    assert Page().trace() == []
    assert Page().add("s0", ["No."]).trace() == []


def test_two_tellings_are_found_and_ranked_above_the_rest():
    matches = page().trace(config=WIDE)
    best = [{*match.source.segments, *match.target.segments} for match in matches[:3]]
    assert {"s0:0", "s2:0"} in best  # the copy
    assert {"s0:0", "s1:0"} in best
    assert matches[0].score > 0.5 > matches[-1].score


def test_nothing_is_flagged_before_the_threshold():
    assert {(match.flagged, match.match_class) for match in page().trace(config=WIDE)} == {(False, "unrelated")}


def test_ids_are_unique_and_the_best_come_first():
    matches = page().trace(config=WIDE)
    assert len({match.id for match in matches}) == len(matches) > 3
    assert matches == sorted(matches, key=lambda match: (-match.score, match.id))


def test_a_score_is_that_of_the_model_on_the_evidence():
    for model in (shipped_model(), MADE):
        for match in page().trace(config=WIDE, model=model):
            assert match.score == round(model.score(match.evidence), 6)


def test_scores_do_not_depend_on_the_threshold():
    low, high = (page().trace(config=ReuseConfig(threshold=value)) for value in (0.01, 0.99))
    assert low == high


SPLIT = "The old dam above Orvanne broke on Monday.", "Some 214 houses stood under water by dawn."
JOINED = "The old dam above Orvanne broke on Monday, some 214 houses stood under water by dawn."
LINES = st.lists(st.sampled_from([*COPIES, *RETOLD, *ELSEWHERE, *SPLIT, JOINED, "No."]), max_size=4)
STORIES = st.lists(st.tuples(st.sampled_from([None, "quai", "phare"]), LINES), max_size=4)
STEEP = ReuseModel.alike(-6.0, {**dict.fromkeys(FEATURES, 0.0), "cosine": 12.0}, "cosine alone")


def built(made):
    result = Page()
    for number, (outlet, lines) in enumerate(made):
        result.add(f"s{number}", lines, outlet=outlet)
    return result


@settings(max_examples=60, deadline=None)
@given(STORIES, st.sampled_from([None, STEEP]))
def test_whatever_is_put_in(made, model):
    result = built(made)
    matches = result.trace(config=WIDE, model=model)
    segments = {segment.id: segment for segment in result.segments}
    outlets = {story.id: story.outlet for story in result.stories}
    pairs = []
    for match in matches:
        assert match.source.story_id != match.target.story_id
        assert match.source.outlet is None or match.source.outlet != match.target.outlet
        assert 0 <= match.score <= 1
        for side in (match.source, match.target):
            assert side.span.of(result.text) == side.text
            assert all(side.span.contains(segments[name].span) for name in side.segments)
            assert side.text.startswith(segments[side.segments[0]].text)
            assert side.text.endswith(segments[side.segments[-1]].text)
            assert {segments[name].story_id for name in side.segments} == {side.story_id}
            assert side.outlet == outlets[side.story_id]
        pairs.extend(rows_of(match))
    assert len(pairs) == len(set(pairs))  # no pair of sentences stands alone and in a wider passage, or in two of them
    assert len({match.id for match in matches}) == len(matches)


@settings(max_examples=30, deadline=None)
@given(STORIES, st.randoms(use_true_random=False))
def test_the_order_of_stories_does_not_change_scores(made, random):
    order = list(range(len(made)))
    random.shuffle(order)
    mixed = Page()
    for number in order:
        mixed.add(f"s{number}", made[number][1], outlet=made[number][0])
    config = ReuseConfig(min_cosine=0.2, neighbours=100)
    plain, other = (
        {frozenset(map(frozenset, rows_of(match))): match.score for match in each.trace(config=config, model=STEEP)}
        for each in (built(made), mixed)
    )
    assert other == pytest.approx(plain, abs=2e-6)


def test_two_sentences_against_one_that_joins_them_stand_for_their_halves():
    made = Page().add("s0", SPLIT, outlet="quai").add("s1", [JOINED], outlet="phare")
    (match,) = made.trace(config=WIDE, model=STEEP)
    assert match.source.segments == ("s0:0", "s0:1")
    assert match.source.text == match.source.english == " ".join(SPLIT)
    assert match.id == "s0:0+2~s1:0+1"


def test_parts_of_candidates_make_no_difference(monkeypatch):
    stories = [(f"outlet-{n}", None, COPIES if n % 2 else RETOLD) for n in range(6)]
    made = Page.of(stories)
    whole = made.trace(config=WIDE)
    asked = []
    monkeypatch.setattr(trace_module, "_PAIRS", 1)
    monkeypatch.setattr(
        trace_module, "shared_words", lambda pairs, *more: asked.append(len(pairs)) or shared_words(pairs, *more)
    )
    assert made.trace(config=WIDE) == whole
    assert len(asked) > 3
    assert any(match.score > 0.5 for match in whole)


def test_halves_that_score_more_stay():
    against_width = ReuseModel.alike(
        6.0, {**dict.fromkeys(FEATURES, 0.0), "cosine": -12.0}, "the less alike the better"
    )
    made = Page().add("s0", SPLIT, outlet="quai").add("s1", [JOINED], outlet="phare")
    matches = made.trace(config=WIDE, model=against_width)
    assert sorted(match.id for match in matches) == ["s0:0+1~s1:0+1", "s0:1+1~s1:0+1"]


def test_compared_sentences_come_in_the_order_of_their_vectors():
    made = page()
    sentences = read_sentences(made.segments, made.translations)
    assert sentences == made.sentences
    assert [sentence.row for sentence in sentences] == list(range(len(sentences)))


def flagged(threshold, made=None):
    made = made or page()
    return apply_threshold(made.trace(config=WIDE), threshold, made.sizes)


def test_a_threshold_changes_flags_and_classes_and_nothing_else():
    plain = page().trace(config=WIDE)
    for threshold in (0.0, 0.5, 1.01):
        found = flagged(threshold)
        assert [match.flagged for match in found] == [match.score >= threshold for match in plain]
        for before, after in zip(plain, found, strict=True):
            assert (before.id, before.source, before.target) == (after.id, after.source, after.target)
            assert (before.score, before.evidence) == (after.score, after.evidence)


def test_a_lower_threshold_flags_no_less():
    counts = [sum(match.flagged for match in flagged(threshold)) for threshold in (0.0, 0.2, 0.5, 0.9, 1.01)]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > counts[-1] == 0


def test_every_class_is_reached():
    kinds = {frozenset((m.source.segments[0], m.target.segments[0])): m.match_class for m in flagged(0.5)}
    assert kinds[frozenset(("s0:0", "s2:0"))] == "verbatim"
    assert kinds[frozenset(("s0:0", "s1:0"))] == "rewrite"
    assert "unrelated" in kinds.values()
    high = {frozenset((m.source.segments[0], m.target.segments[0])): m.match_class for m in flagged(1.01)}
    assert high[frozenset(("s0:0", "s1:0"))] == "same-event"


def test_a_retold_sentence_in_stories_of_their_own_is_a_passage():
    ours = [COPIES[0], "Teachers in Lindow strike.", "Rain is late this year again.", "Prices of wool fell by half."]
    made = Page().add("s0", ours, outlet="quai").add("s1", [RETOLD[0], *ELSEWHERE], outlet="phare")
    best = flagged(0.3, made)[0]
    assert (best.source.segments, best.target.segments) == (("s0:0",), ("s1:0",))
    assert best.match_class == "passage"


def test_the_same_bytes_twice():
    assert page().trace(LetterEncoder(), WIDE) == page().trace(LetterEncoder(), WIDE)


def read_of(made):
    """Where the tracer looks sentences and texts up."""
    held = {story.id: [] for story in made.stories}
    for item in made.sentences:
        held[item.segment.story_id].append((item.row, item))

    class Library:
        def sentences(self, story):
            return held[made.stories[story].id]

        def text(self, document_id):
            assert document_id == made.document
            return made.text

    return Library()


@settings(max_examples=30)
@given(STORIES)
def test_matches_come_by_pairs_of_stories_each_once_and_best_first(made):
    built_page = built(made)
    stories, windows = built_page.stories, built_page.windows()
    found = list(trace(built_page.columns, windows, stories, WIDE, read_of(built_page), model=MADE))
    pairs = [{(match.source.story_id, match.target.story_id) for match in matches} for matches in found]
    assert all(len(kinds) == 1 for kinds in pairs)
    assert len(set().union(*pairs)) == len(pairs)
    for matches in found:
        assert matches == sorted(matches, key=lambda match: (-match.score, match.id))
    together = sorted((match for matches in found for match in matches), key=lambda match: (-match.score, match.id))
    assert together == built_page.trace(config=WIDE)
    assert all(match.score >= LEAST for match in together)


@settings(max_examples=15)
@given(STORIES)
def test_columns_and_vectors_may_lie_in_files(made):
    built_page = built(made)
    windows = built_page.windows()
    with TemporaryDirectory() as folder:
        with ColumnsFile(Path(folder)) as file:
            for sentence in built_page.sentences:
                file.add([sentence], built_page.numbers)
            columns = file.columns()
        Path(folder, "vectors").write_bytes(windows.vectors.tobytes())
        stored = Windows(FileRows(Path(folder, "vectors"), np.float32, 256), windows.begins)
        found = [
            match
            for matches in trace(columns, stored, built_page.stories, WIDE, read_of(built_page), model=MADE)
            for match in matches
        ]
    assert sorted(found, key=lambda match: (-match.score, match.id)) == built_page.trace(config=WIDE)


def test_stories_of_one_line_without_a_date_or_an_outlet():
    made = Page().add("s0", COPIES[:1]).add("s1", COPIES[:1], published="1999-01-01").add("s2", RETOLD[:1])
    matches = made.trace(model=MADE)
    assert [match.id for match in matches[:1]] == ["s0:0+1~s1:0+1"]
    assert {(match.source.outlet, match.target.outlet) for match in matches} == {(None, None)}
    assert len(matches) == 3  # an unknown date separates nothing


def test_a_date_far_off_separates():
    made = Page().add("s0", COPIES[:1], published="2001-01-01").add("s1", COPIES[:1], published="1999-01-01")
    assert made.trace() == []
    assert len(made.trace(config=ReuseConfig(window_days=0))) == 1


def many_lines(count, name):
    words = ["weir", "harbour", "barge", "captain", "flood", "mayor", "bridge", "lantern", "quarry", "mill"]
    places = np.random.default_rng(count).integers(0, len(words), (count, 5)).tolist()
    return [f"The {' '.join(words[place] for place in line)} {name}{n}." for n, line in enumerate(places)]


def peak(count):
    """The most that tracing holds at once of an article of so many lines and a short one."""
    made = Page().add("s0", many_lines(count, "x"), outlet="quai").add("s1", COPIES, outlet="phare")
    columns, windows, library = made.columns, made.windows(), read_of(made)
    gc.collect()
    tracemalloc.start()
    try:
        for _ in trace(columns, windows, made.stories, ReuseConfig(), library, model=MADE):
            pass
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_grows_with_the_lines_of_an_article_and_not_with_their_square(monkeypatch):
    monkeypatch.setattr("align.reuse.search.neighbours._BLOCK", 64)
    peak(100)  # what is loaded and cached for good
    assert peak(1200) < 8 * peak(300)


@pytest.mark.slow
def test_ten_thousand_lines_fit():
    peak(100)
    assert peak(10_000) < 8 * peak(2_500)


@pytest.mark.parametrize("count", [200, pytest.param(3000, marks=pytest.mark.slow)])
def test_lines_that_are_repeated_over_and_over_are_traced(count):
    """All of one story against all of another would be forty thousand pairs, and nine millions."""
    made = Page().add("s0", COPIES[:1] * count, outlet="quai").add("s1", COPIES[:1] * count, outlet="phare")
    matches = made.trace(config=ReuseConfig(neighbours=2))
    pairs = [pair for match in matches for pair in rows_of(match)]
    assert count <= len(pairs) <= 10 * count
