"""Pairs of sentences: the nearest of each, what stands around them, and which of them can score enough."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from align.config import ReuseConfig
from align.reuse.candidates import Candidates
from align.reuse.ceilings import ceilings, shared_words
from align.reuse.columns import Columns
from align.reuse.compare import LEAST
from align.reuse.ragged import Ragged
from align.reuse.score import odds_to_keep, shipped_model
from align.reuse.second_look import look_again
from align.reuse.surroundings import LONELY, NEIGHBOURHOOD, Surroundings, look_around
from align.scale.articles import once
from align.scale.cells import Chunks, in_cells
from align.scale.tables import TRAITS, array_of, columns_of, schema_of, table_of, whole_table, windows_of
from align.scale.traits import load_rarities

__all__ = ["candidates", "compared_pairs", "worth_comparing"]

_COMPARED = {
    "first": "long",
    "second": "long",
    "one": "long",
    "two": "long",
    "cosine": "double",
    "clause": "double",
    "best": "double",
    "support": "double",
    "lexical": "double",
    "run": "double",
    "counts": "double",
    "alike": "boolean",
    "unread": "boolean",
}
_CEILINGS = {
    **{name: kind for name, kind in _COMPARED.items() if name not in ("support", "counts", "alike", "unread")},
    "crowd": "double",
    "clause_crowd": "double",
    "base": "double",
    "worth": "boolean",
}
_TRAITS = ("runs", "english_runs", "stems", "english_stems", "counts")


def candidates(near: Any, config: ReuseConfig) -> Any:
    """Of what was near in some cell the nearest of each sentence in all, and what shares a trait: each pair once.

    `one` and `two` are the stories of the sentences `first` and `second`.
    """
    from pyspark.sql import Window
    from pyspark.sql import functions as F

    order = Window.partitionBy("row").orderBy(F.col("cosine").desc(), "other")
    semantic = near.filter("semantic").withColumn("rank", F.row_number().over(order))
    kept = semantic.filter(F.col("rank") <= config.neighbours).drop("rank").unionByName(near.filter("not semantic"))
    return kept.groupBy(F.least("row", "other").alias("first"), F.greatest("row", "other").alias("second")).agg(
        F.max("cosine").alias("cosine"),
        F.max("cell").alias("cell"),
        F.max(F.least("story", "other_story")).alias("one"),
        F.max(F.greatest("story", "other_story")).alias("two"),
    )


def _with_crowds(pairs: Any, names: dict[str, str]) -> Any:
    """Pairs with the mean of each value over the nearest other pairs of their first and of their second sentence.

    `names` maps a column of values to what it is called: `NAME_first` and `NAME_second`.
    """
    from pyspark.sql import functions as F

    rows = pairs.select(F.col("first").alias("row"), *names).unionByName(
        pairs.select(F.col("second").alias("row"), *names)
    )
    near = rows.groupBy("row").agg(*(F.sort_array(F.collect_list(name), asc=False).alias(name) for name in names))
    means = []
    for name, crowd in names.items():
        others = F.slice(name, 2, NEIGHBOURHOOD)
        total = F.aggregate(others, F.lit(0.0), lambda held, value: held + value)
        means.append(F.when(F.size(others) > 0, total / F.size(others)).otherwise(LONELY).alias(crowd))
    near = near.select("row", *means)
    for end in ("first", "second"):
        renamed = [F.col(crowd).alias(f"{crowd}_{end}") for crowd in names.values()]
        pairs = pairs.join(near.select(F.col("row").alias(end), *renamed), end)
    return pairs


def compared_pairs(session: Any, sentences: Any, found: Any, chunks: Chunks, rarities: Path) -> Any:
    """The candidates with those that a second look finds, and what is local to their two stories."""
    from pyspark.sql import functions as F

    names = ("row", "story", "place", "language", "chunk", "windows", "vectors", *_TRAITS)
    met = in_cells(session, sentences.select(*names), chunks[1])
    known = _with_crowds(found.select("first", "second", "cosine", "cell"), {"cosine": "crowd"})
    both = met.groupBy("cell").cogroup(known.groupBy(F.col("cell")))
    return both.applyInArrow(partial(_look, rarities=str(rarities)), schema_of(_COMPARED))


def _look(table: Any, pairs: Any, *, rarities: str) -> Any:
    table = table.sort_by("row")
    numbers = array_of(table, "row")
    columns, stories = columns_of(table, _TRAITS)
    windows = windows_of(table, array_of(table, "windows"))
    pairs = pairs.sort_by([("first", "ascending"), ("second", "ascending")])
    first, second = (np.searchsorted(numbers, array_of(pairs, name)) for name in ("first", "second"))
    crowd = np.full(len(numbers), LONELY)
    crowd[first], crowd[second] = array_of(pairs, "crowd_first"), array_of(pairs, "crowd_second")
    found = look_again(Candidates(first, second, array_of(pairs, "cosine")), columns, windows, crowd)
    around = look_around(found, columns.story, windows)
    lexical, run, counts = shared_words(found, columns, once(rarities, lambda: load_rarities(Path(rarities))))
    english = columns.ragged["english_stems"]
    values = {
        "first": numbers[found.first],
        "second": numbers[found.second],
        "one": stories[columns.story[found.first]],
        "two": stories[columns.story[found.second]],
        "cosine": found.cosine,
        "clause": around.clause,
        "best": around.best,
        "support": around.support,
        "lexical": lexical,
        "run": run,
        "counts": counts.astype(np.float64),
        "alike": columns.language[found.first] == columns.language[found.second],
        "unread": (english.sizes(found.first) == 0) | (english.sizes(found.second) == 0),
    }
    return whole_table(values, _COMPARED)


def worth_comparing(pairs: Any) -> Any:
    """A row for each two stories of which a pair of sentences can score enough: `one`, `two`, and all their `pairs`."""
    from pyspark.sql import functions as F

    around = _with_crowds(pairs, {"cosine": "crowd", "clause": "clause_crowd"})
    bounded = around.mapInArrow(_bounded, schema_of(_CEILINGS))
    names = [name for name in _CEILINGS if name not in ("one", "two")]
    return (
        bounded.groupBy("one", "two")
        .agg(F.sort_array(F.collect_list(F.struct(*names))).alias("pairs"), F.max("worth").alias("worth"))
        .filter("worth")
        .drop("worth")
    )


def _bounded(batches: Any) -> Any:
    """The highest log-odds of each pair; it is looked at by itself, its two sentences as rows of their own."""
    for batch in batches:
        count = batch.num_rows
        pairs = Candidates(np.arange(count), np.arange(count, 2 * count), array_of(batch, "cosine"))
        nothing = Ragged(np.zeros(0, np.uint64), np.zeros(2 * count + 1, np.int64))
        read = np.concatenate([~array_of(batch, "unread"), np.ones(count, np.bool_)])
        stems = Ragged(np.zeros(int(read.sum()), np.uint64), np.concatenate([[0], np.cumsum(read)]))
        language = np.concatenate([np.zeros(count, np.int64), (~array_of(batch, "alike")).astype(np.int64)])
        row = np.arange(2 * count)
        columns = Columns(row, row, language, {**dict.fromkeys(TRAITS, nothing), "english_stems": stems})
        around = _around(batch)
        wording = tuple(array_of(batch, name) for name in ("lexical", "run", "counts"))
        most, base = ceilings(pairs, columns, around, wording, shipped_model())
        values = {name: array_of(batch, name) for name in _CEILINGS if name in _COMPARED}
        values["crowd"] = np.maximum(*np.split(around.crowd, 2))
        values["clause_crowd"] = np.maximum(*np.split(around.clause_crowd, 2))
        yield table_of({**values, "base": base, "worth": most >= odds_to_keep(LEAST)}, _CEILINGS)


def _around(batch: Any) -> Surroundings:
    ends = ("first", "second")
    return Surroundings(
        crowd=np.concatenate([array_of(batch, f"crowd_{end}") for end in ends]),
        clause=array_of(batch, "clause"),
        clause_crowd=np.concatenate([array_of(batch, f"clause_crowd_{end}") for end in ends]),
        best=array_of(batch, "best"),
        group=np.arange(batch.num_rows),
        support=array_of(batch, "support"),
    )
