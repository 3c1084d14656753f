"""A data set folder for Hugging Face `datasets`: Parquet with the feature `Translation`, and a card."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from align.export.card import Configuration, dataset_card
from align.export.lines import encodable, pair_name
from align.export.outputs import outputs
from align.export.selection import SourcedPair
from align.export.summary import ExportSummary, Recipe
from align.records import Pair

__all__ = ["COLUMNS", "write_huggingface"]

_STRING = {"dtype": "string", "_type": "Value"}
_STRINGS = {"feature": _STRING, "_type": "List"}
_SCORE = {"dtype": "float64", "_type": "Value"}
COLUMNS: Mapping[str, Mapping[str, Any]] = {
    "id": _STRING,
    "score": _SCORE,
    "origin": _STRING,
    "flags": _STRINGS,
    "shape": _STRING,
    "source_language": _STRING,
    "target_language": _STRING,
    "source_segments": _STRINGS,
    "target_segments": _STRINGS,
    "model": _STRING,
    "revision": _STRING,
    "source_document_id": _STRING,
    "source_outlet": _STRING,
    "source_url": _STRING,
    "target_document_id": _STRING,
    "target_outlet": _STRING,
    "target_url": _STRING,
}
_BATCH = 8192  # rows that are held before they become a row group


def write_huggingface(pairs: Iterable[SourcedPair], out: Path, recipe: Recipe) -> ExportSummary:
    """Write `fr-en/train-00000-of-00001.parquet` for each language pair, and `README.md`.

    `datasets.load_dataset(out, "fr-en")` then gives the column `translation` as `Translation(['en', 'fr'])`, with
    the provenance in the columns beside it (`COLUMNS`). A pair whose two sides are in one language cannot be a
    `Translation`; it is left out and counted. Unpaired surrogates become U+FFFD. One batch of rows a language pair
    is held in memory.
    """
    left_out: Counter[str] = Counter()
    tables: dict[str, _Table] = {}
    with outputs(out) as writing:
        try:
            for sourced in pairs:
                pair = sourced.pair
                if pair.source_language == pair.target_language:
                    left_out["both sides in one language"] += 1
                    continue
                name = pair_name(pair)
                if name not in tables:
                    tables[name] = _Table(writing.open_path(f"{name}/train-00000-of-00001.parquet"), name, pair)
                tables[name].add(sourced)
        finally:
            for table in tables.values():
                table.close()
        configurations = [tables[name].configuration for name in sorted(tables)]
        card = dataset_card(recipe, configurations, {"translation": "the two sides, by language", **_spoken(COLUMNS)})
        writing.open_path("README.md").write_text(card, encoding="utf-8", newline="\n")
    return ExportSummary(writing.files, sum(item.rows for item in configurations), dict(left_out))


class _Table:
    """One Parquet file under way."""

    def __init__(self, path: Path, name: str, pair: Pair) -> None:
        from pyarrow.parquet import ParquetWriter

        self._origins: Counter[str] = Counter()
        self.configuration = Configuration(name, (pair.source_language, pair.target_language), self._origins)
        self._held: list[dict[str, Any]] = []
        self._schema = _schema(pair.source_language, pair.target_language)
        self._writer = ParquetWriter(path, self._schema, compression="zstd")

    def add(self, sourced: SourcedPair) -> None:
        self._held.append(_row(sourced))
        self._origins[sourced.pair.origin] += 1
        if len(self._held) == _BATCH:
            self._write()

    def _write(self) -> None:
        from pyarrow import RecordBatch

        if self._held:
            self._writer.write_batch(RecordBatch.from_pylist(self._held, schema=self._schema))
            self._held = []

    def close(self) -> None:
        self._write()
        self._writer.close()


def _schema(source: str, target: str) -> Any:
    """The Arrow schema with the key by which `datasets` finds its features again.

    The languages are sorted: in any other order `datasets` reads the column back as a plain struct.
    """
    import pyarrow as pa

    languages = sorted((source, target))
    arrow = {"string": pa.string(), "float64": pa.float64()}
    columns = [("translation", pa.struct([(language, pa.string()) for language in languages]))]
    for name, feature in COLUMNS.items():
        kind = pa.list_(pa.string()) if feature is _STRINGS else arrow[feature["dtype"]]
        columns.append((name, kind))
    features = {"translation": {"languages": languages, "_type": "Translation"}, **COLUMNS}
    return pa.schema(columns, metadata={"huggingface": json.dumps({"info": {"features": features}})})


def _row(sourced: SourcedPair) -> dict[str, Any]:
    pair, source, target = sourced.pair, sourced.source_place, sourced.target_place
    row: dict[str, Any] = {
        "translation": {pair.source_language: pair.source, pair.target_language: pair.target},
        "id": pair.id,
        "score": pair.score,
        "origin": pair.origin,
        "flags": sourced.flags,
        "shape": pair.shape,
        "source_language": pair.source_language,
        "target_language": pair.target_language,
        "source_segments": pair.source_segments,
        "target_segments": pair.target_segments,
        "model": sourced.model,
        "revision": sourced.revision,
    }
    for side, place in (("source", source), ("target", target)):
        row[f"{side}_document_id"] = place.document_id if place else None
        row[f"{side}_outlet"] = place.outlet if place else None
        row[f"{side}_url"] = place.url if place else None
    return {name: _clean(value) for name, value in row.items()}


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return encodable(value)
    if isinstance(value, tuple):
        return [encodable(item) for item in value]
    if isinstance(value, dict):
        return {key: encodable(item) for key, item in value.items()}
    return value


def _spoken(columns: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    return {name: "list of string" if column is _STRINGS else column["dtype"] for name, column in columns.items()}
