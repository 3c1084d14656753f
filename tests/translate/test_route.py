from dataclasses import replace

import pytest

from align.errors import ModelUnavailableError, UnsupportedLanguageError
from align.records import Rejected, Segment, Span, Translation
from align.translate import route
from align.translate.route import WORK_UNIT, remember, translate_unit, work_units
from tests.fakes import DictionaryTranslator, RetryingTranslator

FRENCH = {"Le port est fermé.": "The port is closed.", "bonjour": "hello", "port": "harbour"}
TURKISH = {"Liman kapalı.": "The port is closed."}


def segment(index, text, language):
    return Segment(f"d:{index}", "d", "d#1", index, Span(0, len(text)), text, "body", language, 0.9)


def segments(*texts_and_languages):
    return [segment(index, text, language) for index, (text, language) in enumerate(texts_and_languages)]


def translate_segments(given, translators, *, memory=None, **settings):
    """Unit after unit, as a run goes."""
    known = {} if memory is None else memory
    for unit in work_units(given):
        records = translate_unit(unit, translators, memory=known, **settings)
        remember(known, unit, records)
        yield from records


@pytest.fixture
def translators():
    return {"fr": DictionaryTranslator(FRENCH), "tr": DictionaryTranslator(TURKISH, model="other", revision="2")}


def lookup(translators):
    def find(language):
        if language not in translators:
            raise UnsupportedLanguageError(f"no model for {language}; install one")
        return translators[language]

    return find


def test_each_segment_goes_to_the_model_of_its_own_language(translators):
    given = segments(("Le port est fermé.", "fr"), ("Liman kapalı.", "tr"), ("It rains.", "en"))
    french, turkish, english = translate_segments(given, lookup(translators))
    assert french == Translation("d:0", "fr", "en", "The port is closed.", "translated", "dictionary", "1", -0.25, ())
    assert (turkish.model, turkish.revision, turkish.source_language) == ("other", "2", "tr")
    assert english == Translation("d:2", "en", "en", "It rains.", "copied")


def test_what_no_model_serves_is_rejected_with_the_remedy_and_never_blank(translators):
    given = segments(("Το λιμάνι έκλεισε.", "el"), ("Mmh rr.", "und"), ("Liman kapalı.", "tr"))
    greek, unknown, turkish = translate_segments(given, lookup(translators))
    assert greek == Rejected("d:0", "translate", "no-model", "no model for el; install one")
    assert isinstance(unknown, Rejected)
    assert "und" in unknown.detail
    assert turkish.text == "The port is closed."


def test_a_model_that_was_asked_for_and_is_missing_stops_the_run():
    def find(language):
        raise ModelUnavailableError("not there")

    with pytest.raises(ModelUnavailableError, match="not there"):
        list(translate_segments(segments(("Le port.", "fr")), find))


@pytest.mark.parametrize("text", ["* * *", "12.30", "@baie https://baie.example/a"])
def test_a_segment_without_a_word_is_copied_whatever_its_language(translators, text):
    (record,) = translate_segments([segment(0, text, "und")], lookup(translators))
    assert (record.outcome, record.text, record.score, record.model) == ("copied", text, None, None)


def test_equal_texts_are_translated_once_across_units(translators):
    given = [segment(index, "Le port est fermé.", "fr") for index in range(WORK_UNIT + 3)]
    records = list(translate_segments(given, lookup(translators)))
    assert translators["fr"].calls == [["Le port est fermé."]]
    assert [record.segment_id for record in records] == [item.id for item in given]


def test_the_same_text_in_two_languages_is_translated_twice(translators):
    list(translate_segments(segments(("port", "fr"), ("port", "tr")), lookup(translators)))
    assert translators["fr"].calls == translators["tr"].calls == [["port"]]


def test_a_wrapped_sentence_is_read_as_one_line(translators):
    (record,) = translate_segments(segments(("Le port\n   est fermé.", "fr")), lookup(translators))
    assert record.text == "The port is closed."


def test_units_cover_the_segments_in_order():
    given = [segment(index, "bonjour", "fr") for index in range(2 * WORK_UNIT + 1)]
    units = list(work_units(given))
    assert [len(unit) for unit in units] == [WORK_UNIT, WORK_UNIT, 1]
    assert [item for unit in units for item in unit] == given


def test_a_run_that_goes_on_at_a_border_gives_the_same_records():
    given = [segment(index, f"port {index % (WORK_UNIT + 44)}", "fr") for index in range(3 * WORK_UNIT)]
    whole = list(translate_segments(given, lookup({"fr": DictionaryTranslator(FRENCH)})))
    memory = {}
    remember(memory, given[:WORK_UNIT], whole[:WORK_UNIT])
    second = DictionaryTranslator(FRENCH)
    rest = list(translate_segments(given[WORK_UNIT:], lookup({"fr": second}), memory=memory))
    assert whole[:WORK_UNIT] + rest == whole
    assert sum(map(len, second.calls)) == 44


def test_a_unit_does_not_change_the_memory(translators):
    memory = {}
    given = segments(("Le port est fermé.", "fr"))
    first = translate_unit(given, lookup(translators), memory=memory)
    assert memory == {}
    assert translate_unit(given, lookup(translators), memory=memory) == first


def test_flags_of_guards_and_engine_are_kept():
    text = "Il y a 12 quais ici."
    fake = DictionaryTranslator({text: "There are 13 quays here."}, flags={text: ("truncated",)}, score=-3.0)
    (record,) = translate_segments(segments((text, "fr")), lookup({"fr": fake}))
    assert record.flags == ("truncated", "number-mismatch", "low-score")


def test_a_broken_translation_gets_a_second_try():
    text, fine = "Il a parlé de la pluie.", "Le port est fermé."
    fake = RetryingTranslator({text: "He spoke of of of of of rain.", **FRENCH}, {text: "He spoke of rain."})
    first, second = translate_segments(segments((text, "fr"), (fine, "fr")), lookup({"fr": fake}))
    assert (first.text, first.flags) == ("He spoke of rain.", ())
    assert second.text == "The port is closed."
    assert fake.second.calls == [[text]]


def test_a_second_try_that_is_no_better_is_not_taken():
    text = "Il a parlé de la pluie."
    loop = "He spoke of of of of of rain."
    fake = RetryingTranslator({text: loop}, {text: ""})
    (record,) = translate_segments(segments((text, "fr")), lookup({"fr": fake}))
    assert (record.text, record.flags) == (loop, ("repetition",))


def test_no_second_try_for_what_it_cannot_mend():
    text = "Il y a 12 quais ici."
    fake = RetryingTranslator({text: "There are 12 quays here."}, {})
    fake.score = -9.0
    (record,) = translate_segments(segments((text, "fr")), lookup({"fr": fake}))
    assert record.flags == ("low-score",)
    assert fake.second.calls == []


def test_a_second_try_with_fewer_flags_stays_and_with_as_many_does_not():
    text = "Il y a 12 quais ici."
    for second, kept in [("There are 12 quays here.",) * 2, ("There are 14 quays here.", "There are 13 quays here.")]:
        fake = RetryingTranslator({text: "There are 13 quays here."}, {text: second})
        (record,) = translate_segments(segments((text, "fr")), lookup({"fr": fake}))
        assert record.text == kept


def test_the_language_detector_is_asked(translators):
    given = [replace(segment(0, "Le port est fermé.", "fr"), text="x" * 40)]
    (record,) = translate_segments(given, lookup(translators), identify=lambda text, languages: ("fr", 1.0))
    assert "wrong-language" in record.flags


def test_what_was_not_met_for_longest_is_forgotten_first(monkeypatch):
    monkeypatch.setattr(route, "MEMORY", 40)
    memory = {}

    def meet(*texts):
        given = segments(*((text, "fr") for text in texts))
        remember(memory, given, translate_unit(given, lookup({"fr": DictionaryTranslator(FRENCH)}), memory=memory))

    meet("un port", "deux ports")  # 34 characters with their translations
    meet("un port")
    meet("mer")
    assert [text for _, text in memory] == ["un port", "mer"]
    meet("Un texte plus long que tout ce que la mémoire peut garder.")
    assert memory == {}
