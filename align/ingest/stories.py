"""Grouping blocks into stories, and deciding whose report each is.

A page without a title of its own is taken for a page that may compile several stories. After running text, a heading
starts a new story there when the text before it was closed (a credit, a signature); or a dateline or byline follows;
or it reads like a headline: long, or shorter with a colon or dash in it or a caption below. A question, a quotation
or a line in capitals is rather a cross-heading. A heading right under another is its subheading. After a closed text, a
dateline alone starts a story as well.

A document that has a title, or whose publisher is known, is one article, unless somewhere in it a long headline
follows a credit or a signature, or is followed by a dateline: then it is a page like any other.

Known to go wrong: on an untitled page a long cross-heading starts a story and a short headline with nothing around
it does not; stories that follow each other without heading, credit or dateline are not told apart.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence

from align.ingest.blocks import Block
from align.ingest.citations import citations
from align.ingest.credits import dateline, named_in, photo_credits, self_references
from align.ingest.cues import is_date_line
from align.ingest.dates import find_page_date, parse_date
from align.ingest.outlets import OutletTable, fold
from align.ingest.roles import RUNNING
from align.records import DatePrecision, Document, OutletEvidence, OutletEvidenceKind, Role, Span

__all__ = ["evidence_in", "name_outlet", "page_date", "publisher_evidence", "story_date", "story_starts", "title_of"]

Date = tuple[str | None, DatePrecision | None]

_CLOSING: frozenset[Role] = frozenset(("attribution", "byline"))
_HEADLINE = (6, 35)  # words and characters of a headline that something else speaks for
_LONG_HEADLINE = (7, 48)  # of one that stands on its own; measured on articles set one after the other in fr, tr, ar
_COLON = re.compile(r"\S\s?[:：]\s|\s[–—-]\s")
_SEPARATOR = re.compile(r"[\W_]{3,}")
_LADDER: tuple[OutletEvidenceKind, ...] = ("credit", "byline", "dateline", "self-reference", "url")
_PARTNER = re.compile(r"\W*(?:with|avec|con|mit|с|and|et|ve|и|مع)\s", re.IGNORECASE)
_STAFF = re.compile(r"\(?(?:Additional\s+)?(?:Reporting|Writing|Editing)\s+by\b")
_LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"»”)]+")
_BYLINE_OUTLET = re.compile(r"(?:[,|(–-]|\b(?:de|of|for|from|pour))\s*(?:l['’]|the\s+)?$")


def story_starts(document: Document, texts: Sequence[str], roles: Sequence[Role]) -> list[int]:
    """The indices of the blocks that begin a story; the first is 0. Empty for a document without blocks."""
    article = document.title is not None or document.outlet is not None
    title = fold(document.title or "")
    starts = _starts(title, texts, roles, article=article)
    return _starts(title, texts, roles, article=False) if article and len(starts) > 1 else starts


def _starts(title: str, texts: Sequence[str], roles: Sequence[Role], *, article: bool) -> list[int]:
    starts = [0] if texts else []
    told = False
    for index in range(1, len(texts)):
        told = told or roles[index - 1] in RUNNING
        if told and fold(texts[index]) != title and _begins(index, texts, roles, article):
            starts.append(index)
            told = False
    return starts


def _begins(index: int, texts: Sequence[str], roles: Sequence[Role], article: bool) -> bool:
    closed = roles[index - 1] in _CLOSING
    if roles[index] == "dateline":
        return not article and (closed or bool(_SEPARATOR.fullmatch(texts[index - 1])))
    if roles[index] != "heading" or roles[index - 1] == "heading":
        return False
    end = index + 1
    while end < len(roles) and roles[end] == "heading":
        end += 1
    following = roles[end] if end < len(roles) else None
    if article:
        return _longer(texts[index], _LONG_HEADLINE) and (closed or following == "dateline")
    return closed or following in ("dateline", "byline") or _is_news(texts[index], following)


def _is_news(text: str, following: Role | None) -> bool:
    """Whether a heading reads like a headline rather than a cross-heading."""
    if text.isupper() or text.endswith(("?", "؟")) or text[0] in '"“«„':
        return False
    shown = following == "caption" or bool(_COLON.search(text))
    return _longer(text, _LONG_HEADLINE) or (shown and _longer(text, _HEADLINE))


def _longer(text: str, least: tuple[int, int]) -> bool:
    return len(text.split()) >= least[0] and len(text) >= least[1]


def title_of(texts: Sequence[str], roles: Sequence[Role]) -> str | None:
    """The first heading of a story's blocks, if it stands before the story's running text."""
    for text, role in zip(texts, roles, strict=True):
        if role == "heading":
            return " ".join(text.split())
        if role in RUNNING:
            return None
    return None


def publisher_evidence(document: Document, outlets: OutletTable) -> list[OutletEvidence]:
    """What the document's metadata and address say of who published it, the better known first.

    A publisher that is not in the table has a key made of its name, or of its host where only that is known.
    """
    found: list[OutletEvidence] = []
    by_url = outlets.by_domain(document.url) if document.url else None
    if document.outlet and document.outlet.strip():
        known = outlets.by_name(document.outlet) or outlets.by_domain(document.outlet) or by_url
        found.append(OutletEvidence("metadata", document.outlet, known or outlets.resolve(document.outlet)))
    if document.url:
        found.append(OutletEvidence("url", document.url, by_url or (None if found else outlets.of_url(document.url))))
    return found


def evidence_in(
    document: Document, blocks: Sequence[Block], roles: Sequence[Role], outlets: OutletTable
) -> list[OutletEvidence]:
    """Every place in a story's blocks where an outlet, or a credit that names none, stands; in order."""
    found: list[OutletEvidence] = []
    for block, role in zip(blocks, roles, strict=True):
        text = block.span.of(document.text)
        for kind, span, key in _namings(text, role, outlets):
            place = Span(block.span.begin + span.begin, block.span.begin + span.end)
            found.append(OutletEvidence(kind, place.of(document.text), key, place))
    return found


def _namings(text: str, role: Role, outlets: OutletTable) -> Iterable[tuple[OutletEvidenceKind, Span, str | None]]:
    whole = Span(0, len(text))
    if role == "attribution":
        yield from _credits(text, outlets)
    elif role == "byline":
        yield "byline", whole, _byline_outlet(text, outlets)
    elif role == "dateline" and not is_date_line(text):
        named = [key for span, key in outlets.find_names(text, ambiguous=True) if span.begin > 0]
        yield "dateline", whole, named[0] if named else None
    elif role == "caption":
        yield from (("photo-credit", span, key) for span, key in photo_credits(text, outlets))
    elif role in ("body", "quote"):
        names = outlets.find_names(text, ambiguous=True)
        own = self_references(text, names)
        yield from (("self-reference", span, key) for span, key in own)
        yield from (("citation", span, key) for span, key in citations(text, names) if not _overlaps(span, own))


def _overlaps(span: Span, others: Sequence[tuple[Span, str]]) -> bool:
    """Whether a span shares a character with one of others, which are in order."""
    index = bisect_left(others, span.end, key=lambda item: item[0].begin)
    return index > 0 and others[index - 1][0].end > span.begin


def _credits(text: str, outlets: OutletTable) -> Iterable[tuple[OutletEvidenceKind, Span, str | None]]:
    """One credit for each outlet named; the whole line where it names one, or none that is known."""
    whole = Span(0, len(text))
    link = _LINK.search(text)
    if link and outlets.by_domain(link.group()):
        yield "url", Span(*link.span()), outlets.by_domain(link.group())
        return
    named = named_in(text, outlets)
    if len({key for _, key in named}) > 1:
        yield from (("credit", span, key) for span, key in named)
    elif named:
        yield "credit", whole, named[0][1]
    else:
        yield "byline" if _STAFF.match(text) else "credit", whole, None


def _byline_outlet(text: str, outlets: OutletTable) -> str | None:
    """The outlet that a byline names beside a person: after a comma, "de", "for". Petra and Sana are first names."""
    sure = {span for span, _ in outlets.find_names(text)}
    for span, key in outlets.find_names(text, ambiguous=True):
        if span in sure or _BYLINE_OUTLET.search(text[: span.begin]):
            return key
    return None


def name_outlet(evidence: Sequence[OutletEvidence], publisher: Sequence[OutletEvidence], *, single: bool) -> str | None:
    """The outlet of a story, or None when nothing names one.

    The publisher of a page that is one story is its outlet, whatever agency it credits (the credit stays among the
    evidence). On a page of several stories the publisher names none of them: each has what its own text says, a
    credit before a byline before a dateline before a self-reference. A photo credit names nobody, and neither does a
    partner ("avec AFP") or a citation ("selon l'AFP").
    """
    if single:
        for item in publisher:
            if item.outlet:
                return item.outlet
    for kind in _LADDER:
        for item in evidence:
            if item.kind == kind and item.outlet and not (kind == "credit" and _PARTNER.match(item.text)):
                return item.outlet
    return None


def page_date(document: Document) -> Date:
    """When the document was published: as its metadata says, or else as its head states for the whole page."""
    if document.published:
        return document.published, document.published_precision
    stated = None if document.title else find_page_date(document.text)
    return (stated[0], stated[1]) if stated else (None, None)


def story_date(
    page: Date, document: Document, blocks: Sequence[Block], roles: Sequence[Role], outlets: OutletTable
) -> Date:
    """The date that a story's dateline states in full, or else the page's, at the precision of what was stated.

    A day without its year ("MOSCOW, October 8.") is no date, and a page that states the day is believed first.
    """
    if page[1] in ("day", "minute"):
        return page
    for block, role in zip(blocks, roles, strict=True):
        if role == "dateline":
            text = block.span.of(document.text)
            opening = dateline(text + " …", outlets)
            stated = parse_date((opening.day if opening else None) or text)
            if stated and stated[1] in ("day", "minute") and stated[0].startswith(page[0] or ""):
                return stated
    return page
