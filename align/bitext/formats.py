"""Beads as lines: TSV, JSON Lines, vecalign's format, and hunalign's two, the ladder and the text.

Every bead is one line, whatever its sentences hold (a ladder has one rung more than there are beads). Indices count
from 0. A confidence is written with four decimals.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest

from align.bitext.explain import Explanation
from align.bitext.reasons import reason
from align.errors import InputError
from align.records import Bead

__all__ = ["LINE_FORMATS", "TextBead", "text_beads"]

_DIGITS = 4
_JOINER = " ~~~ "  # hunalign's mark between the sentences of one side
_SURROGATES = dict.fromkeys(range(0xD800, 0xE000), "\ufffd")
# Line ends to some readers, which JSON lets stand in a string
_JSON_BREAKS = {ord(mark): f"\\u{ord(mark):04x}" for mark in "\x85\u2028\u2029"}


@dataclass(frozen=True, slots=True)
class TextBead:
    """A bead with its sentences.

    `score` lies in [0, 1], higher is surer; null where a file gave none on this scale. `method` is what the alignment
    that it belongs to rests on, "vectors" or "lengths"; null where a file does not say. `languages` are BCP-47 tags, of
    the source and of the target; null where nobody said.
    """

    source_indices: tuple[int, ...]
    target_indices: tuple[int, ...]
    score: float | None
    source: tuple[str, ...] = ()
    target: tuple[str, ...] = ()
    method: str | None = None
    explanation: Explanation | None = None
    languages: tuple[str, str] | None = None

    @property
    def shape(self) -> str:
        """How many sentences stand on each side, as "2-1"."""
        return f"{len(self.source_indices)}-{len(self.target_indices)}"

    @property
    def paired(self) -> bool:
        """Whether both sides hold a sentence."""
        return bool(self.source_indices and self.target_indices)


def text_beads(
    beads: Iterable[Bead],
    source: Sequence[str],
    target: Sequence[str],
    method: str,
    explanations: Sequence[Explanation] = (),
    languages: tuple[str, str] | None = None,
) -> list[TextBead]:
    """Beads with their sentences; `explanations` are none, or one for each bead."""
    return [
        TextBead(
            tuple(range(*bead.source)),
            tuple(range(*bead.target)),
            bead.score,
            tuple(source[slice(*bead.source)]),
            tuple(target[slice(*bead.target)]),
            method,
            explanation,
            languages,
        )
        for bead, explanation in zip_longest(beads, explanations)
    ]


def tsv_lines(beads: Iterable[TextBead]) -> Iterator[str]:
    """Source indices, target indices, confidence, source text, target text, and the reason where there is one."""
    for bead in beads:
        columns = [str(list(bead.source_indices)), str(list(bead.target_indices)), _number(bead.score)]
        columns += [one_line(" ".join(side)) for side in (bead.source, bead.target)]
        yield "\t".join([*columns, *([reason(bead.explanation)] if bead.explanation else [])])


def jsonl_lines(beads: Iterable[TextBead]) -> Iterator[str]:
    """One object a bead: indices, `shape`, `score`, `method`, sentences; languages and explanation where there are."""
    for bead in beads:
        line: dict[str, object] = {
            "source_indices": bead.source_indices,
            "target_indices": bead.target_indices,
            "shape": bead.shape,
            "score": None if bead.score is None else round(bead.score, _DIGITS),
            "method": bead.method,
            "source": bead.source,
            "target": bead.target,
        }
        if bead.languages:
            line |= zip(("source_language", "target_language"), bead.languages, strict=True)
        if bead.explanation:
            line["explanation"] = _explained(bead.explanation)
        yield _json(line)


def vecalign_lines(beads: Iterable[TextBead]) -> Iterator[str]:
    """`[8, 9]:[10, 11]:0.1390`; the last field is a cost, 1 less the confidence."""
    for bead in beads:
        cost = "" if bead.score is None else f":{1 - bead.score:.{_DIGITS}f}"
        yield f"{list(bead.source_indices)}:{list(bead.target_indices)}{cost}"


def ladder_lines(beads: Iterable[TextBead]) -> Iterator[str]:
    """hunalign's ladder: the sentences before each bead on either side, and its confidence; a last rung at the end.

    Raises InputError for beads that leave a sentence out or cross: a bead ends where the next rung stands.
    """
    i = j = 0
    for number, bead in enumerate(beads):
        ours, theirs = len(bead.source_indices), len(bead.target_indices)
        if bead.source_indices != tuple(range(i, i + ours)) or bead.target_indices != tuple(range(j, j + theirs)):
            raise InputError(
                f"bead {number} does not go on where the one before it ends: {list(bead.source_indices)}:"
                f"{list(bead.target_indices)} after {i} and {j} sentences; a ladder holds every sentence, in order; "
                "remedy: another format"
            )
        yield f"{i}\t{j}\t{_number(bead.score)}"
        i, j = i + ours, j + theirs
    yield f"{i}\t{j}\t{_number(0.0)}"


def hunalign_lines(beads: Iterable[TextBead]) -> Iterator[str]:
    """hunalign's text: source, target and confidence; `~~~` stands between the sentences of a side."""
    for bead in beads:
        sides = [_JOINER.join(map(one_line, side)) for side in (bead.source, bead.target)]
        yield "\t".join([*sides, _number(bead.score)])


LINE_FORMATS: Mapping[str, Callable[[Iterable[TextBead]], Iterator[str]]] = {
    "tsv": tsv_lines,
    "jsonl": jsonl_lines,
    "vecalign": vecalign_lines,
    "ladder": ladder_lines,
    "hunalign": hunalign_lines,
}


def one_line(text: str) -> str:
    """The text on one line and in one field, with what UTF-8 cannot hold as U+FFFD.

    Tabs, NULs and everything that Python takes for a line end become, with the spaces around them, one space.
    """
    if not text.isascii():
        text = text.translate(_SURROGATES)
    parts = chain.from_iterable(part.splitlines() for part in text.replace("\0", "\t").split("\t"))
    return " ".join(part for part in map(str.strip, parts) if part)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.{_DIGITS}f}"


def _explained(explanation: Explanation) -> dict[str, object]:
    values = explanation.contributions
    return {
        "reason": reason(explanation),
        "contributions": {name: round(values[name], _DIGITS) for name in values},
        "margin": round(explanation.margin, _DIGITS) if math.isfinite(explanation.margin) else None,
        "alternative": explanation.alternative and [list(range(*side)) for side in explanation.alternative],
    }


def _json(line: Mapping[str, object]) -> str:
    text = json.dumps(line, ensure_ascii=False, allow_nan=False).translate(_JSON_BREAKS)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(line, allow_nan=False)
    return text
