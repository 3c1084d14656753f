"""The sentence aligner as users meet it: with an encoder of its own, on texts as they were read, and exported."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from align.bitext.explain import explain_beads
from align.bitext.formats import LINE_FORMATS, TextBead, text_beads
from align.bitext.sentences import SHAPES, Alignment
from align.bitext.sentences import align_texts as align_with
from align.config import Config
from align.embed.given import VectorEncoder, unit_rows
from align.errors import ConfigError, InputError
from align.export.formats import FORMATS, export_pairs
from align.export.provenance import SourcedPair
from align.export.summary import ExportSummary
from align.language.identify import identify
from align.language.tags import UNDETERMINED
from align.pipeline.parallel import SentenceText, pairs_of
from align.records import Bead, Encoder

__all__ = [
    "AlignedText",
    "Wish",
    "align_sentences",
    "align_texts",
    "align_two",
    "export_beads",
    "given_vectors",
    "is_corpus",
    "languages_of",
    "read_vectors",
]

_SAMPLE = 200  # sentences of a side that its language is told from


def align_texts(
    source: Sequence[str],
    target: Sequence[str],
    *,
    encoder: Encoder | None = None,
    source_vectors: Any = None,
    target_vectors: Any = None,
    shapes: Sequence[tuple[int, int]] = SHAPES,
    reorder: bool = False,
) -> Alignment:
    """Align two lists of sentences: beads that cover every sentence of both sides once, and what they rest on.

    Without an `encoder` the one that comes with the dependencies reads the sentences; it is loaded once. In its place,
    `source_vectors` (n, d) and `target_vectors` (m, d) give the vectors, one row a sentence, of any length; runs of
    sentences then have the weighted mean of their rows (see `VectorEncoder`). `shapes` are the bead shapes (source,
    target) that may occur. With `reorder`, blocks that stand in another order on the other side are found too; beads
    come in the order of the source.

    Raises InputError for a side that is no list of strings, for vectors that do not fit, and for vectors together with
    an encoder.
    """
    if source_vectors is not None or target_vectors is not None:
        if encoder is not None:
            raise InputError("an encoder and vectors were given; allowed: one or the other")
        encoder = given_vectors(source, target, source_vectors, target_vectors)
    return align_with(source, target, encoder=encoder or _default_encoder(), shapes=shapes, reorder=reorder)


def align_sentences(
    source: Sequence[str],
    target: Sequence[str],
    *,
    encoder: Encoder | None = None,
    source_vectors: Any = None,
    target_vectors: Any = None,
    shapes: Sequence[tuple[int, int]] = SHAPES,
    reorder: bool = False,
) -> list[Bead]:
    """The beads of `align_texts`: aligned ranges of sentences, each with a confidence in [0, 1]."""
    return align_texts(
        source,
        target,
        encoder=encoder,
        source_vectors=source_vectors,
        target_vectors=target_vectors,
        shapes=shapes,
        reorder=reorder,
    ).beads


@functools.cache
def _default_encoder() -> Encoder:
    from align.pipeline import models  # which brings the translators along

    return models.load_encoder(Config())


def given_vectors(source: Sequence[str], target: Sequence[str], source_vectors: Any, target_vectors: Any) -> Encoder:
    """An encoder that gives the sentences of two texts these vectors. Raises InputError for vectors that do not fit."""
    if source_vectors is None or target_vectors is None:
        missing = "source_vectors" if source_vectors is None else "target_vectors"
        raise InputError(f"{missing} is missing; expected vectors of both sides, or of none")
    ours = unit_rows(source_vectors, source, "source_vectors")
    theirs = unit_rows(target_vectors, target, "target_vectors")
    if ours.shape[1] != theirs.shape[1]:
        raise InputError(
            f"source_vectors are {ours.shape[1]} wide, target_vectors {theirs.shape[1]}; expected one width"
        )
    return VectorEncoder([*source, *target], np.concatenate([ours, theirs]))


def read_vectors(path: Path) -> Any:
    """The array in a file of numpy's format. Raises InputError for a file that cannot be read or holds objects."""
    try:
        return np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise InputError(f"{path}: not an array in numpy's format (.npy): {error}") from error


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked of the aligner beside the texts.

    `min_score` leaves beads below it out, whatever their shape. `languages` are the tags of source and target.

    Raises ConfigError for a `min_score` that is no probability.
    """

    reorder: bool = False
    explain: bool = False
    min_score: float | None = None
    languages: tuple[str, str] | None = None

    def __post_init__(self) -> None:
        if self.min_score is not None and not 0 <= self.min_score <= 1:
            raise ConfigError(f"min_score: {self.min_score!r} is no confidence; allowed: 0 to 1")


@dataclass(frozen=True, slots=True)
class AlignedText:
    """Two texts, their whole alignment, and the beads that are asked for, with their sentences."""

    source: SentenceText
    target: SentenceText
    alignment: Alignment
    beads: list[TextBead]

    @property
    def left_out(self) -> int:
        """How many beads lie below the least confidence."""
        return len(self.alignment.beads) - len(self.beads)

    def __str__(self) -> str:
        paired = sum(bead.paired for bead in self.beads)
        said = f"{paired} bead{' pairs' if paired == 1 else 's pair'} "
        said += f"{len(self.source.sentences)} and {len(self.target.sentences)} sentences"
        breaks = sum(before.target[1] != after.target[0] for before, after in itertools.pairwise(self.alignment.beads))
        if breaks:
            said += f", in {breaks + 1} blocks that stand in another order on the other side"
        if self.left_out:
            said += f"; {self.left_out} below the least confidence left out"
        if self.alignment.method == "lengths":
            said += "; lengths alone decided, since the vectors put the texts into no order"
        return said


def align_two(source: SentenceText, target: SentenceText, encoder: Encoder, wish: Wish) -> AlignedText:
    """Align two texts that were read."""
    ours, theirs = source.sentences, target.sentences
    alignment = align_with(ours, theirs, encoder=encoder, reorder=wish.reorder)
    explanations = explain_beads(ours, theirs, encoder=encoder, alignment=alignment) if wish.explain else []
    beads = text_beads(alignment.beads, ours, theirs, alignment.method, explanations, wish.languages)
    if wish.min_score is not None:
        beads = [bead for bead in beads if bead.score is None or bead.score >= wish.min_score]
    return AlignedText(source, target, alignment, beads)


def languages_of(source: SentenceText, target: SentenceText) -> tuple[str, str]:
    """The languages that two texts look like, by their first sentences. Raises ConfigError where nothing tells."""
    tags = []
    for side, text in (("source", source), ("target", target)):
        tag, _ = identify(" ".join(text.sentences[:_SAMPLE]))
        if tag == UNDETERMINED:
            raise ConfigError(f"{text.name}: cannot tell its language; remedy: --{side}-language")
        tags.append(tag)
    return tags[0], tags[1]


def is_corpus(format: str) -> bool:
    """Whether a format writes a corpus below a folder, as `align export` does, and not a line for each bead.

    Raises ConfigError for an unknown format.
    """
    if format not in LINE_FORMATS and format not in FORMATS:
        allowed = ", ".join(dict.fromkeys([*LINE_FORMATS, *sorted(FORMATS)]))
        raise ConfigError(f"unknown format {format!r}; allowed: {allowed}")
    return format not in LINE_FORMATS


def export_beads(texts: Iterable[tuple[str, Sequence[TextBead]]], format: str, out: Path, name: str) -> ExportSummary:
    """Write the beads of texts, each with its name, below `out` in a format of `align export`.

    The files are called after `name`. Raises InputError for an unknown format, or a `name` that is no file name.
    """
    return export_pairs(itertools.chain.from_iterable(_sourced(*text) for text in texts), format, out, name=name)


def _sourced(name: str, beads: Sequence[TextBead]) -> Iterator[SourcedPair]:
    paired = (bead for bead in beads if bead.paired)
    for pair, bead in zip(pairs_of(beads, name, (f"{name}.source", f"{name}.target")), paired, strict=True):
        yield SourcedPair(pair, source_sentences=bead.source, target_sentences=bead.target)
