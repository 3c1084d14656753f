from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from align.config import ReuseConfig
from align.reuse.search import candidates as module
from align.reuse.search import neighbours
from align.reuse.search.candidates import find_candidates
from align.reuse.search.comparable import Comparable
from tests.reuse.stories import LetterEncoder, Page

ANY = ReuseConfig(min_cosine=-1.0, neighbours=100)
NONE = ReuseConfig(min_cosine=1.0)  # no semantic candidate but a copy


def candidates(page, config=NONE, encoder=None):
    names = [item.segment.id for item in page.sentences]
    windows = page.windows(encoder)
    found = find_candidates(page.columns, windows, Comparable(page.stories, config), config)
    pairs = list(zip(found.first.tolist(), found.second.tolist(), strict=True))
    assert len(found) == len(pairs) == len(found.cosine)
    assert pairs == sorted(set(pairs))
    assert (found.first < found.second).all()
    exact = np.einsum("ij,ij->i", windows.whole(found.first), windows.whole(found.second))
    assert found.cosine == pytest.approx(exact, abs=2e-6)
    assert (found.cosine == found.cosine.round(6)).all()
    return {
        frozenset((names[one], names[other])): cosine for (one, other), cosine in zip(pairs, found.cosine, strict=True)
    }


def test_everything_that_may_be_compared_is_a_candidate_when_nothing_is_held_back():
    page = Page().add("a", ["The dam broke at dawn.", "Nobody saw it go."], outlet="quai")
    page.add("b", ["Barley prices rose again."], outlet="phare").add("c", ["The choir sang at noon."], outlet="quai")
    pairs = {("a:0", "b:0"), ("a:1", "b:0"), ("b:0", "c:0")}
    assert set(candidates(page, ANY)) == {frozenset(pair) for pair in pairs}


def test_what_is_not_compared_is_no_candidate_however_low_the_bar():
    config = ReuseConfig(min_cosine=-1.0, neighbours=100, same_outlet=False)
    page = Page().add("a", ["The dam broke at dawn.", "The dam broke at dawn."], outlet="quai")
    page.add("b", ["The dam broke at dawn."], outlet="quai")
    assert candidates(page, config) == {}


def test_a_low_cosine_is_no_candidate():
    page = (
        Page()
        .add("a", ["The dam broke at dawn."])
        .add("b", ["The dam broke at dusk."])
        .add("c", ["Xylo quiz jump fox."])
    )
    assert set(candidates(page, ReuseConfig(min_cosine=0.6))) == {frozenset(("a:0", "b:0"))}


def test_a_sentence_keeps_a_pair_that_only_the_other_side_counts_among_its_nearest():
    page = Page().add("a", ["The dam above the town broke at dawn."])
    page.add("b", ["The dam above the town broke at noon."]).add("c", ["A dam over the towns might break at noon."])
    found = candidates(page, ReuseConfig(min_cosine=0.1, neighbours=1))
    assert frozenset(("a:0", "b:0")) in found
    assert len([pair for pair in found if "c:0" in pair]) == 1  # c is nobody's nearest, but has a nearest


def test_a_run_of_three_words_makes_a_candidate():
    page = Page().add("a", ["Fishermen swear that grey heron never sleeps there."])
    page.add("b", ["Was it that grey heron which everyone saw?"]).add("c", ["Was that a heron, all in grey?"])
    assert set(candidates(page)) == {frozenset(("a:0", "b:0"))}


def test_a_run_of_three_words_in_english_makes_a_candidate_across_languages():
    page = Page().add("a", ["Le vieux barrage a cédé."], language="fr", english=["The old timber dam broke."])
    page.add("b", ["Eski ahşap baraj yıkıldı dün."], language="tr", english=["An old timber dam collapsed."])
    page.add("c", ["Eski ahşap baraj kurtuldu."], language="tr")
    pairs = {frozenset(("a:0", "b:0")), frozenset(("b:0", "c:0"))}  # b and c share three Turkish words
    assert set(candidates(page)) == pairs


def test_a_run_of_words_that_many_stories_have_is_a_formula():
    def page(count):
        made = Page()
        for number in range(count):
            made.add(f"s{number}", [f"Click here to subscribe {number}x{number}."])
        return made

    assert len(candidates(page(8))) == 8 * 7 / 2
    assert candidates(page(9)) == {}


def test_a_telling_number_makes_a_candidate_whatever_the_language():
    page = Page().add("a", ["La crue a emporté 214 maisons."], language="fr")
    page.add("b", ["За ночь унесло 214 домов."], language="ru").add("c", ["Sel 215 evi götürdü."], language="tr")
    assert set(candidates(page)) == {frozenset(("a:0", "b:0"))}


@pytest.mark.parametrize("number", ["5", "2021"])
def test_a_small_number_or_a_year_makes_none(number):
    page = Page().add("a", [f"La crue a emporté {number} maisons."], language="fr")
    assert candidates(page.add("b", [f"За ночь унесло {number} домов."], language="ru")) == {}


def test_lexical_candidates_come_with_their_cosine():
    page = Page().add("a", ["Fishermen swear that grey heron never sleeps."]).add("b", ["Was it that grey heron?"])
    ((_, cosine),) = candidates(page).items()
    first, second = LetterEncoder().encode([item.segment.text for item in page.sentences])
    assert cosine == pytest.approx(float(first @ second))


def test_one_sentence_and_none():
    assert candidates(Page().add("a", ["The dam broke at dawn."]), ANY) == {}
    assert candidates(Page().add("a", ["No."]), ANY) == {}


WORDS = st.sampled_from(["dam", "broke", "dawn", "town", "harbour", "boats", "214", "heron", "grey", "never"])
STORY = st.tuples(
    st.sampled_from([None, "quai", "phare"]),
    st.sampled_from([None, "2021-03", "2021-03-09", "2021-06-01"]),
    st.lists(st.lists(WORDS, min_size=4, max_size=9).map(" ".join), min_size=1, max_size=3),
)


@given(st.lists(STORY, min_size=2, max_size=4), st.randoms(use_true_random=False))
def test_the_order_of_stories_changes_nothing(made, random):
    def page(order):
        built = Page()
        for number in order:
            outlet, published, lines = made[number]
            built.add(f"s{number}", lines, outlet=outlet, published=published)
        return built

    order = list(range(len(made)))
    random.shuffle(order)
    config = ReuseConfig(min_cosine=-1.0, neighbours=100)
    plain, mixed = candidates(page(range(len(made))), config), candidates(page(order), config)
    assert set(plain) == set(mixed)
    assert mixed == pytest.approx(plain, abs=2e-6)


DAYS = st.dates(date(2021, 1, 1), date(2021, 3, 31)).map(str)
DATES = st.none() | DAYS | DAYS.map(lambda day: day[:7])
DATED = st.tuples(
    st.sampled_from([None, "quai", "phare", "vigie"]),
    DATES,
    st.lists(st.lists(WORDS, min_size=4, max_size=7).map(" ".join), min_size=1, max_size=3),
)


@given(st.lists(DATED, min_size=1, max_size=6), st.integers(0, 40), st.integers(1, 6))
def test_each_sentence_has_its_nearest_comparable_ones_and_every_pair_is_somebodys(made, days, neighbours):
    page, config = Page.of(made), ReuseConfig(min_cosine=0.3, window_days=days, neighbours=neighbours)
    comparable = Comparable(page.stories, config)
    vectors, columns = page.windows().whole(np.arange(len(page.sentences))), page.columns
    cosines = vectors.astype(np.float64) @ vectors.T
    comparables = comparable.matrix(columns.story, columns.story)
    allowed, surely = comparables & (cosines >= 0.3 - 1e-6), comparables & (cosines >= 0.3 + 1e-6)
    near = module._semantic(columns, page.windows(), comparable, config)
    found = set(zip(near.first.tolist(), near.second.tolist(), strict=True))
    assert all(one < other and allowed[one, other] for one, other in found)
    for row in range(len(columns)):
        partners = [other for other in range(len(columns)) if (min(row, other), max(row, other)) in found]
        near = np.flatnonzero(surely[row])
        assert len(partners) >= min(neighbours, len(near))
        ranked = np.sort(cosines[row, near])[::-1][:neighbours]
        assert np.sort(cosines[row, partners])[::-1][: len(ranked)] == pytest.approx(ranked, abs=2e-6)


def test_a_formula_of_one_time_is_none_of_another():
    def page(*days):
        made = Page()
        for number, day in enumerate(days):
            made.add(f"s{number}", [f"Click here to subscribe {number}x{number}."], published=day)
        return made

    autumn, spring = ["2021-10-01"] * 9, ["2021-04-01", "2021-04-02"]
    assert set(candidates(page(*autumn, *spring))) == {frozenset(("s9:0", "s10:0"))}
    assert len(candidates(page(*autumn[:8], *spring))) == 8 * 7 / 2 + 1


@pytest.mark.parametrize(("last", "pairs"), [("2021-10-31", 0), ("2021-11-01", 28)])
def test_a_story_at_the_end_of_the_window_is_of_the_same_time(last, pairs):
    page = Page()
    for number, day in enumerate(["2021-10-01"] * 8 + [last]):
        page.add(f"s{number}", [f"Click here to subscribe {number}x{number}."], published=day)
    assert len(candidates(page)) == pairs


def test_a_story_that_repeats_a_run_gives_three_sentences_to_it():
    page = Page().add("a", [f"Click here to subscribe {number}x{number}." for number in range(5)])
    page.add("b", ["Nobody will click here to subscribe."])
    assert set(candidates(page)) == {frozenset((f"a:{number}", "b:0")) for number in range(3)}


def test_blocks_of_rows_make_no_difference(monkeypatch):
    page = Page()
    for number in range(4):
        page.add(f"s{number}", [f"The {word} broke at dawn near gate {number}." for word in ("dam", "weir", "lock")])
    config = ReuseConfig(min_cosine=0.1, neighbours=3)
    whole = candidates(page, config)
    monkeypatch.setattr(neighbours, "_BLOCK", 5)
    monkeypatch.setattr(module, "_PAIRS", 3)
    assert candidates(page, config) == pytest.approx(whole, abs=2e-6)
