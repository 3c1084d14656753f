"""Why each bead was chosen: what spoke for it, and by how much it beats what else could have been."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from align.bitext.cost import BEAD_FEATURES, GAP_FEATURES, Block, Shape, blocks, gap_features
from align.bitext.lattice import build_lattice
from align.bitext.rivals import best_rivals
from align.bitext.search import Step
from align.bitext.sections import Section
from align.bitext.sentences import SHAPES, Alignment, model_of, read_checked
from align.bitext.weights import Weights
from align.errors import InputError
from align.records import Bead, Encoder

__all__ = ["Explanation", "explain_beads"]

Ranges = tuple[tuple[int, int], tuple[int, int]]
Contributions = dict[str, float]


@dataclass(frozen=True, slots=True)
class Explanation:
    """What one bead's score is made of.

    `contributions`: weight times value by the name of the feature (`cost.BEAD_FEATURES`, or `cost.GAP_FEATURES` for a
    sentence without a partner); they add up to the bead's log score. `margin`: by how much the log score of the whole
    alignment would fall without this bead, 0 and above. `alternative`: what the best alignment without it has in its
    place, as (source range, target range); None, with margin 0, where nothing else is possible.
    """

    bead: Bead
    contributions: Contributions
    margin: float
    alternative: Ranges | None


def explain_beads(
    source: Sequence[str],
    target: Sequence[str],
    *,
    encoder: Encoder,
    alignment: Alignment,
    shapes: Sequence[Shape] = SHAPES,
) -> list[Explanation]:
    """One explanation for each bead of `alignment`, in its order.

    The texts, encoder and `shapes` are those that `align_texts` was given; its work is done once more, so this takes
    about as long. Raises InputError where the beads are not those of these texts.
    """
    moved_back = any(after.target[0] < before.target[0] for before, after in pairwise(alignment.beads))
    reading, allowed = read_checked(source, target, encoder=encoder, shapes=shapes, reorder=moved_back)
    if reading is None:
        return [Explanation(bead, {}, 0.0, None) for bead in alignment.beads]
    weights, beads, found = model_of(reading), iter(alignment.beads), []
    for section in reading.sections:
        own = _beads_of(section, beads)
        steps = [(bead.source[1] - bead.source[0], bead.target[1] - bead.target[0]) for bead in own]
        lattice = build_lattice(section.source, section.target, section.band, weights, allowed)
        parts = zip(own, _contributions(section, steps, weights), best_rivals(lattice, steps), strict=True)
        for bead, contributions, (margin, place) in parts:
            found.append(Explanation(bead, contributions, margin, place and _shifted(place, section.begin)))
    return found


def _beads_of(section: Section, beads: Iterator[Bead]) -> list[Bead]:
    """The next beads, which must fill the section."""
    (i, j), found = section.begin, []
    end = (i + len(section.source), j + len(section.target))
    while (i, j) != end:
        bead = next(beads, None)
        if bead is None or (bead.source[0], bead.target[0]) != (i, j) or (bead.source[1] > end[0]):
            raise InputError(f"bead {bead} does not follow sentences {i} and {j}: an alignment of other texts")
        found.append(bead)
        i, j = bead.source[1], bead.target[1]
    return found


def _ends(steps: Sequence[Step]) -> list[tuple[int, int]]:
    return [(int(i), int(j)) for i, j in np.cumsum(np.array(steps), axis=0)]


def _contributions(section: Section, steps: Sequence[Step], weights: Weights) -> list[Contributions]:
    """Of each step, by the name of the feature."""
    found: list[Contributions] = [{} for _ in steps]
    opened, extended, *per_sentence = weights.gaps
    gaps = [gap_features(side) for side in (section.source, section.target)]
    rows: dict[int, list[tuple[int, int, Step]]] = {}
    for number, ((i, j), step) in enumerate(zip(_ends(steps), steps, strict=True)):
        if min(step):
            rows.setdefault(i, []).append((number, j, step))
            continue
        side, index = (0, i - 1) if step == (1, 0) else (1, j - 1)
        goes_on = number > 0 and steps[number - 1] == step
        found[number] = {GAP_FEATURES[goes_on]: extended if goes_on else opened} | {
            name: weight * float(value)
            for name, weight, value in zip(GAP_FEATURES[2:], per_sentence, gaps[side][:, index], strict=True)
        }
    for first, last, left, right in blocks(section.band):
        here = [(i, *item) for i in range(first, last + 1) for item in rows.get(i, ()) if left <= item[1] <= right]
        block = Block(section.source, section.target, np.arange(first, last + 1), np.arange(left, right + 1))
        features = {step: block.features(step) for step in dict.fromkeys(item[3] for item in here)}
        for i, number, j, step in here:
            values = features[step][:, i - first, j - left]
            named = zip(BEAD_FEATURES, weights.beads, values, strict=True)
            found[number] = {name: weight * float(value) for name, weight, value in named if weight and value}
    return found


def _shifted(ranges: Ranges, begin: tuple[int, int]) -> Ranges:
    (a, b), (c, d) = ranges
    return (a + begin[0], b + begin[0]), (c + begin[1], d + begin[1])
