"""JSON Lines: the lines of `pairs.jsonl`, as chosen, with their provenance."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

from align.errors import InputError
from align.export.outputs import outputs
from align.export.provenance import COLUMNS, Place, SourcedPair
from align.export.summary import ExportSummary, Recipe, Tally
from align.records import Pair
from align.runfolder import dump, from_json, to_json

__all__ = ["line_of", "read_lines", "stated_pair", "write_jsonl"]

_LARGEST = 1e300  # beyond it a whole number is no float any more


def write_jsonl(pairs: Iterable[SourcedPair], out: Path, recipe: Recipe) -> ExportSummary:
    """Write `NAME.jsonl`, all language pairs in one file, or `NAME.train.jsonl` and so on where there is a split.

    A line has the keys of `pairs.jsonl` and then, where they are known, those of the provenance. Lone surrogates are
    escaped, so every text comes back as it was.
    """
    tally = Tally()
    with outputs(out) as writing, ExitStack() as stack:
        files: dict[str | None, IO[str]] = {}
        for sourced in pairs:
            if sourced.split not in files:
                files[sourced.split] = stack.enter_context(writing.open(_name(recipe.name, sourced.split)))
            files[sourced.split].write(dump(line_of(sourced)) + "\n")
            tally.take(sourced)
        if not files:
            writing.open(_name(recipe.name, None)).close()
    return tally.summary(writing.files)


def _name(stem: str, split: str | None) -> str:
    return f"{stem}.{split}.jsonl" if split else f"{stem}.jsonl"


def line_of(sourced: SourcedPair) -> dict[str, Any]:
    """The pair's line of `pairs.jsonl`, and behind it what is known of its provenance."""
    line = to_json(sourced.pair)
    for name, (_, column) in COLUMNS.items():
        if name not in line and (value := column(sourced)) not in (None, ()):
            line[name] = list(value) if isinstance(value, tuple) else value
    return line


def read_lines(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects of a JSON Lines file, each with its place as `path:line`.

    Empty lines are passed over. Raises InputError with the place for a line that is no JSON object.
    """
    try:
        file = path.open("rb")  # text mode would end a line at more than a line feed
    except OSError as error:
        raise InputError(f"{path}: cannot read: {error.strerror}") from error
    with file:
        for number, raw in enumerate(file, start=1):
            if not raw.strip():
                continue
            try:
                line = json.loads(raw.decode("utf-8"))
            except (ValueError, RecursionError) as error:
                raise InputError(f"{path}:{number}: not JSON Lines: {error}") from error
            if not isinstance(line, dict):
                raise InputError(f"{path}:{number}: not a JSON object")
            yield f"{path}:{number}", line


def stated_pair(line: Mapping[str, Any], where: str) -> SourcedPair:
    """A line of pairs.jsonl, with the provenance that an export may have put behind it."""
    try:
        pair = from_json(Pair, line)
    except InputError as error:
        raise InputError(f"{where}: {error}") from error
    if pair.score is not None and not abs(pair.score) < _LARGEST:
        raise InputError(f"{where}: not a score: {pair.score!r}; expected a number or null")
    flags = line.get("flags")
    return SourcedPair(
        pair,
        _place(line, "source"),
        _place(line, "target"),
        _text(line, "model"),
        _text(line, "revision"),
        tuple(map(str, flags)) if isinstance(flags, list) else (),
        _span(line, "source"),
        _span(line, "target"),
    )


def _place(line: Mapping[str, Any], side: str) -> Place | None:
    document_id = _text(line, f"{side}_document_id")
    if document_id is None:
        return None
    return Place(document_id, *(_text(line, f"{side}_{name}") for name in ("outlet", "url", "published")))


def _span(line: Mapping[str, Any], side: str) -> tuple[int, int] | None:
    begin, end = line.get(f"{side}_begin"), line.get(f"{side}_end")
    return (begin, end) if type(begin) is int and type(end) is int else None


def _text(line: Mapping[str, Any], name: str) -> str | None:
    value = line.get(name)
    return value if isinstance(value, str) else None
