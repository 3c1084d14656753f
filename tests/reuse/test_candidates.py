import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from align.config import ReuseConfig
from align.reuse.candidates import Comparable, find_candidates
from tests.reuse.stories import LetterEncoder, Page, story

ANY = ReuseConfig(min_cosine=-1.0, neighbours=100)
NONE = ReuseConfig(min_cosine=1.0)  # no semantic candidate but a copy


def compared(first, second, **options):
    found = Comparable([first, second], ReuseConfig(**options))
    assert found(first.id, second.id) == found(second.id, first.id)
    return found(first.id, second.id)


def test_a_story_is_never_compared_with_itself():
    for same_outlet in (False, True):
        one = story("a", outlet="quai")
        assert not Comparable([one], ReuseConfig(same_outlet=same_outlet))("a", "a")
        assert not Comparable([story("a")], ReuseConfig(same_outlet=same_outlet))("a", "a")


def test_one_outlet_is_compared_with_itself_only_on_request():
    pair = story("a", outlet="quai"), story("b", outlet="quai")
    assert not compared(*pair)
    assert compared(*pair, same_outlet=True)


def test_two_outlets_are_compared():
    assert compared(story("a", outlet="quai"), story("b", outlet="phare"))


@pytest.mark.parametrize("outlet", [None, "quai"])
def test_an_unknown_outlet_is_compared_with_all(outlet):
    assert compared(story("a"), story("b", outlet=outlet))


@pytest.mark.parametrize(
    ("first", "second", "days", "expected"),
    [
        ("2021-03-01", "2021-03-31", 30, True),
        ("2021-03-01", "2021-04-01", 30, False),
        ("2021-03-01", "2021-04-01", 31, True),
        ("2021-03-01T23:59", "2021-03-31T00:01", 30, True),
        ("2021-03", "2021-04-30", 30, True),  # the last of March lies thirty days before
        ("2021-03", "2021-05-01", 30, False),
        ("2021-04-30", "2021-06", 31, False),  # the first of June lies thirty-two days after
        ("2021-04-30", "2021-06", 32, True),
        ("2021-02", "2021-02", 1, True),
        ("2020-12", "2021-01-01", 1, True),  # a December ends with its year
        ("2020-12", "2021-01-02", 1, False),
        ("2020-02", "2020-03-01", 1, True),  # a leap year's February has 29 days
        ("2020", "2021-01-30", 30, True),
        ("2020", "2021-02-01", 30, False),
        ("2021-12-31", "2023", 30, False),
        ("2001-01-01", "2021-01-01", 0, True),
        (None, "2021-01-01", 1, True),
        (None, None, 1, True),
    ],
)
def test_the_window_of_days(first, second, days, expected):
    assert compared(story("a", published=first), story("b", published=second), window_days=days) is expected


DATES = st.none() | st.dates().map(str) | st.dates().map(lambda day: str(day)[:7])
STORIES = st.lists(st.tuples(st.sampled_from([None, "quai", "phare"]), DATES), min_size=1, max_size=6)


@given(STORIES, st.integers(0, 400), st.booleans())
def test_the_matrix_says_what_each_pair_says(made, days, same_outlet):
    stories = [story(f"s{n}", outlet=outlet, published=date) for n, (outlet, date) in enumerate(made)]
    found = Comparable(stories, ReuseConfig(window_days=days, same_outlet=same_outlet))
    numbers = np.arange(len(stories))
    matrix = found.matrix(numbers, numbers)
    assert (matrix == matrix.T).all()
    assert not matrix.diagonal().any()
    for one in stories:
        for other in stories:
            assert matrix[found.number(one.id), found.number(other.id)] == found(one.id, other.id)


def candidates(page, config=NONE, encoder=None):
    sentences = page.sentences
    vectors = (encoder or LetterEncoder()).encode([item.segment.text for item in sentences])
    pairs = find_candidates(sentences, vectors, Comparable(page.stories, config), config)
    assert list(pairs) == sorted(pairs)
    assert all(first < second for first, second in pairs)
    return {
        frozenset((sentences[first].segment.id, sentences[second].segment.id)): cosine
        for (first, second), cosine in pairs.items()
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
    assert mixed == pytest.approx(plain, abs=1e-6)


def test_blocks_of_rows_make_no_difference(monkeypatch):
    page = Page()
    for number in range(4):
        page.add(f"s{number}", [f"The {word} broke at dawn near gate {number}." for word in ("dam", "weir", "lock")])
    config = ReuseConfig(min_cosine=0.1, neighbours=3)
    whole = candidates(page, config)
    monkeypatch.setattr("align.reuse.candidates._BLOCK", 5)
    assert candidates(page, config) == pytest.approx(whole, abs=1e-6)
