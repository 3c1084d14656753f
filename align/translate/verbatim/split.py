"""Cutting a text into what a model can take at once, so that nothing is ever truncated."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import regex

from align.records import Span
from align.text.sentences import split_sentences
from align.translate.verbatim.protect import has_words, list_number, peel, protected_matches
from align.translate.verbatim.signs import bare, sign_borders

__all__ = ["Fragment", "fragments"]

# a tab parts the cells of a table
_LINE_BREAK = regex.compile(r"[\n\r\t\v\f\x1c-\x1e\x85\u2028\u2029]\s*")
_CONJUNCTION = (
    "et|ou|mais|car|donc|que|qui|dont|où|lorsque|tandis|alors|parce|puisque|ve|veya|ama|fakat|ancak|çünkü|ki|"
    "and|or|but|which|that|because|while|when|لكن|ثم|أو|حيث|لأن|и|или|но|что|который|которая|потому"
)
# From the strongest border to the weakest. A mark counts only before white space: not in "1,5" or "20:30". The last
# but one keeps what a space that does not break, or one between digits, holds together.
_BORDERS = tuple(
    regex.compile(pattern)
    for pattern in (
        r"(?<=[;؛:])\s++|(?<!\s)\s++(?=[–—]\s)",
        r"(?<=[,،、])\s++|(?<=[、，；])(?=\S)",
        rf"(?<!\s)\s++(?=(?:{_CONJUNCTION})\s)",
        r"(?<!\s)[^\S\u00a0\u202f]++(?!(?<=\d\s)\d)(?!\s)",
        r"(?<!\s)\s++",
    )
)
_QUOTATION = regex.compile(r"«[^«»]{1,200}»|“[^“”]{1,200}”|\"(?=\S)[^\"]{1,200}(?<=\S)\"|\([^()]{1,200}\)")
_OUTER = 0.15  # a border in the first or last such share of a text leaves too small a piece
_REACH = 2000  # characters around the middle of a very long text in which a border is looked for
_SURELY_LONG = 8000  # a text fits only if its first so many characters do: no need to read a million
_CLUSTER = regex.compile(r"\X")


@dataclass(frozen=True, slots=True)
class Fragment:
    """A stretch of a text; `verbatim` ones (white space, addresses, lines without a word) stay as they are."""

    text: str
    verbatim: bool


def fragments(text: str, fits: Callable[[str], bool]) -> list[Fragment]:
    """Cut a text into pieces that a model can take, and what stands between them; joined they are the text again.

    Line breaks, list marks, and signs between sentences are kept. A line that does not fit is cut into sentences, a
    sentence at the clause border nearest to its middle, outside short quotations if it can be, then before a
    conjunction, then at white space; in the last resort around an address, or between two characters as a reader
    sees them. `fits` holds for `bare` of every piece, as long as it holds for single characters; it must hold for the
    begin of what it holds for. Raises ValueError for a single character that does not fit.
    """
    return [fragment for fragment in _fragments(text, fits) if fragment.text]


def _fragments(text: str, fits: Callable[[str], bool]) -> Iterator[Fragment]:
    lines, begin = [], 0
    for line_break in _LINE_BREAK.finditer(text):
        lines.append((text[begin : line_break.start()], line_break[0]))
        begin = line_break.end()
    lines.append((text[begin:], ""))
    items = [list_number(line) for line, _ in lines]
    numbers = {item[0] for item in items if item}
    for (line, line_break_text), item in zip(lines, items, strict=True):
        listed = item is not None and not numbers.isdisjoint({item[0] - 1, item[0] + 1})
        mark = item[1] if item and listed else ""
        yield Fragment(mark, verbatim=True)
        yield from _line(line[len(mark) :], fits)
        yield Fragment(line_break_text, verbatim=True)


def _line(line: str, fits: Callable[[str], bool]) -> Iterator[Fragment]:
    head, body, tail = peel(line)
    yield Fragment(head, verbatim=True)
    begin = 0
    for signs in sign_borders(body):
        yield from _trimmed(body[begin : signs[0]], fits)
        yield Fragment(body[slice(*signs)], verbatim=True)
        begin = signs[1]
    yield from _trimmed(body[begin:], fits)
    yield Fragment(tail, verbatim=True)


def _trimmed(text: str, fits: Callable[[str], bool], *, sentence: bool = False) -> Iterator[Fragment]:
    stripped = text.strip()
    if not has_words(stripped):
        yield Fragment(text, verbatim=True)
        return
    inset = text.index(stripped)
    yield Fragment(text[:inset], verbatim=True)
    yield from _fitted(stripped, fits, sentence=sentence)
    yield Fragment(text[inset + len(stripped) :], verbatim=True)


def _fitted(text: str, fits: Callable[[str], bool], *, sentence: bool) -> Iterator[Fragment]:
    if fits(bare(text[:_SURELY_LONG])) and (len(text) <= _SURELY_LONG or fits(bare(text))):
        yield Fragment(text, verbatim=False)
        return
    parts = [] if sentence else split_sentences(text)
    if len(parts) < 2:
        parts = _halves(text)
    end = 0
    for span in parts:
        yield Fragment(text[end : span.begin], verbatim=True)
        yield from _trimmed(span.of(text), fits, sentence=True)
        end = span.end
    yield Fragment(text[end:], verbatim=True)


def _halves(text: str) -> list[Span]:
    """Two spans, or three around an address; a text of one character cannot be cut further."""
    quoted = [match.span() for match in _QUOTATION.finditer(text, *_window(text, _OUTER))]
    for outer in (_OUTER, 0.0):
        for border in _BORDERS if outer else _BORDERS[-1:]:
            found = [match.span() for match in border.finditer(text, *_window(text, outer))]
            if found:
                begin, end = min(found, key=lambda span: _cost(span, len(text), quoted))
                return [Span(0, begin), Span(end, len(text))]
    for match in protected_matches(text):
        return [Span(0, match.start()), Span(*match.span()), Span(match.end(), len(text))]
    cut = _cut(text)
    return [Span(0, cut), Span(cut, len(text))]


def _window(text: str, outer: float) -> tuple[int, int]:
    middle = len(text) // 2
    reach = min(_REACH, int(len(text) * (0.5 - outer))) if outer else len(text)
    return max(1, middle - reach), min(len(text) - 1, middle + reach + 1)


def _cost(span: tuple[int, int], length: int, quoted: list[tuple[int, int]]) -> tuple[bool, float, int]:
    """Borders inside a short quotation come last, then those far from the middle."""
    near = bisect_right(quoted, span) - 1
    inside = near >= 0 and span[1] < quoted[near][1]
    return inside, abs(span[0] - length / 2), span[0]


def _cut(text: str) -> int:
    """The border of grapheme clusters nearest to the middle, or inside the only cluster."""
    if len(text) < 2:
        raise ValueError(f"a single character does not fit: {text!r}")
    middle = len(text) // 2
    begin = max(0, middle - _REACH)
    inner = [match.start() + begin for match in _CLUSTER.finditer(text[begin : middle + _REACH])]
    borders = [place for place in inner if place > begin or (begin and len(inner) == 1)]
    return min(borders, key=lambda place: (abs(place - middle), place)) if borders else middle
