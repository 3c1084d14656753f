"""A given parallel text: two files of one text in two languages, aligned into pairs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from align.bitext.formats import TextBead, text_beads
from align.errors import InputError
from align.ingest.encoding import Undecodable, decode
from align.language.identify import identify
from align.records import Encoder, Pair
from align.text.sentences import split_sentences

__all__ = [
    "Layout",
    "ParallelText",
    "SentenceText",
    "bitext_pairs",
    "pairs_of",
    "read_sentences",
    "read_text",
    "sentences_of",
]

Layout = Literal["auto", "lines", "running"]


@dataclass(frozen=True, slots=True)
class ParallelText:
    """Two files that hold one text in two languages."""

    source: Path
    target: Path


@dataclass(frozen=True, slots=True)
class SentenceText:
    """The sentences of one side, and how they were told apart.

    `layout` is "lines", one sentence a line, or "running", running text that was split; `assumed` says that nobody
    said so. `blank` counts the lines without text that were passed over.
    """

    name: str
    sentences: list[str]
    layout: Literal["lines", "running"]
    assumed: bool
    blank: int = 0

    def __str__(self) -> str:
        count = "1 sentence" if len(self.sentences) == 1 else f"{len(self.sentences)} sentences"
        how = "one a line" if self.layout == "lines" else "split from running text"
        assumed = " (assumed; --lines or --split decides)" if self.assumed else ""
        blank = f"; {self.blank} blank lines passed over, so indices count sentences" if self.blank else ""
        return f"{self.name}: {count}, {how}{assumed}{blank}"


def read_sentences(path: Path) -> list[str]:
    """The sentences of a text file: its lines where each holds one sentence, else its running text, split.

    Raises InputError for a file that cannot be read or holds no text.
    """
    return read_text(path).sentences


def read_text(path: Path, layout: Layout = "auto") -> SentenceText:
    """The sentences of a text file, as `sentences_of` finds them. Raises InputError for a file that cannot be read."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot read: {error.strerror}") from error
    return sentences_of(data, str(path), layout)


def sentences_of(data: bytes, name: str, layout: Layout = "auto") -> SentenceText:
    """The sentences of a text.

    "lines": each line is a sentence, an empty one too, so that indices are line numbers. "running": the text is split
    into sentences; a single line break is a space. "auto": lines where the text has several, with fewer than two
    sentences a line in the mean, else running text; blank lines are passed over.

    Raises InputError for bytes that are no text, and for a text of white space; `name` stands in the message.
    """
    decoded = decode(data)
    if isinstance(decoded, Undecodable):
        raise InputError(f"{name}: {decoded.rule}: {decoded.detail}")
    text = decoded.text
    if not text.strip():
        raise InputError(f"{name}: no text in the file; expected one sentence a line, or running text")
    lines = [line.strip() for line in text.removesuffix("\n").split("\n")]
    if layout == "lines":
        return SentenceText(name, lines, "lines", assumed=False)
    full = [line for line in lines if line]
    if layout == "auto" and _one_sentence_each(full):
        return SentenceText(name, full, "lines", assumed=True, blank=len(lines) - len(full))
    return SentenceText(name, [span.of(text) for span in split_sentences(text)], "running", assumed=layout == "auto")


def _one_sentence_each(lines: list[str]) -> bool:
    """Whether the lines of a text look like a sentence each: several lines, fewer than two sentences a line."""
    return len(lines) > 1 and sum(len(split_sentences(line)) for line in lines) < 2 * len(lines)


def bitext_pairs(text: ParallelText, encoder: Encoder, number: int = 1) -> Iterator[Pair]:
    """The pairs of a parallel text, in its order; sentences that have no counterpart make no pair.

    `number` tells the texts of a run apart, since two may have files of one name.
    """
    from align.bitext.sentences import align_texts

    source, target = read_sentences(text.source), read_sentences(text.target)
    languages = identify(" ".join(source))[0], identify(" ".join(target))[0]
    alignment = align_texts(source, target, encoder=encoder)
    beads = text_beads(alignment.beads, source, target, alignment.method, languages=languages)
    yield from pairs_of(beads, f"{number}:{text.source.name}", (text.source.name, text.target.name))


def pairs_of(beads: Iterable[TextBead], name: str, sides: tuple[str, str]) -> Iterator[Pair]:
    """The beads that have both sides, as pairs with the ids `bitext:NAME:PLACE`.

    A pair's segments are called after its `sides` and their indices. A bead without languages has `und` for both.
    """
    for place, bead in enumerate(beads):
        if bead.paired:
            source_language, target_language = bead.languages or ("und", "und")
            yield Pair(
                id=f"bitext:{name}:{place}",
                source_language=source_language,
                target_language=target_language,
                source=" ".join(bead.source),
                target=" ".join(bead.target),
                source_segments=tuple(f"{sides[0]}:{index}" for index in bead.source_indices),
                target_segments=tuple(f"{sides[1]}:{index}" for index in bead.target_indices),
                shape=bead.shape,
                score=bead.score,
                origin="bitext",
            )
