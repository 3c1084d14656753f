"""Pairs of sentences: the nearest of each, what stands around them, and which of them can score enough."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from align.config import ReuseConfig
from align.reuse.scoring.ceilings import shared_words
from align.reuse.scoring.compare import LEAST, StoryPairs
from align.reuse.scoring.score import shipped_model
from align.reuse.search.candidates import Candidates
from align.reuse.search.columns import Columns
from align.reuse.search.ragged import Ragged
from align.reuse.search.second_look import look_again
from align.reuse.search.surroundings import LONELY, NEAREST, USUAL, Crowds, clauses, surroundings
from align.reuse.trace import worth_comparing
from align.scale.articles import once
from align.scale.cells import Chunks, in_cells
from align.scale.tables import TRAITS, array_of, columns_of, schema_of, whole_table, windows_of
from align.scale.traits import load_rarities

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["WORTH", "candidates", "compared_pairs", "compared_stories"]

_COMPARED = {
    "first": "long",
    "second": "long",
    "one": "long",
    "two": "long",
    "cell": "long",
    "cosine": "double",
    "clause": "double",
    "lexical": "double",
    "run": "double",
    "counts": "double",
    "language_first": "long",
    "language_second": "long",
    "stems_first": "long",
    "stems_second": "long",
}
_KINDS = {"first": "array<long>", "second": "array<long>", "worth": "array<boolean>"}
WORTH = {
    "one": "long",
    "two": "long",
    "cell": "long",
    **{name: _KINDS.get(name, "array<double>") for name in StoryPairs.__slots__},
}
_ENDS = ("first", "second")
_TRAITS = ("runs", "english_runs", "stems", "english_stems", "counts")


def candidates(near: Any, config: ReuseConfig) -> Any:
    """Of what was near in some cell the nearest of each sentence in all, and what shares a trait: each pair once.

    `one` and `two` are the stories of the sentences `first` and `second`.
    """
    from pyspark.sql import Window
    from pyspark.sql import functions as f

    order = Window.partitionBy("row").orderBy(f.col("cosine").desc(), "other")
    semantic = near.filter("semantic").withColumn("rank", f.row_number().over(order))
    kept = semantic.filter(f.col("rank") <= config.neighbours).drop("rank").unionByName(near.filter("not semantic"))
    return kept.groupBy(f.least("row", "other").alias("first"), f.greatest("row", "other").alias("second")).agg(
        f.max("cosine").alias("cosine"),
        f.max("cell").alias("cell"),
        f.max(f.least("story", "other_story")).alias("one"),
        f.max(f.greatest("story", "other_story")).alias("two"),
    )


def _with_crowds(pairs: Any, means: Mapping[str, tuple[str, tuple[int, int]]]) -> Any:
    """Pairs with means over the nearest pairs of their first and of their second sentence, as `crowds` has them.

    `means` has a column of values and the ranks by what it is called: `NAME_first` and `NAME_second`.
    """
    from pyspark.sql import functions as f

    names = list(dict.fromkeys(name for name, _ in means.values()))
    rows = pairs.select(f.col("first").alias("row"), *names).unionByName(
        pairs.select(f.col("second").alias("row"), *names)
    )
    near = rows.groupBy("row").agg(*(f.sort_array(f.collect_list(name), asc=False).alias(name) for name in names))
    columns = []
    for called, (name, (begin, end)) in means.items():
        others = f.slice(name, begin + 1, end - begin + 1)
        total = f.aggregate(others, f.lit(0.0), lambda held, value: held + value)
        columns.append(f.when(f.size(others) > 0, total / f.size(others)).otherwise(LONELY).alias(called))
    near = near.select("row", *columns)
    for side in _ENDS:
        renamed = [f.col(called).alias(f"{called}_{side}") for called in means]
        pairs = pairs.join(near.select(f.col("row").alias(side), *renamed), side)
    return pairs


def compared_pairs(session: Any, sentences: Any, found: Any, chunks: Chunks, rarities: Path) -> Any:
    """The candidates with those that a second look finds, and what is local to their two stories."""
    from pyspark.sql import functions as f

    names = ("row", "story", "place", "language", "chunk", "windows", "vectors", *_TRAITS)
    met = in_cells(session, sentences.select(*names), chunks[1])
    known = _with_crowds(found.select("first", "second", "cosine", "cell"), {"crowd": ("cosine", NEAREST)})
    both = met.groupBy("cell").cogroup(known.groupBy(f.col("cell")))
    place = str(rarities)
    return both.applyInArrow(lambda key, table, pairs: _look(key, table, pairs, place), schema_of(_COMPARED))


def _look(key: tuple[Any, ...], table: Any, pairs: Any, rarities: str) -> Any:
    table = table.sort_by("row")
    numbers = array_of(table, "row")
    columns, stories = columns_of(table, _TRAITS)
    windows = windows_of(table, array_of(table, "windows"))
    pairs = pairs.sort_by([("first", "ascending"), ("second", "ascending")])
    first, second = (np.searchsorted(numbers, array_of(pairs, name)) for name in ("first", "second"))
    crowd = _by_row(pairs, "crowd", (first, second), len(numbers))
    found = look_again(Candidates(first, second, array_of(pairs, "cosine")), columns, windows, crowd)
    lexical, run, counts = shared_words(found, columns, once(rarities, lambda: load_rarities(Path(rarities))))
    cell = np.full(len(found), key[0].as_py(), np.int64)
    values: dict[str, Any] = {
        "cell": cell,
        "cosine": found.cosine,
        "clause": clauses(found, windows),
        "lexical": lexical,
        "run": run,
    }
    for end, story, rows in (("first", "one", found.first), ("second", "two", found.second)):
        values[end], values[story] = numbers[rows], stories[columns.story[rows]]
        values[f"language_{end}"] = columns.language[rows]
        values[f"stems_{end}"] = columns.ragged["english_stems"].sizes(rows)
    return whole_table({**values, "counts": counts.astype(np.float64)}, _COMPARED)


def _by_row(
    table: Any, name: str, rows: Sequence[NDArray[np.int64]], count: int, empty: float = LONELY
) -> NDArray[Any]:
    """What columns `NAME_first` and `NAME_second` of pairs say of their sentences, by row."""
    ends = [array_of(table, f"{name}_{end}") for end in _ENDS]
    values = np.full(count, empty, ends[0].dtype)
    values[rows[0]], values[rows[1]] = ends
    return values


def compared_stories(pairs: Any, parts: int) -> Any:
    """A row for each two stories of which a pair of sentences can score enough: `one`, `two`, and their StoryPairs."""
    from pyspark.sql import functions as f

    means = {"crowd": ("cosine", NEAREST), "clause_crowd": ("clause", NEAREST), "usual": ("cosine", USUAL)}
    known = _with_crowds(pairs, means).withColumn("part", f.pmod(f.xxhash64("one", "two"), f.lit(parts)))
    return known.groupBy("part").applyInArrow(lambda table: _weighed(table), schema_of(WORTH))


def _weighed(table: Any) -> Any:
    """What `worth_comparing` says of all pairs of some pairs of stories."""
    table = table.sort_by([(end, "ascending") for end in _ENDS])
    first, second = (array_of(table, end) for end in _ENDS)
    numbers = np.unique(np.concatenate([first, second]))
    rows, count = (np.searchsorted(numbers, first), np.searchsorted(numbers, second)), len(numbers)
    story = np.zeros(count, np.int64)
    story[rows[0]], story[rows[1]] = array_of(table, "one"), array_of(table, "two")
    stories, story = np.unique(story, return_inverse=True)
    columns = _columns(table, story, rows, count)
    pairs = Candidates(*rows, array_of(table, "cosine"))
    means = Crowds(*(_by_row(table, name, rows, count) for name in ("crowd", "clause_crowd", "usual")))
    around = surroundings(pairs, story, array_of(table, "clause"), means)
    wording = array_of(table, "lexical"), array_of(table, "run"), array_of(table, "counts")
    cells = dict(
        zip(
            zip(*(array_of(table, name).tolist() for name in ("one", "two")), strict=True),
            array_of(table, "cell").tolist(),
            strict=True,
        )
    )
    found: dict[str, list[Any]] = {name: [] for name in WORTH}
    for both, group in worth_comparing(pairs, columns, around, wording, shipped_model(), LEAST):
        one, two = (int(stories[number]) for number in both)
        for name, number in (("one", one), ("two", two), ("cell", cells[one, two])):
            found[name].append(number)
        for name in StoryPairs.__slots__:
            values = getattr(group, name)
            found[name].append(numbers[values] if name in _ENDS else values)
    return whole_table(found, WORTH)


def _columns(table: Any, story: NDArray[np.int64], rows: Sequence[NDArray[np.int64]], count: int) -> Columns:
    """Of the sentences' columns what ceilings ask for: their languages, and how many English stems they have."""
    sizes = _by_row(table, "stems", rows, count, 0)
    begins = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes, dtype=np.int64)])
    nothing = Ragged(np.zeros(0, np.uint64), np.zeros(count + 1, np.int64))
    stems = Ragged(np.zeros(0, np.uint64), begins)
    language = _by_row(table, "language", rows, count, 0)
    return Columns(story, np.arange(count), language, {**dict.fromkeys(TRAITS, nothing), "english_stems": stems})
