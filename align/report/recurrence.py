"""Which passages of a story recur where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from align.report.passages import Record

__all__ = ["story_maps"]


def story_maps(matches: Sequence[Record], stories: Sequence[Record]) -> list[Record]:
    """For each story with shown passages, those with most first: its own number, and a row for every other story.

    A row holds the other story's number and its blocks: number of the match, place and width as shares of the story
    in thousandths, score.
    """
    found: dict[int, dict[int, list[list[Any]]]] = {}
    for match in matches:
        first, second = match["sides"]
        for side, other in ((first, second), (second, first)):
            block = _block(match, side, stories[side["story"]])
            found.setdefault(side["story"], {}).setdefault(other["story"], []).append(block)
    maps = [_map(story, rows) for story, rows in found.items()]
    return sorted(maps, key=lambda item: (-item["passages"], item["story"]))


def _map(story: int, rows: Mapping[int, list[list[Any]]]) -> Record:
    ordered = sorted(rows.items(), key=lambda row: (-len(row[1]), row[0]))
    return {
        "story": story,
        "passages": sum(len(blocks) for _, blocks in ordered),
        "rows": [
            {"other": other, "blocks": sorted(blocks, key=lambda block: (block[1], block[0]))}
            for other, blocks in ordered
        ],
    }


def _block(match: Record, side: Record, story: Record) -> list[Any]:
    length = max(story["length"], 1)
    begin = min(max(side["begin"] - story["begin"], 0), length)
    end = min(max(side["end"] - story["begin"], begin), length)
    x = round(1000 * begin / length, 1)
    width = round(max(1000 * (end - begin) / length, 6.0), 1)
    return [match["number"], min(x, 994.0), width, match["score"]]
