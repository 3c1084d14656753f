"""Strict and lax precision, recall and F1 of the sentence aligner on hand-aligned documents, with CPU seconds.

    python scripts/bench_align.py FOLDER [--weights FILE]

FOLDER has one folder a set, with DOC.LANG (one sentence a line) and DOC.gold (one `[0, 1]:[2]` a line). A set's counts
are added up over its documents. `galechurch` (pip install galechurch) is measured beside it when it is installed.
CPU seconds are of the process, all threads, vectors included, the loading of the encoder not. `--weights` takes what
`scripts/fit_align.py` printed in place of the built-in weights: to measure on documents that it was held out from.
"""

from __future__ import annotations

import argparse
import importlib.util
import time
from collections.abc import Callable
from pathlib import Path

from align.bitext import sentences, weights
from align.bitext.sentences import align_sentences
from align.embed.use import UseM3
from align.evaluate.beads import IndexBead, read_gold, score_documents
from align.records import Bead

Aligner = Callable[[list[str], list[str]], list[Bead] | list[IndexBead]]


def read_set(folder: Path) -> list[tuple[list[str], list[str], list[IndexBead]]]:
    """The documents of one set; of the two languages the one that fits the gold's left side is the source."""
    documents = []
    for path in sorted(folder.glob("*.gold")):
        gold = read_gold(path)
        sides = [other for other in sorted(path.parent.glob(f"{path.stem}.*")) if other != path]
        texts = [side.read_text(encoding="utf-8").removesuffix("\n").split("\n") for side in sides]
        ends = [1 + max(index for bead in gold for index in bead[side]) for side in (0, 1)]
        if [len(texts[1]), len(texts[0])] == ends:
            texts.reverse()
        documents.append((texts[0], texts[1], gold))
    return documents


def gale_church(source: list[str], target: list[str]) -> list[IndexBead]:
    """Beads of the package `galechurch` in its default settings."""
    import galechurch

    lines = galechurch.align(source, target).to_pharaoh_lines()
    sides = [[side.strip("[]") for side in line.split(":")] for line in lines]
    return [tuple(tuple(int(item) for item in side.split(",") if item.strip()) for side in pair) for pair in sides]


def measure(name: str, aligner: Aligner, folder: Path) -> None:
    """Print one row for each set."""
    for path in sorted(entry for entry in folder.iterdir() if any(entry.glob("*.gold"))):
        documents = read_set(path)
        begin = time.process_time()
        beads = [aligner(source, target) for source, target, _ in documents]
        seconds = time.process_time() - begin
        s = score_documents(zip(beads, (gold for _, _, gold in documents), strict=True))
        strict = f"{s.strict_precision:.3f} | {s.strict_recall:.3f} | {s.strict_f1:.3f}"
        lax = f"{s.lax_precision:.3f} | {s.lax_recall:.3f} | {s.lax_f1:.3f}"
        print(f"| {name} | {path.name} | {len(documents)} | {strict} | {lax} | {seconds:.1f} |", flush=True)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--weights", type=Path)
    arguments = parser.parse_args()
    if arguments.weights:
        text = arguments.weights.read_text(encoding="utf-8")
        sentences.VECTORS = eval(text, {"Weights": weights.Weights})
    encoder = UseM3()
    encoder.encode(["loads the weights"])
    print("| aligner | set | documents | strict P | R | F1 | lax P | R | F1 | CPU s |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    measure("align", lambda source, target: align_sentences(source, target, encoder=encoder), arguments.folder)
    if importlib.util.find_spec("galechurch"):
        measure("galechurch", gale_church, arguments.folder)


if __name__ == "__main__":
    main()
