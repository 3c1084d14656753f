"""JSON Lines: the lines of `pairs.jsonl`, as chosen."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from align.export.outputs import outputs
from align.export.selection import SourcedPair
from align.export.summary import ExportSummary, Recipe
from align.runfolder import write_records

__all__ = ["write_jsonl"]


def write_jsonl(pairs: Iterable[SourcedPair], out: Path, recipe: Recipe) -> ExportSummary:
    """Write `NAME.jsonl`, one pair a line with the keys of `pairs.jsonl`, all language pairs in one file."""
    with outputs(out) as writing:
        rows = write_records(writing.open_path(f"{recipe.name}.jsonl"), (sourced.pair for sourced in pairs))
    return ExportSummary(writing.files, rows)
