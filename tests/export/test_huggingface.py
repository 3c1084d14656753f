import json
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings

from align.errors import InputError
from align.export import Recipe, Split, Treatment, export_pairs, export_run
from align.export.card import _size
from align.export.huggingface import write_huggingface
from align.export.provenance import COLUMNS
from align.records import Pair
from tests.export.nasty import LISTS, plain


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
    for line in (
        'license: "unknown"',
        '- "translation"',
        '- config_name: "fr-en"',
        '- "n<1K"',
        '- "machine-generated"',
    ):
        assert line in header
    for fact in ("0123456789ab", "compact-fr-en", "all pairs", "load_dataset"):
        assert fact in card


def test_the_card_survives_a_hostile_manifest(run_folder, tmp_path, monkeypatch):
    hostile = {"command": "x\n---\n| <script>", "models": [{"name": "a|b\n# c"}, "no mapping"], "versions": []}
    hostile["status"] = "complete"
    monkeypatch.setattr(type(run_folder), "manifest", lambda self: hostile)
    export_run(run_folder, "hf", tmp_path)
    card = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert "<script>" not in card
    assert "\n# c" not in card
    assert card.count("\n---\n") == 1


@settings(max_examples=40)
@given(LISTS)
def test_every_value_comes_back(pairs):
    from pyarrow import parquet

    with TemporaryDirectory() as folder:
        write_huggingface(pairs, Path(folder), Recipe())
        for name in {f"{row.pair.source_language}-{row.pair.target_language}" for row in pairs}:
            source, target = name.rsplit("-", 1)
            wanted = [row for row in pairs if (row.pair.source_language, row.pair.target_language) == (source, target)]
            if source == target:
                continue
            rows = parquet.read_table(Path(folder) / name / "train-00000-of-00001.parquet").to_pylist()
            for row, sourced in zip(rows, wanted, strict=True):
                sides = {source: sourced.pair.source, target: sourced.pair.target}
                assert row.pop("translation") == {tag: _whole(text) for tag, text in sides.items()}
                assert row == {column: _whole(of(sourced)) for column, (_, of) in COLUMNS.items()}


def test_a_changed_text_is_counted(tmp_path):
    pairs = [plain("half \ud800"), plain("whole"), plain("whole", name="p\udfff")]
    summary = export_pairs(pairs, "hf", tmp_path)
    assert summary.changed == {"lone surrogates, which UTF-8 cannot hold, became U+FFFD": 2}


def _whole(value):
    if isinstance(value, tuple):
        return [_whole(item) for item in value]
    return re.sub("[\ud800-\udfff]", "\ufffd", value) if isinstance(value, str) else value


def test_parts_of_a_split_load_as_splits(run_folder, tmp_path, datasets):
    pairs = [plain(f"phrase {n}", f"sentence {n}", name=f"p{n}", source_segments=(f"d{n}:0",)) for n in range(60)]
    summary = export_pairs(pairs, "hf", tmp_path, treatment=Treatment(split=Split((50, 25, 25))))
    loaded = datasets.load_dataset(str(tmp_path), "fr-en")
    assert {name: len(rows) for name, rows in loaded.items()} == dict(summary.splits)
    assert set(loaded) == {"train", "validation", "test"}
    assert sum(map(len, loaded.values())) == 60
    card = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert "split by document (train 50, validation 25, test 25)" in card


def test_the_hub_reads_the_cards_metadata(exported):
    from huggingface_hub import DatasetCard
    from huggingface_hub.repocard import metadata_load

    card = DatasetCard.load(exported[0] / "README.md")
    header = card.data.to_dict()
    assert header["license"] == "unknown"
    assert header["language"] == ["ar", "en", "fr", "tr"]
    assert header["task_categories"] == header["multilinguality"] == ["translation"]
    assert header["size_categories"] == ["n<1K"]
    assert header["language_creators"] == ["found", "machine-generated"]
    assert [item["config_name"] for item in header["configs"]] == ["ar-en", "fr-en", "tr-en", "tr-fr"]
    assert metadata_load(exported[0] / "README.md") == header
    # written again by the library, it says the same
    again = DatasetCard(str(card))
    assert again.data.to_dict() == header


def test_the_cards_words_are_those_that_datasets_lists(exported):
    from datasets.utils import resources
    from huggingface_hub import DatasetCard

    lists = {path.name: json.loads(path.read_text()) for path in Path(resources.__file__).parent.glob("*.json")}
    header = DatasetCard.load(exported[0] / "README.md").data.to_dict()
    assert set(header["language_creators"]) <= set(lists["creators.json"]["language"])
    assert set(header["annotations_creators"]) <= set(lists["creators.json"]["annotations"])
    assert set(header["multilinguality"]) <= set(lists["multilingualities.json"])
    assert set(header["language"]) <= set(lists["languages.json"])
    sizes = [_size(rows) for rows in (0, 999, 1000, 10**4 - 1, 10**6, 10**7, 10**11, 10**12, 10**13)]
    assert set(sizes) <= set(lists["size_categories.json"])
    assert sizes[:5] == ["n<1K", "n<1K", "1K<n<10K", "1K<n<10K", "1M<n<10M"]


def test_the_card_is_what_datasets_takes_for_configurations(exported, datasets):
    assert datasets.get_dataset_config_names(str(exported[0])) == ["ar-en", "fr-en", "tr-en", "tr-fr"]


def test_the_card_warns_and_names_the_sources(exported, run_folder, tmp_path):
    card = (exported[0] / "README.md").read_text(encoding="utf-8")
    assert "under sanctions or bans in some places" in card
    assert re.search(r"^\| quai \| \d+ \|$", card, re.MULTILINE)
    assert "no licence to them is given here" in card
    export_run(run_folder, "hf", tmp_path, treatment=Treatment(licence="cc-by-4.0"))
    stated = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert 'license: "cc-by-4.0"' in stated
    assert "no licence to them is given here" not in stated


def test_the_card_tells_nobody_where_someone_keeps_their_files(run_folder, tmp_path, monkeypatch):
    command = "align run '/home/jane doe/news' pages --model fr=/opt/models/opus --out ~/private/out"
    monkeypatch.setattr(type(run_folder), "manifest", lambda self: {"status": "complete", "command": command})
    export_run(run_folder, "hf", tmp_path)
    card = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert "align run news pages --model fr=opus --out out" in card
    assert "jane" not in card


@pytest.mark.parametrize("licence", ["", "a b", "x\ny", "-", 'cc"'])
def test_what_is_no_licence_is_refused(licence):
    with pytest.raises(InputError, match="not the identifier of a licence"):
        Treatment(licence=licence)


def test_importing_the_room_loads_neither_library():
    heavy = ("pyarrow", "datasets", "huggingface_hub")
    code = f"import sys, json, align.export; print(json.dumps([n for n in {heavy} if n in sys.modules]))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []
