import pickle
import subprocess
import sys

import pytest

import align
from align.config import TranslateConfig
from align.errors import InputError, UnsupportedLanguageError
from align.records import Translated
from align.translate.api import TranslateColumn, stream, translate
from align.translate.route import WORK_UNIT
from tests.translate.conftest import PAIRS

SOURCES = [source for source, _ in PAIRS[:6]]
TARGETS = [target for _, target in PAIRS[:6]]


@pytest.fixture(scope="module")
def settings(tiny_marian):
    return TranslateConfig(models={"fr": str(tiny_marian), "tr": str(tiny_marian)}, beams=2)


def test_a_list_in_order_with_scores_and_flags(settings):
    results = translate([*SOURCES, SOURCES[0]], source="fr", settings=settings)
    assert [result.text for result in results] == [*TARGETS, TARGETS[0]]
    assert all(result.score < 0 for result in results)


def test_guards_have_looked(settings):
    assert translate(["https://baie.example/1 Le port est fermé. 港"], source="fr", settings=settings)[0].flags


def test_the_room_itself_is_called(settings):
    assert align.translate(SOURCES, source="fr", settings=settings)[0].text == TARGETS[0]
    assert align.translate.stream is stream
    with pytest.raises(AttributeError, match=r"align\.translate.*'strem'"):
        _ = align.translate.strem


def test_it_can_be_called_before_anything_else():
    program = "import align; print(align.translate(['The port is closed.'], source='en'))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "The port is closed." in done.stdout


def test_a_stream_takes_no_more_than_it_needs(settings):
    taken = []

    def texts():
        for number in range(WORK_UNIT + 10):
            taken.append(number)
            yield SOURCES[number % 6]

    results = stream(texts(), source="fr", settings=settings)
    assert next(results).text == TARGETS[0]
    assert len(taken) == WORK_UNIT
    assert len(list(results)) == WORK_UNIT + 9


def test_english_comes_back_as_it_is():
    assert translate(["It rains."], source="en") == [Translated("It rains.", None)]


def test_one_string_is_not_a_list():
    with pytest.raises(InputError, match="got one string: 'Le port'"):
        translate("Le port", source="fr")
    with pytest.raises(InputError, match="not a string: 7"):
        translate([7], source="fr")


def test_a_language_without_a_model():
    with pytest.raises(UnsupportedLanguageError, match="align models"):
        translate(["Το λιμάνι έκλεισε."], source="el")


def test_a_column_of_a_data_set(settings):
    from datasets import Dataset

    rows = Dataset.from_dict({"body": [SOURCES[0], None, "Liman kapalı."], "lang": ["fr", "fr", "tr"]})
    done = rows.map(
        TranslateColumn(source_column="lang", column="body", into="english", settings=settings),
        batched=True,
        batch_size=2,
    )
    assert done["english"][:] == ["The port is closed.", None, "The port is closed."]
    assert done["english_score"][1] is None
    assert done["english_flags"][:] == [[], [], []]


def test_a_column_can_be_sent_to_another_process(settings):
    column = TranslateColumn(source="fr", settings=settings)
    again = pickle.loads(pickle.dumps(column))
    assert again == column
    assert again({"text": [SOURCES[1]]})["translation"] == [TARGETS[1]]


def test_a_column_that_is_not_there(settings):
    with pytest.raises(InputError, match="no column 'text'; the data set has: body"):
        TranslateColumn(source="fr")({"body": ["Le port"]})
    with pytest.raises(InputError, match="name the language with source"):
        TranslateColumn()({"text": ["Le port"]})
