"""Files of beads, read back: this aligner's own, vecalign's and hunalign's ladders."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from align.bitext.formats import TextBead
from align.errors import InputError

__all__ = ["read_beads"]

_INDICES = r"\s*\[([^\]]*)\]\s*"
_VECALIGN = re.compile(rf"{_INDICES}:{_INDICES}(?::\s*(\S+)\s*)?")
_TSV = re.compile(rf"{_INDICES}\t{_INDICES}(?:\t([^\t]*)(?:\t.*)?)?", re.DOTALL)
_RUNG = re.compile(r"\s*(\d{1,9})\s+(\d{1,9})(?:\s+(\S+))?\s*", re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,9}")

Line = tuple[str, str]  # where it stands, as "path:line", and what it says


def read_beads(path: Path) -> list[TextBead]:
    """The beads of a file in the format `jsonl`, `tsv`, `vecalign` or `ladder`, told apart by its first line.

    Empty lines are passed over. Sentences come back from `jsonl` alone. A confidence or cost that is not on a scale
    from 0 to 1, as hunalign's need not be, comes back as no score.

    Raises InputError with `path:line` for a line that is no bead, a sentence that is in two beads, or a ladder whose
    rungs do not rise.
    """
    lines = _lines(path)
    if not lines:
        return []
    beads = list(_reader(lines[0])(lines))
    _refuse_twice(beads, lines)
    return beads


def _lines(path: Path) -> list[Line]:
    try:
        # a line ends at a line feed; `splitlines` would also end it at a separator inside a sentence
        lines = path.read_bytes().decode("utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot read the beads: {error}") from error
    return [(f"{path}:{number}", line.rstrip("\r")) for number, line in enumerate(lines, start=1) if line.strip()]


def _reader(first: Line) -> Callable[[Sequence[Line]], Iterator[TextBead]]:
    where, line = first
    if line.lstrip().startswith("{"):
        return _read_jsonl
    if _TSV.fullmatch(line):
        return lambda lines: _read_indices(lines, _TSV, cost=False)
    if _RUNG.fullmatch(line):
        return _read_ladder
    if _VECALIGN.fullmatch(line):
        return lambda lines: _read_indices(lines, _VECALIGN, cost=True)
    raise InputError(
        f"{where}: not a bead: {line[:80]!r}; expected [0, 1]:[2], a rung of a ladder (two numbers and a confidence), "
        "or a line of `align bitext`"
    )


def _read_indices(lines: Sequence[Line], pattern: re.Pattern[str], *, cost: bool) -> Iterator[TextBead]:
    for where, line in lines:
        match = pattern.fullmatch(line)
        if match is None:
            raise InputError(f"{where}: not a bead: {line[:80]!r}; expected one as in the file's first line")
        score = _score(match[3], where)
        if cost and score is not None:
            score = 1 - score
        yield TextBead(_indices(match[1], where), _indices(match[2], where), score)


def _indices(text: str, where: str) -> tuple[int, ...]:
    items = [item.strip() for item in text.split(",")] if text.strip() else []
    if not all(_NUMBER.fullmatch(item) for item in items):
        raise InputError(f"{where}: not a list of sentence numbers: [{text}]; expected [0, 1] or []")
    return tuple(map(int, items))


def _score(text: str | None, where: str) -> float | None:
    try:
        value = float(text) if text else None
    except ValueError:
        raise InputError(f"{where}: not a number: {text!r}") from None
    return _on_scale(value)


def _on_scale(value: float | None) -> float | None:
    return value if value is not None and 0 <= value <= 1 else None


def _read_ladder(lines: Sequence[Line]) -> Iterator[TextBead]:
    rungs = []
    for where, line in lines:
        match = _RUNG.fullmatch(line)
        if match is None:
            raise InputError(f"{where}: not a rung of a ladder: {line[:80]!r}; expected two numbers and a confidence")
        rungs.append((int(match[1]), int(match[2]), _score(match[3], where), where))
    for (i, j, score, _), (next_i, next_j, _, where) in pairwise(rungs):
        if next_i < i or next_j < j:
            raise InputError(f"{where}: rung {next_i} {next_j} lies below the one before it, {i} {j}")
        if (next_i, next_j) != (i, j):
            yield TextBead(tuple(range(i, next_i)), tuple(range(j, next_j)), score)


def _read_jsonl(lines: Sequence[Line]) -> Iterator[TextBead]:
    for where, line in lines:
        try:
            found = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise InputError(f"{where}: not JSON: {error}") from error
        if not isinstance(found, dict):
            raise InputError(f"{where}: not a JSON object: {line[:80]!r}")
        yield TextBead(
            _list(found, "source_indices", int, where),
            _list(found, "target_indices", int, where),
            _on_scale(_scalar(found, "score", (int, float), where)),
            _list(found, "source", str, where, ()),
            _list(found, "target", str, where, ()),
            _scalar(found, "method", (str,), where),
            languages=_languages(found, where),
        )


def _languages(found: dict[str, Any], where: str) -> tuple[str, str] | None:
    source, target = (_scalar(found, f"{side}_language", (str,), where) for side in ("source", "target"))
    return (source, target) if source and target else None


def _list(found: dict[str, Any], key: str, kind: type[Any], where: str, default: Any = None) -> tuple[Any, ...]:
    value = found.get(key, default)
    if not isinstance(value, list | tuple) or any(type(item) is not kind for item in value):
        raise InputError(f"{where}: {key}: expected a list of {kind.__name__}, got {value!r}")
    if kind is int and any(item < 0 for item in value):
        raise InputError(f"{where}: {key}: a sentence number below 0: {value!r}")
    return tuple(value)


def _scalar(found: dict[str, Any], key: str, kinds: tuple[type[Any], ...], where: str) -> Any:
    value = found.get(key)
    if value is not None and type(value) not in kinds:
        raise InputError(f"{where}: {key}: expected {kinds[-1].__name__}, got {value!r}")
    return value


def _refuse_twice(beads: Sequence[TextBead], lines: Sequence[Line]) -> None:
    """A sentence stands in one bead at most. The beads of a ladder cannot share one, so a bead is a line here."""
    first_seen: dict[tuple[str, int], str] = {}
    for bead, (where, _) in zip(beads, lines, strict=False):
        for side, indices in (("source", bead.source_indices), ("target", bead.target_indices)):
            for index in indices:
                if (side, index) in first_seen:
                    raise InputError(
                        f"{where}: {side} sentence {index} occurs twice, first at {first_seen[side, index]}"
                    )
                first_seen[side, index] = where
