"""Where the pairs of a parallel text stand, as a picture: one text across, the other down."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from align.records import Pair
from align.report.figures import LETTER, figure_text, open_figure

__all__ = ["BeadPlace", "bead_place", "dotplot_svg"]

_LONG, _SHORT = 560.0, 120.0  # pixels of the longer side, and at least of the shorter
_LEFT, _TOP, _BELOW = 62.0, 14.0, 64.0
_WIDEST = 36.0  # pixels a sentence at most
_LEAST = 2.5  # pixels that a bead is drawn with, however long the text
_MOST_TICKS = 7
LEVELS = ((0.9, "sure"), (0.7, "likely"), (0.5, "open"), (0.0, "doubtful"))
"""Least confidence of each class of mark."""
_PAIR = re.compile(r"bitext:(.*):\d+", re.DOTALL)
_SENTENCE = re.compile(r".*:(\d+)", re.DOTALL)


class BeadPlace(NamedTuple):
    """The sentences of a bead, half-open on both sides, and its confidence."""

    source: tuple[int, int]
    target: tuple[int, int]
    score: float


def bead_place(pair: Pair) -> tuple[str, BeadPlace | None]:
    """The parallel text that a pair is of, and its place there; None where its segments carry no number."""
    named = _PAIR.fullmatch(pair.id)
    text = named[1] if named else ""
    source, target = _range(pair.source_segments), _range(pair.target_segments)
    if source is None or target is None:
        return text, None
    return text, BeadPlace(source, target, 0.0 if pair.score is None else pair.score)


def _range(segments: Sequence[str]) -> tuple[int, int] | None:
    found = [_SENTENCE.fullmatch(segment) for segment in segments]
    numbers = [int(match[1]) for match in found if match]
    return (min(numbers), max(numbers) + 1) if numbers else None


def dotplot_svg(beads: Sequence[BeadPlace], *, title: str) -> str:
    """Each bead as the rectangle of its sentences, coloured by its confidence; sentences count from 0.

    What has no counterpart is a gap. A bead of a long text is drawn no smaller than a dot.
    """
    n = max((bead.source[1] for bead in beads), default=0)
    m = max((bead.target[1] for bead in beads), default=0)
    scale = min(_LONG / max(n, m, 1), _WIDEST)
    width, height = max(n * scale, _SHORT), max(m * scale, _SHORT)
    parts = [open_figure("dotplot", _LEFT + width + 16, _TOP + height + _BELOW, title)]
    parts.append(f'<rect class="track" x="{_LEFT:g}" y="{_TOP:g}" width="{width:.1f}" height="{height:.1f}" rx="3"/>')
    parts += _axes(n, m, width, height)
    x, y = width / max(n, 1), height / max(m, 1)
    for bead in beads:
        said = f"{_said(bead.source)} : {_said(bead.target)}, confidence {bead.score:.2f}"
        place = f'x="{_LEFT + bead.source[0] * x:.1f}" y="{_TOP + bead.target[0] * y:.1f}"'
        across = max((bead.source[1] - bead.source[0]) * x - 0.6, _LEAST)
        down = max((bead.target[1] - bead.target[0]) * y - 0.6, _LEAST)
        level = next(name for least, name in LEVELS if bead.score >= least or least == 0)
        parts.append(
            f'<rect class="bead {level}" {place} width="{across:.1f}" height="{down:.1f}" rx="1">'
            f"<title>{said}</title></rect>"
        )
    return "".join([*parts, "</svg>"])


def _said(sentences: tuple[int, int]) -> str:
    first, last = sentences[0], sentences[1] - 1
    return f"{first}" if first == last else f"{first}–{last}"


def _axes(n: int, m: int, width: float, height: float) -> Iterator[str]:
    for i in _ticks(n):
        x = _LEFT + (i + 0.5) * width / n
        yield f'<line class="tick" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP:g}" y2="{_TOP + height + 5:.1f}"/>'
        yield figure_text(x, _TOP + height + 20, f"{i}", 'text-anchor="middle"')
    for j in _ticks(m):
        y = _TOP + (j + 0.5) * height / m
        yield f'<line class="tick" x1="{_LEFT - 5:g}" x2="{_LEFT + width:.1f}" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield figure_text(_LEFT - 9, y + 4, f"{j}", 'text-anchor="end"')
    yield figure_text(_LEFT, _TOP + height + 46, "sentence of the source →")
    x, y = _LEFT - 16 - LETTER * len(f"{m}"), _TOP
    yield figure_text(x, y, "← sentence of the target", f'text-anchor="end" transform="rotate(-90 {x:.1f} {y:.1f})"')


def _ticks(count: int) -> range:
    """Round sentence numbers, few enough for their labels."""
    steps = (step for power in range(12) for step in (10**power, 2 * 10**power, 5 * 10**power))
    return range(0, count, next(step for step in steps if count <= step * _MOST_TICKS))
