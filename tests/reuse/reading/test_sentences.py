from dataclasses import replace

import pytest

from align.reuse.reading.sentences import COMPARED_ROLES, read_sentences
from tests.reuse.stories import Page, sentence


def page():
    return Page().add(
        "s0",
        ["Le pont de Valmer est fermé.", "Non.", "La préfecture a dit « attendez la crue » hier à Orvanne."],
        language="fr",
        english=["The Valmer bridge is closed.", "No.", "The prefecture said to wait for the flood in Orvanne."],
    )


def test_what_is_too_short_to_come_from_anywhere_is_left_out():
    found = page().sentences
    assert [(item.segment.id, item.row, item.place) for item in found] == [("s0:0", 0, 0), ("s0:2", 1, 1)]


@pytest.mark.parametrize("role", ["heading", "byline", "dateline", "attribution", "boilerplate", "caption"])
def test_what_is_no_running_text_is_left_out(role):
    assert role not in COMPARED_ROLES
    made = page()
    assert read_sentences([replace(item, role=role) for item in made.segments], made.translations) == []


def test_places_count_within_a_story():
    made = page().add("s1", ["The dam above the town held all night.", "The dam broke in the morning."])
    assert [item.place for item in made.sentences] == [0, 1, 0, 1]
    assert [item.row for item in made.sentences] == [0, 1, 2, 3]


def test_quoted_words_are_stems_of_the_own_language():
    assert page().sentences[1].quoted == {"attend", "cru"}


def test_a_quotation_that_is_never_closed_is_read_to_the_end():
    assert sentence("He told us: “the gates will hold until dawn").quoted == {"gate", "hold", "dawn"}


@pytest.mark.parametrize("flag", ["repetition", "empty", "source-copied", "truncated", "wrong-language", "low-score"])
def test_nothing_is_read_off_a_broken_translation(flag):
    made = page()
    made.translations = {name: replace(item, flags=(flag,)) for name, item in made.translations.items()}
    (first, second) = made.sentences
    assert first.english == "The Valmer bridge is closed."
    assert (first.english_stems, second.english_stems, second.english_claimant) == ((), (), frozenset())
    assert second.names == {"orvanne"}


def test_another_flag_does_not_break_a_translation():
    made = page()
    made.translations = {name: replace(item, flags=("protected",)) for name, item in made.translations.items()}
    assert made.sentences[0].english_stems == ("valmer", "bridg", "close")


def test_a_sentence_without_a_translation_is_read_in_its_own_words():
    found = sentence("Le pont de Valmer est fermé.", "fr")
    assert (found.english, found.english_stems) == ("", ())
    assert (found.stems, found.names) == (("pont", "valm", "ferm"), {"valmer"})
