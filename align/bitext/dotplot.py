"""An alignment as a picture: one text across, the other down, the beads where they meet. SVG text, by itself whole.

Colours hold on light and on dark ground and for readers who tell few of them apart (after Okabe & Ito 2008).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from statistics import median
from typing import TypeVar

from align.bitext.formats import one_line
from align.bitext.sentences import Alignment
from align.records import Bead

__all__ = ["dotplot_svg"]

Mark = TypeVar("Mark")

_LONG, _SHORT = 640.0, 130.0  # pixels of the longer side, and at least of the shorter
_LEFT, _TOP, _RIGHT, _BELOW = 84.0, 98.0, 34.0, 118.0
_LEAST_WIDTH = 760.0
_WIDEST_CELL = 44.0
_CELL = 6.0  # pixels a sentence from which every bead is drawn as the rectangle that it covers
_STEP = 1.5  # pixels below which neighbouring beads are drawn as one
_MOST_MARKS = 5000
_RUG = 6.0
_COLUMN = 142.0  # of the legend
_MOST_TICKS = 8
_SCRAMBLE = 2654435761
_LEVELS = ((0.9, "c3", "0.9 to 1"), (0.7, "c2", "0.7 to 0.9"), (0.5, "c1", "0.5 to 0.7"), (0.0, "c0", "below 0.5"))
_LABEL_LETTERS = 64
_UNWRITABLE = re.compile("[^\t\n -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_STYLE = (
    ".dp .paper{fill:#fbfaf7}.dp .frame{fill:none;stroke:#8f8a80}.dp .grid{stroke:#8f8a80;stroke-opacity:.25}"
    ".dp text{fill:#1d1c1a;unicode-bidi:plaintext}.dp .soft{fill:#63605a}"
    ".dp .c3{fill:#0072b2;stroke:#0072b2}.dp .c2{fill:#3fa7dc;stroke:#3fa7dc}"
    ".dp .c1{fill:#e69f00;stroke:#e69f00}.dp .c0{fill:#d55e00;stroke:#d55e00}"
    ".dp .gap{fill:#8f8a80;stroke:#8f8a80}.dp .anchor{fill:none;stroke:#1d1c1a;stroke-opacity:.3;stroke-linecap:round}"
    ".dp .line{fill:none;stroke-width:2.6;stroke-linecap:round;stroke-linejoin:round}.dp .box{stroke:none}"
    "@media (prefers-color-scheme:dark){.dp .paper{fill:#171614}.dp text{fill:#ebe7de}.dp .soft{fill:#a8a398}"
    ".dp .c3{fill:#4aa3e0;stroke:#4aa3e0}.dp .c2{fill:#a5d8f3;stroke:#a5d8f3}.dp .anchor{stroke:#ebe7de}"
    ".dp .line{fill:none}.dp .box{stroke:none}}"
)


def dotplot_svg(
    alignment: Alignment, *, source: str = "source", target: str = "target", title: str | None = None
) -> str:
    """The path of an alignment: the source's sentences to the right, the target's downwards, both counted from 0.

    Colour is confidence; sentences without a partner are grey on the path and marked along the edges; faint dots are
    the anchors. Neighbouring beads that would lie within a pixel or two are drawn as one, in the colour of their mean
    confidence, so that the text stays below 300 kB for 50,000 sentences on either side. `source` and `target` name the
    texts. The same alignment gives the same bytes.
    """
    beads = alignment.beads
    frame = _Frame.around(beads)
    words = _words(alignment, frame)
    named = _cut(title or f"{source} : {target}")
    width = max(_LEFT + frame.width + _RIGHT, _LEAST_WIDTH)
    height = _TOP + frame.height + _BELOW
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="dp" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" height="{height:.0f}" role="img" font-family="system-ui, DejaVu Sans, sans-serif" '
        f'font-size="12"><title>{_shown(named)}</title><desc>{_shown("; ".join(words))}</desc><style>{_STYLE}</style>'
        f'<rect class="paper" width="{width:.0f}" height="{height:.0f}"/>'
    )
    parts = [head, _text(_LEFT, 28, named, 'font-size="16" font-weight="600"')]
    parts += [_text(_LEFT, 49 + 18 * line, said, 'class="soft"') for line, said in enumerate(words)]
    parts.append(f'<g transform="translate({_LEFT:g} {_TOP:g})">')
    parts += _axes(frame, source, target)
    dots = _anchors(alignment.anchors, frame)
    parts += [*_boxes(beads, frame), *dots] if frame.roomy else [*dots, *_lines(beads, frame)]
    parts += [*_rug(beads, frame), "</g>", *_legend(alignment, height - 46), "</svg>"]
    return "".join(parts) + "\n"


@dataclass(frozen=True, slots=True)
class _Frame:
    """The plane: sentences on either side, and its size in pixels."""

    n: int
    m: int
    width: float
    height: float

    @classmethod
    def around(cls, beads: Sequence[Bead]) -> _Frame:
        n = max((bead.source[1] for bead in beads), default=0)
        m = max((bead.target[1] for bead in beads), default=0)
        scale = min(_LONG / max(n, m, 1), _WIDEST_CELL)
        return cls(n, m, max(n * scale, _SHORT), max(m * scale, _SHORT))

    @property
    def roomy(self) -> bool:
        """Whether every bead can be drawn as what it covers."""
        return min(self.width / max(self.n, 1), self.height / max(self.m, 1)) >= _CELL

    def x(self, i: float) -> float:
        return i * self.width / max(self.n, 1)

    def y(self, j: float) -> float:
        return j * self.height / max(self.m, 1)


def _words(alignment: Alignment, frame: _Frame) -> list[str]:
    """What the picture shows, in two lines."""
    paired = [bead for bead in alignment.beads if _paired(bead)]
    said = f"{len(paired):,} bead{' pairs' if len(paired) == 1 else 's pair'} {frame.n:,} and {frame.m:,} sentences"
    if paired:
        said += f"; median confidence {median(bead.score for bead in paired):.2f}"
    if alignment.method == "lengths":
        said += "; lengths alone decided"
    right = frame.n - sum(bead.source[1] - bead.source[0] for bead in paired)
    down = frame.m - sum(bead.target[1] - bead.target[0] for bead in paired)
    return [said, f"without a partner: {right:,} of the source, {down:,} of the target"]


def _boxes(beads: Sequence[Bead], frame: _Frame) -> Iterator[str]:
    """Each bead as the rectangle of its sentences; a sentence without a partner as a line across its row or column."""
    for bead in beads:
        x, y = frame.x(bead.source[0]), frame.y(bead.target[0])
        right, bottom = frame.x(bead.source[1]), frame.y(bead.target[1])
        said = f"{list(range(*bead.source))}:{list(range(*bead.target))} {bead.score:.2f}"
        if _paired(bead):
            inset = min(0.5, (right - x) / 8, (bottom - y) / 8)
            box = f'x="{x + inset:.1f}" y="{y + inset:.1f}" rx="{min(2.0, inset * 4):.1f}"'
            size = f'width="{right - x - 2 * inset:.1f}" height="{bottom - y - 2 * inset:.1f}"'
            yield f'<rect class="box {_level(bead.score)}" {box} {size}><title>{said}</title></rect>'
        else:
            yield f'<path class="line gap" d="M{x:.1f} {y:.1f}L{right:.1f} {bottom:.1f}"><title>{said}</title></path>'


def _lines(beads: Sequence[Bead], frame: _Frame) -> Iterator[str]:
    """The path, beads that lie within a step of each other as one line; at most a few thousand of them."""
    strokes = _thinned([(stroke[1:3], stroke) for stroke in _strokes(beads, frame)], _MOST_MARKS)
    for level in ("gap", "c3", "c2", "c1", "c0"):  # what is doubtful lies on top
        drawn = [f"M{x0:.1f} {y0:.1f}l{x1 - x0:.1f} {y1 - y0:.1f}" for name, x0, y0, x1, y1 in strokes if name == level]
        if drawn:
            yield f'<path class="line {level}" d="{"".join(drawn)}"/>'


def _strokes(beads: Sequence[Bead], frame: _Frame) -> Iterator[tuple[str, float, float, float, float]]:
    """(level, x, y, x, y) of runs of beads that go on from each other."""
    run: list[Bead] = []
    for bead in beads:
        if run and (run[-1].source[1], run[-1].target[1]) != (bead.source[0], bead.target[0]):
            yield _stroke(run, frame)
            run = []
        run.append(bead)
        begin = run[0]
        if max(frame.x(bead.source[1] - begin.source[0]), frame.y(bead.target[1] - begin.target[0])) >= _STEP:
            yield _stroke(run, frame)
            run = []
    if run:
        yield _stroke(run, frame)


def _stroke(run: Sequence[Bead], frame: _Frame) -> tuple[str, float, float, float, float]:
    scores = [bead.score for bead in run if _paired(bead)]
    level = _level(math.fsum(scores) / len(scores)) if scores else "gap"
    first, last = run[0], run[-1]
    return level, frame.x(first.source[0]), frame.y(first.target[0]), frame.x(last.source[1]), frame.y(last.target[1])


def _anchors(anchors: Sequence[tuple[int, int]], frame: _Frame) -> Iterator[str]:
    """A dot for each anchor, or where there are too many, for some of each part of the plane."""
    dots = dict.fromkeys((round(frame.x(i + 0.5), 1), round(frame.y(j + 0.5), 1)) for i, j in anchors)
    if dots:
        size = min(max(min(frame.x(1), frame.y(1)) * 0.3, 4.2 if not frame.roomy else 1.4), 5.0)
        drawn = "".join(f"M{x:.1f} {y:.1f}h0" for x, y in _thinned([(dot, dot) for dot in dots], _MOST_MARKS // 4))
        yield f'<path class="anchor" stroke-width="{size:.1f}" d="{drawn}"/>'


def _thinned(marks: Sequence[tuple[tuple[float, float], Mark]], most: int) -> list[Mark]:
    """The marks in their order; where there are more than `most`, one for each cell of a grid that has one."""
    # any mark of a cell will do but the first, which would draw the grid
    kept, grid = sorted(range(len(marks)), key=lambda index: index * _SCRAMBLE % 2**32), 1.0
    while len(kept) > most:
        cells = {(marks[index][0][0] // grid, marks[index][0][1] // grid): index for index in kept}
        kept, grid = list(cells.values()), grid * 1.5
    return [marks[index][1] for index in sorted(kept)]


def _rug(beads: Sequence[Bead], frame: _Frame) -> Iterator[str]:
    """Along the edges: where sentences have no partner, fainter where it is few of them."""
    for across, count, length in ((True, frame.n, frame.width), (False, frame.m, frame.height)):
        bins = max(1, min(count, int(length / _STEP)))
        missing: Counter[int] = Counter()
        for bead in beads:
            if not _paired(bead):
                missing.update(index * bins // count for index in range(*(bead.source if across else bead.target)))
        sizes = Counter(index * bins // count for index in range(count))
        strength: dict[int, list[int]] = {}
        for place, number in sorted(missing.items()):
            strength.setdefault(math.ceil(number * 5 / sizes[place]), []).append(place)
        step = length / bins
        for level, places in sorted(strength.items()):
            if across:
                drawn = (f"M{place * step:.1f} {-_RUG - 3:g}h{step:.1f}v{_RUG:g}h-{step:.1f}z" for place in places)
            else:
                drawn = (
                    f"M{frame.width + 3:.1f} {place * step:.1f}v{step:.1f}h{_RUG:g}v-{step:.1f}z" for place in places
                )
            yield f'<path class="box gap" fill-opacity="{0.2 * level:.1f}" d="{"".join(drawn)}"/>'


def _axes(frame: _Frame, source: str, target: str) -> Iterator[str]:
    for i in _ticks(frame.n, frame.width):
        x = frame.x(i + 0.5)
        yield f'<path class="grid" d="M{x:.1f} 0v{frame.height + 5:.1f}"/>'
        yield _text(x, frame.height + 20, f"{i:,}", 'text-anchor="middle"')
    for j in _ticks(frame.m, frame.height):
        y = frame.y(j + 0.5)
        yield f'<path class="grid" d="M-5 {y:.1f}h{frame.width + 5:.1f}"/>'
        yield _text(-9, y + 4, f"{j:,}", 'text-anchor="end"')
    yield f'<rect class="frame" width="{frame.width:.1f}" height="{frame.height:.1f}"/>'
    yield _text(0, frame.height + 41, _cut(f"sentence of {source}"), 'class="soft"')
    beside = 20 + 7.5 * max((len(f"{j:,}") for j in _ticks(frame.m, frame.height)), default=0)
    yield _text(0, -beside, _cut(f"sentence of {target}"), 'class="soft" text-anchor="end" transform="rotate(-90)"')


def _ticks(count: int, length: float) -> range:
    """Round sentence numbers, few enough for their labels."""
    room = max(2, min(_MOST_TICKS, int(length / 55)))
    step = next(
        step for power in range(12) for step in (10**power, 2 * 10**power, 5 * 10**power) if count <= step * room
    )
    return range(0, count, step)


def _legend(alignment: Alignment, y: float) -> Iterator[str]:
    counts = Counter(_level(bead.score) if _paired(bead) else "gap" for bead in alignment.beads)
    items = [(name, f"{said} ({counts[name]:,})") for _, name, said in _LEVELS]
    x = _LEFT
    yield _text(x, y, "confidence", 'class="soft"')
    for number, (name, said) in enumerate(items):
        x = _LEFT + 84 + number * _COLUMN
        yield f'<rect class="box {name}" x="{x:g}" y="{y - 10:g}" width="11" height="11" rx="2"/>'
        yield _text(x + 16, y, said)
    x, y = _LEFT + 84, y + 24
    yield f'<rect class="box gap" x="{x:g}" y="{y - 10:g}" width="11" height="11" rx="2"/>'
    yield _text(x + 16, y, f"without a partner ({counts['gap']:,})")
    if alignment.anchors:
        x += 2 * _COLUMN
        yield f'<path class="anchor" stroke-width="5" d="M{x + 5:g} {y - 4:g}h0"/>'
        yield _text(x + 16, y, f"anchor ({len(alignment.anchors):,})")


def _level(score: float) -> str:
    return next(name for least, name, _ in _LEVELS if score >= least or least == 0)


def _paired(bead: Bead) -> bool:
    return bead.source[0] < bead.source[1] and bead.target[0] < bead.target[1]


def _text(x: float, y: float, said: str, more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" {more}>{_shown(said)}</text>'


def _cut(text: str) -> str:
    text = one_line(text)
    return text if len(text) <= _LABEL_LETTERS else text[: _LABEL_LETTERS - 1] + "…"


def _shown(text: str) -> str:
    """Text as it may stand in XML."""
    return escape(_UNWRITABLE.sub("\ufffd", text))
