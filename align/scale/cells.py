"""Cells: which sentences meet, so that no pair of stories that may share a source is held against each other twice.

Stories are put into buckets of days as wide as the window, and a bucket into chunks of some thousand sentences, whole
stories together. A cell is a pair of chunks whose days may lie within the window of each other; every pair of
comparable stories is in exactly one. What needs vectors is done a cell at a time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from align.config import ReuseConfig
from align.reuse.search.candidates import cosines_of
from align.reuse.search.comparable import Comparable
from align.reuse.search.neighbours import nearest_among, nearest_between
from align.scale.articles import WIDE
from align.scale.tables import array_of, columns_of, schema_of, whole_table, windows_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Chunks", "in_cells", "near_pairs", "plan", "with_chunks"]

_LEAST, _MOST = 2_048, 8_192  # sentences of a chunk
_NEAR = {
    "row": "long",
    "other": "long",
    "story": "long",
    "other_story": "long",
    "cell": "long",
    "cosine": "double",
    "semantic": "boolean",
}

Chunks = tuple[list[tuple[int, int, int]], list[tuple[int, int]]]
"""(bucket, number of its first chunk, how many it has), and (chunk, cell that it is in)."""


def plan(sizes: Mapping[int, int], cores: int) -> Chunks:
    """Chunks and cells for buckets of so many sentences; there are to be some cells for each core."""
    held = min(max(sum(sizes.values()) // (2 * cores), _LEAST), _MOST)
    buckets: list[tuple[int, int, int]] = []
    chunks: dict[int, range] = {}
    for bucket in sorted(sizes):
        count = -(-sizes[bucket] // held)
        first = sum(number for *_, number in buckets)
        buckets.append((bucket, first, count))
        chunks[bucket] = range(first, first + count)
    total = sum(number for *_, number in buckets)
    cells: list[tuple[int, int]] = []
    for bucket in sorted(sizes):
        near = sorted(sizes) if bucket == WIDE else [bucket, bucket + 1]
        for other in near:
            for one in chunks[bucket]:
                for two in chunks.get(other, ()):
                    if one <= two:
                        cells += [(chunk, one * total + two) for chunk in dict.fromkeys((one, two))]
    return buckets, cells


def with_chunks(session: Any, sentences: Any, buckets: Sequence[tuple[int, int, int]]) -> Any:
    """Sentences with their `chunk`."""
    from pyspark.sql import functions as f

    table = f.broadcast(session.createDataFrame(buckets, "bucket long, begin long, chunks long"))
    chunk = f.col("begin") + f.pmod(f.xxhash64("story"), f.col("chunks"))
    return sentences.join(table, "bucket").withColumn("chunk", chunk).drop("begin", "chunks")


def in_cells(session: Any, sentences: Any, cells: Sequence[tuple[int, int]]) -> Any:
    """Sentences by `cell`, each once for each cell of its chunk."""
    from pyspark.sql import functions as f

    return sentences.join(f.broadcast(session.createDataFrame(cells, "chunk long, cell long")), "chunk")


def near_pairs(session: Any, sentences: Any, shared: Any, chunks: Chunks, config: ReuseConfig) -> Any:
    """For each sentence the nearest ones in each of its cells, and the cosine of those that share a trait."""
    from pyspark.sql import functions as f

    total = sum(number for *_, number in chunks[0])
    whole = f.expr("substring(vectors, 1, cast(length(vectors) / windows as int))").alias("vectors")
    known = sentences.select(*("row", "story", "place", "language", "outlet", "first", "last", "chunk"), whole)
    shared = shared.select("first", "second", (f.col("low") * total + f.col("high")).alias("cell"))
    met = in_cells(session, known, chunks[1]).groupBy("cell").cogroup(shared.groupBy("cell"))
    return met.applyInArrow(lambda key, table, pairs: _meet(key, table, pairs, config), schema_of(_NEAR))


def _meet(key: tuple[Any, ...], table: Any, shared: Any, config: ReuseConfig) -> Any:
    table = table.sort_by("row")
    numbers = array_of(table, "row")
    columns, stories = columns_of(table, ())
    windows = windows_of(table, np.ones(len(numbers), np.int64))
    found = _nearest(table, columns, windows, config)
    pairs = [np.searchsorted(numbers, array_of(shared, name)) for name in ("first", "second")]
    cosines = np.round(cosines_of(windows, *pairs), 6)
    rows, others = (np.concatenate(both) for both in zip(found[:2], pairs, strict=True))
    count = len(rows)
    values = {
        "row": numbers[rows],
        "other": numbers[others],
        "story": stories[columns.story[rows]],
        "other_story": stories[columns.story[others]],
        "cell": np.full(count, key[0].as_py(), np.int64),
        "cosine": np.concatenate([found[2], cosines]),
        "semantic": np.arange(count) < len(found[0]),
    }
    return whole_table(values, _NEAR)


def _nearest(
    table: Any, columns: Any, windows: Any, config: ReuseConfig
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    _, at = np.unique(columns.story, return_index=True)
    outlet, first, last = (array_of(table, name)[at] for name in ("outlet", "first", "last"))
    comparable = Comparable.of(outlet, first, last, config)
    chunk = array_of(table, "chunk")
    low, high = np.flatnonzero(chunk == chunk.min()), np.flatnonzero(chunk > chunk.min())
    if not len(high):
        return nearest_among(low, columns, windows, comparable, config)
    return nearest_between(low, high, columns, windows, comparable, config)
