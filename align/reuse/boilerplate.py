"""Boilerplate: sentences that recur in many stories on many days, and so say nothing of where one of them came from.

A dispatch is printed by many outlets within a few days and is then forgotten. What stands in stories of several days
that lie far apart is an outlet's own: "follow us on", a sentence on what the agency is, the paragraph of background
that closes every story on a war. Wording tells, not meaning: a background sentence is pasted, not retold.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from align.records import Story
from align.reuse.sentences import Sentence
from align.text.shingles import shingles

__all__ = ["recurring"]

_RUN = 5  # words
_STORIES = 4
_DAYS = 3  # distinct days
_LIFE = 14  # days for which one dispatch, its updates and its late copies may be printed
_COVERED = 0.5  # share of a sentence's runs that recur
_TO_THE_DAY = ("day", "minute")


def recurring(sentences: Sequence[Sentence], stories: Iterable[Story]) -> frozenset[int]:
    """Rows of the sentences at least half of whose five-word runs stand in many stories of days far apart.

    Many are four stories on three days or more, the first and the last more than two weeks apart. Stories without
    a date to the day count for nothing: without dates a dispatch that all print cannot be told from boilerplate.
    """
    days = {story.id: (story.published or "")[:10] for story in stories if story.published_precision in _TO_THE_DAY}
    runs = {sentence.row: set(shingles(sentence.words, _RUN)) for sentence in sentences}
    seen: Mapping[tuple[str, ...], set[tuple[str, str]]] = defaultdict(set)
    for sentence in sentences:
        story = sentence.segment.story_id
        if story in days:
            for run in runs[sentence.row]:
                seen[run].add((days[story], story))
    spread = {run for run, places in seen.items() if len(places) >= _STORIES and _far_apart(day for day, _ in places)}
    return frozenset(row for row, own in runs.items() if own and len(own & spread) >= _COVERED * len(own))


def _far_apart(days: Iterable[str]) -> bool:
    found = sorted(set(days))
    return len(found) >= _DAYS and (date.fromisoformat(found[-1]) - date.fromisoformat(found[0])).days > _LIFE
