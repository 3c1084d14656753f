from hypothesis import given
from hypothesis import strategies as st

from align.reuse.ledgers.substitutions import substitutions
from tests.reuse.stories import match, passage

LANGUAGES = {"a:0": "en", "b:0": "en", "c:0": "fr", "a:1": "en", "b:1": "en"}


def held(first, second, *, score=0.9, place=0, outlets=("quai", "phare"), stories=("a", "b")):
    source = passage(stories[0], place, outlet=outlets[0], text=first, english=first)
    return match(source, passage(stories[1], place, outlet=outlets[1], text=second, english=second), score)


def lines(*matches):
    return [
        (*line,)
        for line in (
            (found.outlet_a, found.outlet_b, found.words_a, found.words_b, found.count)
            for found in substitutions(matches, LANGUAGES)
        )
    ]


MILITIA = "The militia held the old bridge all night."
DEFENDERS = "The defenders held the old bridge all night."


def test_an_exchanged_word_stands_with_the_outlets_in_alphabetical_order():
    expected = [("phare", "quai", "defenders", "militia", 1)]
    assert lines(held(MILITIA, DEFENDERS)) == expected
    assert lines(held(DEFENDERS, MILITIA, outlets=("phare", "quai"))) == expected


def test_only_flagged_matches_count():
    assert lines(held(MILITIA, DEFENDERS, score=0.4)) == []


def test_frequent_ones_come_first_and_name_their_matches():
    other = held("The militia left at noon today.", "The defenders left at noon today.", place=1)
    third = held("They fled at noon today from town.", "They withdrew at noon today from town.", stories=("a", "b"))
    assert lines(held(MILITIA, DEFENDERS), other, third) == [
        ("phare", "quai", "defenders", "militia", 2),
        ("phare", "quai", "withdrew", "fled", 1),
    ]
    (found, *_) = substitutions([other, held(MILITIA, DEFENDERS)], LANGUAGES)
    assert found.matches == ("a:0+1~b:0+1", "a:1+1~b:1+1")


def test_an_unknown_outlet_is_called_so():
    assert lines(held(MILITIA, DEFENDERS, outlets=("zephyr", None))) == [
        ("unknown", "zephyr", "defenders", "militia", 1)
    ]


def test_within_one_outlet_the_words_are_in_order():
    assert lines(held(MILITIA, DEFENDERS, outlets=("quai", "quai"))) == [("quai", "quai", "defenders", "militia", 1)]


def test_two_languages_are_compared_in_english():
    source = passage("a", 0, outlet="quai", text=MILITIA, english=MILITIA)
    target = passage("c", 0, outlet="phare", text="Les défenseurs ont tenu le vieux pont.", english=DEFENDERS)
    assert lines(match(source, target, 0.9)) == [("phare", "quai", "defenders", "militia", 1)]


def test_accents_and_case_are_no_exchange():
    assert lines(held("THE MAYOR OF EVREUX SPOKE.", "The mayor of Évreux spoke.")) == []


def test_words_come_as_they_are_written():
    found = lines(held("Dün İdlib köyünde yangın çıktı.", "Dün Şırnak köyünde yangın çıktı."))
    assert found == [("phare", "quai", "şırnak", "idlib", 1)]


def test_long_stretches_and_other_sentences_are_no_exchange():
    assert lines(held("The dam broke.", "Barley prices rose again this year in Lindow.")) == []
    first = "The old bridge held all night long while one two three four stood."
    second = "The old bridge held all night long while five six seven eight stood."
    assert lines(held(first, second)) == []


def test_additions_are_no_exchange():
    assert lines(held("The old bridge held.", "The very old bridge held.")) == []


def test_a_formula_of_a_spreadsheet_is_not_changed_here():
    """What a table program might run is made harmless where the table is written."""
    found = substitutions([held("The =cmd held the old bridge.", "The militia held the old bridge.")], LANGUAGES)
    assert [(line.words_a, line.words_b) for line in found] == [("militia", "cmd")]


WORDS = st.lists(st.sampled_from(["the", "dam", "old", "new", "bridge", "held", "fell"]), max_size=8).map(" ".join)


@given(st.lists(st.tuples(WORDS, WORDS), max_size=4), st.randoms(use_true_random=False))
def test_the_order_of_matches_changes_nothing(texts, random):
    languages = {f"{story}:{place}": "en" for story in "ab" for place in range(4)}
    matches = [held(*pair, place=place) for place, pair in enumerate(texts)]
    plain = substitutions(matches, languages)
    random.shuffle(matches)
    assert substitutions(matches, languages) == plain
    assert all(line.words_a != line.words_b and line.count >= len(line.matches) >= 1 for line in plain)
