"""Fit the sentence aligner's weights to hand-aligned documents.

    python scripts/train_aligner.py FOLDER --out align/bitext/weights.json
    python scripts/train_aligner.py FOLDER --out HELD_OUT --leave-one-out

FOLDER has one folder a set, with DOC.LANG (one sentence a line) and DOC.gold (one `[0, 1]:[2]` a line). Two sets of
weights are fitted, with vectors and by lengths alone: maximum likelihood with an L2 penalty of 0.5 a weight (L-BFGS;
needs scipy). `--leave-one-out` writes HELD_OUT/DOC.json for each document, fitted on all others. `--hold-out` leaves
out documents whose name (SET/DOC) contains a text; it may be given several times.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from align.bitext.cost import BEAD_FEATURES, GAP_FEATURES, Block, blocks, gap_features
from align.bitext.posterior import row_posteriors
from align.bitext.search import Lattice, backward
from align.bitext.sections import read_texts
from align.bitext.sentences import SHAPES
from align.embed.use import UseM3
from align.evaluate.alignment_sets import AlignedDocument, read_documents
from align.evaluate.beads import IndexBead

_PENALTY = 0.5
_LENGTH_FEATURES = ("is-1-1", "is-1-2", "is-2-2", "is-1-3", "is-larger", "length-deviation", "size", "length-agreement")


@dataclass
class Example:
    """One document: its features a row, the gap features, and the gold path's summed features."""

    name: str
    lattice: Lattice
    rows: list[NDArray[np.float32]]
    gaps: tuple[NDArray[np.float32], NDArray[np.float32]]
    gold: NDArray[np.float64]


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


def example(document: AlignedDocument, encoder: UseM3) -> Example:
    """Features of all beads in the band, and of the gold path."""
    source, target, gold = document.source, document.target, document.gold
    (section,) = read_texts(source, target, encoder=encoder, longest=7).sections
    left, right, band = section.source, section.target, section.band
    rows = [np.zeros((width, len(SHAPES), len(BEAD_FEATURES)), np.float32) for width in band.widths]
    for first, last, low, high in blocks(band):
        block = Block(left, right, np.arange(first, last + 1), np.arange(low, high + 1))
        features = np.stack([block.features(shape) for shape in SHAPES], axis=-1)
        for i in range(first, last + 1):
            begin, end = max(int(band.low[i]), low), min(int(band.high[i]), high) + 1
            if begin < end:
                part = features[:, i - first, begin - low : end - low].transpose(1, 2, 0)
                rows[i][begin - band.low[i] : end - band.low[i]] = part
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
    print(f"{document.name}: band {band.widths.mean():.0f} wide, {outside} gold beads outside", file=sys.stderr)
    return Example(document.name, empty, rows, gaps, totals)


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


def fit(
    examples: Sequence[Example], mask: NDArray[np.float64], steps: int, start: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The weights of highest penalised likelihood; masked ones stay 0."""
    from scipy.optimize import minimize

    def objective(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        parts = [loss(item, weights * mask) for item in examples]
        value = sum(part[0] for part in parts) + _PENALTY * float(weights @ weights) / 2
        return value, sum(part[1] for part in parts) * mask + _PENALTY * weights

    result = minimize(objective, start * mask, jac=True, method="L-BFGS-B", options={"maxiter": steps})
    print(f"  loss {result.fun:.1f} after {result.nit} steps", file=sys.stderr)
    return np.asarray(result.x * mask)


def fitted(examples: Sequence[Example], steps: int, starts: dict[str, NDArray[np.float64]]) -> dict[str, object]:
    """The content of a weights file; the optimum does not depend on `starts`, which are replaced by it."""
    sets = Counter(item.name.split("/")[0] for item in examples)
    content: dict[str, object] = {
        "provenance": f"scripts/train_aligner.py on {', '.join(f'{name} ({count})' for name, count in sets.items())}; "
        f"L2 penalty {_PENALTY}"
    }
    for kind, mask in _masks().items():
        weights = fit(examples, mask, steps, starts[kind])
        starts[kind] = weights
        beads, gaps = weights[: len(BEAD_FEATURES)], weights[len(BEAD_FEATURES) :]
        content[kind] = {
            part: {name: round(float(value), 4) for name, value in zip(names, values, strict=True) if value}
            for part, names, values in (("beads", BEAD_FEATURES, beads), ("gaps", GAP_FEATURES, gaps))
        }
    return content


def _masks() -> dict[str, NDArray[np.float64]]:
    beads = [name in _LENGTH_FEATURES for name in BEAD_FEATURES]
    gaps = [name != "best-cosine" for name in GAP_FEATURES]
    return {
        "vectors": np.ones(len(BEAD_FEATURES) + len(GAP_FEATURES)),
        "lengths": np.array([*beads, *gaps], np.float64),
    }


def main() -> None:
    """Write the weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--hold-out", action="append", default=[])
    parser.add_argument("--leave-one-out", action="store_true")
    parser.add_argument("--steps", type=int, default=80)
    arguments = parser.parse_args()
    encoder = UseM3()
    documents = [d for d in read_documents(arguments.folder) if not any(part in d.name for part in arguments.hold_out)]
    examples = [example(document, encoder) for document in documents]
    start = np.zeros(len(BEAD_FEATURES) + len(GAP_FEATURES))
    start[len(BEAD_FEATURES)] = -1.0
    starts = {"vectors": start, "lengths": start}
    files = {arguments.out: examples}
    if arguments.leave_one_out:
        arguments.out.mkdir(parents=True, exist_ok=True)
        files = {
            arguments.out / f"{left.name.split('/')[1]}.json": [item for item in examples if item is not left]
            for left in examples
        }
    for path, used in files.items():
        print(path, file=sys.stderr)
        path.write_text(json.dumps(fitted(used, arguments.steps, starts), indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
