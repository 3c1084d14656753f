"""A gold file that says which articles belong together: classes of article pairs, families, events, boilerplate."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar, get_args

from align.errors import InputError
from align.records import MatchClass, OriginBasis, Span
from align.runfolder import from_json

__all__ = [
    "REUSED",
    "ArticleGold",
    "ArticlePair",
    "GoldDocument",
    "GoldEvent",
    "GoldFamily",
    "GoldPassage",
    "Key",
    "key",
    "read_article_gold",
    "read_gold_file",
]

REUSED = ("verbatim", "rewrite", "passage")  # classes of two articles that share a source
Key = tuple[str, str]
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class GoldDocument:
    """An article: the outlet as it is written, and its sentences in code points of the text."""

    id: str
    outlet: str | None = None
    split: str | None = None
    sentences: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class GoldPassage:
    """Sentences of two articles, numbered from 1 and inclusive, that retell one another."""

    a: tuple[int, ...]
    b: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ArticlePair:
    """Two articles, what they are to each other, and where; `spans` are the passages in code points."""

    a: str
    b: str
    label: str
    split: str | None = None
    passages: tuple[GoldPassage, ...] = ()
    spans: tuple[tuple[Span, Span], ...] = ()


@dataclass(frozen=True, slots=True)
class GoldFamily:
    """Articles that retell one source; `origin` is null where it is not here, or cannot be told."""

    id: str
    members: tuple[str, ...]
    origin: str | None
    basis: OriginBasis
    origin_outlet: str | None = None
    split: str | None = None


@dataclass(frozen=True, slots=True)
class GoldEvent:
    """An event's articles, and how many origins a reader should count over them."""

    id: str
    dispatch: str
    rewrites: tuple[str, ...]
    independent: tuple[str, ...]
    independent_origins: int
    split: str | None = None

    @property
    def documents(self) -> tuple[str, ...]:
        """All articles that are counted."""
        return (self.dispatch, *self.rewrites, *self.independent)


@dataclass(frozen=True, slots=True)
class ArticleGold:
    """What a gold file says of whole articles. Two articles of which no pair is listed are unrelated."""

    documents: Mapping[str, GoldDocument]
    pairs: Mapping[Key, ArticlePair]
    families: tuple[GoldFamily, ...]
    events: tuple[GoldEvent, ...]
    boilerplate: tuple[tuple[str, Span], ...]


def key(first: str, second: str) -> Key:
    """Two ids in order."""
    return (first, second) if first <= second else (second, first)


def read_gold_file(path: Path) -> dict[str, Any]:
    """The JSON object of a gold file. Raises InputError for a file that is none, or that lacks `pairs`."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
        listed = value["pairs"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise InputError(f"{path}: not a gold file: {error}; expected a JSON object with `pairs`") from error
    if not isinstance(listed, list):
        raise InputError(f"{path}: not a gold file: `pairs` is {type(listed).__name__}; expected a list")
    return dict(value)


def read_article_gold(path: Path, split: str | None = None) -> ArticleGold | None:
    """What a gold file says of articles, of one `split` where it is named; None for a file without `article_pairs`.

    Raises InputError, naming the entry by its number from 1, for one that lacks something, names a document that
    `documents` does not list, or has sentences that the document does not have.
    """
    value = read_gold_file(path)
    if "article_pairs" not in value:
        return None

    def entries(name: str, noun: str, read: Callable[[Any], Item]) -> list[Item]:
        found = value.get(name, [])
        if not isinstance(found, list):
            raise InputError(f"{path}: not a gold file: `{name}` is {type(found).__name__}; expected a list")
        return [_checked(read, item, f"{path}: {noun} {number}") for number, item in enumerate(found, start=1)]

    listed = {document.id: document for document in entries("documents", "document", _reader(GoldDocument))}
    pairs = entries("article_pairs", "article pair", lambda item: _pair(item, listed))
    families = entries("families", "family", lambda item: _known(from_json(GoldFamily, item), "members", listed))
    events = entries("events", "event", lambda item: _known(from_json(GoldEvent, item), "documents", listed))
    places = [place for held in entries("boilerplate", "boilerplate", lambda i: _places(i, listed)) for place in held]

    def chosen(item: Any) -> bool:
        return split is None or item.split == split

    documents = {name: document for name, document in listed.items() if chosen(document)}
    return ArticleGold(
        documents,
        {key(pair.a, pair.b): pair for pair in pairs if chosen(pair)},
        tuple(filter(chosen, families)),
        tuple(filter(chosen, events)),
        tuple((name, span) for name, span in places if name in documents),
    )


def _reader(cls: type[Item]) -> Callable[[Any], Item]:
    return lambda item: from_json(cls, item)


def _checked(read: Callable[[Any], Item], item: Any, where: str) -> Item:
    if not isinstance(item, dict):
        raise InputError(f"{where}: not an object: {item!r}")
    try:
        return read(item)
    except (InputError, ValueError) as error:
        raise InputError(f"{where}: {error}") from error


def _known(entry: Item, field: str, documents: Mapping[str, GoldDocument]) -> Item:
    for name in getattr(entry, field):
        _document(name, documents)
    return entry


def _document(name: str, documents: Mapping[str, GoldDocument]) -> GoldDocument:
    if name not in documents:
        raise InputError(f"no document {name!r}; expected one that `documents` lists")
    return documents[name]


def _pair(item: dict[str, Any], documents: Mapping[str, GoldDocument]) -> ArticlePair:
    pair = from_json(ArticlePair, {**item, "label": item.get("class"), "spans": []})
    if pair.label not in get_args(MatchClass):
        raise InputError(f"not a class: {pair.label!r}; allowed: {', '.join(get_args(MatchClass))}")
    first, second = _document(pair.a, documents), _document(pair.b, documents)
    spans = tuple((_span(first, passage.a), _span(second, passage.b)) for passage in pair.passages)
    # the key holds the ids in order, so the sides are put in order once, here
    if key(pair.a, pair.b) != (pair.a, pair.b):
        return replace(pair, a=pair.b, b=pair.a, spans=tuple((b, a) for a, b in spans))
    return replace(pair, spans=spans)


def _span(document: GoldDocument, ends: tuple[int, ...]) -> Span:
    if len(ends) != 2 or not 1 <= ends[0] <= ends[1] <= len(document.sentences):
        raise InputError(
            f"no sentences {list(ends)} in {document.id!r}; allowed: first and last, 1 to {len(document.sentences)}"
        )
    return Span(document.sentences[ends[0] - 1][0], document.sentences[ends[1] - 1][-1])


@dataclass(frozen=True, slots=True)
class _Place:
    document: str
    span: Span


@dataclass(frozen=True, slots=True)
class _Boilerplate:
    places: tuple[_Place, ...]


def _places(item: dict[str, Any], documents: Mapping[str, GoldDocument]) -> list[tuple[str, Span]]:
    places = from_json(_Boilerplate, item).places
    return [(_document(place.document, documents).id, place.span) for place in places]
