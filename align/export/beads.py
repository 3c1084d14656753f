"""The result of `align bitext`, or a file of pairs, as pairs to export."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from align.errors import InputError
from align.export.jsonl import read_lines, stated_pair
from align.export.provenance import SourcedPair
from align.language.identify import identify
from align.records import Pair

__all__ = ["read_pairs"]

_SAMPLE = 200  # sentences of each side that the languages are told from


def read_pairs(path: Path, languages: tuple[str, str] | None = None) -> Iterator[SourcedPair]:
    """The pairs of a JSON Lines file: of beads, as `align bitext --format jsonl` prints them, or of `pairs.jsonl`.

    Beads without a sentence on one side make no pair. A bead's languages are `languages`, else what its line says
    under `source_language` and `target_language`, else what the texts of the whole file look like. Its segments are
    called after the file, its side and its indices.

    Raises InputError with `path:line` for a line that is neither, and for a side whose language cannot be told.
    """
    told = languages
    for number, (where, line) in enumerate(read_lines(path)):
        if "source_segments" in line:
            yield stated_pair(line, where)
            continue
        if "source_indices" not in line:
            raise InputError(f"{where}: neither a bead of `align bitext --format jsonl` nor a pair of pairs.jsonl")
        given = line.get("source_language"), line.get("target_language")
        if told is None and not all(isinstance(tag, str) for tag in given):
            told = _languages(path)
        sourced = _pair(line, where, path.stem, number, told or (str(given[0]), str(given[1])))
        if sourced is not None:
            yield sourced


def _sides(line: Mapping[str, Any], where: str) -> tuple[tuple[list[str], list[int]], tuple[list[str], list[int]]]:
    sides = []
    for name in ("source", "target"):
        texts, indices = line.get(name), line.get(f"{name}_indices")
        if not (isinstance(texts, list) and isinstance(indices, list) and len(texts) == len(indices)):
            raise InputError(f"{where}: `{name}` and `{name}_indices` are not two lists of one length")
        if not all(isinstance(text, str) for text in texts) or not all(type(index) is int for index in indices):
            raise InputError(f"{where}: `{name}` must hold texts, `{name}_indices` whole numbers")
        sides.append((texts, indices))
    return sides[0], sides[1]


def _pair(
    line: Mapping[str, Any], where: str, name: str, number: int, languages: tuple[str, str]
) -> SourcedPair | None:
    (source, ours), (target, theirs) = _sides(line, where)
    score = line.get("score")
    if score is not None and not (type(score) in (int, float) and abs(score) < 1e300):
        raise InputError(f"{where}: not a score: {score!r}; expected a number or null")
    if not (source and target):
        return None
    pair = Pair(
        id=f"bitext:{name}:{number}",
        source_language=languages[0],
        target_language=languages[1],
        source=" ".join(source),
        target=" ".join(target),
        source_segments=tuple(f"{name}.source:{index}" for index in ours),
        target_segments=tuple(f"{name}.target:{index}" for index in theirs),
        shape=f"{len(ours)}-{len(theirs)}",
        score=score if score is None else float(score),
        origin="bitext",
    )
    return SourcedPair(pair, source_sentences=tuple(source), target_sentences=tuple(target))


def _languages(path: Path) -> tuple[str, str]:
    """What the two sides of the file's beads look like."""
    sides: tuple[list[str], list[str]] = ([], [])
    for where, line in read_lines(path):
        if "source_indices" in line:
            (source, _), (target, _) = _sides(line, where)
            sides[0].extend(source)
            sides[1].extend(target)
        if min(map(len, sides)) >= _SAMPLE:
            break
    found = [identify(" ".join(side))[0] if side else "und" for side in sides]
    for tag, name in zip(found, ("source", "target"), strict=True):
        if tag == "und":
            remedy = "--source-language and --target-language"
            raise InputError(f"{path}: cannot tell the language of the {name} side; remedy: {remedy}")
    return found[0], found[1]
