"""Cheap looks at markup and JSON before a parser is let loose on them: how deep, and how many parts."""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["MAX_DEPTH", "json_excess", "markup_excess"]

MAX_DEPTH = 64  # levels of a JSON record; an article has three
_MAX_VALUES = 500_000  # values of one JSON text; each takes up to 200 bytes in memory
_MAX_ELEMENTS = 50_000  # of a page: some ten seconds of work; a long live blog has 20 000
_MAX_ATTRIBUTES = 1_000  # of an element: parsers compare each with each
_MAX_OPEN = 1_000  # elements inside each other, as far as a scan can tell; the parser gives up at 256

_JSON = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[{]|[\]}]|,', re.DOTALL)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]*+)[^<>]*+")
_LONG_TAG = re.compile(r"<[a-zA-Z][^>]{5000,}+>?")
_QUOTED = re.compile(r"""=\s*+(?:"[^"]*+"?|'[^']*+'?)""")
# Elements that end by themselves, and those whose end may be left out: they do not tell how deep a page is.
_UNCOUNTED = frozenset(
    (
        *(
            "area",
            "base",
            "br",
            "col",
            "embed",
            "hr",
            "img",
            "input",
            "link",
            "meta",
            "param",
            "source",
            "track",
            "wbr",
        ),
        *("p", "li", "dt", "dd", "option", "optgroup", "tr", "td", "th", "thead", "tbody", "tfoot", "colgroup"),
        *("html", "head", "body", "a"),
    )
)
_RAW = ("script", "style")  # what looks like a tag inside is none


def json_excess(text: str) -> str | None:
    """What is too much about a JSON text: its depth or the number of its values; None when it may be parsed."""
    openers = text.count("[") + text.count("{")
    if openers <= MAX_DEPTH and openers + text.count(",") <= _MAX_VALUES:
        return None
    depth = values = 0
    for match in _JSON.finditer(text):
        sign = match.group()[0]
        if sign in "[{":
            depth += 1
        elif sign in "]}":
            depth -= 1
        values += sign in "[{,"
        if depth > MAX_DEPTH:
            return f"nested deeper than {MAX_DEPTH} levels"
        if values > _MAX_VALUES:
            return f"more than {_MAX_VALUES} values"
    return None


def markup_excess(text: str) -> tuple[str, str] | None:
    """The rule and detail of what is too much about a page; None when it may be parsed.

    A scan for tags that knows no grammar: "too-deep" counts elements that were opened and not closed, "too-complex"
    all elements, and the attributes of a long tag.
    """
    depth = 0
    for count, step in enumerate(_steps(text)):
        depth = max(0, depth + step)
        if count >= 2 * _MAX_ELEMENTS:
            return "too-complex", f"more than {_MAX_ELEMENTS} elements"
        if depth > _MAX_OPEN:
            return "too-deep", f"more than {_MAX_OPEN} elements inside each other"
    for match in _LONG_TAG.finditer(text):
        if len(_QUOTED.sub("=", match.group()).split()) > _MAX_ATTRIBUTES:
            return "too-complex", f"an element with more than {_MAX_ATTRIBUTES} attributes"
    return None


def _steps(text: str) -> Iterator[int]:
    """For each tag whether it leads one level down (1), up (-1) or neither (0)."""
    raw = ""
    for match in _TAG.finditer(text):
        tag = match[2].lower()
        if raw and not (match[1] and tag == raw):
            continue
        raw = tag if tag in _RAW and not match[1] else ""
        level = tag in _UNCOUNTED or match.group().endswith("/")
        yield 0 if level else -1 if match[1] else 1
