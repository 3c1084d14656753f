"""A given parallel text: two files of one text in two languages, aligned into pairs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from align.errors import InputError
from align.ingest.encoding import Undecodable, decode
from align.language.identify import identify
from align.records import Bead, Encoder, Pair
from align.text.sentences import split_sentences

__all__ = ["ParallelText", "bitext_pairs", "read_sentences"]


@dataclass(frozen=True, slots=True)
class ParallelText:
    """Two files that hold one text in two languages."""

    source: Path
    target: Path


def read_sentences(path: Path) -> list[str]:
    """The sentences of a text file: its lines where each holds one sentence, else its running text, split.

    Raises InputError for a file that cannot be read or holds no text.
    """
    try:
        decoded = decode(path.read_bytes())
    except OSError as error:
        raise InputError(f"{path}: cannot read: {error.strerror}") from error
    if isinstance(decoded, Undecodable):
        raise InputError(f"{path}: {decoded.rule}: {decoded.detail}")
    text = decoded.text
    if not text.strip():
        raise InputError(f"{path}: no text in the file; expected one sentence a line, or running text")
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if len(lines) > 1 and sum(len(split_sentences(line)) for line in lines) < 2 * len(lines):
        return lines
    return [span.of(text) for span in split_sentences(text)]


def bitext_pairs(text: ParallelText, encoder: Encoder, number: int = 1) -> Iterator[Pair]:
    """The pairs of a parallel text, in its order; sentences that have no counterpart make no pair.

    `number` tells the texts of a run apart, since two may have files of one name.
    """
    from align.bitext.sentences import align_sentences

    source, target = read_sentences(text.source), read_sentences(text.target)
    languages = identify(" ".join(source))[0], identify(" ".join(target))[0]
    for place, bead in enumerate(align_sentences(source, target, encoder=encoder)):
        if bead.source[0] < bead.source[1] and bead.target[0] < bead.target[1]:
            yield _pair(f"bitext:{number}:{text.source.name}:{place}", bead, source, target, text, languages)


def _pair(
    pair_id: str, bead: Bead, source: list[str], target: list[str], text: ParallelText, languages: tuple[str, str]
) -> Pair:
    return Pair(
        id=pair_id,
        source_language=languages[0],
        target_language=languages[1],
        source=" ".join(source[slice(*bead.source)]),
        target=" ".join(target[slice(*bead.target)]),
        source_segments=tuple(f"{text.source.name}:{index}" for index in range(*bead.source)),
        target_segments=tuple(f"{text.target.name}:{index}" for index in range(*bead.target)),
        shape=bead.shape,
        score=bead.score,
        origin="bitext",
    )
