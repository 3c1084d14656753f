"""Figures as SVG text. Colours come from the page around them, through classes and `currentColor`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from itertools import islice

from align.report.chronology import MONTHS, Published

__all__ = ["LETTER", "Lane", "Mark", "bar_svg", "figure_text", "heatmap_svg", "open_figure", "timeline_svg"]

_CELL = 46
_LANE = 34
_WIDTH = 960
LETTER = 7.4  # width of a letter of a label, about
_MOST_TICKS = 7
_LONGEST_LABEL = 24


@dataclass(frozen=True, slots=True)
class Mark:
    """Something published: when, what to say of it, and whether it is drawn with weight."""

    published: Published
    label: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Lane:
    """A line of a timeline."""

    label: str
    marks: Sequence[Mark]


def heatmap_svg(labels: Sequence[str], counts: Mapping[tuple[int, int], int], *, title: str) -> str:
    """A square of cells, row by column in the order of `labels`, darker for more; `counts` by (row, column) >= 0.

    A cell shows its number. Row and column of a pair are filled alike whichever way round it is counted.
    """
    n = len(labels)
    both = {
        (i, j): counts.get((i, j), 0) + (counts.get((j, i), 0) if i != j else 0) for i in range(n) for j in range(n)
    }
    most = max(both.values(), default=0)
    left = _label_width(labels)
    top = left * 0.72 + 12
    parts = [open_figure("heatmap", left + n * _CELL + left * 0.6, top + n * _CELL + 4, title)]
    for i, label in enumerate(labels):
        middle = i * _CELL + _CELL / 2
        parts.append(figure_text(left - 10, top + middle + 4, label, 'text-anchor="end"'))
        x, y = left + middle - 2, top - 8
        parts.append(figure_text(x, y, label, f'transform="rotate(-45 {x:g} {y:g})"'))
    for (i, j), count in both.items():
        x, y = left + j * _CELL, top + i * _CELL
        said = escape(f"{labels[i]} and {labels[j]}: {count}")
        shade = 0.06 + 0.5 * count / most if count else 0.0
        parts.append(f"<g><title>{said}</title>")
        parts.append(f'<rect class="track" x="{x + 1}" y="{y + 1}" width="{_CELL - 2}" height="{_CELL - 2}" rx="3"/>')
        if count:
            box = f'x="{x + 1}" y="{y + 1}" width="{_CELL - 2}" height="{_CELL - 2}" rx="3"'
            parts.append(f'<rect class="heat" {box} fill-opacity="{shade:.3f}"/>')
            parts.append(figure_text(x + _CELL / 2, y + _CELL / 2 + 4, f"{count}", 'text-anchor="middle"'))
        parts.append("</g>")
    return "".join([*parts, "</svg>"])


def timeline_svg(lanes: Sequence[Lane], *, title: str) -> str:
    """One line for each lane, with a dot for a day or a minute and a bar for what is known to a month or a year.

    The scale fits the precise dates; a bar that reaches beyond it is cut at the edge. A text without marks draws
    an empty figure.
    """
    marks = [mark for lane in lanes for mark in lane.marks]
    left = _label_width([lane.label for lane in lanes])
    height = len(lanes) * _LANE + 34
    if not marks:
        return open_figure("timeline", _WIDTH, height, title) + "</svg>"
    begin, end = _view([mark.published for mark in marks])
    scale = _Scale(begin, end, left + 8, _WIDTH - 24)
    parts = [open_figure("timeline", _WIDTH, height, title), *_axis(scale, height - 34)]
    for row, lane in enumerate(lanes):
        y = row * _LANE + _LANE / 2
        parts.append(figure_text(left - 10, y + 4, lane.label, 'text-anchor="end"'))
        parts.append(f'<line class="rule" x1="{left}" x2="{_WIDTH}" y1="{y:g}" y2="{y:g}"/>')
        # bars first, so that a dot is never under one
        for mark in sorted(
            lane.marks, key=lambda mark: (mark.published.begin - mark.published.end, mark.published.begin)
        ):
            parts.append(_mark(mark, scale, y, alone=len(lane.marks) == 1))
    return "".join([*parts, "</svg>"])


def bar_svg(value: float, low: float = 0.0, high: float = 1.0) -> str:
    """A short bar from zero to `value` on a track from `low` to `high`; what lies outside is drawn at the edge."""
    span = high - low
    zero, end = ((min(max(x, low), high) - low) / span * 120 for x in (0.0, value))
    x, width = min(zero, end), abs(end - zero)
    sign = "bar" if value >= 0 else "bar below"
    return (
        '<svg class="meter" viewBox="0 0 120 8" width="120" height="8" aria-hidden="true">'
        '<rect class="track" width="120" height="8" rx="2"/>'
        f'<rect class="{sign}" x="{x:.1f}" width="{width:.1f}" height="8" rx="2"/>'
        f'<line class="zero" x1="{zero:.1f}" x2="{zero:.1f}" y1="0" y2="8"/></svg>'
    )


def open_figure(kind: str, width: float, height: float, title: str) -> str:
    """The opening tag of a figure, with what it shows for those who do not see it."""
    box = f'viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}"'
    return f'<svg class="{kind}" {box} role="img" aria-label="{escape(title)}">'


def figure_text(x: float, y: float, label: str, more: str = "", *, longest: int = _LONGEST_LABEL) -> str:
    """A label, cut at `longest` letters; `more` is further attributes."""
    shown = label if len(label) <= longest else label[: longest - 1] + "…"
    return f'<text x="{x:g}" y="{y:g}" {more}>{escape(shown)}</text>'


def _label_width(labels: Sequence[str]) -> int:
    longest = max((min(len(label), _LONGEST_LABEL) for label in labels), default=0)
    return int(longest * LETTER) + 20


@dataclass(frozen=True, slots=True)
class _Scale:
    begin: datetime
    end: datetime
    left: float
    right: float

    def x(self, moment: datetime) -> float:
        share = (moment - self.begin) / (self.end - self.begin)
        return self.left + min(max(share, 0.0), 1.0) * (self.right - self.left)


def _view(dates: Sequence[Published]) -> tuple[datetime, datetime]:
    """The stretch that is drawn: the precise dates, and any vague one that lies wholly outside of them."""
    precise = [date for date in dates if date.precision in ("day", "minute")] or list(dates)
    begin, end = min(date.begin for date in precise), max(date.end for date in precise)
    for date in dates:
        if date.end <= begin or date.begin >= end:
            begin, end = min(begin, date.begin), max(end, date.end)
    return begin, max(end, begin + timedelta(hours=6))


def _mark(mark: Mark, scale: _Scale, y: float, *, alone: bool) -> str:
    x, end = scale.x(mark.published.begin), scale.x(mark.published.end)
    weight = " strong" if mark.strong else ""
    parts = [f'<g class="mark{weight}"><title>{escape(mark.label)}</title>']
    if mark.published.precision in ("month", "year"):
        width = max(end - x, 6)
        parts.append(f'<rect x="{x:.1f}" y="{y - 8:g}" width="{width:.1f}" height="16" rx="3"/>')
    else:
        middle = (x + end) / 2 if mark.published.precision == "day" else x
        parts.append(f'<circle cx="{middle:.1f}" cy="{y:g}" r="5.5"/>')
        x, end = middle - 5.5, middle + 5.5
    if alone:
        parts.append(_mark_text(mark.label, x, end, y, scale))
    return "".join([*parts, "</g>"])


def _mark_text(label: str, x: float, end: float, y: float, scale: _Scale) -> str:
    """The label where there is room for it: inside a long bar, else to the right, else to the left."""
    longest = 2 * _LONGEST_LABEL
    width = min(len(label), longest) * LETTER
    if end - x > width:
        return figure_text(x + 8, y + 4, label, longest=longest)
    if end + width < scale.right:
        return figure_text(end + 7, y + 4, label, 'class="beside"', longest=longest)
    return figure_text(x - 7, y + 4, label, 'class="beside" text-anchor="end"', longest=longest)


def _axis(scale: _Scale, y: float) -> Iterator[str]:
    unit, ticks = _ticks(scale.begin, scale.end)
    year = None
    for tick in ticks:
        x = scale.x(tick)
        yield f'<line class="tick" x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{y + 6:g}"/>'
        anchor = "end" if x > _WIDTH - 60 else "middle"
        yield figure_text(x, y + 24, _tick_label(tick, unit, with_year=tick.year != year), f'text-anchor="{anchor}"')
        year = tick.year


def _ticks(begin: datetime, end: datetime) -> tuple[str, list[datetime]]:
    steps = [("hour", 1), ("hour", 3), ("hour", 6), ("hour", 12), ("day", 1), ("day", 2), ("day", 7)]
    steps += [("month", 1), ("month", 3), ("month", 6), *(("year", n) for n in (1, 2, 5, 10, 20, 50, 100, 500))]
    for unit, step in steps:
        ticks = list(islice(_every(unit, step, begin, end), _MOST_TICKS + 1))
        if 2 <= len(ticks) <= _MOST_TICKS:
            return unit, ticks
    return "day", [begin]


def _every(unit: str, step: int, begin: datetime, end: datetime) -> Iterator[datetime]:
    """Round moments from `begin` up to `end`."""
    if unit in ("hour", "day"):
        moment = begin.replace(hour=0, minute=0, second=0, microsecond=0)
        jump = timedelta(hours=step) if unit == "hour" else timedelta(days=step)
        while moment <= end:
            if moment >= begin:
                yield moment
            moment += jump
        return
    months = step if unit == "month" else step * 12
    number = (begin.year * 12 + begin.month - 1) // months * months
    while number // 12 <= end.year:
        if number >= 12:
            moment = datetime(number // 12, number % 12 + 1, 1)
            if begin <= moment <= end:
                yield moment
        number += months


def _tick_label(tick: datetime, unit: str, *, with_year: bool) -> str:
    year = f" {tick.year}" if with_year else ""
    month = MONTHS[tick.month - 1][:3]
    if unit == "year":
        return f"{tick.year}"
    if unit == "month":
        return f"{month}{year}"
    day = f"{tick.day} {month}{year}"
    return f"{day}, {tick:%H:%M}" if unit == "hour" else day
