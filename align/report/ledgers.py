"""The ledgers of a run folder as the report reads them: words exchanged, and what one outlet tells alone."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import cast, get_args

from align.errors import InputError
from align.records import Fact, FactKind, Substitution
from align.runfolder import RunFolder

__all__ = ["read_facts", "read_substitutions"]


def read_substitutions(folder: RunFolder, missing: frozenset[str], shown: Collection[str]) -> Iterator[Substitution]:
    """The ledger's lines. Raises InputError for a table without its columns."""
    if "substitutions" in missing:
        return
    path = folder["substitutions"]
    try:
        for line in _ledger(path):
            a, b, words_a, words_b = (_armed(line[key]) for key in ("outlet_a", "outlet_b", "words_a", "words_b"))
            yield Substitution(a, b, words_a, words_b, int(line["count"]), _of_shown(line["matches"], shown))
    except (KeyError, ValueError, AttributeError, csv.Error) as error:
        raise InputError(f"{path}: not a table of substitutions: {error}") from error


def read_facts(folder: RunFolder, missing: frozenset[str], shown: Collection[str]) -> Iterator[Fact]:
    """The lines of what one outlet states and another does not. Raises InputError for a table without its columns."""
    if "facts" in missing:
        return
    path = folder["facts"]
    try:
        for line in _ledger(path):
            outlet, other, kind, fact = (_armed(line[key]) for key in ("outlet", "other", "kind", "fact"))
            if kind not in get_args(FactKind):
                raise ValueError(f"unknown kind {kind!r}")
            matches = _of_shown(line["matches"], shown)
            yield Fact(outlet, other, cast(FactKind, kind), fact, int(line["count"]), matches)
    except (KeyError, ValueError, AttributeError, csv.Error) as error:
        raise InputError(f"{path}: not a table of facts: {error}") from error


def _ledger(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a table. A cell may be as long as the file: a line names every match that it was seen in."""
    csv.field_size_limit(max(path.stat().st_size, csv.field_size_limit()))
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _of_shown(matches: str, shown: Collection[str]) -> tuple[str, ...]:
    """Those matches of a ledger's line that are shown; all of them would be many."""
    return tuple(match for match in matches.split() if match in shown)


def _armed(cell: str) -> str:
    """A cell as it was before a spreadsheet was kept from running it as a formula."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in "=+-@" else cell
