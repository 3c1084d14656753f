"""Strict and lax precision, recall and F1 of aligned beads, and the gold format they are read from.

The rule is that of vecalign's `score.py` (Thompson & Koehn 2019), so figures can be held against published ones:
a bead is strictly right when the gold has the very same bead; it is laxly right when some sentence of its source side
lies in a gold bead whose target side shares a sentence with its own. Precision counts every bead that was given,
deletions too (a deletion is never only laxly right); recall counts the gold beads that have both sides. Counts are
added up over documents before they are divided.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from align.errors import InputError
from align.evaluate.bootstrap import Interval, intervals, ratio
from align.records import Bead

__all__ = [
    "BeadScores",
    "IndexBead",
    "bead_intervals",
    "read_gold",
    "score_beads",
    "score_documents",
    "write_gold",
]

IndexBead = tuple[tuple[int, ...], tuple[int, ...]]
_LINE = re.compile(r"\s*\[([^\]]*)\]\s*:\s*\[([^\]]*)\]\s*(?::\s*\S+\s*)?")


@dataclass(frozen=True, slots=True)
class BeadScores:
    """Precision, recall and F1 in [0, 1]; 0 where there is nothing to divide by."""

    strict_precision: float
    strict_recall: float
    strict_f1: float
    lax_precision: float
    lax_recall: float
    lax_f1: float


def score_beads(beads: Iterable[Bead | IndexBead], gold: Iterable[Bead | IndexBead]) -> BeadScores:
    """Scores of one document's beads against its gold."""
    return score_documents([(beads, gold)])


def score_documents(documents: Iterable[tuple[Iterable[Bead | IndexBead], Iterable[Bead | IndexBead]]]) -> BeadScores:
    """Scores of several documents together, each as (beads, gold)."""
    given, wanted = [0, 0, 0], [0, 0, 0]
    for beads, gold in documents:
        beads_set, gold_set = _index_beads(beads), _index_beads(gold)
        given = _add(given, _hits(beads_set, gold_set))
        wanted = _add(wanted, _hits(_two_sided(gold_set), _two_sided(beads_set)))
    precision = [_ratio(given[0], given[2]), _ratio(given[1], given[2])]
    recall = [_ratio(wanted[0], wanted[2]), _ratio(wanted[1], wanted[2])]
    f1 = [_ratio(2 * p * r, p + r) for p, r in zip(precision, recall, strict=True)]
    return BeadScores(precision[0], recall[0], f1[0], precision[1], recall[1], f1[1])


def bead_intervals(
    documents: Iterable[tuple[Iterable[Bead | IndexBead], Iterable[Bead | IndexBead]]], resamples: int
) -> dict[str, Interval]:
    """The 95 % bootstrap interval of each of `score_documents`' figures, by name.

    What is drawn is the smallest stretch that both alignments leave whole: beads and gold beads that share sentences.

    Raises InputError as `intervals` does.
    """
    counts = [
        [*_hits(beads, gold), *_hits(_two_sided(gold), _two_sided(beads))]
        for given, wanted in documents
        for beads, gold in _stretches(_index_beads(given), _index_beads(wanted))
    ]
    names = [field.name for field in fields(BeadScores)]
    found = intervals(np.array(counts, np.float64).reshape(-1, 6), _figures, resamples)
    return dict(zip(names, found, strict=True))


def _figures(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """The six figures of each row of sums, in the order of `BeadScores`."""
    columns = []
    for kind in (0, 1):
        precision, recall = ratio(sums[:, kind], sums[:, 2]), ratio(sums[:, 3 + kind], sums[:, 5])
        columns += [precision, recall, ratio(2 * precision * recall, precision + recall)]
    return np.stack(columns, axis=1)


def _stretches(beads: set[IndexBead], gold: set[IndexBead]) -> list[tuple[set[IndexBead], set[IndexBead]]]:
    """Beads and gold beads in groups that share no sentence, in a fixed order."""
    parents: dict[tuple[int, int], tuple[int, int]] = {}

    def root(sentence: tuple[int, int]) -> tuple[int, int]:
        while (parent := parents.setdefault(sentence, sentence)) != sentence:
            parents[sentence] = parents[parent]
            sentence = parent
        return sentence

    ordered = sorted(beads | gold)
    for bead in ordered:
        sentences = [(side, index) for side in (0, 1) for index in bead[side]]
        for sentence in sentences[1:]:
            parents[root(sentence)] = root(sentences[0])
    groups: dict[tuple[int, int], tuple[set[IndexBead], set[IndexBead]]] = {}
    for bead in ordered:
        group = groups.setdefault(root((0, bead[0][0]) if bead[0] else (1, bead[1][0])), (set(), set()))
        for side, members in zip(group, (beads, gold), strict=True):
            if bead in members:
                side.add(bead)
    return list(groups.values())


def read_gold(path: Path) -> list[IndexBead]:
    """The beads of a file with one `[source indices]:[target indices]` a line, counted from 0.

    A third field (vecalign writes a cost there) and empty lines are passed over. Raises InputError with `path:line`
    for any other line, and for an index that occurs twice on one side.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot read the gold beads: {error}") from error
    beads: list[IndexBead] = []
    first_seen: dict[tuple[int, int], int] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        bead = _parse(line, f"{path}:{number}")
        for side, indices in enumerate(bead):
            for index in indices:
                earlier = first_seen.setdefault((side, index), number)
                if earlier != number or indices.count(index) > 1:
                    what = ("source", "target")[side]
                    raise InputError(f"{path}:{number}: {what} sentence {index} occurs twice, first in line {earlier}")
        beads.append(bead)
    return beads


def write_gold(path: Path, beads: Iterable[Bead | IndexBead]) -> None:
    """Write one `[source indices]:[target indices]` a line, as `read_gold` reads it."""
    lines = [f"{list(source)}:{list(target)}\n" for source, target in map(_index_bead, beads)]
    path.write_text("".join(lines), encoding="utf-8", newline="")


def _parse(line: str, where: str) -> IndexBead:
    match = _LINE.fullmatch(line)
    if match is None:
        raise InputError(f"{where}: not a bead: {line!r}; expected [0, 1]:[2]")
    sides = []
    for text in match.groups():
        items = [item.strip() for item in text.split(",")] if text.strip() else []
        if not all(item.isascii() and item.isdigit() for item in items):
            raise InputError(f"{where}: not a list of sentence numbers: [{text}]; expected [0, 1] or []")
        sides.append(tuple(map(int, items)))
    return sides[0], sides[1]


def _index_bead(bead: Bead | IndexBead) -> IndexBead:
    if isinstance(bead, Bead):
        return tuple(range(*bead.source)), tuple(range(*bead.target))
    return tuple(bead[0]), tuple(bead[1])


def _index_beads(beads: Iterable[Bead | IndexBead]) -> set[IndexBead]:
    return {bead for bead in map(_index_bead, beads) if bead[0] or bead[1]}


def _two_sided(beads: set[IndexBead]) -> set[IndexBead]:
    return {bead for bead in beads if bead[0] and bead[1]}


def _hits(beads: set[IndexBead], gold: set[IndexBead]) -> list[int]:
    """Strict hits, lax hits and all of `beads`."""
    partners: defaultdict[int, set[int]] = defaultdict(set)
    for source, target in gold:
        for index in source:
            partners[index].update(target)
    strict = sum(bead in gold for bead in beads)
    lax = sum(
        bead in gold or any(not partners[index].isdisjoint(bead[1]) for index in bead[0] if index in partners)
        for bead in beads
    )
    return [strict, lax, len(beads)]


def _add(one: Sequence[int], other: Sequence[int]) -> list[int]:
    return [a + b for a, b in zip(one, other, strict=True)]


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
