"""The formats by name, and the one function that exports a run in any of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from align.errors import InputError
from align.export.huggingface import write_huggingface
from align.export.jsonl import write_jsonl
from align.export.lines import file_stem
from align.export.moses import write_moses
from align.export.selection import PairFilter, SourcedPair, select_pairs
from align.export.summary import ExportSummary, Recipe
from align.runfolder import RunFolder

__all__ = ["FORMATS", "Writer", "export_run"]

Writer = Callable[[Iterable[SourcedPair], Path, Recipe], ExportSummary]

FORMATS: Mapping[str, Writer] = {
    "hf": write_huggingface,
    "jsonl": write_jsonl,
    "moses": write_moses,
}


def export_run(
    folder: RunFolder, format: str, out: Path, chosen: PairFilter | None = None, *, name: str = "align"
) -> ExportSummary:
    """Write the pairs of a finished run that meet `chosen` (all by default) below `out`, as one of `FORMATS`.

    Files get their names when the whole export is complete; files of an earlier export are replaced.

    Raises InputError for an unknown format, a `name` that is no file name, or a run folder that cannot be read.
    """
    try:
        write = FORMATS[format]
    except KeyError:
        raise InputError(f"unknown export format {format!r}; allowed: {', '.join(sorted(FORMATS))}") from None
    chosen = chosen or PairFilter()
    recipe = Recipe(file_stem(name), folder.manifest(), chosen.in_words())
    return write(select_pairs(folder, chosen), out, recipe)
