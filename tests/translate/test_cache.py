import json
import sqlite3
import subprocess
import sys

import pytest

from align.errors import ConfigError, OutputError
from align.records import Translated
from align.translate import cache as cache_module
from align.translate.cache import CachedTranslator, TranslationCache


class Recorder:
    """A translator in capitals that remembers what it was asked."""

    model, revision = "capitals", "1"

    def __init__(self, recipe="r", fails_after=None):
        self.recipe = recipe
        self.asked = []
        self.fails_after = fails_after

    def translate(self, texts, *, source):
        if self.fails_after is not None and len(self.asked) >= self.fails_after:
            raise KeyboardInterrupt
        self.asked += texts
        return [Translated(text.upper(), -0.5, ("low-score",) if "x" in text else ()) for text in texts]

    def retry(self, texts, *, source):
        self.asked += texts
        return [Translated(text.title(), None) for text in texts]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "kept" / "translations.sqlite"


def cached(path, **settings):
    recorder = Recorder(**settings)
    return recorder, CachedTranslator(recorder, TranslationCache(path))


def test_what_was_translated_is_not_translated_again(path):
    first, translator = cached(path)
    results = translator.translate(["un", "deux x", "un"], source="fr")
    assert results == [Translated("UN", -0.5), Translated("DEUX X", -0.5, ("low-score",)), Translated("UN", -0.5)]
    assert sorted(first.asked) == ["deux x", "un"]
    second, translator = cached(path)
    assert translator.translate(["deux x", "un", "trois"], source="fr")[:2] == [results[1], results[0]]
    assert second.asked == ["trois"]
    assert (translator.model, translator.revision) == ("capitals", "1")


@pytest.mark.parametrize("other", [{"recipe": "of other weights"}, {"source": "tr"}, {"way": "retry"}])
def test_another_recipe_language_or_way_is_another_translation(path, other):
    cached(path)[1].translate(["un"], source="fr")
    recorder, translator = cached(path, recipe=other.get("recipe", "r"))
    getattr(translator, other.get("way", "translate"))(["un"], source=other.get("source", "fr"))
    assert recorder.asked == ["un"]


def test_a_killed_process_leaves_what_it_had_translated(path):
    texts = [f"phrase {number:04}" for number in range(700)]
    killed, translator = cached(path, fails_after=500)
    with pytest.raises(KeyboardInterrupt):
        translator.translate(texts, source="fr")
    again, translator = cached(path)
    results = translator.translate(texts, source="fr")
    assert [result.text for result in results] == [text.upper() for text in texts]
    assert 500 <= len(killed.asked) < 700
    assert sorted(killed.asked + again.asked) == texts


@pytest.mark.parametrize("text", ["", "\0", "l'été\u2028 \U0001f44f", "\ud800 alone", "a" * 100_000, "'); DROP TABLE"])
def test_any_text_is_kept(path, text):
    cache = TranslationCache(path)
    result = Translated(text, -1.25, ("repetition", "low-score"))
    cache.keep("r", {text: result})
    assert cache.known("r", [text, "another"]) == {text: result}


FILL = """
import sys
from pathlib import Path
from align.records import Translated
from align.translate.cache import TranslationCache
cache, begin = TranslationCache(Path(sys.argv[1])), int(sys.argv[2])
for start in range(begin, begin + 200, 20):
    cache.keep("r", {f"texte {number}": Translated(str(number), None) for number in range(start, start + 20)})
"""


def test_two_processes_write_at_once(path):
    workers = [subprocess.Popen([sys.executable, "-c", FILL, str(path), begin]) for begin in ("0", "100")]
    assert [worker.wait(60) for worker in workers] == [0, 0]
    found = TranslationCache(path).known("r", [f"texte {number}" for number in range(310)])
    assert found == {f"texte {number}": Translated(str(number), None) for number in range(300)}


def test_a_file_that_is_no_database(path):
    path.parent.mkdir()
    path.write_text(json.dumps("not a database" * 100), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"translations\.sqlite.*--no-cache"):
        cached(path)[1].translate(["un"], source="fr")


def test_a_place_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(ConfigError, match="ALIGN_HOME"):
        cached(tmp_path / "file" / "translations.sqlite")[1].translate(["un"], source="fr")


def test_the_file_is_an_ordinary_database(path):
    cached(path)[1].translate(["un"], source="fr")
    with sqlite3.connect(path) as connection:
        ((value,),) = connection.execute("SELECT value FROM translations").fetchall()
    assert json.loads(value)[:3] == ["UN", -0.5, []]
    connection.close()


DAMAGE = {
    "another word": b'["DEUX", -0.5, [], "0123456789abcdef"]',
    "no checksum": b'["DEUX", -0.5, []]',
    "cut short": b'["UN", -0.',
    "no UTF-8": b'["U\xff", -0.5, []]',
    "no list": b"5",
    "empty": b"",
}


@pytest.mark.parametrize("damage", sorted(DAMAGE))
def test_a_damaged_value_is_made_anew(path, damage):
    cached(path)[1].translate(["un", "trois"], source="fr")
    key = cache_module._key("translate|fr|r", "un")
    with sqlite3.connect(path) as connection:
        changed = connection.execute("UPDATE translations SET value = ? WHERE key = ?", (DAMAGE[damage], key))
        assert changed.rowcount == 1
    connection.close()
    for asked in (["un"], []):
        recorder, translator = cached(path)
        assert translator.translate(["un", "trois"], source="fr")[0] == Translated("UN", -0.5)
        assert recorder.asked == asked


def test_a_file_that_another_process_holds(path, monkeypatch):
    cached(path)[1].translate(["un"], source="fr")
    monkeypatch.setattr(cache_module, "_WAIT", 0.01)
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(
        OutputError, match=r"translations\.sqlite: .* locked; wait for the process that holds it, .*--no-cach"
    ):
        cached(path)[1].translate(["un"], source="fr")
    holder.close()
    assert cached(path)[1].translate(["un"], source="fr") == [Translated("UN", -0.5)]
