"""A data set folder for Hugging Face `datasets`: Parquet with the feature `Translation`, and a card."""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from align.export.card import Configuration, dataset_card
from align.export.lines import encodable, pair_name
from align.export.outputs import Outputs, outputs
from align.export.provenance import COLUMNS, SourcedPair
from align.export.summary import ExportSummary, Recipe, Tally

__all__ = ["write_huggingface"]

_STRING = {"dtype": "string", "_type": "Value"}
_FEATURES: Mapping[type, Mapping[str, Any]] = {
    str: _STRING,
    float: {"dtype": "float64", "_type": "Value"},
    int: {"dtype": "int64", "_type": "Value"},
    list: {"feature": _STRING, "_type": "List"},
}
_IN_WORDS = {str: "string", float: "number", int: "whole number", list: "list of strings"}
# a dictionary of what hardly ever comes twice takes time and room, and saves nothing
_DISTINCT = {"id", "score"} | {
    f"{side}_{name}" for side in ("source", "target") for name in ("segments", "begin", "end")
}
_CHANGE = "lone surrogates, which UTF-8 cannot hold, became U+FFFD"
_BATCH = 20_000  # rows that are held before they become a row group


def write_huggingface(pairs: Iterable[SourcedPair], out: Path, recipe: Recipe) -> ExportSummary:
    """Write `fr-en/train-00000-of-00001.parquet` for each language pair, and `README.md`.

    Where there is a split, `validation` and `test` stand beside `train`. `datasets.load_dataset(out, "fr-en")` then
    gives the column `translation` as `Translation(['en', 'fr'])`, with the provenance in the columns beside it
    (`COLUMNS`). A pair whose two sides are in one language cannot be a
    `Translation`; it is left out and counted. Unpaired surrogates become U+FFFD. One batch of rows a file is held in
    memory.
    """
    tally = Tally()
    tables: dict[tuple[str, str, str | None], _Table] = {}
    with outputs(out) as writing:
        try:
            for sourced in pairs:
                pair = sourced.pair
                key = pair.source_language, pair.target_language, sourced.split
                table = tables.get(key)
                if table is None:
                    if pair.source_language == pair.target_language:
                        tally.left_out["both sides in one language"] += 1
                        continue
                    table = tables[key] = _Table(pair_name(pair), sourced, writing)
                table.add(sourced)
        finally:
            with contextlib.ExitStack() as stack:  # all of them, also when one cannot be closed
                for table in tables.values():
                    stack.callback(table.close)
        for (_, _, split), table in tables.items():
            tally.add(split, table.origins.total())
            if table.changed:
                tally.changed[_CHANGE] += table.changed
        columns = {name: _IN_WORDS[kind] for name, (kind, _) in COLUMNS.items()}
        outlets = sum((table.outlets for table in tables.values()), Counter())
        card = dataset_card(
            recipe, _configurations(tables.values()), {"translation": "the two sides", **columns}, outlets
        )
        writing.open_path("README.md").write_text(card, encoding="utf-8", newline="\n")
    return tally.summary(writing.files)


def _configurations(tables: Iterable[_Table]) -> list[Configuration]:
    splits: dict[str, dict[str, Counter[str]]] = {}
    languages: dict[str, tuple[str, str]] = {}
    for table in tables:
        splits.setdefault(table.name, {})[table.split] = table.origins
        languages[table.name] = table.languages
    return [Configuration(name, languages[name], splits[name]) for name in sorted(splits)]


class _Table:
    """One Parquet file under way, and counts of what is in it."""

    def __init__(self, name: str, first: SourcedPair, writing: Outputs) -> None:
        from pyarrow.parquet import ParquetWriter

        self.name, self.split = name, first.split or "train"
        self.languages = (first.pair.source_language, first.pair.target_language)
        self.origins: Counter[str] = Counter()
        self.outlets: Counter[str] = Counter()
        self.changed = 0
        self._held: list[SourcedPair] = []
        self._schema = _schema(*self.languages)
        path = writing.open_path(f"{name}/{self.split}-00000-of-00001.parquet")
        alike = [name for name in COLUMNS if name not in _DISTINCT]
        self._writer = ParquetWriter(path, self._schema, compression="zstd", use_dictionary=alike)

    def add(self, sourced: SourcedPair) -> None:
        self._held.append(sourced)
        if len(self._held) == _BATCH:
            self._write()

    def _write(self) -> None:
        if not self._held:
            return
        changed: set[int] = set()
        self._writer.write_batch(_batch(self._held, self.languages, self._schema, changed))
        self.changed += len(changed)
        self.origins.update(row.pair.origin for row in self._held)
        for places in ([row.source_place for row in self._held], [row.target_place for row in self._held]):
            self.outlets.update(place.outlet or "unknown" for place in places if place is not None)
        self._held = []

    def close(self) -> None:
        try:
            self._write()
            self._writer.close()
        except OSError:
            self._writer.is_open = False  # it would try again when it is forgotten, and complain to stderr
            raise


def _schema(source: str, target: str) -> Any:
    """The Arrow schema with the key by which `datasets` finds its features again.

    The languages are sorted: in any other order `datasets` reads the column back as a plain struct.
    """
    import pyarrow as pa

    languages = sorted((source, target))
    kinds = {str: pa.string(), float: pa.float64(), int: pa.int64(), list: pa.list_(pa.string())}
    columns = [("translation", pa.struct([(language, pa.string()) for language in languages]))]
    columns += [(name, kinds[kind]) for name, (kind, _) in COLUMNS.items()]
    features: dict[str, Any] = {"translation": {"languages": languages, "_type": "Translation"}}
    features |= {name: _FEATURES[kind] for name, (kind, _) in COLUMNS.items()}
    return pa.schema(columns, metadata={"huggingface": json.dumps({"info": {"features": features}})})


def _batch(held: Sequence[SourcedPair], languages: tuple[str, str], schema: Any, changed: set[int]) -> Any:
    """The rows, column by column: a dictionary for each row would take twice the time.

    Adds to `changed` the numbers of rows with a text that Parquet cannot hold.
    """
    import pyarrow as pa

    sides = {
        languages[0]: _array([row.pair.source for row in held], pa.string(), changed),
        languages[1]: _array([row.pair.target for row in held], pa.string(), changed),
    }
    struct = schema.field("translation").type
    columns = [pa.StructArray.from_arrays([sides[name] for name in sorted(sides)], fields=list(struct))]
    for name, (_, column) in COLUMNS.items():
        columns.append(_array([column(row) for row in held], schema.field(name).type, changed))
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _array(values: list[Any], kind: Any, changed: set[int]) -> Any:
    import pyarrow as pa

    try:
        return pa.array(values, kind)
    except UnicodeEncodeError:  # a lone surrogate, so seldom that looking for one in every text would cost too much
        cleaned = [_clean(value) for value in values]
        changed.update(row for row, (value, new) in enumerate(zip(values, cleaned, strict=True)) if value != new)
        return pa.array(cleaned, kind)


def _clean(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(encodable(item) for item in value)
    return encodable(value) if isinstance(value, str) else value
