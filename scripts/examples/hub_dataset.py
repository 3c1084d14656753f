"""A data set for Hugging Face `datasets` from a finished run: copy it and change it.

    python scripts/examples/hub_dataset.py out/sample --out out/hf

Keeps running text that no guard flagged, leaves duplicates out, cuts by document, and loads what it wrote. To put it on
the Hub, see `align export --push`; read the data set's card first, and ask whether you may.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import align
from align.export import ANY_FLAG, PairFilter, Split, Treatment


def export(run: Path, out: Path) -> list[str]:
    """Write the folder and return the names of its configurations, such as "fr-en"."""
    chosen = PairFilter(
        origins=frozenset({"machine-translation"}),
        roles=frozenset({"body", "quote", "heading"}),
        without_flags=frozenset({ANY_FLAG}),
    )
    treatment = Treatment(deduplicate=True, split=Split((90, 5, 5)))
    summary = align.export_run(align.RunFolder(run), "hf", out, chosen, name=run.name, treatment=treatment)
    print(f"{summary.rows} pairs, {dict(summary.splits)}, left out: {dict(summary.left_out) or 'none'}")
    return sorted(path.parent.name for path in summary.files if path.suffix == ".parquet")


def main() -> None:
    """Export, then load."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    names = export(given.run, given.out)

    from datasets import load_dataset

    for name in sorted(set(names)):
        loaded = load_dataset(str(given.out), name)
        first = next(iter(loaded.values()))[0]
        print(name, {split: len(rows) for split, rows in loaded.items()}, first["translation"])


if __name__ == "__main__":
    main()
