"""The benchmark on the event set: tables of a small run, folds by event, and `dev` unless `test` is asked for."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.evaluate.event_run import gold, quoted, write_gold, write_run

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
sys.path.insert(0, str(SCRIPTS))

import bench_events  # noqa: E402


class Lengths:
    """An encoder of two dimensions."""

    name, languages = "lengths", frozenset({"fr", "tr"})

    def encode(self, texts):
        angles = np.array([len(text) / 50 for text in texts], np.float32)
        return np.stack([np.cos(angles), np.sin(angles)], axis=1)


@pytest.fixture
def files(tmp_path):
    content = gold()
    for number, pair in enumerate([*content["pairs"], *content["article_pairs"]]):
        pair["event"] = f"ev{number % 3}"
    for pair in content["article_pairs"]:
        pair["languages"] = "fr-tr" if "c" in (pair["a"], pair["b"]) else "fr-fr"
    return write_run(tmp_path / "run"), write_gold(tmp_path / "gold.json", content), tmp_path


def test_both_tables_are_printed_with_the_peers(files, capsys):
    folder, path, tmp_path = files
    bench_events.measure(folder, path, "dev", Lengths(), tmp_path / "errors.jsonl")
    printed = capsys.readouterr().out
    assert "Pairs of quotations: 5, of them 3 reused" in printed
    assert "Pairs of articles: 5, of them 3 reused" in printed
    rows = [line for line in printed.splitlines() if line.startswith("| align |")]
    assert [row.split(" | ")[1:4] for row in rows if "as it comes" in row] == [["0.667"] * 3] * 2
    assert sum(line.startswith("| TF-IDF") for line in printed.splitlines()) == 2
    wrong = [json.loads(line) for line in (tmp_path / "errors.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(row["label"], row["documents"]) for row in wrong] == [("rewrite", ["b", "c"]), ("same-event", ["a", "d"])]
    assert wrong[0]["match"] is None
    assert wrong[1]["match"]["id"] == "m4"


def test_pairs_of_an_event_are_in_one_fold():
    entries = [{"event": f"ev{number}", "crosses": "ev99"} for number in (1, 2, 1, 3, 4, 5, 6, 1)]
    folds = bench_events.folds_of(entries)
    assert folds[0] == folds[2] == folds[7]
    assert len(set(folds)) == 5


def test_a_gold_without_articles_ends_it(files, tmp_path):
    folder, _, _ = files
    bare = write_gold(tmp_path / "bare.json", {"pairs": [quoted("a", "b", "rewrite")]})
    with pytest.raises(SystemExit, match="no article_pairs"):
        bench_events.measure(folder, bare, "dev", Lengths())


def test_the_test_split_has_to_be_asked_for(files, monkeypatch):
    folder, path, tmp_path = files
    asked = []
    monkeypatch.setattr(bench_events, "measure", lambda folder, path, split, *rest: asked.append((path, split)))
    monkeypatch.setattr(bench_events, "UseM3", Lengths)
    for arguments in ([], ["--split", "test"]):
        monkeypatch.setattr(
            sys, "argv", ["bench_events.py", "--corpus", str(tmp_path), "--run", str(folder.path), *arguments]
        )
        bench_events.main()
    assert asked == [(path, "dev"), (path, "test")]
