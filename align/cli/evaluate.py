"""`align evaluate`: translations and alignments against references."""

from __future__ import annotations

import argparse
import dataclasses
import json
from pathlib import Path
from typing import Any

from align.errors import InputError

__all__ = ["add_parser"]


def add_parser(commands: Any) -> None:
    """Add `align evaluate`."""
    parser = commands.add_parser("evaluate", help="measure translations or alignments against references")
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="KIND")
    mt = kinds.add_parser("mt", help="BLEU and chrF2 of a translation, one segment a line")
    mt.add_argument("hypothesis", type=Path, metavar="HYP")
    mt.add_argument("reference", type=Path, metavar="REF")
    mt.set_defaults(action=_mt)
    bitext = kinds.add_parser("bitext", help="strict and lax precision, recall and F1 of beads, as `[0, 1]:[2]` lines")
    bitext.add_argument("beads", type=Path, metavar="BEADS")
    bitext.add_argument("gold", type=Path, metavar="GOLD")
    bitext.set_defaults(action=_bitext)
    for kind in (mt, bitext):
        kind.add_argument("--json", action="store_true", help="figures as JSON")


def _mt(options: argparse.Namespace) -> int:
    from align.evaluate.mt import score_translations

    scores = score_translations(_lines(options.hypothesis), _lines(options.reference))
    return _show(scores, options.json)


def _bitext(options: argparse.Namespace) -> int:
    from align.evaluate.beads import read_gold, score_beads

    return _show(score_beads(read_gold(options.beads), read_gold(options.gold)), options.json)


def _lines(path: Path) -> list[str]:
    try:
        # a line ends at a line feed; `splitlines` would also end it at a separator inside a segment
        text = path.read_text(encoding="utf-8")
        return text.removesuffix("\n").split("\n") if text else []
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot read: {error}") from error


def _show(scores: Any, as_json: bool) -> int:
    figures = dataclasses.asdict(scores)
    if as_json:
        print(json.dumps(figures, ensure_ascii=False))
    else:
        for name, value in figures.items():
            print(f"{name}\t{value:.4f}" if isinstance(value, float) else f"{name}\t{value}")
    return 0
