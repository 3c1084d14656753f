"""The sentence aligner against its peers: quality, damaged texts, confidence, time and memory.

    python scripts/bench_align.py FOLDER [--weights FILE_OR_FOLDER] [--parts sets ...] [--filler PAIRS] [--sizes N ...]

FOLDER has one folder a set, with DOC.LANG (one sentence a line) and DOC.gold (one `[0, 1]:[2]` a line). `--weights`
takes what `scripts/train_aligner.py` wrote in place of the built-in weights: a file, or a folder with DOC.json for each
document, to measure on documents that each was held out from.

Peers that are installed are measured beside it: `sentweave` (pip; vecalign's own dynamic programme, Thompson & Koehn
2019) with the same vectors, `galechurch` (pip), and the program `hunalign`, without a dictionary.

The parts: `sets`, one row a set; `damaged`, strict and lax F1 on the longest document, damaged on purpose;
`confidence`; and `long`, documents of about N sentences: those of the largest set, filled up with PAIRS (a source TAB
target line each), every aligner in a process of its own. CPU seconds are those of the process, all threads, the
loading of the encoder not.
"""

from __future__ import annotations

import argparse
import importlib.util
import multiprocessing
import random
import re
import resource
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from align.bitext import sentences
from align.bitext.overlaps import Runs
from align.bitext.sentences import align_texts
from align.bitext.weights import parse_weights
from align.embed.use import UseM3
from align.evaluate.alignment_sets import AlignedDocument, damaged, join_documents, read_documents
from align.evaluate.beads import IndexBead, score_documents
from align.records import Bead

Beads = Sequence[Bead | IndexBead]
Aligner = Callable[[AlignedDocument], Beads]

_OVERLAPS = 8  # vecalign's runs have up to as many sentences
_SAMPLE = 4000  # joined strings that are encoded to tell how long all would take
_MEMORY = 10 * 2**30  # bytes that a process of the long documents may have


class Metered:
    """The encoder, which counts the CPU seconds that it takes and keeps what it worked out for a text."""

    name, languages = UseM3.name, UseM3.languages

    def __init__(self, *, keep: bool) -> None:
        self.encoder, self.seconds, self._keep = UseM3(), 0.0, keep
        self._kept: dict[tuple[str, ...], Runs] = {}
        self.encoder.encode(["loads the weights"])

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """The encoder's own."""
        return self._timed(lambda: self.encoder.encode(texts))

    def open_runs(self, texts: Sequence[str]) -> Any:
        """The encoder's own, kept."""
        key = tuple(texts) if self._keep else ()
        if key not in self._kept or not self._keep:
            self._kept[key] = self._timed(lambda: self.encoder.open_runs(texts))
        return _MeteredRuns(self, self._kept[key])

    def _timed(self, work: Callable[[], Any]) -> Any:
        begin = time.process_time()
        result = work()
        self.seconds += time.process_time() - begin
        return result


class _MeteredRuns:
    def __init__(self, meter: Metered, runs: Runs) -> None:
        self._meter, self._runs = meter, runs

    def rows(self, sizes: Sequence[int], begin: int, end: int) -> np.ndarray:
        return self._meter._timed(lambda: self._runs.rows(sizes, begin, end))


class _Overlaps:
    """vecalign's order: a call for each size of run, row i for the run that ends at sentence i, padded at the front."""

    def __init__(self, meter: Metered, texts: Sequence[Sequence[str]]) -> None:
        self._padding = meter.encode(["PAD"])
        self._layers = (
            (size, runs, len(side))
            for side in texts
            for runs in (meter.open_runs(side),)
            for size in range(1, _OVERLAPS + 1)
        )

    def encode(self, _: Sequence[str]) -> np.ndarray:
        size, runs, count = next(self._layers)
        rows = np.concatenate([runs.rows((size,), at, min(at + 4096, count))[0] for at in range(0, count, 4096)])
        rows = rows[: max(count - size + 1, 0)]
        return np.concatenate([np.repeat(self._padding, count - len(rows), axis=0), rows])


def own(meter: Metered, *, reorder: bool) -> Aligner:
    """This project's aligner."""
    return lambda document: align_texts(document.source, document.target, encoder=meter, reorder=reorder).beads


def vecalign(meter: Metered) -> Aligner:
    """The dynamic programme of vecalign, as `sentweave` has it, with up to 8 sentences a bead and the same vectors."""
    from sentweave import align

    def aligned(document: AlignedDocument) -> Beads:
        encoder = _Overlaps(meter, (document.source, document.target))
        result = align(document.source, document.target, encoder)
        return [(tuple(bead.src_indices), tuple(bead.tgt_indices)) for bead in result.alignments]

    return aligned


def gale_church(document: AlignedDocument) -> Beads:
    """Beads of the package `galechurch` in its default settings."""
    import galechurch

    lines = galechurch.align(document.source, document.target).to_pharaoh_lines()
    sides = [[side.strip("[]") for side in line.split(":")] for line in lines]
    return [tuple(tuple(int(item) for item in side.split(",") if item.strip()) for side in pair) for pair in sides]


def hunalign(document: AlignedDocument) -> Beads:
    """Beads of the program `hunalign` without a dictionary, which then makes one of the texts (`-realign`)."""
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / name for name in ("dictionary", "source", "target")]
        files[0].touch()
        for path, texts in zip(files[1:], (document.source, document.target), strict=True):
            path.write_text("".join(" ".join(re.findall(r"\w+|\S", text)) + "\n" for text in texts), encoding="utf-8")
        command = ["hunalign", "-realign", *map(str, files)]
        ladder = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    rungs = [tuple(map(int, line.split("\t")[:2])) for line in ladder.splitlines() if line]
    return [(tuple(range(i, next_i)), tuple(range(j, next_j))) for (i, j), (next_i, next_j) in pairwise(rungs)]


def aligners(meter: Metered) -> dict[str, Aligner]:
    """All that are installed, by name."""
    found = {"align": own(meter, reorder=False), "align --reorder": own(meter, reorder=True)}
    if importlib.util.find_spec("sentweave"):
        found["vecalign (sentweave)"] = vecalign(meter)
    if importlib.util.find_spec("galechurch"):
        found["galechurch"] = gale_church
    if shutil.which("hunalign"):
        found["hunalign"] = hunalign
    return found


def use_weights(path: Path | None, document: str) -> None:
    """Put the weights of a file, or those that `document` was held out from, in place of the built-in ones."""
    if path:
        file = path / f"{document.split('/')[-1]}.json" if path.is_dir() else path
        sentences.VECTORS, sentences.LENGTHS = parse_weights(file.read_text(encoding="utf-8"), str(file))


def header(*columns: str) -> None:
    """The first two lines of a table."""
    print("| " + " | ".join(columns) + " |")
    print("|" + "---|" * len(columns), flush=True)


def measure_sets(documents: Sequence[AlignedDocument], weights: Path | None) -> None:
    """One row for each aligner and set; a set's counts are added up over its documents."""
    header("aligner", "set", "documents", "strict P", "R", "F1", "lax P", "R", "F1", "CPU s", "of which vectors")
    meter = Metered(keep=False)
    for name, aligner in aligners(meter).items():
        for group in dict.fromkeys(document.name.split("/")[0] for document in documents):
            some = [document for document in documents if document.name.startswith(f"{group}/")]
            begin, meter.seconds, results = time.process_time(), 0.0, []
            for document in some:
                use_weights(weights, document.name)
                results.append((aligner(document), document.gold))
            seconds = time.process_time() - begin
            s = score_documents(results)
            strict = f"{s.strict_precision:.3f} | {s.strict_recall:.3f} | {s.strict_f1:.3f}"
            lax = f"{s.lax_precision:.3f} | {s.lax_recall:.3f} | {s.lax_f1:.3f}"
            times = f"{seconds:.1f} | {meter.seconds:.1f}"
            print(f"| {name} | {group} | {len(some)} | {strict} | {lax} | {times} |", flush=True)
    print()


def measure_damaged(documents: Sequence[AlignedDocument], weights: Path | None) -> None:
    """One row for each case: the longest document with a damaged target."""
    longest = max(documents, key=lambda document: len(document.source))
    group = longest.name.split("/")[0]
    others = [t for d in documents if d is not longest and d.name.startswith(group) for t in d.target]
    cases = {"undamaged": longest, **damaged(longest, others)}
    meter = Metered(keep=True)
    found = aligners(meter)
    use_weights(weights, longest.name)
    header(f"{longest.name}", *found)
    for case, document in cases.items():
        scores = [score_documents([(aligner(document), document.gold)]) for aligner in found.values()]
        print(f"| {case} | " + " | ".join(f"{s.strict_f1:.3f} / {s.lax_f1:.3f}" for s in scores) + " |", flush=True)
    print()


def measure_confidence(documents: Sequence[AlignedDocument], weights: Path | None) -> None:
    """How often beads are strictly right, by their score."""
    meter, scored = Metered(keep=False), []
    for document in documents:
        use_weights(weights, document.name)
        gold = set(document.gold)
        for bead in align_texts(document.source, document.target, encoder=meter).beads:
            right = (tuple(range(*bead.source)), tuple(range(*bead.target))) in gold
            if "0" not in bead.shape:
                scored.append((bead.score, right))
    scores, right = np.array([score for score, _ in scored]), np.array([hit for _, hit in scored], float)
    places = np.minimum((scores * 10).astype(int), 9)
    header("score", "beads", "mean score", "strictly right")
    error = 0.0
    for place in range(10):
        here = places == place
        if here.any():
            error += abs(scores[here].sum() - right[here].sum()) / len(scores)
            edges = f"{place / 10:.1f} to {(place + 1) / 10:.1f}"
            print(f"| {edges} | {here.sum()} | {scores[here].mean():.3f} | {right[here].mean():.3f} |")
    best = np.argsort(-scores, kind="stable")[: round(0.8 * len(scores))]
    order = np.argsort(scores, kind="stable")
    ranks = np.empty(len(scores))
    ranks[order] = np.arange(1, len(scores) + 1)
    hits = right.sum()
    area = (ranks[right > 0].sum() - hits * (hits + 1) / 2) / max(hits * (len(right) - hits), 1)
    print(f"\n{len(scores)} beads; expected calibration error {error:.3f}; area under the ROC curve {area:.3f};")
    print(f"of the best-scored 80 % {right[best].mean():.3f} are strictly right\n", flush=True)


def long_document(documents: Sequence[AlignedDocument], filler: Path | None, size: int) -> AlignedDocument:
    """About `size` source sentences: the documents of the largest set, then pairs, some of them joined or left out."""
    groups = [document.name.split("/")[0] for document in documents]
    largest = max(dict.fromkeys(groups), key=groups.count)
    used, count = [], 0
    for document in documents:
        if document.name.startswith(f"{largest}/") and count + len(document.source) <= size:
            used.append(document)
            count += len(document.source)
    if filler:
        lines = filler.read_text(encoding="utf-8").splitlines()
        used.append(_from_pairs([tuple(line.split("\t")[:2]) for line in lines], size - count))
    return join_documents(f"{size}", used)


def _from_pairs(pairs: Sequence[tuple[str, ...]], size: int) -> AlignedDocument:
    """About `size` source sentences: each side's neighbours joined one time in ten, a sentence left out in fifty."""
    chance, source, target, gold = random.Random(0), [], [], []
    at = 0
    while at < len(pairs) and len(source) < size:
        draw = chance.random()
        step = 2 if draw < 0.2 and at + 1 < len(pairs) else 1
        texts = [[pair[side] for pair in pairs[at : at + step]] for side in (0, 1)]
        if step == 2:
            texts[int(draw < 0.1)] = [" ".join(texts[int(draw < 0.1)])]
        elif draw > 0.98:
            texts[int(draw > 0.99)] = []
        i, j = len(source), len(target)
        gold.append((tuple(range(i, i + len(texts[0]))), tuple(range(j, j + len(texts[1])))))
        source += texts[0]
        target += texts[1]
        at += step
    return AlignedDocument("pairs", source, target, gold)


def measure_long(documents: Sequence[AlignedDocument], filler: Path | None, sizes: Iterable[int]) -> None:
    """One row for each aligner and size, each from a process of its own."""
    header("aligner", "sentences", "strict F1", "lax F1", "CPU s without vectors", "CPU s of vectors", "peak MiB")
    names = [name for name in aligners(Metered(keep=False)) if name not in ("align --reorder", "hunalign")]
    for size in sizes:
        document = long_document(documents, filler, size)
        for name in names:
            receiver, sender = multiprocessing.get_context("spawn").Pipe(duplex=False)
            child = multiprocessing.get_context("spawn").Process(target=_measured, args=(sender, name, document))
            child.start()
            sender.close()
            try:
                row = receiver.recv()
            except EOFError:
                row = "failed | | | |"
            child.join()
            print(f"| {name} | {len(document.source)} x {len(document.target)} | {row} |", flush=True)
    print()


def _measured(sender: Any, name: str, document: AlignedDocument) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    meter = Metered(keep=False)
    aligner = aligners(meter)[name]
    meter.seconds, begin = 0.0, time.process_time()
    beads = aligner(document)
    rest = time.process_time() - begin - meter.seconds
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    s = score_documents([(beads, document.gold)])
    vectors = f"{meter.seconds:.1f}"
    if name.startswith("vecalign"):
        vectors += f" (joined strings: {_joined_seconds(meter.encoder, document):.0f})"
    sender.send(f"{s.strict_f1:.3f} | {s.lax_f1:.3f} | {rest:.1f} | {vectors} | {peak:.0f}")


def _joined_seconds(encoder: UseM3, document: AlignedDocument) -> float:
    """CPU seconds to encode all joined strings, as vecalign has to: those of every so many-th, times that many."""
    texts = [
        " ".join(side[i : i + size])
        for side in (document.source, document.target)
        for size in range(1, _OVERLAPS + 1)
        for i in range(len(side) - size + 1)
    ]
    step = -(-len(texts) // _SAMPLE)
    begin = time.process_time()
    encoder.encode(texts[::step])
    return (time.process_time() - begin) * step


def main() -> None:
    """Print the tables."""
    parts = ("sets", "damaged", "confidence", "long")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--parts", nargs="+", choices=parts, default=parts)
    parser.add_argument("--filler", type=Path)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 10_000, 50_000])
    arguments = parser.parse_args()
    documents = read_documents(arguments.folder)
    installed = " ".join(aligners(Metered(keep=False)))
    for name in ("sentweave", "galechurch", "hunalign"):
        if name not in installed:
            print(f"{name} is not installed and not measured\n")
    if "sets" in arguments.parts:
        measure_sets(documents, arguments.weights)
    if "damaged" in arguments.parts:
        measure_damaged(documents, arguments.weights)
    if "confidence" in arguments.parts:
        measure_confidence(documents, arguments.weights)
    if "long" in arguments.parts:
        measure_long(documents, arguments.filler, arguments.sizes)


if __name__ == "__main__":
    main()
