"""Two texts read for the search: vectors, lengths and marks, cut into the sections that are searched one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from align.bitext.anchors import Anchors, chain_anchors, mutual_neighbours
from align.bitext.band import Band, band_around
from align.bitext.cost import Side, best_cosines, end_marks
from align.bitext.moves import Part, find_parts
from align.bitext.overlaps import open_runs
from align.bitext.vectors import Vectors, no_vectors
from align.errors import InputError
from align.records import Encoder

__all__ = ["Reading", "Section", "read_texts"]

_MIN_CHAIN = 12  # anchors from which their lengths tell how long the two languages are
_MIN_SHARE = 0.5  # of the mutual neighbours that stands in order, or the vectors say nothing
_MAX_CHANCE_SHARE = 0.9  # asked of a few neighbours, of which chance alone puts many in order
_MIN_COVER = 0.2  # of the shorter side that has an anchor, or the vectors say nothing: known languages 0.7, others 0.1
_MIN_SENTENCES = 20  # of the shorter side, below which the anchors are too few to judge by


@dataclass(frozen=True, slots=True)
class Section:
    """What is searched by itself: both sides of it, the band, and the sentences (source, target) before it."""

    source: Side
    target: Side
    band: Band
    begin: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Reading:
    """The sections in the order of the source, the anchors, and whether the vectors tell anything."""

    sections: list[Section]
    anchors: Anchors
    usable: bool


def read_texts(
    source: Sequence[str],
    target: Sequence[str],
    *,
    encoder: Encoder,
    longest: int,
    reorder: bool = False,
    whole: bool = False,
) -> Reading:
    """Read two texts, neither of them empty; runs have up to `longest` sentences.

    One section, or with `reorder` one for each part that was moved. `whole` makes the band the whole plane. Where the
    vectors do not tell anything they are replaced by zeros.
    """
    n, m = len(source), len(target)
    vectors = [Vectors(open_runs(encoder, side), len(side), longest) for side in (source, target)]
    widths = [side.singles.shape[1] for side in vectors]
    if widths[0] != widths[1]:
        raise InputError(f"encoder {encoder.name!r} gave rows of {widths[0]} and of {widths[1]} numbers")
    parts, share = _parts(vectors[0], vectors[1], reorder)
    anchors = [pair for part in parts for pair in part.anchors]
    usable = _usable(anchors, share, min(n, m))
    if not usable:
        anchors, parts, vectors = [], [Part((0, n), (0, m), [])], [no_vectors(n, longest), no_vectors(m, longest)]
    lengths = _lengths(source, target, anchors)
    marks = end_marks(source), end_marks(target)
    sections = [_section(part, vectors, lengths, marks, whole) for part in parts]
    return Reading(sections, anchors, usable)


def _parts(source: Vectors, target: Vectors, reorder: bool) -> tuple[list[Part], float]:
    """The whole as one part, or what was moved; and the share of mutual neighbours that is in order."""
    pairs, margins = mutual_neighbours(source.singles, target.singles)
    parts = find_parts(pairs, margins, source.singles, target.singles) if reorder else []
    if parts:
        return parts, sum(len(part.anchors) for part in parts) / len(pairs)
    anchors, share = chain_anchors(pairs, margins)
    return [Part((0, len(source)), (0, len(target)), anchors)], share


def _section(
    part: Part,
    vectors: Sequence[Vectors],
    lengths: Sequence[NDArray[np.float64]],
    marks: Sequence[NDArray[np.int64]],
    whole: bool,
) -> Section:
    (i, i_end), (j, j_end) = part.source, part.target
    n, m = i_end - i, j_end - j
    anchors = [(a - i, b - j) for a, b in part.anchors]
    band = band_around([], n, m, max_cells=(n + 1) * (m + 1)) if whole else band_around(anchors, n, m)
    best = best_cosines(vectors[0].singles[i:i_end], vectors[1].singles[j:j_end], band)
    left, right = (
        Side(
            vectors[side],
            begin,
            lengths[side][begin : end + 1] - lengths[side][begin],
            marks[side][begin:end],
            best[side],
            vectors[1 - side].mean(),
        )
        for side, (begin, end) in enumerate((part.source, part.target))
    )
    return Section(left, right, band, (i, j))


def _usable(anchors: Anchors, share: float, shorter: int) -> bool:
    """Whether the vectors put the texts into one order better than chance would."""
    if shorter < _MIN_SENTENCES:
        return True
    if len(anchors) < _MIN_COVER * shorter:
        return False
    # in a random order the longest rising chain of p pairs has about 2 sqrt(p)
    chance = 3 * (share / max(len(anchors), 1)) ** 0.5
    return bool(share >= min(max(chance, _MIN_SHARE), _MAX_CHANCE_SHARE))


def _lengths(
    source: Sequence[str], target: Sequence[str], anchors: Anchors
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Running lengths in characters, the longer language shrunk and the shorter stretched until they count alike."""
    lengths = [np.array([len(text) + 1 for text in side], np.float64) for side in (source, target)]
    totals = [float(side.sum()) for side in lengths]
    if len(anchors) >= _MIN_CHAIN:
        totals = [float(lengths[side][[pair[side] for pair in anchors]].sum()) for side in (0, 1)]
    scale = (totals[1] / totals[0]) ** 0.5
    left, right = (np.concatenate([[0.0], np.cumsum(side)]) for side in lengths)
    return left * scale, right / scale
