"""Fit the sentence aligner's weights to hand-aligned documents, and print them for `align/bitext/weights.py`.

    python scripts/fit_align.py FOLDER [--hold-out NAME] [--lengths]

FOLDER has one folder a set, with DOC.LANG (one sentence a line) and DOC.gold (one `[0, 1]:[2]` a line); of the two
languages the one that fits the gold's left side is the source. Maximum likelihood with an L2 penalty of 0.5 a weight
(L-BFGS; needs scipy). `--hold-out` leaves out documents whose path contains NAME; it may be given several times.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from align.bitext.cost import BEAD_FEATURES, GAP_FEATURES, Block, blocks, gap_features
from align.bitext.overlaps import encode_runs
from align.bitext.posterior import row_posteriors
from align.bitext.search import Lattice, backward
from align.bitext.sentences import SHAPES, read_sides
from align.bitext.weights import Weights
from align.embed.use import UseM3
from align.evaluate.beads import IndexBead, read_gold

_PENALTY = 0.5
_LENGTH_FEATURES = ("is-1-1", "is-1-2", "is-2-2", "is-1-3", "is-larger", "length-deviation", "size", "length-agreement")


@dataclass
class Example:
    """One document: its features a row, the gap features, and the gold path's summed features."""

    lattice: Lattice
    rows: list[NDArray[np.float32]]
    gaps: tuple[NDArray[np.float32], NDArray[np.float32]]
    gold: NDArray[np.float64]


def read_documents(folder: Path) -> list[tuple[str, list[str], list[str], list[IndexBead]]]:
    """Every document of FOLDER as (name, source sentences, target sentences, gold)."""
    documents = []
    for path in sorted(folder.glob("*/*.gold")):
        gold = read_gold(path)
        sides = [p for p in sorted(path.parent.glob(f"{path.stem}.*")) if p != path]
        texts = [p.read_text(encoding="utf-8").removesuffix("\n").split("\n") for p in sides]
        need = [1 + max(index for bead in gold for index in bead[side]) for side in (0, 1)]
        if abs(len(texts[0]) - need[0]) + abs(len(texts[1]) - need[1]) > abs(len(texts[1]) - need[0]) + abs(
            len(texts[0]) - need[1]
        ):
            texts.reverse()
        documents.append((f"{path.parent.name}/{path.stem}", texts[0], texts[1], gold))
    return documents


def gold_steps(gold: list[IndexBead], n: int, m: int) -> list[tuple[int, int]]:
    """The gold as a monotone path; beads out of order are left to the gaps."""
    steps: list[tuple[int, int]] = []
    i = j = 0
    for source, target in [*sorted(bead for bead in gold if bead[0] and bead[1]), ((n,), (m,))]:
        if source[0] < i or target[0] < j:
            continue
        steps += [(1, 0)] * (source[0] - i) + [(0, 1)] * (target[0] - j)
        i, j = source[-1] + 1, target[-1] + 1
        steps += split(i - source[0], j - target[0])
    return steps[:-1]


def split(x: int, y: int) -> list[tuple[int, int]]:
    """A bead as allowed shapes: itself, or halves."""
    if (x, y) in SHAPES:
        return [(x, y)]
    return [*split(x // 2, y // 2), *split(x - x // 2, y - y // 2)]


def example(source: list[str], target: list[str], gold: list[IndexBead], encoder: UseM3) -> Example:
    """Features of all beads in the band, and of the gold path."""
    runs = [encode_runs(encoder, side, 7) for side in (source, target)]
    left, right, band, _ = read_sides(source, target, *runs)
    rows = []
    for first, last, low, high in blocks(left, right, band):
        block = Block(left, right, np.arange(first, last + 1), np.arange(low, high + 1))
        features = np.stack([block.features(shape) for shape in SHAPES], axis=-1)
        for i in range(first, last + 1):
            part = features[:, i - first, band.low[i] - low : band.high[i] + 1 - low]
            rows.append(np.ascontiguousarray(part.transpose(1, 2, 0)))
    gaps = gap_features(left), gap_features(right)
    empty = Lattice(band, SHAPES, [], np.zeros(len(source)), np.zeros(len(target)), 0.0, 0.0)
    totals, i, j, last_step, outside = np.zeros(len(BEAD_FEATURES) + len(GAP_FEATURES)), 0, 0, (1, 1), 0
    for step in gold_steps(gold, len(source), len(target)):
        i, j = i + step[0], j + step[1]
        if step in SHAPES:
            if band.low[i] <= j <= band.high[i]:
                totals[: len(BEAD_FEATURES)] += rows[i][j - band.low[i], SHAPES.index(step)]
            else:
                outside += 1
        else:
            side, index = (0, i - 1) if step == (1, 0) else (1, j - 1)
            totals[len(BEAD_FEATURES) + (step == last_step)] += 1
            totals[len(BEAD_FEATURES) + 2 :] += gaps[side][:, index]
        last_step = step
    print(f"  band {band.widths.mean():.0f} wide, {outside} gold beads outside", file=sys.stderr)
    return Example(empty, rows, gaps, totals)


def scored(item: Example, weights: NDArray[np.float64]) -> Lattice:
    """The example's lattice under some weights."""
    beads, (opened, extended, *rest) = weights[: len(BEAD_FEATURES)].astype(np.float32), weights[len(BEAD_FEATURES) :]
    gaps = [np.asarray(rest) @ side for side in item.gaps]
    rows = [row @ beads for row in item.rows]
    return Lattice(item.lattice.band, SHAPES, rows, gaps[0], gaps[1], float(opened), float(extended))


def loss(item: Example, weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
    """Negative log likelihood of the gold path, and its gradient."""
    lattice = scored(item, weights)
    total = float(list(backward(lattice))[-1][0, 0])
    expected = np.zeros(len(weights))
    n, m = lattice.size
    deleted, inserted = np.zeros(n + 1), np.zeros(m + 1)
    for i, row in enumerate(row_posteriors(lattice)):
        expected[: len(BEAD_FEATURES)] += np.tensordot(row.beads, item.rows[i], axes=2)
        expected[len(BEAD_FEATURES)] += row.deletion_opened.sum() + row.insertion_opened.sum()
        expected[len(BEAD_FEATURES) + 1] += row.deletion_extended.sum() + row.insertion_extended.sum()
        deleted[i] = (row.deletion_opened + row.deletion_extended).sum()
        here = int(lattice.band.low[i])
        inserted[here : here + len(row.insertion_opened)] += row.insertion_opened + row.insertion_extended
    expected[len(BEAD_FEATURES) + 2 :] = item.gaps[0] @ deleted[:n] + item.gaps[1] @ inserted[:m]
    return total - float(item.gold @ weights), expected - item.gold


def fit(examples: list[Example], mask: NDArray[np.float64], steps: int) -> NDArray[np.float64]:
    """The weights of highest penalised likelihood; masked ones stay 0."""
    from scipy.optimize import minimize

    def objective(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        parts = [loss(item, weights * mask) for item in examples]
        value = sum(part[0] for part in parts) + _PENALTY * float(weights @ weights) / 2
        return value, sum(part[1] for part in parts) * mask + _PENALTY * weights

    start = np.zeros(len(mask))
    start[len(BEAD_FEATURES)] = -1.0
    result = minimize(objective, start, jac=True, method="L-BFGS-B", options={"maxiter": steps})
    print(f"  loss {result.fun:.1f} after {result.nit} steps", file=sys.stderr)
    return np.asarray(result.x * mask)


def main() -> None:
    """Print the weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--hold-out", action="append", default=[])
    parser.add_argument("--lengths", action="store_true", help="fit the weights that use no vectors")
    parser.add_argument("--steps", type=int, default=80)
    arguments = parser.parse_args()
    encoder, examples = UseM3(), []
    for name, source, target, gold in read_documents(arguments.folder):
        if not any(part in name for part in arguments.hold_out):
            print(name, file=sys.stderr)
            examples.append(example(source, target, gold, encoder))
    names = (*BEAD_FEATURES, *(f"gap-{name}" for name in GAP_FEATURES))
    used = {*_LENGTH_FEATURES, "gap-open", "gap-extend", "gap-log-length"}
    mask = np.array([float(not arguments.lengths or name in used) for name in names])
    weights = [float(round(value, 4)) for value in fit(examples, mask, arguments.steps)]
    print(Weights(tuple(weights[: len(BEAD_FEATURES)]), tuple(weights[len(BEAD_FEATURES) :])))


if __name__ == "__main__":
    main()
