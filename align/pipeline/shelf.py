"""The sentences of a run as the tracer wants them: surveyed once, by document, and looked up again, by story."""

from __future__ import annotations

import sys
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from align.lookup import Lookup
from align.pipeline.stages import with_translations
from align.records import Document, Encoder, Segment, Span, Story, Translation
from align.reuse.reading.sentences import Sentence, read_sentences
from align.reuse.search.columns import Columns, ColumnsFile
from align.reuse.search.ragged import FileRows
from align.reuse.search.windows import Windows, encode_windows
from align.runfolder import RunFolder, from_json, to_json

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Shelf", "Told", "plain_stories", "told_documents"]

_BATCH = 2048  # sentences that are encoded at a time
_HELD = 2**14  # sentences that are in memory as they were read
_NOWHERE = Span(0, 0)


@dataclass(frozen=True, slots=True)
class Told:
    """A document's text, and its segments with their translations."""

    document_id: str
    text: str
    segments: tuple[tuple[Segment, Translation | None], ...]

    def sentences(self) -> list[Sentence]:
        """Those of its sentences that are compared."""
        translations = {segment.id: item for segment, item in self.segments if item is not None}
        return read_sentences((segment for segment, _ in self.segments), translations)


def told_documents(folder: RunFolder) -> Iterator[Told]:
    """Every document of a run that has segments, in order; the files are read in step."""
    documents = folder.read("documents", Document)
    for name, held in groupby(with_translations(folder), key=lambda item: item[0].document_id):
        text = next(document.text for document in documents if document.id == name)
        yield Told(name, text, tuple(held))


def plain_stories(folder: RunFolder) -> list[Story]:
    """The stories of a run with what the tracer asks for: outlets and dates, no titles, places or evidence."""
    return [
        Story(
            id=story.id,
            document_id=story.document_id,
            span=_NOWHERE,
            outlet=story.outlet and sys.intern(story.outlet),
            published=story.published and sys.intern(story.published),
            published_precision=story.published_precision,
        )
        for story in folder.read("stories", Story)
    ]


class Shelf:
    """Surveys the sentences of a run, and finds those of a story again.

    What a survey writes goes to `place` and to a temporary file; documents that were not looked at lately are read
    from there.
    """

    def __init__(self, place: Path, stories: Sequence[Story]) -> None:
        self._place = place
        self._stories = stories
        self._lookup = Lookup()
        self._held: OrderedDict[str, tuple[str, list[tuple[int, Sentence]]]] = OrderedDict()
        self._count = 0  # sentences of these

    def __enter__(self) -> Shelf:
        return self

    def __exit__(self, *error: object) -> None:
        self._lookup.__exit__(None, None, None)

    def survey(self, documents: Iterable[Told], encoder: Encoder) -> tuple[Columns, Windows]:
        """The columns and the vectors of all sentences that are compared, on disk."""
        path = self._place / "windows.f16"
        numbers = {story.id: number for number, story in enumerate(self._stories)}
        sizes: list[NDArray[np.int64]] = [np.zeros(1, np.int64)]
        width = 1
        with path.open("wb") as file, ColumnsFile(self._place) as columns:
            for sentences in self._batches(documents):
                windows = encode_windows([sentence.segment.text for sentence in sentences], encoder)
                # half precision: a cosine is told apart to three decimals and a half, at half the disk
                rows = np.asarray(windows.vectors[:], np.float16)
                file.write(rows.tobytes())
                width = rows.shape[1]
                sizes.append(np.diff(windows.begins))
                columns.add(sentences, numbers)
        begins = np.cumsum(np.concatenate(sizes))
        return columns.columns(), Windows(FileRows(path, np.float16, width), begins)

    def _batches(self, documents: Iterable[Told]) -> Iterator[list[Sentence]]:
        waiting: list[Sentence] = []
        row = 0
        for document in documents:
            sentences = document.sentences()
            if sentences:
                if self._count < _HELD:  # the first are asked for first
                    self._keep(document, sentences, row)
                self._lookup.add(document.document_id, [row, *_line(document)])
                row += len(sentences)
                waiting += sentences
            if len(waiting) >= _BATCH:
                yield waiting
                waiting = []
        if waiting:
            yield waiting

    def sentences(self, story: int) -> Sequence[tuple[int, Sentence]]:
        """The compared sentences of a story, given by its number, in order, each with its row."""
        wanted = self._stories[story]
        _, sentences = self._document(wanted.document_id)
        return [(row, sentence) for row, sentence in sentences if sentence.segment.story_id == wanted.id]

    def text(self, document_id: str) -> str:
        """The text of a document that has sentences."""
        return self._document(document_id)[0]

    def _document(self, name: str) -> tuple[str, list[tuple[int, Sentence]]]:
        if name not in self._held:
            row, *line = self._lookup.find([name])[name]
            told = _told(name, line)
            self._keep(told, told.sentences(), row)
            while self._count > _HELD and len(self._held) > 1:
                _, (_, sentences) = self._held.popitem(last=False)
                self._count -= len(sentences)
        self._held.move_to_end(name)
        return self._held[name]

    def _keep(self, document: Told, sentences: Sequence[Sentence], row: int) -> None:
        self._held[document.document_id] = document.text, list(enumerate(sentences, start=row))
        self._count += len(sentences)


def _line(document: Told) -> list[Any]:
    return [document.text, [[to_json(segment), item and to_json(item)] for segment, item in document.segments]]


def _told(name: str, line: Any) -> Told:
    text, held = line
    segments = ((from_json(Segment, segment), item and from_json(Translation, item)) for segment, item in held)
    return Told(name, text, tuple(segments))
