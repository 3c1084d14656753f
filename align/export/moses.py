"""Moses: two files that are parallel line by line, and the pair ids in a third."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from align.export.lines import one_line, stem_of
from align.export.outputs import Outputs, outputs
from align.export.provenance import SourcedPair
from align.export.summary import ExportSummary, Recipe, Tally
from align.records import Pair

__all__ = ["write_moses"]

_CHANGE = "line breaks, tabs and separators became one space, lone surrogates U+FFFD"


def write_moses(pairs: Iterable[SourcedPair], out: Path, recipe: Recipe) -> ExportSummary:
    """Write `NAME.fr-en.fr`, `NAME.fr-en.en` and `NAME.fr-en.ids` for each language pair, UTF-8, equally many lines.

    A part of a split stands before the pair: `NAME.train.fr-en.fr`. Line breaks and tabs inside a segment become
    spaces. A pair whose two sides are in one language has no place here, since both sides would need the same file
    name; neither has one with an empty side. All three are counted.
    """
    tally = Tally()
    with outputs(out) as writing, contextlib.ExitStack() as stack:
        files: dict[str, tuple[IO[str], ...]] = {}
        for sourced in pairs:
            pair = sourced.pair
            lines = (one_line(pair.source), one_line(pair.target), one_line(pair.id))
            if reason := _no_place(pair, lines):
                tally.left_out[reason] += 1
                continue
            stem = stem_of(recipe.name, sourced)
            if stem not in files:
                files[stem] = _open(pair, stem, writing, stack)
            for file, line in zip(files[stem], lines, strict=True):
                file.write(line + "\n")
            tally.take(sourced, _CHANGE if (pair.source, pair.target) != lines[:2] else None)
    return tally.summary(writing.files)


def _no_place(pair: Pair, lines: tuple[str, str, str]) -> str | None:
    if pair.source_language == pair.target_language:
        return "both sides in one language"
    if not (lines[0] and lines[1]):
        return "empty side"
    return None


def _open(pair: Pair, stem: str, writing: Outputs, stack: contextlib.ExitStack) -> tuple[IO[str], ...]:
    suffixes = (pair.source_language, pair.target_language, "ids")
    return tuple(stack.enter_context(writing.open(f"{stem}.{suffix}")) for suffix in suffixes)
