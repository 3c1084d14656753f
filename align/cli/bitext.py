"""`align bitext`: align two texts sentence by sentence."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from align.records import Bead

__all__ = ["add_parser"]

_DIGITS = 4


def add_parser(commands: Any) -> None:
    """Add `align bitext`."""
    parser = commands.add_parser(
        "bitext",
        help="align two texts sentence by sentence",
        description="Align two texts. Each file holds one sentence a line, or running text that is split. "
        "The beads go to stdout with text, indices (from 0) and confidence together.",
    )
    parser.add_argument("source", type=Path, metavar="SOURCE")
    parser.add_argument("target", type=Path, metavar="TARGET")
    parser.add_argument("--format", default="tsv", choices=sorted(_WRITERS))
    parser.set_defaults(action=_bitext)


def _bitext(options: argparse.Namespace) -> int:
    from align.bitext.sentences import align_sentences
    from align.config import Config
    from align.pipeline.models import load_encoder
    from align.pipeline.parallel import read_sentences

    source, target = read_sentences(options.source), read_sentences(options.target)
    beads = align_sentences(source, target, encoder=load_encoder(Config()))
    write = _WRITERS[options.format]
    for bead in beads:
        print(write(bead, source[slice(*bead.source)], target[slice(*bead.target)]))
    paired = sum(bead.source[0] < bead.source[1] and bead.target[0] < bead.target[1] for bead in beads)
    print(f"{paired} beads pair {len(source)} and {len(target)} sentences", file=sys.stderr)
    return 0


def _tsv(bead: Bead, source: Sequence[str], target: Sequence[str]) -> str:
    texts = [" ".join(" ".join(side).split()) for side in (source, target)]
    return "\t".join([*map(str, _indices(bead)), f"{bead.score:.{_DIGITS}f}", *texts])


def _jsonl(bead: Bead, source: Sequence[str], target: Sequence[str]) -> str:
    ours, theirs = _indices(bead)
    return json.dumps(
        {
            "source_indices": ours,
            "target_indices": theirs,
            "shape": bead.shape,
            "score": round(bead.score, _DIGITS),
            "source": list(source),
            "target": list(target),
        },
        ensure_ascii=False,
    )


def _vecalign(bead: Bead, source: Sequence[str], target: Sequence[str]) -> str:
    ours, theirs = _indices(bead)
    return f"{ours}:{theirs}:{1 - bead.score:.{_DIGITS}f}"  # its third column is a cost, lower is better


def _indices(bead: Bead) -> tuple[list[int], list[int]]:
    return list(range(*bead.source)), list(range(*bead.target))


_WRITERS: dict[str, Callable[[Bead, Sequence[str], Sequence[str]], str]] = {
    "tsv": _tsv,
    "jsonl": _jsonl,
    "vecalign": _vecalign,
}
