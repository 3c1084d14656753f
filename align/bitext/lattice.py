"""The scored lattice of two texts, or of two parts of them that stand for each other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from align.bitext.band import Band
from align.bitext.cost import Block, Shape, Side, blocks, gap_features
from align.bitext.search import Lattice
from align.bitext.weights import Weights

__all__ = ["build_lattice"]

Floats = NDArray[np.float32]


def build_lattice(source: Side, target: Side, band: Band, weights: Weights, shapes: Sequence[Shape]) -> Lattice:
    """Score every bead and gap of the band."""
    bead_weights = np.array(weights.beads, np.float32)
    rows: list[Floats] = [np.zeros((width, len(shapes)), np.float32) for width in band.widths]
    for first, last, left, right in blocks(band):
        block = Block(source, target, np.arange(first, last + 1), np.arange(left, right + 1))
        scores = np.zeros((last - first + 1, right - left + 1, len(shapes)), np.float32)
        for number, shape in enumerate(shapes):
            scores[..., number] = np.tensordot(bead_weights, block.features(shape), axes=1)
        for i in range(first, last + 1):
            low, begin, end = int(band.low[i]), max(int(band.low[i]), left), min(int(band.high[i]), right) + 1
            if begin < end:
                rows[i][begin - low : end - low] = scores[i - first, begin - left : end - left]
    opened, extended, *per_sentence = weights.gaps
    gaps = [np.asarray(per_sentence, np.float64) @ gap_features(side).astype(np.float64) for side in (source, target)]
    return Lattice(band, shapes, rows, gaps[0], gaps[1], opened, extended)
