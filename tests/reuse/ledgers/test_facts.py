import weakref

import pytest
from hypothesis import given
from hypothesis import strategies as st

from align.records import Fact, Span, Story, Translation
from align.reuse.ledgers.facts import facts, retold_stories
from align.reuse.ledgers.statements import Line, Telling, read_tellings
from tests.reuse.stories import Page, match, passage, story


class Told:
    """Stories of one or more sentences, with English readings where they are given, and matches between them."""

    def __init__(self):
        self.tellings, self.outlets, self.matches = {}, {}, []

    def story(self, key, *texts, outlet=None, language="en", english=None, title=None, usable=True):
        readings = english or (texts if language == "en" else [""] * len(texts))
        lines = [
            Line(f"{key}:{place}", text, language, reading, usable)
            for place, (text, reading) in enumerate(zip(texts, readings, strict=True))
        ]
        self.tellings[key] = Telling(title, lines)
        self.outlets[key] = outlet or key
        return self

    def match(self, first, second, *, places=(0, 0), score=0.9, **changes):
        sides = [
            passage(key, place, outlet=self.outlets[key]) for key, place in zip((first, second), places, strict=True)
        ]
        self.matches.append(match(*sides, score, **changes))
        return self

    @property
    def facts(self):
        return [(item.outlet, item.other, item.kind, item.fact) for item in facts(self.matches, self.tellings)]


def two(first, second, *more, **options):
    told = Told().story("quai", first, outlet="quai").story("phare", second, *more, outlet="phare", **options)
    return told.match("quai", "phare")


FLOOD = "The flood took 14 barns and 230 sheep near Lindow on Friday, the prefect said."


def test_what_is_told_by_one_alone():
    assert two(FLOOD, "The flood took barns and 230 sheep on Friday.").facts == [
        ("quai", "phare", "claimant", "prefect"),
        ("quai", "phare", "name", "Lindow"),
        ("quai", "phare", "number", "14 barns"),
    ]


def test_both_directions_and_a_figure_that_is_given_otherwise():
    assert two("The flood took 230 sheep.", "The flood took 240 sheep.").facts == [
        ("phare", "quai", "number", "240 sheep"),
        ("quai", "phare", "number", "230 sheep"),
    ]


def test_what_is_told_elsewhere_in_the_story_is_not_missing():
    far = [
        "Nothing more was known.",
        "Rain went on.",
        "Nobody slept.",
        "In Lindow they counted 14 barns and 230 sheep.",
    ]
    assert two("The flood took 14 barns and 230 sheep near Lindow.", "The flood took barns.", *far).facts == []
    assert (
        two(FLOOD, "The flood took barns and sheep.", title="Lindow: 14 barns, 230 sheep lost, prefect said").facts
        == []
    )


def test_a_small_number_elsewhere_has_to_count_the_same_thing():
    far = ["Rain went on.", "Nobody slept.", "There were 4 mayors."]
    assert two("The flood took 4 barns.", "The flood took barns.", *far).facts == [
        ("quai", "phare", "number", "4 barns")
    ]
    assert two("The flood took 44 barns.", "The flood took barns.", *far[:2], "There were 44 mayors.").facts == []


def test_a_name_at_the_head_of_a_sentence_in_another_case_or_spelling_is_told():
    assert two("The flood hit the town of Lindow.", "Lindow was flooded.").facts == []
    assert two("The flood hit the port of Latakia.", "The port of Lattaquié was hit.").facts == []
    assert (
        two(
            "The road to Aleppo is open.", "La route d'Alep est ouverte.", language="fr", english=["The road is open."]
        ).facts
        == []
    )
    assert two("They met at the Harbour.", "They met at the harbour.").facts == [], (
        "what is also written small is no name"
    )


def test_names_across_scripts():
    told = Told().story(
        "volna", "Дорога в город Линдов закрыта.", language="ru", english=["The road to the town of Lindow is closed."]
    )
    told.story("phare", "The road to the town of Lindow is closed.").match("volna", "phare")
    assert told.facts == []


def test_a_name_that_does_not_come_through_the_translation_is_not_said_to_be_missing():
    told = Told().story(
        "quai", "Le Croissant-Rouge est venu à Lindau.", language="fr", english=["The Red Crescent came to Lindau."]
    )
    told.story("phare", "Help has come.").match("quai", "phare")
    assert told.facts == [("quai", "phare", "name", "Lindau")]


def test_what_a_number_counts_is_said_in_english_between_languages_alone():
    told = Told().story("quai", "Il y a 36 blessés.", language="fr", english=["There are 36 injured."])
    told.story("phare", "People were hurt.").story(
        "cap", "Il y a des blessés.", language="fr", english=["Some are injured."]
    )
    told.match("quai", "phare").match("quai", "cap")
    assert told.facts == [("quai", "cap", "number", "36 blessés"), ("quai", "phare", "number", "36 injured")]


def test_numbers_are_not_missed_where_number_words_cannot_be_read():
    told = Told().story("phare", "The storm left 70,000 people homeless.")
    told.story("mina", "ترك سبعين ألفا بلا مأوى", language="ar").match("phare", "mina")
    assert told.facts == []


def test_claimants():
    assert two("Nobody was hurt, the prefect said.", "Nobody was hurt. Later the prefect left.").facts == []
    assert two("Looting was reported in the town.", "In the town there was looting.").facts == [], (
        "a passive names nobody"
    )
    assert (
        two(
            "Nobody was hurt, the prefect said.", "Niemand wurde verletzt.", language="de", english=["Nobody was hurt."]
        ).facts
        == []
    )
    assert two("Nobody was hurt, Phare news agency reported.", "Nobody was hurt.").facts == [], (
        "it is the outlet itself"
    )
    assert two("Nobody was hurt, officials said. The officials of Lindow said so.", "Nobody was hurt.").facts == [
        ("quai", "phare", "claimant", "officials of Lindow")
    ], "said once, at length; nor is a name within it said again"


def test_only_flagged_matches_that_are_no_boilerplate_count():
    assert Told().story("a", FLOOD).story("b", "The flood came.").match("a", "b", score=0.4).facts == []
    assert retold_stories(Told().story("a", FLOOD).story("b", "x").match("a", "b", score=0.4).matches) == frozenset()


def test_pairs_of_stories_are_counted_and_matches_named():
    told = (
        Told()
        .story("a", "The flood took 14 barns.", "It took 14 barns.", outlet="quai")
        .story("b", "The flood came.", outlet="phare")
    )
    told.story("c", "It took 14 barns.", outlet="quai").story("d", "It came.", outlet="phare")
    told.match("a", "b").match("a", "b", places=(1, 0)).match("c", "d")
    (found,) = facts(told.matches, told.tellings)
    assert found == Fact("quai", "phare", "number", "14 barns", 2, ("a:0+1~b:0+1", "a:1+1~b:0+1", "c:0+1~d:0+1"))


def test_an_unknown_outlet_is_called_so():
    told = Told().story("a", "It took 14 barns.").story("b", "It came.")
    told.outlets = {"a": None, "b": None}
    assert told.match("a", "b").facts == [("unknown", "unknown", "number", "14 barns")]


def test_only_wanted_stories_are_read():
    page = Page().add("a", ["It took 14 barns."]).add("b", ["Il en a pris 14."], language="fr", english=["It took 14."])
    broken = [Translation("b:0", "fr", "en", "14 14 14", "translated", flags=("repetition",))]
    tellings = read_tellings(["b"], page.stories, iter(page.segments), iter([*page.translations.values(), *broken]))
    assert list(tellings) == ["b"]
    (line,) = tellings["b"].lines
    assert (line.text, line.english, line.usable) == ("Il en a pris 14.", "14 14 14", False)
    titled = read_tellings(["t"], [Story("t", "d", Span(0, 1), "Lindow lost 14 barns")], [], [])["t"]
    assert titled.has_name("lindow") and titled.all_lines[0].values == {14}
    assert story("x").title is None


def test_what_was_read_off_a_story_is_forgotten_and_read_again(monkeypatch):
    monkeypatch.setattr("align.reuse.ledgers.statements._LATELY", 2)
    page = Page()
    for name in "abc":
        page.add(name, [f"It took 14 barns of {name}."])
    tellings = read_tellings("abc", page.stories, page.segments, page.translations.values())
    first = weakref.ref(tellings["a"])
    assert tellings["a"] is first()
    read = [tellings[name].lines[0].numbers for name in "bca"]
    assert first() is None
    assert [number.value for numbers in read for number in numbers] == [14] * 3
    assert (len(tellings), tellings.languages()) == (3, {f"{name}:0": "en" for name in "abc"})
    with pytest.raises(KeyError):
        tellings["d"]


WORDS = st.lists(
    st.sampled_from(["14", "barns", "4", "Lindow", "the", "said", "prefect", ",", "near"]), min_size=1, max_size=9
)


@given(st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=3), st.randoms(use_true_random=False))
def test_the_order_of_matches_changes_nothing_and_nobody_misses_his_own_words(texts, random):
    told = Told()
    for number, (first, second) in enumerate(texts):
        told.story(f"a{number}", " ".join(first), outlet="quai").story(f"b{number}", " ".join(second), outlet="phare")
        told.match(f"a{number}", f"b{number}")
    plain = facts(told.matches, told.tellings)
    random.shuffle(told.matches)
    assert facts(told.matches, told.tellings) == plain
    assert all(1 <= item.count <= len(texts) and item.fact.strip() for item in plain)
    alike = Told().story("a", " ".join(texts[0][0])).story("b", " ".join(texts[0][0])).match("a", "b")
    assert alike.facts == []
