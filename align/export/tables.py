"""CSV and TSV with real columns, which a spreadsheet opens without running anything."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

from align.export.outputs import outputs
from align.export.provenance import COLUMNS, SourcedPair
from align.export.summary import ExportSummary, Recipe, Tally

__all__ = [
    "TABLE_COLUMNS",
    "defused",
    "escaped",
    "listed",
    "refused",
    "unescaped",
    "unlisted",
    "write_csv",
    "write_tsv",
]

TABLE_COLUMNS = ("id", "source", "target", *(name for name in COLUMNS if name != "id"))
# what a spreadsheet may take for a formula, also after white space and in the wide forms of East Asian keyboards
_FORMULA = re.compile(r"'|\s*[=+@\-＝＋＠－]|[\t\r\n]")
_CONTROLS = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
_UNHELD = re.compile(r"[\x00\ud800-\udfff]")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_SPLITTING = re.compile(r"[\s%]")
_PERCENT = re.compile(r"%([0-9A-F]{0,6});")
_CHANGE = "NUL and lone surrogates, which readers of tables stumble over, became U+FFFD"

Write = Callable[[Sequence[str]], object]


def write_csv(pairs: Iterable[SourcedPair], out: Path, recipe: Recipe) -> ExportSummary:
    """Write `NAME.csv` after RFC 4180 with a head line, all language pairs in one file, a part of a split in its own.

    Line breaks stand as they are inside quoted cells. See `defused` and `listed` for what becomes of cells.
    """
    return _write(pairs, out, recipe, "csv", _csv_rows)


def write_tsv(pairs: Iterable[SourcedPair], out: Path, recipe: Recipe) -> ExportSummary:
    r"""Write `NAME.tsv`: one pair a line, cells between tabs, no quotation marks, with a head line.

    A tab, line feed, carriage return or backslash inside a cell stands as `\t`, `\n`, `\r`, `\\` (see `escaped`),
    else as in `write_csv`.
    """
    return _write(pairs, out, recipe, "tsv", _tsv_rows)


def _write(
    pairs: Iterable[SourcedPair], out: Path, recipe: Recipe, suffix: str, rows: Callable[[IO[str]], Write]
) -> ExportSummary:
    tally = Tally()
    with outputs(out) as writing, ExitStack() as stack:
        tables: dict[str | None, Write] = {}

        def begin(split: str | None) -> None:
            name = ".".join(part for part in (recipe.name, split, suffix) if part)
            tables[split] = rows(stack.enter_context(writing.open(name)))
            tables[split](TABLE_COLUMNS)

        for sourced in pairs:
            if sourced.split not in tables:
                begin(sourced.split)
            cells = list(_cells(sourced))
            change = None
            if _UNHELD.search("".join(cells)):  # one look at the whole line is cheaper than one at each cell
                cells = [_UNHELD.sub("\ufffd", cell) for cell in cells]
                change = _CHANGE
            tables[sourced.split](cells)
            tally.take(sourced, change)
        if not tables:
            begin(None)
    return tally.summary(writing.files)


def _cells(sourced: SourcedPair) -> Iterable[str]:
    for name in TABLE_COLUMNS:
        if name in ("source", "target"):
            yield defused(getattr(sourced.pair, name))
            continue
        kind, column = COLUMNS[name]
        yield _cell(kind, column(sourced))


def _cell(kind: type, value: Any) -> str:
    if value is None:
        return ""
    if kind is str:
        return defused(value)
    if kind is list:
        return defused(listed(value))
    return str(round(value, 6) if kind is float else value)


def defused(text: str) -> str:
    """The text, led by an apostrophe where a spreadsheet might run it, and where it begins with an apostrophe.

    So `refused` is exact: drop one apostrophe at the head of a cell.
    """
    return "'" + text if _FORMULA.match(text) else text


def refused(cell: str) -> str:
    """The text that `defused` made this cell of."""
    return cell.removeprefix("'")


def listed(items: Iterable[str]) -> str:
    """Several ids in one cell, separated by spaces; white space and `%` inside one stand as `%20;`, by code point.

    An empty id is `%;`.
    """
    return " ".join(_SPLITTING.sub(lambda found: f"%{ord(found[0]):X};", item) or "%;" for item in items)


def unlisted(cell: str) -> tuple[str, ...]:
    """The ids that `listed` made this cell of."""
    if not cell:
        return ()
    return tuple(_PERCENT.sub(lambda found: chr(int(found[1], 16)) if found[1] else "", id) for id in cell.split(" "))


def escaped(cell: str) -> str:
    """A cell of a TSV file, without a tab or a line break in it."""
    for character, spelt in _CONTROLS.items():  # the backslash comes first
        cell = cell.replace(character, spelt)
    return cell


def unescaped(cell: str) -> str:
    """The cell that `escaped` was given."""
    back = {spelt[1]: character for character, spelt in _CONTROLS.items()}
    return _ESCAPE.sub(lambda found: back[found[1]], cell)


def _csv_rows(file: IO[str]) -> Write:
    return csv.writer(file, lineterminator="\r\n").writerow


def _tsv_rows(file: IO[str]) -> Write:
    def write(cells: Sequence[str]) -> None:
        file.write("\t".join(map(escaped, cells)) + "\n")

    return write
