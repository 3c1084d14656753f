"""What a saved page states of itself in its head and in its JSON-LD. Nothing is guessed from its looks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from align.ingest.aliases import plain_json
from align.ingest.dates import parse_date
from align.ingest.encoding import clean_text
from align.language.tags import normalize_tag
from align.records import DatePrecision

__all__ = ["Stated", "declared_charset", "host_of", "stated_metadata"]

_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE)
_CHARSET_WINDOW = 4096
_DATE_KEYS = (
    "article:published_time",  # Open Graph
    "og:published_time",
    "datepublished",  # schema.org as microdata
    "parsely-pub-date",
    "sailthru.date",
    "dc.date.issued",  # Dublin Core
    "dcterms.issued",
    "dcterms.created",
    "dc.date",
    "pubdate",
    "publishdate",
    "publish-date",
    "publication_date",
    "date",
)
_URL_DATE = re.compile(r"/((?:19|20)\d\d)/(\d{1,2})(?:/(\d{1,2}))?(?=/)")


@dataclass(frozen=True, slots=True)
class Stated:
    """A page's own statements. `metadata` holds those that no field could take whole, under their own names."""

    title: str | None = None
    url: str | None = None
    outlet: str | None = None
    language: str | None = None
    published: str | None = None
    precision: DatePrecision | None = None
    metadata: dict[str, Any] = field(default_factory=dict)


def declared_charset(data: bytes) -> str | None:
    """The charset that the first bytes of a page name in a `meta` element."""
    match = _CHARSET.search(data[:_CHARSET_WINDOW])
    return match[1].decode("ascii") if match else None


def stated_metadata(tree: Any) -> Stated:
    """Read the head of a page: Open Graph, canonical link, `lang`, JSON-LD, and the dates of several vocabularies.

    The date is the first that can be read among `meta` elements, JSON-LD, `time` elements of an article and the
    path of the URL, at the precision that it states.
    """
    meta = _meta(tree)
    linked = _linked_data(tree)
    url = next((u for u in (*tree.xpath("//link[@rel='canonical']/@href"), meta.get("og:url")) if _is_web(u)), None)
    language = _first(tree.get("lang"), tree.get("xml:lang"), meta.get("og:locale"), meta.get("content-language"))
    metadata: dict[str, Any] = {key: meta[key] for key in ("author", "description") if key in meta}
    if language and normalize_tag(language) is None:
        metadata["lang"] = language
    published, precision, source = _date(tree, meta, linked, url)
    metadata.update(source)
    return Stated(
        title=_first(meta.get("og:title"), linked.get("headline"), tree.findtext(".//h1"), tree.findtext(".//title")),
        url=url,
        outlet=_first(meta.get("og:site_name"), linked.get("publisher"), host_of(url)),
        language=normalize_tag(language),
        published=published,
        precision=precision,
        metadata=metadata,
    )


def _meta(tree: Any) -> dict[str, str]:
    """The `meta` elements by their lower-case names; the first of a name counts."""
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        key = element.get("property") or element.get("name") or element.get("itemprop") or element.get("http-equiv")
        content = _one_line(element.get("content"))
        if key and content:
            found.setdefault(key.strip().lower(), content)
    return found


def _linked_data(tree: Any) -> dict[str, str]:
    """Headline, publisher and date of the first article that the page's JSON-LD describes."""
    for script in tree.xpath("//script[@type='application/ld+json']"):
        try:
            value = plain_json(json.loads(script.text or "", parse_constant=lambda _: None))
        except (ValueError, RecursionError):
            continue  # half the web's JSON-LD is broken, and nothing of the text is lost with it
        for node in _nodes(value):
            if "datePublished" in node or "headline" in node:
                publisher = node.get("publisher")
                name = publisher.get("name") if isinstance(publisher, dict) else publisher
                stated = {"headline": node.get("headline"), "publisher": name, "date": node.get("datePublished")}
                return {key: text for key, text in stated.items() if isinstance(text, str)}
    return {}


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        yield from _nodes(value.get("@graph"))
    elif isinstance(value, list):
        for item in value:
            yield from _nodes(item)


def _date(
    tree: Any, meta: dict[str, str], linked: dict[str, str], url: str | None
) -> tuple[str | None, DatePrecision | None, dict[str, str]]:
    candidates = [(key, meta[key]) for key in _DATE_KEYS if key in meta]
    candidates += [("datePublished", linked["date"])] if "date" in linked else []
    candidates += [("time", value) for value in tree.xpath("//article//time/@datetime")[:1]]
    if url and (match := _URL_DATE.search(urlsplit(url).path)):
        candidates.append(("url", "-".join(part for part in match.groups() if part)))
    for key, value in candidates:
        if parsed := parse_date(value):
            return *parsed, ({} if key == "url" or value == parsed[0] else {key: value})
    return None, None, dict(candidates[:1])


def _first(*texts: str | None) -> str | None:
    return next((line for text in texts if (line := _one_line(text))), None)


def _one_line(text: str | None) -> str | None:
    return " ".join(clean_text(text).split()) or None if text else None


def _is_web(url: str | None) -> bool:
    return bool(url) and re.fullmatch(r"https?://[^\s/]\S*", str(url).strip(), re.IGNORECASE) is not None


def host_of(url: str | None) -> str | None:
    """The host of an address, without `www.`; None where there is none."""
    if not url:
        return None
    try:
        return (urlsplit(url.strip()).hostname or "").removeprefix("www.") or None
    except ValueError:  # a bracketed host that is no address
        return None
