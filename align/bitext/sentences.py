"""Sentence alignment: two lists of sentences in, beads out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from align.bitext.anchors import Anchors
from align.bitext.cost import Shape
from align.bitext.lattice import build_lattice
from align.bitext.posterior import path_scores
from align.bitext.search import Step, best_path
from align.bitext.sections import Reading, read_texts
from align.bitext.weights import LENGTHS, VECTORS, Weights
from align.errors import InputError
from align.records import Bead, Encoder

__all__ = ["SHAPES", "Alignment", "align_sentences", "align_texts", "model_of", "read_checked"]

_MAX_SIZE = 8
SHAPES: tuple[Shape, ...] = tuple(
    (x, y) for size in range(2, _MAX_SIZE + 1) for x in range(1, size) for y in (size - x,) if min(x, y) <= 3
)
_DIGITS = 6  # of a score, so that the number of threads does not show


@dataclass(frozen=True, slots=True)
class Alignment:
    """Beads, and what they rest on.

    `method` is "vectors", or "lengths" where the vectors put the texts into no order, as with a language that the
    encoder does not know. `anchors` are the pairs (source sentence, target sentence) that guided the search, in the
    order of the source; none where lengths decided.
    """

    beads: list[Bead]
    method: Literal["vectors", "lengths"]
    anchors: Anchors


def align_sentences(
    source: Sequence[str],
    target: Sequence[str],
    *,
    encoder: Encoder,
    shapes: Sequence[Shape] = SHAPES,
    reorder: bool = False,
) -> list[Bead]:
    """The beads of `align_texts`."""
    return align_texts(source, target, encoder=encoder, shapes=shapes, reorder=reorder).beads


def align_texts(
    source: Sequence[str],
    target: Sequence[str],
    *,
    encoder: Encoder,
    shapes: Sequence[Shape] = SHAPES,
    reorder: bool = False,
) -> Alignment:
    """Return the most probable beads, which cover every sentence of both sides once.

    Anchors (mutual nearest neighbours in order) make a band; a semi-Markov conditional random field over the vectors
    of runs of sentences and their lengths is searched within it. `shapes` lists the bead shapes (source, target) that
    may occur, 2 to 8 sentences together; a sentence may always stay alone (1-0, 0-1). Where the vectors do not agree
    on any order, as with a language that the encoder does not know, lengths decide alone.

    Beads are in order on both sides. With `reorder`, parts of at least about fifteen sentences that stand in another
    place in the target are found and aligned one by one; beads are then in the order of the source, and those without
    a source sentence follow the bead that they follow in the target, or come first in their part. Nothing is moved
    where lengths decide.

    A bead's score is its posterior probability under the model, fitted to be right that often on hand-aligned novels,
    yearbooks and talks, given the parts. Beads that an empty side forces have score 1.

    Memory: three vectors a sentence with the default encoder, one with others, and the band's cells times the shapes.

    Raises InputError for a side that is no list of strings, a shape out of range, or an encoder whose answer is not
    finite or not (n, d).
    """
    reading, allowed = read_checked(source, target, encoder=encoder, shapes=shapes, reorder=reorder)
    if reading is None:
        forced = [(1, 0)] * len(source) + [(0, 1)] * len(target)
        return Alignment(_to_beads(forced, [1.0] * len(forced), (0, 0)), "lengths", [])
    beads: list[Bead] = []
    weights = model_of(reading)
    for section in reading.sections:
        lattice = build_lattice(section.source, section.target, section.band, weights, allowed)
        steps = best_path(lattice)
        beads += _to_beads(steps, path_scores(lattice, steps), section.begin)
    return Alignment(beads, "vectors" if reading.usable else "lengths", reading.anchors)


def read_checked(
    source: Sequence[str], target: Sequence[str], *, encoder: Encoder, shapes: Sequence[Shape], reorder: bool
) -> tuple[Reading | None, tuple[Shape, ...]]:
    """The texts as the search sees them (None where a side is empty), and the two-sided shapes; errors as above."""
    _check(source, "source")
    _check(target, "target")
    allowed = _checked_shapes(shapes)
    if not source or not target:
        return None, allowed
    longest = max([max(shape) for shape in allowed], default=1)
    whole = (1, 1) not in allowed  # gaps alone may not get around a band's corners
    return read_texts(source, target, encoder=encoder, longest=longest, reorder=reorder, whole=whole), allowed


def model_of(reading: Reading) -> Weights:
    """The weights that decide: those with vectors, or by lengths alone where the vectors tell nothing."""
    return VECTORS if reading.usable else LENGTHS


def _to_beads(steps: Sequence[Step], scores: Sequence[float], begin: tuple[int, int]) -> list[Bead]:
    beads, (i, j) = [], begin
    for (x, y), score in zip(steps, scores, strict=True):
        beads.append(Bead((i, i + x), (j, j + y), round(score, _DIGITS)))
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
