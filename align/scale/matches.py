"""Two stories held against each other, in a Spark task: their pairs of sentences become scored matches."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from align.records import Segment, Story, Translation
from align.reuse.reading.sentences import Sentence, read_sentences
from align.reuse.scoring.boilerplate import made_of
from align.reuse.scoring.compare import Background, StoryPairs, compare_stories
from align.reuse.scoring.score import shipped_model
from align.runfolder import dump, to_json
from align.scale.articles import from_line, once
from align.scale.tables import VECTORS, array_of, ragged_of, schema_of, table_of, whole_table
from align.scale.traits import load_keys, load_rarities

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["MATCHES", "scored_matches"]

MATCHES = {"id": "string", "score": "double", "line": "string"}
"""A match as a line, with what matches are sorted by."""

_PACK = {"row": "long", "story": "long", "whole": "binary", "recurring": "boolean"}
_STORIES = 4_096  # whose sentences a process keeps


def scored_matches(worth: Any, stories: Any, sentences: Any, rarities: Path, recurring: Path) -> Any:
    """The matches between the stories of `compared_stories`, as MATCHES, in no order.

    A story comes once into each cell that it is compared in, with all that is known of it.
    """
    from pyspark.sql import functions as f

    wanted = worth.select(f.explode(f.array("one", "two")).alias("story"), f.col("cell").alias("met"))
    wanted = wanted.distinct()
    whole = f.expr("substring(vectors, 1, cast(length(vectors) / windows as int))").alias("whole")
    rows = sentences.join(wanted.select("story").distinct(), "story", "left_semi")
    rows = rows.select("row", "story", whole, "long_runs")
    rows = rows.mapInArrow(partial(_with_boilerplate, keys=str(recurring)), schema_of(_PACK))
    packs = rows.groupBy("story").agg(f.sort_array(f.collect_list(f.struct("row", "whole", "recurring"))).alias("rows"))
    packs = packs.join(stories.drop("id"), "story").join(wanted, "story")
    both, place = packs.groupBy("met").cogroup(worth.groupBy("cell")), str(rarities)
    return both.applyInArrow(lambda packs, pairs: _compared(packs, pairs, place), schema_of(MATCHES))


def _with_boilerplate(batches: Iterable[Any], *, keys: str) -> Iterator[Any]:
    often = once(keys, lambda: load_keys(Path(keys)))
    for batch in batches:
        values = {name: batch.column(name) for name in ("row", "story", "whole")}
        yield table_of({**values, "recurring": made_of(ragged_of(batch, "long_runs"), often)}, _PACK)


def _compared(packs: Any, pairs: Any, rarities: str) -> Any:
    """The matches of one cell."""
    tellings = {row["story"]: _telling(row, rarities) for batch in packs.to_batches() for row in batch.to_pylist()}
    background = Background(
        once(rarities, lambda: load_rarities(Path(rarities))),
        frozenset(row for telling in tellings.values() for row in telling.recurring),
    )
    found: dict[str, list[Any]] = {name: [] for name in MATCHES}
    for one, two, group in _story_pairs(pairs):
        first, second = tellings[one], tellings[two]
        for match in compare_stories(
            group,
            (first.story, second.story),
            first.sentences | second.sentences,
            first.vectors | second.vectors,
            (first.text, second.text),
            background,
            shipped_model(),
        ):
            for name, value in zip(MATCHES, (match.id, match.score, dump(to_json(match))), strict=True):
                found[name].append(value)
    return whole_table(found, MATCHES)


@dataclass(frozen=True, slots=True)
class _Telling:
    """A story with its sentences and their vectors by row, a text in which it has its place, and its boilerplate."""

    story: Story
    text: str
    sentences: dict[int, Sentence]
    vectors: dict[int, NDArray[np.float32]]
    recurring: list[int]


def _telling(row: dict[str, Any], run: str) -> _Telling:
    story = from_line(Story, row["line"])
    return _Telling(
        story,
        " " * story.span.begin + str(json.loads(row["text"])),
        _sentences(row, run),
        {item["row"]: np.frombuffer(item["whole"], VECTORS).astype(np.float32) for item in row["rows"]},
        [item["row"] for item in row["rows"] if item["recurring"]],
    )


def _sentences(row: dict[str, Any], run: str) -> dict[int, Sentence]:
    """The sentences of a story of a run by their rows; a process keeps those that it read last."""
    held = once(f"sentences {run}", dict[int, dict[int, Sentence]])
    story = row["story"]
    if story not in held:
        if len(held) >= _STORIES:
            del held[next(iter(held))]
        translations = (from_line(Translation, line) for line in row["translations"])
        segments = (from_line(Segment, line) for line in row["segments"])
        read = read_sentences(segments, {item.segment_id: item for item in translations})
        held[story] = {item["row"]: sentence for item, sentence in zip(row["rows"], read, strict=True)}
    return held[story]


def _story_pairs(table: Any) -> Iterator[tuple[int, int, StoryPairs]]:
    """The rows of WORTH, one after the other."""
    names = StoryPairs.__slots__
    lists = [table.column(name).combine_chunks() for name in names]
    values = [column.flatten().to_numpy(zero_copy_only=False) for column in lists]
    sizes = lists[0].value_lengths().to_numpy(zero_copy_only=False)
    ends = np.cumsum(sizes, dtype=np.int64)
    ones, twos = array_of(table, "one").tolist(), array_of(table, "two").tolist()
    for one, two, begin, end in zip(ones, twos, (ends - sizes).tolist(), ends.tolist(), strict=True):
        yield one, two, StoryPairs(*(column[begin:end] for column in values))
