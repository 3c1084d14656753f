"""Cutting a document's text into blocks: paragraphs, lines that stand alone, and what is written onto their ends."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from align.ingest.credits import dateline, trailing_credit, trailing_extra
from align.ingest.dates import find_page_date
from align.ingest.outlets import OutletTable
from align.records import Document, Mark, Role, Span

__all__ = ["Block", "cut_blocks"]

_TERMINAL = re.compile(r"[.!?…؟。:;][\"'”’»)\]]*$")
_MIN_WRAP, _MAX_WRAP = 40, 100  # characters of the longest line of a text that was wrapped by hand
_FULL_LINE = 0.7  # of the longest line: what a wrapped line fills at least, but for the last
_POST_HEAD = re.compile(r"\A.{0,120}?(?:^|\s)@\w{2,}", re.DOTALL)
_MIN_RUNNING = 60  # characters below which a block is a line, from which nothing is cut


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of a document without white space around it.

    `paragraph` counts the paragraphs of the page: what was cut off one paragraph's beginning or end (a dateline, a
    credit) is a block of its own in the same paragraph. `role` is set where the cut itself or the page's markup says
    what the block is.
    """

    span: Span
    paragraph: int
    role: Role | None = None


def cut_blocks(document: Document, outlets: OutletTable) -> list[Block]:
    """Cut at blank lines, at line breaks between lines that stand alone, around marks, and before a credit.

    The blocks are in order and disjoint, and every character that is not white space lies in exactly one. A stretch
    that the markup marked is one block with its role, whatever is in it (a mark of running text says nothing new and
    is cut like the rest). Of marks that overlap, the one that begins first is kept, and of those the longest.
    """
    text = document.text
    dated = _page_date(document)
    blocks: list[Block] = []
    paragraph = 0
    for part, role in _regions(text, document.marks):
        for span in [part] if role else _paragraphs(text, part):
            headed = not role and dated and span.contains(dated)
            rest = _strip(text, Span(dated.end, span.end)) if dated and headed else None
            if dated and rest:
                blocks.append(Block(Span(span.begin, dated.end), paragraph, "boilerplate"))
            blocks += _pieces(text, rest or span, paragraph, role, outlets)
            paragraph += 1
    return blocks


def _page_date(document: Document) -> Span | None:
    """Where an untitled page states its date in its head, when something else follows on that line."""
    found = None if document.title else find_page_date(document.text)
    rest = document.text[found[2].end :].lstrip(" \t") if found else ""
    return found[2] if found and rest and not rest[0].isspace() else None


def _regions(text: str, marks: Iterable[Mark]) -> Iterator[tuple[Span, Role | None]]:
    """The text in order, cut into marked stretches and what lies between them."""
    position = 0
    for mark in sorted(marks, key=lambda mark: (mark.span.begin, -mark.span.end)):
        span = _strip(text, mark.span)
        if mark.role == "body" or not span or span.begin < position:
            continue
        yield from _unmarked(text, Span(position, span.begin))
        yield span, mark.role
        position = span.end
    yield from _unmarked(text, Span(position, len(text)))


def _unmarked(text: str, span: Span) -> Iterator[tuple[Span, None]]:
    stripped = _strip(text, span)
    if stripped:
        yield stripped, None


def _strip(text: str, span: Span) -> Span | None:
    """`span` without the white space at its ends; None when nothing is left."""
    part = span.of(text)
    begin = span.begin + len(part) - len(part.lstrip())
    end = span.begin + len(part.rstrip())
    return Span(begin, end) if begin < end else None


def _paragraphs(text: str, region: Span) -> Iterator[Span]:
    lines: list[Span] = []
    position = region.begin
    for line in region.of(text).splitlines(keepends=True):
        span = _strip(text, Span(position, position + len(line)))
        position += len(line)
        if span:
            lines.append(span)
        elif lines:
            yield from _joined(text, lines)
            lines = []
    if lines:
        yield from _joined(text, lines)


def _joined(text: str, lines: list[Span]) -> Iterator[Span]:
    """The blocks of consecutive lines: all one when they were wrapped by hand or are one post, else line by line.

    Without blank lines between them, lines are joined only where the text plainly runs on: the line before does not
    end like a sentence and the next begins in lower case.
    """
    whole = Span(lines[0].begin, lines[-1].end)
    if len(lines) > 1 and (_wrapped(text, lines) or _is_post(whole.of(text))):
        yield whole
        return
    current = lines[0]
    for before, line in pairwise(lines):
        if _runs_on(before.of(text), line.of(text)):
            current = Span(current.begin, line.end)
        else:
            yield current
            current = line
    yield current


def _wrapped(text: str, lines: list[Span]) -> bool:
    """Whether lines look filled to a common width. Two lines are too few to tell, unless the text runs on."""
    longest = max(map(len, lines))
    if not _MIN_WRAP <= longest <= _MAX_WRAP:
        return False
    if len(lines) == 2:
        return _runs_on(lines[0].of(text), lines[1].of(text))
    filled = all(len(line) >= _FULL_LINE * longest for line in lines[:-1])
    broken = sum(not _TERMINAL.search(line.of(text)) for line in lines[:-1])
    return filled and 2 * broken > len(lines) - 1


def _runs_on(line: str, following: str) -> bool:
    return not _TERMINAL.search(line) and following[0].islower()


def _is_post(paragraph: str) -> bool:
    """Whether a paragraph of several lines opens like a quoted post: a name, a handle, the post's text."""
    return len(paragraph) <= 800 and bool(_POST_HEAD.match(paragraph)) and paragraph.count("\n") <= 8


def _pieces(text: str, span: Span, paragraph: int, role: Role | None, outlets: OutletTable) -> list[Block]:
    """A paragraph without the dateline it opens with and the credit it ends with, and these on their own."""
    if role:
        return [Block(span, paragraph, role)]
    tail: list[Block] = []
    credit = trailing_credit(span.of(text), outlets)
    if credit:
        tail.insert(0, Block(Span(span.begin + credit.begin, span.end), paragraph, "attribution"))
        rest = _strip(text, Span(span.begin, span.begin + credit.begin))
        if not rest:
            return tail
        span = rest
    extra = trailing_extra(span.of(text)) if len(span) >= _MIN_RUNNING else None
    if extra:
        tail.insert(0, Block(Span(span.begin + extra.begin, span.end), paragraph, "boilerplate"))
        span = _strip(text, Span(span.begin, span.begin + extra.begin)) or span
    opening = dateline(span.of(text), outlets)
    if opening:
        tail.insert(0, Block(Span(span.begin + opening.span.end, span.end), paragraph))
        head = Block(Span(span.begin, span.begin + opening.span.end), paragraph, "dateline")
        rest = _strip(text, tail[0].span)
        return [head, *([Block(rest, paragraph)] if rest else []), *tail[1:]]
    return [Block(span, paragraph), *tail]
