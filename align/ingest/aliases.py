"""The one table from the keys of other tools' article records to the fields of a Document."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from align.ingest.dates import parse_date
from align.ingest.encoding import clean_text
from align.language.tags import normalize_tag
from align.records import DatePrecision, Document, Rejected

__all__ = ["ALIASES", "Alias", "bounded_document", "document_from_record", "plain_json", "table_keys"]

Field = Literal["id", "text", "url", "outlet", "title", "published", "language"]

_URL = re.compile(r"https?://\S+", re.IGNORECASE)
_MAX_DEPTH = 64


@dataclass(frozen=True, slots=True)
class Alias:
    """A key that may hold a field. `only` narrows a key that different tools fill differently."""

    key: str
    only: Literal["url", "no-url"] | None = None

    def speaks(self, value: object) -> bool:
        """Whether `value` is there, and of the kind that this alias is about."""
        if value is None or (isinstance(value, str) and not value.strip()):
            return False
        if self.only is None:
            return True
        return isinstance(value, str) and bool(_URL.fullmatch(value.strip())) == (self.only == "url")


# The first key that is there and not empty wins; the others stay in the metadata under their own names.
ALIASES: Mapping[Field, tuple[Alias, ...]] = {
    "id": (
        Alias("id"),  # passim, trafilatura, Media Cloud (its present API), this project
        Alias("stories_id"),  # Media Cloud (its first API and its dumps)
        Alias("story_id"),  # Media Cloud (exports of topics)
        Alias("GKGRECORDID"),  # GDELT (Global Knowledge Graph)
        Alias("uid"),  # plain dumps
        Alias("guid"),  # plain dumps made from feeds
        Alias("_id"),  # news-please (its Elasticsearch and MongoDB stores)
    ),
    "text": (
        Alias("text"),  # trafilatura, CC-News, Media Cloud, passim, this project
        Alias("maintext"),  # news-please, and CC-News as news-please crawls it
        Alias("story_text"),  # Media Cloud (its first API)
        Alias("body"),  # plain dumps
        Alias("content"),  # plain dumps
        Alias("article"),  # plain dumps
        Alias("article_text"),  # plain dumps
        Alias("raw_text"),  # trafilatura (the text without its structure)
    ),
    "url": (
        Alias("url"),  # news-please, CC-News, Media Cloud, GDELT (DOC API), this project
        Alias("source", only="url"),  # trafilatura (JSON output)
        Alias("DocumentIdentifier"),  # GDELT (Global Knowledge Graph)
        Alias("link"),  # plain dumps made from feeds
        Alias("url_mobile"),  # GDELT (DOC API)
    ),
    "outlet": (
        Alias("outlet"),  # this project, plain dumps
        Alias("source-hostname"),  # trafilatura (JSON output: the name of the site)
        Alias("sitename"),  # trafilatura (Python output)
        Alias("media_name"),  # Media Cloud
        Alias("series"),  # passim
        Alias("source", only="no-url"),  # plain dumps
        Alias("publisher"),  # plain dumps
        Alias("hostname"),  # trafilatura
        Alias("source_domain"),  # news-please
        Alias("SourceCommonName"),  # GDELT (Global Knowledge Graph)
        Alias("domain"),  # CC-News, GDELT (DOC API)
        Alias("media_url"),  # Media Cloud
    ),
    "title": (
        Alias("title"),  # all six, this project
        Alias("heading"),  # plain dumps
        Alias("headline"),  # plain dumps
        Alias("title_page"),  # news-please
        Alias("title_rss"),  # news-please
    ),
    "published": (
        Alias("published"),  # this project
        Alias("date"),  # trafilatura, CC-News, passim
        Alias("date_publish"),  # news-please
        Alias("publish_date"),  # Media Cloud
        Alias("seendate"),  # GDELT (DOC API): when GDELT saw it, within 15 minutes
        Alias("DATE"),  # GDELT (Global Knowledge Graph)
        Alias("published_at"),  # plain dumps
        Alias("publication_date"),  # plain dumps
    ),
    "language": (
        Alias("language"),  # trafilatura, news-please, Media Cloud, GDELT ("English"), this project
        Alias("lang"),  # passim, plain dumps
    ),
}
_ORDERED = tuple(alias.key for aliases in ALIASES.values() for alias in aliases)
_KEYS = frozenset(_ORDERED)
# What this project's own documents.jsonl says besides; both are worked out again.
_DERIVED = frozenset({"published_precision", "sha256"})


def document_from_record(record: Mapping[str, Any], *, fallback_id: str) -> Document | Rejected:
    """The Document of one article record in any of the known vocabularies.

    `fallback_id` names the record where it has neither id nor URL, and in quarantine. Keys that are in no alias, and
    aliases that did not win, pass into the metadata; so does a value that the field could not hold whole, under its
    own key: a date in another spelling, a language that is in no table, a title with spaces around it.

    NUL and lone surrogates, which JSON can spell, become U+FFFD; a number that is not finite becomes null.
    """
    chosen: dict[Field, tuple[str, Any]] = {}
    for field, aliases in ALIASES.items():
        alias = next((alias for alias in aliases if alias.speaks(record.get(alias.key))), None)
        if alias is None:
            continue
        value = record[alias.key]
        if detail := _wrong_type(field, alias.key, value):
            return Rejected(fallback_id, "read", "wrong-type", detail)
        chosen[field] = (alias.key, value)
    if "text" not in chosen:
        keys = ", ".join(alias.key for alias in ALIASES["text"])
        return Rejected(fallback_id, "read", "no-text", f"no text under any of the keys {keys}")
    return _document(record, chosen, fallback_id)


def bounded_document(record: Mapping[str, Any], record_id: str, max_characters: int) -> Document | Rejected:
    """The Document of one article record, as `document_from_record` reads it, if its text is short enough."""
    document = document_from_record(record, fallback_id=record_id)
    if isinstance(document, Document) and len(document.text) > max_characters:
        return Rejected(record_id, "read", "too-long", f"more than max_characters = {max_characters} characters")
    return document


def table_keys(header: Sequence[str]) -> list[str]:
    """The keys of a table's columns: its header's names, those known to the table of aliases in their own case."""
    known = {key.casefold(): key for key in reversed(_ORDERED)}
    names = [name.strip() or f"column {number}" for number, name in enumerate(header, start=1)]
    return [name if name in _KEYS else known.get(name.casefold(), name) for name in names]


def plain_json(value: Any, depth: int = 0) -> Any:
    """`value` as every JSON writer takes it: clean strings, text keys, finite numbers.

    Raises ValueError where it is nested deeper than any article record is.
    """
    if depth > _MAX_DEPTH:
        raise ValueError(f"nested deeper than {_MAX_DEPTH} levels")
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, Mapping):
        return {clean_text(str(key)): plain_json(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain_json(item, depth + 1) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def _wrong_type(field: Field, key: str, value: object) -> str | None:
    """What is wrong with a value, or None."""
    number = isinstance(value, int) and not isinstance(value, bool)
    if isinstance(value, str) or (field in ("id", "published") and number):
        return None
    if field == "published" and isinstance(value, float):
        return None
    allowed = {"id": "text or a whole number", "published": "text or a number"}.get(field, "text")
    return f"{key!r} is {repr(value)[:80]} ({type(value).__name__}); allowed: {allowed}"


def _document(record: Mapping[str, Any], chosen: Mapping[Field, tuple[str, Any]], fallback_id: str) -> Document:
    given = {field: clean_text(str(value)) for field, (_, value) in chosen.items()}
    text = given.pop("text")
    fields: dict[Field, str | None] = {field: " ".join(value.split()) for field, value in given.items()}
    published, precision = _published(chosen.get("published"))
    fields["published"] = published
    fields["language"] = normalize_tag(fields.get("language"))
    whole = {key for field, (key, _) in chosen.items() if field == "text" or fields.get(field) == given[field]}
    return Document(
        id=fields.get("id") or fields.get("url") or fallback_id,
        text=text,
        url=fields.get("url"),
        outlet=fields.get("outlet"),
        title=fields.get("title"),
        published=published,
        published_precision=precision,
        language=fields["language"],
        metadata={
            clean_text(key): plain_json(value)
            for key, value in record.items()
            if key not in whole and key not in _DERIVED and not (key in _KEYS and value in (None, ""))
        },
    )


def _published(choice: tuple[str, Any] | None) -> tuple[str | None, DatePrecision | None]:
    parsed = parse_date(choice[1]) if choice else None
    return parsed or (None, None)
