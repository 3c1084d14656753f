"""What is counted and joined by hashes: how rare a stem is, what recurs as boilerplate, who shares a trait.

The same functions as on one machine do it, for a part of the hashes after the other.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from align.config import ReuseConfig
from align.reuse.scoring.boilerplate import spread
from align.reuse.scoring.rarity import Rarities, Rarity
from align.reuse.search.comparable import Comparable
from align.reuse.search.lexical_join import joined
from align.scale.tables import array_of, rows_of, schema_of, whole_table

__all__ = [
    "COMMON_KEYS",
    "common_traits",
    "count_stems",
    "lexical_pairs",
    "load_keys",
    "load_rarities",
    "recurring_runs",
]

COMMON_KEYS = 20_000
"""A trait in more sentences than this joins none: in any window of days, more stories have it than a trace may."""

_JOINED = ("runs", "english_runs", "figures")
_SHARED = {"first": "long", "second": "long", "low": "long", "high": "long"}


def count_stems(sentences: Any, place: Path) -> None:
    """Write how many sentences have each stem, each English stem and each name, and how many sentences there are."""
    from pyspark.sql import functions as f

    parts = [
        sentences.select(f.lit(name).alias("kind"), f.explode(name).alias("key")).groupBy("kind", "key").count()
        for name in ("stems", "english_stems", "names")
    ]
    total = sentences.agg(f.lit("total").alias("kind"), f.lit(0).cast("long").alias("key"), f.count("*").alias("count"))
    parts[0].unionByName(parts[1]).unionByName(parts[2]).unionByName(total).write.parquet(f"file://{place}")


def load_rarities(place: Path) -> Rarities:
    """What `count_stems` wrote."""
    import pyarrow.parquet as parquet

    table = parquet.read_table(place, columns=["kind", "key", "count"])
    kinds = table.column("kind").to_numpy()
    keys, counts = array_of(table, "key").view(np.uint64), array_of(table, "count")
    total = int(counts[kinds == "total"].sum())

    def rarity(name: str) -> Rarity:
        chosen = np.flatnonzero(kinds == name)
        chosen = chosen[np.argsort(keys[chosen])]
        return Rarity(keys[chosen], counts[chosen], total)

    return Rarities(rarity("stems"), rarity("english_stems"), rarity("names"))


def recurring_runs(sentences: Any, place: Path, parts: int) -> None:
    """Write the runs of words that are boilerplate."""
    from pyspark.sql import functions as f

    runs = sentences.filter("day > 0").select(f.explode("long_runs").alias("key"), "story", "day")
    runs = runs.withColumn("part", f.pmod("key", f.lit(parts)))
    runs.groupBy("part").applyInArrow(lambda table: _recurring(table), "key long").write.parquet(f"file://{place}")


def _recurring(table: Any) -> Any:
    keys, day = array_of(table, "key").view(np.uint64), array_of(table, "day")
    _, first, story = np.unique(array_of(table, "story"), return_index=True, return_inverse=True)
    return whole_table({"key": spread(keys, story, day[first]).view(np.int64)}, {"key": "long"})


def load_keys(place: Path) -> Any:
    """The keys that `recurring_runs` wrote, rising."""
    return np.sort(np.fromiter((key for (key,) in rows_of(place, ["key"])), np.int64).view(np.uint64))


def common_traits(sentences: Any) -> Any:
    """The traits that stand in too many sentences to join any, each with its `count`."""
    from pyspark.sql import functions as f

    counts = sentences.select(f.explode(f.concat(*_JOINED)).alias("key")).groupBy("key").count()
    return counts.filter(f.col("count") > COMMON_KEYS)


def lexical_pairs(sentences: Any, common: Any, config: ReuseConfig, parts: int) -> Any:
    """Pairs of sentences that share a run of words or a figure, once each, with the chunks of their stories.

    `sentences` also have their `chunk`. The hashes are joined in so many `parts` or more.
    """
    from pyspark.sql import functions as f

    columns = ("row", "story", "outlet", "first", "last", "chunk")
    traits = sentences.select(f.explode(f.concat(*_JOINED)).alias("key"), *columns)
    few = traits.join(f.broadcast(common.select("key")), "key", "left_anti")
    few = few.withColumn("part", f.pmod("key", f.lit(parts)))
    return few.groupBy("part").applyInArrow(lambda table: _sharing(table, config), schema_of(_SHARED)).distinct()


def _sharing(table: Any, config: ReuseConfig) -> Any:
    numbers, at, rows = np.unique(array_of(table, "row"), return_index=True, return_inverse=True)
    _, first_of, story = np.unique(array_of(table, "story")[at], return_index=True, return_inverse=True)
    outlet, first, last = (array_of(table, name)[at][first_of] for name in ("outlet", "first", "last"))
    comparable = Comparable.of(outlet, first, last, config)
    one, other = joined(array_of(table, "key").view(np.uint64), rows, story, comparable, config)
    chunk = array_of(table, "chunk")[at]
    chunks = np.minimum(chunk[one], chunk[other]), np.maximum(chunk[one], chunk[other])
    return whole_table(dict(zip(_SHARED, (numbers[one], numbers[other], *chunks), strict=True)), _SHARED)
