"""A run's matches against labelled pairs of quotations."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import regex

from align.errors import InputError
from align.records import Passage, PassageMatch, Span

__all__ = ["JudgedPair", "QuotePair", "judge", "read_quote_pairs"]

Places = Sequence[tuple[str, Span]]
_HALF = 0.5


@dataclass(frozen=True, slots=True)
class QuotePair:
    """Two quotations, each a substring of some document, with what a reader says of them and why."""

    first: str
    second: str
    label: str
    why: str


@dataclass(frozen=True, slots=True)
class JudgedPair:
    """A labelled pair with the match that holds both quotations, if there is one; `score` is 0 where there is none."""

    pair: QuotePair
    match: PassageMatch | None

    @property
    def score(self) -> float:
        """The match's score in [0, 1]."""
        return self.match.score if self.match else 0.0


def read_quote_pairs(path: Path) -> list[QuotePair]:
    """The `pairs` of a gold file: `{a: {quote}, b: {quote}, label, why}`.

    Raises InputError for a file that is none, and for a pair that lacks something, naming the pair, counted from 1.
    """
    try:
        lines: list[Any] = json.loads(path.read_text(encoding="utf-8"))["pairs"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path}: not a gold file: {error}; expected a JSON object with `pairs`") from error
    if not isinstance(lines, list):
        raise InputError(f"{path}: not a gold file: `pairs` is {type(lines).__name__}; expected a list")
    return [_pair(item, f"{path}: pair {number}") for number, item in enumerate(lines, start=1)]


def _pair(item: Any, where: str) -> QuotePair:
    try:
        pair = QuotePair(item["a"]["quote"], item["b"]["quote"], item["label"], item.get("why", ""))
    except (KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{where} lacks {error}; expected a.quote, b.quote and label") from error
    for quote in (pair.first, pair.second):
        if not isinstance(quote, str) or not quote.strip():
            raise InputError(f"{where}: not a quotation: {quote!r}; expected words of a document")
    return pair


def judge(matches: Iterable[PassageMatch], texts: Mapping[str, str], pairs: Iterable[QuotePair]) -> list[JudgedPair]:
    """For each labelled pair the best-scored match that holds both quotations, in either order.

    `texts` maps a document's id to its text. A passage holds a quotation when they share at least half of the
    shorter of the two. Raises InputError for a quotation that is in no document.
    """
    listed = list(matches)
    judged = []
    for pair in pairs:
        first, second = _places(pair.first, texts), _places(pair.second, texts)
        holding = [
            match
            for match in listed
            if (_holds(match.source, first) and _holds(match.target, second))
            or (_holds(match.source, second) and _holds(match.target, first))
        ]
        judged.append(JudgedPair(pair, max(holding, key=lambda match: (match.score, match.id), default=None)))
    return judged


def _places(quote: str, texts: Mapping[str, str]) -> Places:
    words = regex.escape(quote)
    places = [(name, Span(*found.span())) for name, text in texts.items() for found in regex.finditer(words, text)]
    if not places:
        raise InputError(f"no document of the run holds the quotation {quote[:60]!r}")
    return places


def _holds(passage: Passage, places: Places) -> bool:
    return any(
        passage.document_id == document and _shared(passage.span, span) >= _HALF * min(len(passage.span), len(span))
        for document, span in places
    )


def _shared(first: Span, second: Span) -> int:
    return max(0, min(first.end, second.end) - max(first.begin, second.begin))
