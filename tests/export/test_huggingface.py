import json
import subprocess
import sys

import pytest

from align.export import export_run
from align.export.huggingface import COLUMNS
from align.records import Pair


@pytest.fixture(scope="module")
def exported(run_folder, tmp_path_factory):
    out = tmp_path_factory.mktemp("dataset")
    return out, export_run(run_folder, "hf", out, name="valmer")


@pytest.fixture(scope="module")
def datasets(tmp_path_factory):
    cache = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_HUB_OFFLINE", "1")
        patch.setenv("HF_HOME", str(cache))
        patch.setenv("HF_DATASETS_CACHE", str(cache / "datasets"))
        import datasets

        patch.setattr(datasets.config, "HF_DATASETS_CACHE", cache / "datasets")
        patch.setattr(datasets.config, "HF_HUB_OFFLINE", True)
        datasets.disable_progress_bars()
        yield datasets


def test_a_folder_for_each_language_pair_and_a_card(exported):
    out, summary = exported
    names = {str(path.relative_to(out)) for path in summary.files}
    assert names == {"README.md"} | {
        f"{pair}/train-00000-of-00001.parquet" for pair in ("ar-en", "fr-en", "tr-en", "tr-fr")
    }
    assert dict(summary.left_out) == {"both sides in one language": 1}


def test_load_dataset_gives_back_every_pair(exported, run_folder, datasets):
    out, _ = exported
    loaded = datasets.load_dataset(str(out), "fr-en", split="train")
    assert loaded.features["translation"] == datasets.Translation(languages=["en", "fr"])
    assert list(loaded.features) == ["translation", *COLUMNS]
    every = run_folder.read("pairs", Pair)
    pairs = [pair for pair in every if (pair.source_language, pair.target_language) == ("fr", "en")]
    assert [row["id"] for row in loaded] == [pair.id for pair in pairs]
    for row, pair in zip(loaded, pairs, strict=True):
        assert row["translation"] == {"fr": pair.source.replace("\ud800", "\ufffd"), "en": pair.target}
        assert (row["score"], row["origin"], tuple(row["source_segments"])) == (
            pair.score,
            pair.origin,
            pair.source_segments,
        )


def test_provenance_stands_beside_the_translation(exported, datasets):
    out, _ = exported
    rows = {row["id"]: row for row in datasets.load_dataset(str(out), "tr-en", split="train")}
    assert rows["p8"]["flags"] == ["number-mismatch", "low-score"]
    assert rows["p8"]["source_url"] == "https://liman.example/haber/17"
    assert rows["p8"]["target_outlet"] is None
    across = datasets.load_dataset(str(out), "tr-fr", split="train")[0]
    assert across["translation"] == {"tr": "Liman\tkapalı", "fr": "Port fermé"}
    assert (across["source_outlet"], across["target_outlet"], across["model"]) == ("liman", "quai", None)


def test_the_card_names_what_a_reader_must_know(exported):
    card = (exported[0] / "README.md").read_text(encoding="utf-8")
    header = card.split("---\n")[1]
    for line in ("license: unknown", '- "translation"', '- config_name: "fr-en"', '- "n<1K"', '- "machine-generated"'):
        assert line in header
    for fact in ("0123456789ab", "compact-fr-en", "all pairs of the run", "load_dataset"):
        assert fact in card


def test_the_card_survives_a_hostile_manifest(run_folder, tmp_path, monkeypatch):
    hostile = {"command": "x\n---\n| <script>", "models": [{"name": "a|b\n# c"}, "no mapping"], "versions": []}
    monkeypatch.setattr(type(run_folder), "manifest", lambda self: hostile)
    export_run(run_folder, "hf", tmp_path)
    card = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert "<script>" not in card
    assert "\n# c" not in card
    assert card.count("\n---\n") == 1


def test_importing_the_room_loads_neither_library():
    code = "import sys, json, align.export; print(json.dumps([n for n in ('pyarrow', 'datasets') if n in sys.modules]))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []
