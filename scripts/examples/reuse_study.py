"""A study of text reuse from a news dump: copy it and change it.

    python scripts/examples/reuse_study.py corpora/sample/articles.jsonl --out out/study

Runs `align` over a dump, then writes two tables beside its report: `families.csv`, one line a family of stories that
appear to retell one source, and `outlets.csv`, which outlet shares how many flagged passages with which. Read the
report before you believe a number.
"""

from __future__ import annotations

import argparse
import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import align
from align.export.tables import defused
from align.records import PassageMatch, WireFamily


def families(folder: align.RunFolder) -> list[Sequence[object]]:
    """One line a family, the largest first: how many tell it, from how many origins, who was first, and whose it is."""
    rows: list[Sequence[object]] = []
    for family in folder.read("families", WireFamily):
        outlets = sorted({member.outlet or "unknown" for member in family.members})
        days = [member for member in family.members if len(member.published or "") >= len("2021-03-04")]
        dated = sorted((str(member.published), member.outlet or "unknown") for member in days)
        first = " ".join(dated[0]) if dated else ""
        origin = family.origin.outlet or "unknown"
        told = (len(family.members), family.independent_origins, first, origin, family.origin.basis)
        rows.append((family.id, *told, " ".join(outlets)))
    return sorted(rows, key=lambda row: (-int(str(row[1])), str(row[0])))


def outlets(folder: align.RunFolder) -> list[Sequence[object]]:
    """One line a pair of outlets: how many flagged passages they share, and the mean of their scores."""
    counts: Counter[tuple[str, str]] = Counter()
    scores: defaultdict[tuple[str, str], float] = defaultdict(float)
    for match in folder.read("matches", PassageMatch):
        if match.flagged:
            first, second = sorted((match.source.outlet or "unknown", match.target.outlet or "unknown"))
            counts[first, second] += 1
            scores[first, second] += match.score
    return [(*pair, count, round(scores[pair] / count, 3)) for pair, count in counts.most_common()]


def table(path: Path, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table that a spreadsheet may open."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(head)
        writer.writerows([defused(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)


def study(inputs: Sequence[Path], out: Path, **options: Any) -> None:
    """Run, tabulate, and say where things are; `options` are those of `align.run`."""
    print(align.run(inputs, out, **options))
    folder = align.RunFolder(out)
    head = ("family", "stories", "independent_origins", "first", "origin", "basis", "outlets")
    found = families(folder)
    table(out / "families.csv", head, found)
    table(out / "outlets.csv", ("outlet_a", "outlet_b", "passages", "mean_score"), outlets(folder))
    for row in found[:10]:
        print("  ".join(map(str, row)))


def main() -> None:
    """Read the arguments."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("inputs", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    study(given.inputs, given.out)


if __name__ == "__main__":
    main()
