"""`align export`: the aligned pairs of a finished run in another format."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from align.cli.arguments import known_language

__all__ = ["add_parser"]


def add_parser(commands: Any) -> None:
    """Add `align export`."""
    parser = commands.add_parser(
        "export", help="write the aligned pairs of a run as Moses files, JSON Lines or a Hugging Face folder"
    )
    parser.add_argument("folder", type=Path, metavar="DIR", help="a run folder")
    parser.add_argument("--format", required=True, choices=["hf", "jsonl", "moses"])
    parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="where to write")
    parser.add_argument("--name", default="align", help="stem of the files' names")
    parser.add_argument("--min-score", type=float, metavar="X", help="on the scale of the one --origin given")
    parser.add_argument("--origin", action="append", default=[], help="machine-translation, bitext, reuse (repeatable)")
    parser.add_argument("--role", action="append", default=[], help="only segments of this role (repeatable)")
    parser.add_argument("--language", action="append", default=[], help="only this source language (repeatable)")
    parser.add_argument("--without-flags", action="store_true", help="leave out translations that a guard flagged")
    parser.set_defaults(action=_export)


def _export(options: argparse.Namespace) -> int:
    from align.export.formats import export_run
    from align.export.selection import ANY_FLAG, PairFilter
    from align.runfolder import RunFolder

    chosen = PairFilter(
        min_score=options.min_score,
        origins=frozenset(options.origin),
        roles=frozenset(options.role),
        languages=frozenset(known_language(code, "--language") for code in options.language),
        without_flags=frozenset({ANY_FLAG}) if options.without_flags else frozenset(),
    )
    summary = export_run(RunFolder(options.folder), options.format, options.out, chosen, name=options.name)
    for path in summary.files:
        print(path)
    for reason, count in summary.left_out.items():
        print(f"{count} pairs left out: {reason}", file=sys.stderr)
    print(f"{summary.rows} pairs -> {options.out}", file=sys.stderr)
    return 0
