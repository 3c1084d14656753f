"""Two stories held against each other, in a Spark task: their pairs of sentences become scored matches."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from align.records import Segment, Story, Translation
from align.reuse.boilerplate import made_of
from align.reuse.compare import Background, StoryPairs, compare_stories
from align.reuse.score import shipped_model
from align.reuse.sentences import Sentence, read_sentences
from align.runfolder import dump, to_json
from align.scale.articles import from_line, once
from align.scale.tables import VECTORS, ragged_of, schema_of, table_of
from align.scale.traits import load_keys, load_rarities

__all__ = ["MATCHES", "scored_matches"]

MATCHES = {"id": "string", "score": "double", "line": "string"}
"""A match as a line, with what matches are sorted by."""

_PACK = {"row": "long", "story": "long", "whole": "binary", "recurring": "boolean"}
_STORIES = 4_096  # whose sentences a process keeps


def scored_matches(worth: Any, stories: Any, sentences: Any, rarities: Path, recurring: Path) -> Any:
    """The matches between the stories of `worth_comparing`, as MATCHES, in no order."""
    from pyspark.sql import functions as f

    wanted = worth.select(f.explode(f.array("one", "two")).alias("story")).distinct()
    whole = f.expr("substring(vectors, 1, cast(length(vectors) / windows as int))").alias("whole")
    rows = sentences.join(wanted, "story", "left_semi").select("row", "story", whole, "long_runs")
    rows = rows.mapInArrow(partial(_with_boilerplate, keys=str(recurring)), schema_of(_PACK))
    packs = rows.groupBy("story").agg(f.sort_array(f.collect_list(f.struct("row", "whole", "recurring"))).alias("rows"))
    packs = packs.join(stories, "story")
    held = worth
    for side in ("one", "two"):
        pack = f.struct("rows", "line", "text", "segments", "translations").alias(f"{side}_pack")
        held = held.join(packs.select(f.col("story").alias(side), pack), side)
    return held.mapInArrow(partial(_compared, rarities=str(rarities)), schema_of(MATCHES))


def _with_boilerplate(batches: Iterable[Any], *, keys: str) -> Iterator[Any]:
    often = once(keys, lambda: load_keys(Path(keys)))
    for batch in batches:
        runs = ragged_of(batch, "long_runs")
        values = {name: batch.column(name) for name in ("row", "story", "whole")}
        yield table_of({**values, "recurring": made_of(runs, often)}, _PACK)


def _compared(batches: Iterable[Any], *, rarities: str) -> Iterator[Any]:
    background = once(f"background {rarities}", lambda: Background(load_rarities(Path(rarities)), frozenset()))
    for batch in batches:
        found: dict[str, list[Any]] = {name: [] for name in MATCHES}
        for row in batch.to_pylist():
            for match in _matches(row, background, rarities):
                for name, value in zip(MATCHES, (match.id, match.score, dump(to_json(match))), strict=True):
                    found[name].append(value)
        yield table_of(found, MATCHES)


def _matches(row: dict[str, Any], background: Background, run: str) -> list[Any]:
    """The matches of two stories; `run` names what may be kept between calls."""
    packs = row["one_pack"], row["two_pack"]
    stories = tuple(from_line(Story, pack["line"]) for pack in packs)
    rows = [item for pack in packs for item in pack["rows"]]
    sentences = dict([*_sentences(row["one"], packs[0], run), *_sentences(row["two"], packs[1], run)])
    known = Background(
        background.rarities, frozenset(item["row"] for item in rows if item["recurring"]), background.sides
    )
    return compare_stories(
        _story_pairs(row),
        (stories[0], stories[1]),
        sentences,
        {item["row"]: np.frombuffer(item["whole"], VECTORS).astype(np.float32) for item in rows},
        (_text(stories[0], packs[0]), _text(stories[1], packs[1])),
        known,
        shipped_model(),
    )


def _text(story: Story, pack: dict[str, Any]) -> str:
    """A text in which the story stands where it stands in its document."""
    return " " * story.span.begin + str(json.loads(pack["text"]))


def _story_pairs(row: dict[str, Any]) -> StoryPairs:
    kinds = {"first": np.int64, "second": np.int64, "worth": np.bool_}
    return StoryPairs(*(np.array(row[name], kinds.get(name, np.float64)) for name in StoryPairs.__slots__))


def _sentences(story: int, pack: dict[str, Any], run: str) -> list[tuple[int, Sentence]]:
    """The sentences of a story of a run, each with its row."""
    held = once(f"sentences {run}", dict[int, list[tuple[int, Sentence]]])
    if story not in held:
        if len(held) >= _STORIES:
            del held[next(iter(held))]
        translations = (from_line(Translation, line) for line in pack["translations"])
        segments = (from_line(Segment, line) for line in pack["segments"])
        read = read_sentences(segments, {item.segment_id: item for item in translations})
        held[story] = [(item["row"], sentence) for item, sentence in zip(pack["rows"], read, strict=True)]
    return held[story]
