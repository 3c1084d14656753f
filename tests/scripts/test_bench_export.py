import importlib.util
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "bench_export.py"


@pytest.fixture(scope="module")
def bench():
    spec = importlib.util.spec_from_file_location("bench_export", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_pairs_are_all_different_and_always_the_same(bench):
    pairs = list(bench.pairs(100))
    assert pairs == list(bench.pairs(100))
    assert len({row.pair.id for row in pairs}) == len({row.pair.source for row in pairs}) == 100
    assert {row.source_place.document_id for row in pairs} == {row["source_document_id"] for row in bench.rows(100)}


@pytest.mark.parametrize("way", ["pairs alone", "hf", "jsonl", "moses", "csv", "tsv", "tmx", "xces", "standoff"])
def test_every_way_is_gone(bench, tmp_path, way):
    found = bench.measure(way, 50, tmp_path)
    assert found["seconds"] >= 0
    assert found["peak"] >= found["held"] > 1
    assert (found["size"] > 0) == (way != "pairs alone")


@pytest.mark.slow
def test_the_usual_way_writes_the_same_rows(bench, tmp_path, monkeypatch):
    from pyarrow import parquet

    bench.from_generator(300, tmp_path)
    bench.measure("hf", 300, tmp_path / "ours")
    usual = parquet.read_table(tmp_path / "train.parquet").to_pylist()
    ours = parquet.read_table(tmp_path / "ours/fr-en/train-00000-of-00001.parquet").to_pylist()
    assert usual == ours
