"""A run's matches against labelled pairs of quotations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import regex

from align.errors import InputError
from align.evaluate.gold import Key, key, read_gold_file
from align.records import Passage, PassageMatch, Segment, Span

__all__ = ["JudgedPair", "QuotePair", "holds", "judge", "read_quote_pairs"]

Place = tuple[str, Span]
_HALF = 0.5


@dataclass(frozen=True, slots=True)
class QuotePair:
    """Two quotations, each a substring of some document, with what a reader says of them and why.

    `places` says where they stand, null where the gold does not tell; `languages` are those of the two documents.
    """

    first: str
    second: str
    label: str
    why: str
    places: tuple[Place | None, Place | None] = (None, None)
    languages: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class JudgedPair:
    """A labelled pair with the match that holds both quotations, if there is one; `score` is 0 where there is none."""

    pair: QuotePair
    match: PassageMatch | None

    @property
    def score(self) -> float:
        """The match's score in [0, 1]."""
        return self.match.score if self.match else 0.0

    @property
    def flagged(self) -> bool:
        """Whether the run says that the two quotations rewrite one source."""
        return self.match is not None and self.match.flagged


def read_quote_pairs(path: Path, split: str | None = None) -> list[QuotePair]:
    """The `pairs` of a gold file: `{a: {quote}, b: {quote}, label, why}`; of one `split` where it is named.

    A side may say where its quotation stands, as `document`, `begin` and `end`. Raises InputError for a file that is
    none, and for a pair that lacks something, naming the pair, counted from 1.
    """
    value = read_gold_file(path)
    languages = _languages(value.get("documents", []), path)
    numbered = list(enumerate(value["pairs"], start=1))
    pairs = [(_pair(item, languages, f"{path}: pair {number}"), item) for number, item in numbered]
    return [pair for pair, item in pairs if split is None or item.get("split") == split]


def _languages(documents: Any, path: Path) -> dict[str, str]:
    if not isinstance(documents, list) or not all(isinstance(item, dict) for item in documents):
        raise InputError(f"{path}: not a gold file: `documents` must be a list of objects")
    return {item["id"]: item["language"] for item in documents if item.get("id") and item.get("language")}


def _pair(item: Any, languages: Mapping[str, str], where: str) -> QuotePair:
    try:
        sides = item["a"], item["b"]
        quotes, label, why = [side["quote"] for side in sides], item["label"], item.get("why", "")
    except (KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{where} lacks {error}; expected a.quote, b.quote and label") from error
    for quote in quotes:
        if not isinstance(quote, str) or not quote.strip():
            raise InputError(f"{where}: not a quotation: {quote!r}; expected words of a document")
    places = _place(sides[0], where), _place(sides[1], where)
    found = [languages.get(side.get("document")) for side in sides]
    known = (found[0], found[1]) if found[0] and found[1] else None
    return QuotePair(quotes[0], quotes[1], label, why, places, known)


def _place(side: Mapping[str, Any], where: str) -> Place | None:
    if "begin" not in side and "end" not in side:
        return None
    document, begin, end = (side.get(name) for name in ("document", "begin", "end"))
    if not isinstance(document, str) or type(begin) is not int or type(end) is not int or not 0 <= begin < end:
        raise InputError(f"{where}: not a place: {document!r} {begin!r} to {end!r}; expected document, begin and end")
    return document, Span(begin, end)


def judge(matches: Iterable[PassageMatch], texts: Mapping[str, str], pairs: Iterable[QuotePair]) -> list[JudgedPair]:
    """For each labelled pair the best-scored match that holds both quotations, in either order.

    `texts` maps a document's id to its text. A quotation of which the gold does not say where it stands is looked for
    in all of them. A passage holds a quotation when they share at least half of the shorter of the two. Raises
    InputError for a quotation that is in no document, or not where the gold has it.
    """
    between: defaultdict[Key, list[PassageMatch]] = defaultdict(list)
    for match in matches:
        between[key(match.source.document_id, match.target.document_id)].append(match)
    judged = []
    for pair in pairs:
        first, second = (
            _places(quote, place, texts) for quote, place in zip((pair.first, pair.second), pair.places, strict=True)
        )
        documents = sorted({key(a, b) for a, _ in first for b, _ in second})
        holding = [
            match
            for both in documents
            for match in between.get(both, ())
            if (holds(match.source, first) and holds(match.target, second))
            or (holds(match.source, second) and holds(match.target, first))
        ]
        judged.append(JudgedPair(pair, max(holding, key=lambda match: (match.score, match.id), default=None)))
    return judged


def _places(quote: str, place: Place | None, texts: Mapping[str, str]) -> list[Place]:
    if place is not None:
        document, span = place
        if document not in texts:
            raise InputError(f"the run has no document {document!r}, which the gold quotes")
        if span.of(texts[document]) != quote:
            raise InputError(f"{document}: {quote[:60]!r} does not stand at {span.begin} to {span.end}")
        return [place]
    words = regex.escape(quote)
    places = [(name, Span(*found.span())) for name, text in texts.items() for found in regex.finditer(words, text)]
    if not places:
        raise InputError(f"no document of the run holds the quotation {quote[:60]!r}")
    return places


def holds(passage: Passage | Segment, places: Iterable[Place]) -> bool:
    """Whether a passage and one of some places share at least half of the shorter of the two."""
    return any(
        passage.document_id == document and _shared(passage.span, span) >= _HALF * min(len(passage.span), len(span))
        for document, span in places
    )


def _shared(first: Span, second: Span) -> int:
    return max(0, min(first.end, second.end) - max(first.begin, second.begin))
