import csv
import importlib.util
import shutil
from pathlib import Path

import pytest

from tests.fakes import TrigramEncoder
from tests.pipeline.conftest import Job
from tests.runs import Run

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "scripts" / "examples"


def example(name):
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def job(tmp_path):
    (tmp_path / "given").mkdir()
    return Job(tmp_path / "given")


def test_a_corpus_from_a_folder_of_pages(tmp_path, capsys):
    pages = tmp_path / "pages"
    pages.mkdir()
    for number in range(12):
        # the encoder of the tests knows spelling alone, so both sides are spelt alike
        text = f"Le port {number} est fermé depuis jeudi. Douze conteneurs {number} sont à la mer."
        for language in ("fr", "en"):
            (pages / f"page-{number}.{language}.txt").write_text(text, encoding="utf-8")
    (pages / "alone.fr.txt").write_text("Personne ne répond.", encoding="utf-8")
    rows = example("parallel_corpus").build(pages, ("fr", "en"), tmp_path / "out", 0.0, TrigramEncoder())
    assert rows == 24
    assert "12 pages in both languages; in one alone: alone\n" in capsys.readouterr().out
    names = {path.name for path in (tmp_path / "out" / "moses").iterdir()}
    assert {"pages.train.fr-en.fr", "pages.train.fr-en.en", "pages.train.fr-en.ids"} <= names
    assert (tmp_path / "out" / "tmx" / "pages.train.fr-en.tmx").exists()


def test_a_study_of_a_dump(job, tmp_path, capsys):
    given = {"encoder": TrigramEncoder(), "translator_of": job.translator_of}
    example("reuse_study").study(job.inputs, tmp_path / "out", config=job.config(), **given)
    with (tmp_path / "out" / "outlets.csv").open(encoding="utf-8", newline="") as file:
        assert next(csv.reader(file)) == ["outlet_a", "outlet_b", "passages", "mean_score"]
    with (tmp_path / "out" / "families.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert all(int(row["stories"]) >= 2 for row in rows)
    assert "report.html" in capsys.readouterr().out


def test_the_tables_of_a_study(tmp_path):
    study = example("reuse_study")
    folder = Run().write(tmp_path)
    members = "harbour-times liman mina quai vigie"
    assert study.families(folder) == [("f1", 5, 1, "2021-03-04 quai", "quai", "credit", members)]
    shared = {row[:2]: row[2] for row in study.outlets(folder)}
    assert shared["liman", "quai"] == 1
    assert sum(shared.values()) == 5


def test_a_data_set_from_a_run(tmp_path, capsys):
    Run().write(tmp_path / "run")
    names = example("hub_dataset").export(tmp_path / "run", tmp_path / "out")
    assert set(names) == {"ar-en", "fr-en", "tr-en"}
    assert (tmp_path / "out" / "README.md").exists()
    assert "left out: none" in capsys.readouterr().out


@pytest.mark.slow
def test_the_corpus_of_the_bundled_texts(tmp_path, capsys):
    from align.embed.use import UseM3

    pages = tmp_path / "pages"
    pages.mkdir()
    for language in ("fr", "en"):
        shutil.copy(ROOT / "corpora" / "parallel" / f"parallel.{language}.txt", pages / f"text.{language}.txt")
    rows = example("parallel_corpus").build(pages, ("fr", "en"), tmp_path / "out", 0.5, UseM3())
    assert rows > 30
