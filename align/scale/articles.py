"""From documents to stories, segments, translations and sentences, as functions that a Spark task runs.

They are the stages of a run on one machine, called for a part of the documents. Each process loads a model once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from align.config import Config
from align.errors import InputError
from align.ingest.outlets import OutletTable
from align.ingest.segments import structure
from align.language.identify import identify, identify_segments
from align.language.tags import normalize_tag
from align.pipeline.models import load_encoder
from align.records import Document, Encoder, Rejected, Segment, Story, Translation
from align.reuse.reading.sentences import Sentence, compared, read_sentences
from align.reuse.scoring.boilerplate import known_day
from align.reuse.search.columns import hashed, read_columns
from align.reuse.search.comparable import day_of
from align.reuse.search.windows import encode_windows
from align.runfolder import dump, from_json, to_json
from align.scale.tables import TRAITS, VECTORS, lists_of, table_of
from align.translate.route import WORK_UNIT, Memory, remember, translate_unit
from align.translate.serving import translators

__all__ = [
    "ARTICLES",
    "SENTENCES",
    "STORIES",
    "WIDE",
    "bucket_of",
    "from_line",
    "once",
    "read_articles",
    "read_rows",
    "read_stories",
]

ARTICLES = {
    "number": "long",
    "stories": "array<string>",
    "texts": "array<string>",
    "segments": "array<string>",
    "translations": "array<string>",
    "rejected": "array<string>",
}
"""A document's number, the lines of what was made of it, and the text of each story as a JSON string."""

STORIES = {
    "story": "long",
    "id": "string",
    "line": "string",
    "text": "string",
    "segments": "array<string>",
    "translations": "array<string>",
}
"""A story's number, id and line, its text as a JSON string, the lines of its compared segments and of translations."""

SENTENCES = {
    "row": "long",
    "story": "long",
    "place": "long",
    "language": "long",
    "outlet": "long",
    "first": "double",
    "last": "double",
    "day": "long",
    "bucket": "long",
    "windows": "long",
    "vectors": "binary",
    **dict.fromkeys(TRAITS, "array<long>"),
}
"""A sentence: its number; its story's number, outlet, days and bucket of days; vectors of its windows; hashes.

`outlet`, `first` and `last` are as `Comparable.of` takes them, `day` is as boilerplate counts it, `bucket` as in
`bucket_of`.
"""

WIDE = -1
"""The bucket of stories that are held against all others: their date is not known to the day."""

_SHIFT = 20  # bits for the number of a story or a sentence in its document
_SENTENCES = 2_000  # that are encoded at once

Loaded = TypeVar("Loaded")
_loaded: dict[str, Any] = {}


def once(name: str, load: Callable[[], Loaded]) -> Loaded:
    """What a process loads but once, whatever task asks for it."""
    if name not in _loaded:
        _loaded[name] = load()
    found: Loaded = _loaded[name]
    return found


def read_articles(batches: Iterable[Any], *, config: Config, cache: bool) -> Iterator[Any]:
    """Batches of (number, line) of documents to batches of ARTICLES, in their order."""
    path = config.ingest.outlets
    outlets = once(f"outlets {path}", lambda: OutletTable.load(Path(path) if path else None))
    serve = once(f"translators {config.translate!r} {cache}", lambda: translators(config.translate, cache=cache))
    memory: Memory = {}
    for unit in _units(_structured(batches, config, outlets)):
        segments = [segment for *_, cut in unit for segment in cut]
        records = translate_unit(segments, serve, target=config.translate.target, identify=identify, memory=memory)
        remember(memory, segments, records)
        yield _article_table(unit, records)


_Article = tuple[int, list[str], list[Story], list[Segment]]
"""A document's number, the text of each story, the stories and the segments."""


def _structured(batches: Iterable[Any], config: Config, outlets: OutletTable) -> Iterator[_Article]:
    for batch in batches:
        for number, line in zip(batch.column("number").to_pylist(), batch.column("line").to_pylist(), strict=True):
            document = from_line(Document, line)
            stories, cut = structure(document, outlets)
            segments = list(identify_segments(cut, config.identify, normalize_tag(document.language)))
            yield number, [json.dumps(story.span.of(document.text)) for story in stories], stories, segments


def _units(articles: Iterable[_Article]) -> Iterator[list[_Article]]:
    """Articles in lists that have a unit of work's segments together, or a little more."""
    unit: list[_Article] = []
    held = 0
    for article in articles:
        unit.append(article)
        held += len(article[-1])
        if held >= WORK_UNIT:
            yield unit
            unit, held = [], 0
    if unit:
        yield unit


def _article_table(unit: Sequence[_Article], records: Sequence[Translation | Rejected]) -> Any:
    following = iter(records)
    translations: list[list[str]] = []
    rejected: list[list[str]] = []
    for *_, segments in unit:
        made = [next(following) for _ in segments]
        translations.append([dump(to_json(item)) for item in made if isinstance(item, Translation)])
        rejected.append([dump(to_json(item)) for item in made if isinstance(item, Rejected)])
    columns = {
        "number": [number for number, *_ in unit],
        "stories": [[dump(to_json(story)) for story in stories] for *_, stories, _ in unit],
        "texts": [texts for _, texts, *_ in unit],
        "segments": [[dump(to_json(segment)) for segment in segments] for *_, segments in unit],
        "translations": translations,
        "rejected": rejected,
    }
    return table_of(columns, ARTICLES)


def from_line(cls: type[Loaded], line: str) -> Loaded:
    """The record of a line."""
    return from_json(cls, json.loads(line))


def read_stories(batches: Iterable[Any]) -> Iterator[Any]:
    """Batches of ARTICLES to batches of STORIES."""
    for batch in batches:
        found: dict[str, list[Any]] = {name: [] for name in STORIES}
        for row in batch.to_pylist():
            segments = [(line, json.loads(line)) for line in row["segments"]]
            translations = {json.loads(line)["segment_id"]: line for line in row["translations"]}
            for place, (line, text) in enumerate(zip(row["stories"], row["texts"], strict=True)):
                name = json.loads(line)["id"]
                own = [item for item in segments if item[1]["story_id"] == name]
                kept = [(line, item["id"]) for line, item in own if compared(from_json(Segment, item))]
                found["story"].append(_numbered(row["number"], place))
                found["id"].append(name)
                found["line"].append(line)
                found["text"].append(text)
                found["segments"].append([line for line, _ in kept])
                found["translations"].append([translations[key] for _, key in kept if key in translations])
        yield table_of(found, STORIES)


def _numbered(number: int, place: int) -> int:
    """A number in the order of documents and, in each, of its stories or sentences."""
    if place >> _SHIFT:
        raise InputError(f"document {number!r}: more than {1 << _SHIFT:,} sentences; cut it into several")
    return number << _SHIFT | place


def bucket_of(first: float, last: float, days: int) -> int:
    """The number of the stretch of so many days that a date lies in; WIDE for one that is not known to the day.

    Two dates no more than `days` apart lie in one bucket or in neighbouring ones. Without a window there is one bucket.
    """
    if not days:
        return 0
    return int(first // days) if first == last else WIDE


def read_rows(batches: Iterable[Any], *, config: Config) -> Iterator[Any]:
    """Batches of ARTICLES to batches of SENTENCES; a document's compared sentences are numbered in order."""
    encoder = once(f"encoder {config.encode!r}", lambda: load_encoder(config))
    waiting: list[tuple[int, int, Story, Sentence]] = []
    for batch in batches:
        for row in batch.to_pylist():
            stories = [from_line(Story, line) for line in row["stories"]]
            place = {story.id: number for number, story in enumerate(stories)}
            translations = (from_line(Translation, line) for line in row["translations"])
            segments = (from_line(Segment, line) for line in row["segments"])
            for sentence in read_sentences(segments, {item.segment_id: item for item in translations}):
                number = place[sentence.segment.story_id]
                ids = _numbered(row["number"], sentence.row), _numbered(row["number"], number)
                waiting.append((*ids, stories[number], sentence))
        while len(waiting) >= _SENTENCES:
            yield _sentence_table(waiting[:_SENTENCES], encoder, config.reuse.window_days)
            waiting = waiting[_SENTENCES:]
    if waiting:
        yield _sentence_table(waiting, encoder, config.reuse.window_days)


def _sentence_table(items: Sequence[tuple[int, int, Story, Sentence]], encoder: Encoder, days: int) -> Any:
    stories = [story for _, _, story, _ in items]
    dates = [(day_of(story, last=False), day_of(story, last=True)) for story in stories]
    sentences = [sentence for *_, sentence in items]
    columns = read_columns(sentences, {story.id: number for _, number, story, _ in items})
    windows = encode_windows([sentence.segment.text for sentence in sentences], encoder)
    bounds = zip(windows.begins[:-1].tolist(), windows.begins[1:].tolist(), strict=True)
    found = {
        "row": [row for row, *_ in items],
        "story": columns.story,
        "place": columns.place,
        "language": columns.language,
        "outlet": [hashed(story.outlet) >> 1 if story.outlet else -1 for story in stories],
        "first": [first for first, _ in dates],
        "last": [last for _, last in dates],
        "day": [known_day(story) for story in stories],
        "bucket": [bucket_of(*date, days) for date in dates],
        "windows": np.diff(windows.begins),
        "vectors": [np.asarray(windows.vectors[begin:end], VECTORS).tobytes() for begin, end in bounds],
        **{name: lists_of(columns.ragged[name]) for name in TRAITS},
    }
    return table_of(found, SENTENCES)
