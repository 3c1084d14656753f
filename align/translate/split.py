"""Cutting a text into what a model can take at once, so that nothing is ever truncated."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import regex

from align.records import Span
from align.text.sentences import split_sentences
from align.translate.protect import has_words, peel

__all__ = ["Fragment", "fragments"]

_LINE_BREAK = regex.compile(r"\s*\n\s*")
# From the strongest border to the weakest. A mark counts only before white space: not in "1,5" or "20:30".
_BORDERS = tuple(
    regex.compile(pattern)
    for pattern in (r"(?<=[;؛:])\s+|\s+(?=[–—]\s)", r"(?<=[,،、])\s+|(?<=[、，；])(?=\S)", r"\s+")
)
_OUTER = 0.15  # a border in the first or last such share of a text leaves too small a piece


@dataclass(frozen=True, slots=True)
class Fragment:
    """A stretch of a text; `verbatim` ones (white space, addresses, lines without a word) stay as they are."""

    text: str
    verbatim: bool


def fragments(text: str, fits: Callable[[str], bool]) -> list[Fragment]:
    """Cut a text into pieces that a model can take, and what stands between them; joined they are the text again.

    Line breaks are kept. A line that does not fit is cut into sentences, a sentence at the clause border nearest to
    its middle, then at white space, in the last resort inside a word: `fits` holds for every piece, as long as it
    holds for single characters.
    """
    return [fragment for fragment in _fragments(text, fits) if fragment.text]


def _fragments(text: str, fits: Callable[[str], bool]) -> Iterator[Fragment]:
    begin = 0
    for line_break in _LINE_BREAK.finditer(text):
        yield from _line(text[begin : line_break.start()], fits)
        yield Fragment(line_break[0], verbatim=True)
        begin = line_break.end()
    yield from _line(text[begin:], fits)


def _line(line: str, fits: Callable[[str], bool]) -> Iterator[Fragment]:
    head, body, tail = peel(line)
    stripped = body.strip()
    if not has_words(stripped):
        yield Fragment(line, verbatim=True)
        return
    inset = body.index(stripped)
    yield Fragment(head + body[:inset], verbatim=True)
    yield from _fitted(stripped, fits)
    yield Fragment(body[inset + len(stripped) :] + tail, verbatim=True)


def _fitted(text: str, fits: Callable[[str], bool]) -> Iterator[Fragment]:
    if fits(text):
        yield Fragment(text, verbatim=not has_words(text))
        return
    sentences = split_sentences(text)
    if len(sentences) < 2:
        sentences = _halves(text)
    end = 0
    for span in sentences:
        yield Fragment(text[end : span.begin], verbatim=True)
        yield from _fitted(span.of(text), fits)
        end = span.end
    yield Fragment(text[end:], verbatim=True)


def _halves(text: str) -> list[Span]:
    """Two spans around the border nearest to the middle; a text of one character cannot be cut further."""
    middle = len(text) / 2
    for border in _BORDERS:
        inner = [
            match.span() for match in border.finditer(text) if abs(match.start() - middle) <= middle * (1 - 2 * _OUTER)
        ]
        if inner:
            begin, end = min(inner, key=lambda span: (abs(span[0] - middle), span))
            return [Span(0, begin), Span(end, len(text))]
    cut = len(text) // 2
    while 0 < cut < len(text) - 1 and unicodedata.combining(text[cut]):
        cut += 1
    if not 0 < cut < len(text):
        raise ValueError(f"a single character does not fit: {text!r}")
    return [Span(0, cut), Span(cut, len(text))]
