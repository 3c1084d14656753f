"""Sentence alignment: two lists of sentences in, beads out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from align.bitext.anchors import Anchors, find_anchors
from align.bitext.band import Band, band_around
from align.bitext.cost import Block, Shape, Side, best_cosines, blocks, end_marks, gap_features
from align.bitext.overlaps import encode_runs
from align.bitext.posterior import path_scores
from align.bitext.search import Lattice, Step, best_path
from align.bitext.weights import LENGTHS, VECTORS, Weights
from align.errors import InputError
from align.records import Bead, Encoder

__all__ = ["SHAPES", "align_sentences", "build_lattice", "read_sides"]

Floats = NDArray[np.float32]

_MAX_SIZE = 8
SHAPES: tuple[Shape, ...] = tuple(
    (x, y) for size in range(2, _MAX_SIZE + 1) for x in range(1, size) for y in (size - x,) if min(x, y) <= 3
)
_MEAN_WEIGHT = 4  # sentences' worth of doubt whether the mean of a few vectors says anything
_MIN_CHAIN = 12  # anchors from which their lengths tell how long the two languages are
_MIN_SHARE = 0.5  # of the mutual neighbours that stands in order, or the vectors say nothing
_MAX_CHANCE_SHARE = 0.9  # asked of a few neighbours, of which chance alone puts many in order
_MIN_COVER = 0.2  # of the shorter side that has an anchor, or the vectors say nothing: known languages 0.7, others 0.1
_MIN_SENTENCES = 20  # of the shorter side, below which the anchors are too few to judge by


def align_sentences(
    source: Sequence[str], target: Sequence[str], *, encoder: Encoder, shapes: Sequence[Shape] = SHAPES
) -> list[Bead]:
    """Return the most probable monotone beads, which cover every sentence of both sides once, in order.

    Anchors (mutual nearest neighbours in order) make a band; a semi-Markov conditional random field over the vectors
    of runs of sentences and their lengths is searched within it. `shapes` lists the bead shapes (source, target) that
    may occur, 2 to 8 sentences together; a sentence may always stay alone (1-0, 0-1). Where the vectors do not agree
    on any order, as with a language that the encoder does not know, lengths decide alone.

    A bead's score is its posterior probability under the model, fitted to be right that often on hand-aligned novels,
    yearbooks and talks. Beads that an empty side forces have score 1.

    Memory: k vectors a sentence (k is the longest run in `shapes`), and the band's cells times the shapes.

    Raises InputError for a side that is no list of strings, a shape out of range, or an encoder whose answer is not
    finite or not (n, d).
    """
    _check(source, "source")
    _check(target, "target")
    allowed = _checked_shapes(shapes)
    if not source or not target:
        return _to_beads([(1, 0)] * len(source) + [(0, 1)] * len(target), [1.0] * (len(source) + len(target)))
    k = max([max(shape) for shape in allowed], default=1)
    sides = encode_runs(encoder, source, k), encode_runs(encoder, target, k)
    if sides[0].shape[2] != sides[1].shape[2]:
        raise InputError(
            f"encoder {encoder.name!r} gave rows of {sides[0].shape[2]} and of {sides[1].shape[2]} numbers"
        )
    lattice = prepare(source, target, *sides, allowed)
    steps = best_path(lattice)
    return _to_beads(steps, path_scores(lattice, steps))


def prepare(
    source: Sequence[str], target: Sequence[str], source_runs: Floats, target_runs: Floats, shapes: Sequence[Shape]
) -> Lattice:
    """The scored lattice of two texts from the vectors of their runs."""
    left, right, band, usable = read_sides(source, target, source_runs, target_runs)
    if (1, 1) not in shapes:  # gaps alone may not get around a band's corners
        band = band_around([], len(source), len(target), max_cells=(len(source) + 1) * (len(target) + 1))
    return build_lattice(left, right, band, VECTORS if usable else LENGTHS, shapes)


def read_sides(
    source: Sequence[str], target: Sequence[str], source_runs: Floats, target_runs: Floats
) -> tuple[Side, Side, Band, bool]:
    """Both texts as the features see them, the band, and whether the vectors tell anything.

    Where they do not, all vectors are zero.
    """
    vectors = _centred(source_runs), _centred(target_runs)
    anchors, share = find_anchors(vectors[0][0], vectors[1][0])
    n, m = len(source), len(target)
    usable = _usable(anchors, share, min(n, m))
    if not usable:
        anchors, vectors = [], (np.zeros_like(vectors[0][..., :1]), np.zeros_like(vectors[1][..., :1]))
    band = band_around(anchors, n, m)
    best = best_cosines(vectors[0][0], vectors[1][0], band)
    ends = _ends(source, target, anchors)
    means = vectors[0][0].mean(axis=0), vectors[1][0].mean(axis=0)
    left = Side(vectors[0], ends[0], vectors[0] @ means[1], end_marks(source), best[0])
    right = Side(vectors[1], ends[1], vectors[1] @ means[0], end_marks(target), best[1])
    return left, right, band, usable


def build_lattice(source: Side, target: Side, band: Band, weights: Weights, shapes: Sequence[Shape]) -> Lattice:
    """Score every bead and gap of the band."""
    bead_weights = np.array(weights.beads, np.float32)
    rows: list[Floats] = []
    for first, last, left, right in blocks(source, target, band):
        block = Block(source, target, np.arange(first, last + 1), np.arange(left, right + 1))
        scores = np.zeros((last - first + 1, right - left + 1, len(shapes)), np.float32)
        for number, shape in enumerate(shapes):
            scores[..., number] = np.tensordot(bead_weights, block.features(shape), axes=1)
        for i in range(first, last + 1):
            rows.append(scores[i - first, band.low[i] - left : band.high[i] + 1 - left].copy())
    opened, extended, *per_sentence = weights.gaps
    gaps = [np.asarray(per_sentence, np.float64) @ gap_features(side).astype(np.float64) for side in (source, target)]
    return Lattice(band, shapes, rows, gaps[0], gaps[1], opened, extended)


def _usable(anchors: Anchors, share: float, shorter: int) -> bool:
    """Whether the vectors put the texts into one order better than chance would."""
    if shorter < _MIN_SENTENCES:
        return True
    if len(anchors) < _MIN_COVER * shorter:
        return False
    # in a random order the longest rising chain of p pairs has about 2 sqrt(p)
    chance = 3 * (share / max(len(anchors), 1)) ** 0.5
    return bool(share >= min(max(chance, _MIN_SHARE), _MAX_CHANCE_SHARE))


def _centred(runs: Floats) -> Floats:
    """Vectors less what all sentences of the text have in common, of length 1 again; zero rows stay zero."""
    present = runs.any(axis=2, keepdims=True)
    mean = runs[0].sum(axis=0) / (len(runs[0]) + _MEAN_WEIGHT)
    rows = np.where(present, runs - mean, 0)
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=2, keepdims=True), 1e-9), np.float32)


def _ends(
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


def _to_beads(steps: Sequence[Step], scores: Sequence[float]) -> list[Bead]:
    beads, i, j = [], 0, 0
    for (x, y), score in zip(steps, scores, strict=True):
        beads.append(Bead((i, i + x), (j, j + y), score))
        i, j = i + x, j + y
    return beads


def _check(texts: Sequence[str], side: str) -> None:
    if isinstance(texts, str):
        raise InputError(f"{side}: expected a list of sentences, got one text: {texts[:40]!r}")
    for index, text in enumerate(texts):
        if not isinstance(text, str):
            raise InputError(f"{side}: sentence {index} is not a string: {text!r}")


def _checked_shapes(shapes: Sequence[Shape]) -> tuple[Shape, ...]:
    """The two-sided shapes, each once, in the order given."""
    for shape in shapes:
        x, y = shape
        if shape in ((1, 0), (0, 1)):
            continue
        if x < 1 or y < 1 or x + y > _MAX_SIZE:
            raise InputError(
                f"shape {shape!r} is not allowed; 1-0, 0-1, or at least 1-1 and {_MAX_SIZE} sentences in all"
            )
    return tuple(shape for shape in dict.fromkeys(shapes) if min(shape) > 0)
