"""The formats by name, and the functions that write pairs in any of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from align.errors import InputError
from align.export.dedup import best_of_each, only
from align.export.huggingface import write_huggingface
from align.export.jsonl import write_jsonl
from align.export.lines import file_stem
from align.export.moses import write_moses
from align.export.provenance import SourcedPair, sourced_pairs
from align.export.selection import PairFilter, select_pairs
from align.export.split import DocumentGroups, Split, groups_of_pairs, groups_of_run
from align.export.standoff import write_standoff
from align.export.summary import ExportSummary, Recipe
from align.export.tables import write_csv, write_tsv
from align.export.tmx import write_tmx
from align.export.xces import write_xces
from align.records import Pair
from align.runfolder import RunFolder

__all__ = ["FORMATS", "Treatment", "Writer", "export_pairs", "export_run"]

Writer = Callable[[Iterable[SourcedPair], Path, Recipe], ExportSummary]

# A format is one function, and knows nothing of run folders: `write(pairs, out, recipe)` takes an iterable of
# SourcedPair once, in order, creates the folder `out`, and writes files below it that are called after `recipe.name`,
# one for each language pair where the format holds one pair a file (each Pair says its two languages), and one for
# each part where pairs have a `split`. Files take their names when all are complete. What the format cannot hold is
# counted in the summary, never dropped in silence. A new format is a module with such a function and a line here.
FORMATS: Mapping[str, Writer] = {
    "csv": write_csv,
    "hf": write_huggingface,
    "jsonl": write_jsonl,
    "moses": write_moses,
    "standoff": write_standoff,
    "tmx": write_tmx,
    "tsv": write_tsv,
    "xces": write_xces,
}
_WITH_SENTENCES = ("xces",)  # formats that ask for the text of each segment
_LICENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*")
_DUPLICATE = "duplicate of a pair that is kept"

Source = Callable[[], Iterable[SourcedPair]]


@dataclass(frozen=True, slots=True)
class Treatment:
    """What happens to the pairs on their way: duplicates left out, a split made, a licence stated.

    Raises InputError for a licence that is no identifier of the Hub's list, such as `cc-by-4.0`, by its form.
    """

    deduplicate: bool = False
    split: Split | None = None
    licence: str = "unknown"

    def __post_init__(self) -> None:
        if not _LICENCE.fullmatch(self.licence):
            raise InputError(f"not the identifier of a licence: {self.licence!r}; expected one such as 'cc-by-4.0'")


def export_run(
    folder: RunFolder,
    format: str,
    out: Path,
    chosen: PairFilter | None = None,
    *,
    name: str = "align",
    treatment: Treatment | None = None,
) -> ExportSummary:
    """Write the pairs of a finished run that meet `chosen` (all by default) below `out`, as one of `FORMATS`.

    The order is that of the run. Files get their names when the whole export is complete; files of an earlier
    export are replaced. Which part of a split a document is in depends on the run, not on `chosen`.

    Raises InputError for an unknown format, a `name` that is no file name, or a run folder that holds no finished run
    or that another process changes meanwhile; OutputError for an `out` that cannot be written.
    """
    chosen = chosen or PairFilter()
    manifest = folder.finished()
    sentences = format in _WITH_SENTENCES

    def source() -> Iterator[SourcedPair]:
        yield from select_pairs(folder, chosen, with_sentences=sentences)
        folder.check_unchanged(manifest)  # before any file has its name

    recipe = Recipe(file_stem(name), manifest, chosen.in_words())
    return _export(source, format, out, recipe, treatment or Treatment(), lambda: groups_of_run(folder))


def export_pairs(
    pairs: Iterable[Pair | SourcedPair],
    format: str,
    out: Path,
    *,
    name: str = "align",
    manifest: Mapping[str, Any] | None = None,
    selection: tuple[str, ...] = (),
    treatment: Treatment | None = None,
) -> ExportSummary:
    """Write any pairs below `out`, as one of `FORMATS`; no run is needed. Each pair says its own languages.

    `manifest` and `selection` say in a data set's card where the pairs come from. Pairs are streamed, but held in
    memory when `treatment` asks for a second look at them. Raises InputError as `export_run` does.
    """
    treatment = treatment or Treatment()
    recipe = Recipe(file_stem(name), manifest or {}, selection)
    rows: Iterable[SourcedPair] = sourced_pairs(pairs)
    if treatment.deduplicate or treatment.split:
        rows = list(rows)
    return _export(lambda: rows, format, out, recipe, treatment, lambda: groups_of_pairs(rows))


def _export(
    source: Source,
    format: str,
    out: Path,
    recipe: Recipe,
    treatment: Treatment,
    groups: Callable[[], DocumentGroups],
) -> ExportSummary:
    try:
        write = FORMATS[format]
    except KeyError:
        raise InputError(f"unknown export format {format!r}; allowed: {', '.join(sorted(FORMATS))}") from None
    words = list(recipe.selection)
    rows, removed = source(), 0
    if treatment.deduplicate:
        keep = best_of_each(rows)
        removed = keep.count(0)
        words.append(f"duplicates left out: {removed}")
        rows = only(source(), keep)
    if treatment.split:
        words.append(treatment.split.in_words())
        rows = _in_parts(rows, treatment.split, groups())
    summary = write(rows, out, replace(recipe, selection=tuple(words), licence=treatment.licence))
    return replace(summary, left_out={**summary.left_out, _DUPLICATE: removed}) if removed else summary


def _in_parts(pairs: Iterable[SourcedPair], split: Split, groups: DocumentGroups) -> Iterator[SourcedPair]:
    return (replace(sourced, split=split.part(groups.of_pair(sourced))) for sourced in pairs)
