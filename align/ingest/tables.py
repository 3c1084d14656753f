"""Dumps of articles as CSV and TSV."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from align.config import IngestConfig
from align.ingest.aliases import ALIASES, bounded_document, table_keys
from align.ingest.lines import Line, max_line, numbered_lines
from align.records import Document, Rejected

__all__ = ["read_csv", "read_tsv"]

_DELIMITERS = (",", ";", "\t", "|")  # the earlier wins where two do equally well
_TEXT_KEYS = frozenset(alias.key for alias in ALIASES["text"])
_KEYS = frozenset(alias.key for aliases in ALIASES.values() for alias in aliases)


def read_csv(path: Path, name: str, config: IngestConfig) -> Iterator[Document | Rejected]:
    """One Document for each row of a CSV file with a head line, or why that row gives none; one row in memory.

    The delimiter is the one of comma, semicolon, tab and bar that finds the most known keys in the head line. Cells
    are quoted as RFC 4180 has it, and may hold line breaks. A row is called by the line that it begins in.
    """
    lines = numbered_lines(path, name, config.max_characters)
    head = next(lines, None)
    if isinstance(head, tuple):
        delimiter = max(_DELIMITERS, key=lambda sign: _known(head[1], sign))
        yield from _read(_Rows(head, lines, delimiter, max_line(config.max_characters)), name, config)
    elif head is not None:
        yield head
        if head.rule == "too-long" or head.record_id != name:
            yield Rejected(name, "read", "bad-table", "the head line cannot be read, so nothing after it is")


def read_tsv(path: Path, name: str, config: IngestConfig) -> Iterator[Document | Rejected]:
    """The same with tabs. A line whose quotation marks make no cell of RFC 4180 is read as if they were letters."""
    lines = numbered_lines(path, name, config.max_characters)
    head = next(lines, None)
    if isinstance(head, tuple):
        yield from _read(_Rows(head, lines, "\t", max_line(config.max_characters), plain=True), name, config)
    elif head is not None:
        yield head


def _known(line: str, delimiter: str) -> int:
    keys = table_keys([cell.strip().strip('"') for cell in line.split(delimiter)])
    return sum(key in _KEYS for key in keys)


def _read(rows: _Rows, name: str, config: IngestConfig) -> Iterator[Document | Rejected]:
    header: list[str] = []
    for row in rows:
        if isinstance(row, Rejected):
            yield row
        elif isinstance(row, _Unparsed):
            yield Rejected(f"{name}:{row.number}", "read", "bad-table", f"{row.reason}; reading goes on below")
        elif not header:
            header = table_keys(row.cells)
            if refused := _refused(header, name):
                yield refused
                return
        elif len(row.cells) != len(header):
            detail = f"{len(row.cells)} cells under {len(header)} names, in lines {row.number} to {row.last}"
            yield Rejected(f"{name}:{row.number}", "read", "ragged-row", detail)
        else:
            cells = dict(zip(header, row.cells, strict=True))
            yield bounded_document(cells, f"{name}:{row.number}", config.max_characters)


def _refused(header: list[str], name: str) -> Rejected | None:
    told = ", ".join(header)[:200]
    if len(set(header)) < len(header):
        return Rejected(name, "read", "bad-table", f"two columns of one name: {told}")
    if not _TEXT_KEYS.intersection(header):
        allowed = ", ".join(alias.key for alias in ALIASES["text"])
        return Rejected(name, "read", "no-text", f"no column of text in the head line: {told}; allowed: {allowed}")
    return None


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    last: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class _Unparsed:
    number: int
    reason: str


class _Rows:
    """The rows of a table, each of one line or of several.

    A row that cannot be made out costs the line that it begins in, and no more: a quotation mark that nobody closes
    would else swallow the rows after it.
    """

    def __init__(
        self, head: Line, lines: Iterator[Line | Rejected], delimiter: str, limit: int, *, plain: bool = False
    ) -> None:
        self._lines = lines
        self._waiting: deque[Line | Rejected] = deque([head])
        self._taken: list[Line] = []
        self._delimiter, self._limit, self._plain = delimiter, limit, plain
        self._width = 0
        csv.field_size_limit(max(limit, csv.field_size_limit()))  # the module's own is 131 072, shorter than articles

    def __iter__(self) -> Iterator[_Row | _Unparsed | Rejected]:
        while (item := self._next()) is not None:
            if isinstance(item, Rejected):
                yield item
            elif item[1].strip("\r\n"):
                yield self._row(item)

    def _next(self) -> Line | Rejected | None:
        return self._waiting.popleft() if self._waiting else next(self._lines, None)

    def _row(self, first: Line) -> _Row | _Unparsed:
        self._taken = [first]
        try:
            cells = next(csv.reader(self._feed(), delimiter=self._delimiter, strict=True))
        except (csv.Error, StopIteration) as error:
            return self._alone() or self._unparsed(str(error))
        if self._plain and self._width and len(cells) != self._width and (row := self._alone()):
            return row
        self._width = self._width or len(cells)
        return _Row(first[0], self._taken[-1][0], cells)

    def _feed(self) -> Iterator[str]:
        """The line that the row begins in and, as long as the parser asks, those after it."""
        yield self._taken[0][1]
        size = len(self._taken[0][1])
        while isinstance(line := self._next(), tuple) and (size := size + len(line[1])) <= self._limit:
            self._taken.append(line)
            yield line[1]
        if line is not None:
            self._waiting.appendleft(line)

    def _alone(self) -> _Row | None:
        """The first line as a row without quotation, where that is how the table is written."""
        number, line = self._taken[0]
        cells = line.rstrip("\r\n").split(self._delimiter)
        if not self._plain or (self._width and len(cells) != self._width):
            return None
        self._width = self._width or len(cells)
        self._put_back()
        return _Row(number, number, cells)

    def _unparsed(self, reason: str) -> _Unparsed:
        number = self._taken[0][0]
        reason = "a quotation mark that is not closed" if "end of data" in reason else reason
        self._put_back()
        return _Unparsed(number, reason)

    def _put_back(self) -> None:
        self._waiting.extendleft(reversed(self._taken[1:]))
        self._taken = self._taken[:1]
