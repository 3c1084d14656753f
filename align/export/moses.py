"""Moses: two files that are parallel line by line, and the pair ids in a third."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from align.export.lines import one_line, pair_name
from align.export.outputs import Outputs, outputs
from align.export.selection import SourcedPair
from align.export.summary import ExportSummary, Recipe
from align.records import Pair

__all__ = ["write_moses"]


def write_moses(pairs: Iterable[SourcedPair], out: Path, recipe: Recipe) -> ExportSummary:
    """Write `NAME.fr-en.fr`, `NAME.fr-en.en` and `NAME.fr-en.ids` for each language pair, UTF-8, equally many lines.

    Line breaks and tabs inside a segment become spaces. A pair whose two sides are in one language has no place
    here, since both sides would need the same file name; neither has one with an empty side. Both are counted.
    """
    left_out: Counter[str] = Counter()
    rows = 0
    with outputs(out) as writing, contextlib.ExitStack() as stack:
        files: dict[str, tuple[IO[str], ...]] = {}
        for sourced in pairs:
            pair = sourced.pair
            lines = (one_line(pair.source), one_line(pair.target), one_line(pair.id))
            if reason := _no_place(pair, lines):
                left_out[reason] += 1
                continue
            name = pair_name(pair)
            if name not in files:
                files[name] = _open(pair, f"{recipe.name}.{name}", writing, stack)
            for file, line in zip(files[name], lines, strict=True):
                file.write(line + "\n")
            rows += 1
    return ExportSummary(writing.files, rows, dict(sorted(left_out.items())))


def _no_place(pair: Pair, lines: tuple[str, str, str]) -> str | None:
    if pair.source_language == pair.target_language:
        return "both sides in one language"
    if not (lines[0] and lines[1]):
        return "empty side"
    return None


def _open(pair: Pair, stem: str, writing: Outputs, stack: contextlib.ExitStack) -> tuple[IO[str], ...]:
    suffixes = (pair.source_language, pair.target_language, "ids")
    paths = [writing.open_path(f"{stem}.{suffix}") for suffix in suffixes]
    return tuple(stack.enter_context(path.open("w", encoding="utf-8", newline="\n")) for path in paths)
