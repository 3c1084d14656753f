"""A pair with everything that is known of where it comes from, and the columns that formats write of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from align.records import Pair

__all__ = ["COLUMNS", "Place", "SourcedPair", "document_of", "sourced_pairs"]


class Place(NamedTuple):
    """Where one side of a pair stands: its document, and what is known of the story that its first segment lies in.

    `sha256` is the hash of the document's text in UTF-8.
    """

    document_id: str
    outlet: str | None = None
    url: str | None = None
    published: str | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class SourcedPair:
    """A pair with its provenance; what is not known is null or empty.

    `target_place` is null for a machine translation, and so are `model` and `revision` for anything else. `flags`
    are the guards' findings on the translation that the pair holds. A span is half-open, in code points of the
    document's text. `source_sentences` are the texts of `pair.source_segments`, one each, where a reader asked for
    them. `split` is the part of a data set that the pair is in.
    """

    pair: Pair
    source_place: Place | None = None
    target_place: Place | None = None
    model: str | None = None
    revision: str | None = None
    flags: tuple[str, ...] = ()
    source_span: tuple[int, int] | None = None
    target_span: tuple[int, int] | None = None
    source_sentences: tuple[str, ...] = ()
    target_sentences: tuple[str, ...] = ()
    split: str | None = None


def sourced_pairs(pairs: Iterable[Pair | SourcedPair]) -> Iterator[SourcedPair]:
    """Each pair as a SourcedPair, without provenance where it came without."""
    return (pair if isinstance(pair, SourcedPair) else SourcedPair(pair) for pair in pairs)


def document_of(place: Place | None, segments: tuple[str, ...]) -> str | None:
    """The document of one side: that of its place, else what stands before the number in its first segment's id."""
    if place is not None:
        return place.document_id
    return segments[0].rpartition(":")[0] or segments[0] if segments else None


Column = Callable[[SourcedPair], Any]
# the columns beside the two texts, in the order in which every format writes them
COLUMNS: Mapping[str, tuple[type, Column]] = {
    "id": (str, lambda row: row.pair.id),
    "score": (float, lambda row: row.pair.score),
    "origin": (str, lambda row: row.pair.origin),
    "flags": (list, lambda row: row.flags),
    "shape": (str, lambda row: row.pair.shape),
    "source_language": (str, lambda row: row.pair.source_language),
    "target_language": (str, lambda row: row.pair.target_language),
    "source_segments": (list, lambda row: row.pair.source_segments),
    "target_segments": (list, lambda row: row.pair.target_segments),
    "model": (str, lambda row: row.model),
    "revision": (str, lambda row: row.revision),
    "source_document_id": (str, lambda row: row.source_place and row.source_place.document_id),
    "source_outlet": (str, lambda row: row.source_place and row.source_place.outlet),
    "source_url": (str, lambda row: row.source_place and row.source_place.url),
    "source_published": (str, lambda row: row.source_place and row.source_place.published),
    "source_begin": (int, lambda row: row.source_span and row.source_span[0]),
    "source_end": (int, lambda row: row.source_span and row.source_span[1]),
    "target_document_id": (str, lambda row: row.target_place and row.target_place.document_id),
    "target_outlet": (str, lambda row: row.target_place and row.target_place.outlet),
    "target_url": (str, lambda row: row.target_place and row.target_place.url),
    "target_published": (str, lambda row: row.target_place and row.target_place.published),
    "target_begin": (int, lambda row: row.target_span and row.target_span[0]),
    "target_end": (int, lambda row: row.target_span and row.target_span[1]),
}
