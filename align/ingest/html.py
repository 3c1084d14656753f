"""Saved web pages. trafilatura finds the main text; headings, captions, posts and source lines are put back."""

from __future__ import annotations

import copy
import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from align.config import IngestConfig
from align.ingest.dates import find_page_date
from align.ingest.encoding import encoding_metadata, read_file
from align.ingest.html_metadata import declared_charset, stated_metadata
from align.ingest.markup import Block, HtmlError, blocks, parse_html, prune
from align.records import Document, Mark, Rejected, Span

__all__ = ["document_from_html", "read_html"]

# Markup is longer than its text: a file may have this many times `max_characters`.
_MARKUP_FACTOR = 4
# Fewer letters than this may stand in a main text by chance; the line as a whole must be there.
_TELLING_LETTERS = 25
# An `article` element with less running text than this is a teaser.
_STORY_CHARACTERS = 200
_MAX_LINK_SHARE = 0.5


def read_html(path: Path, name: str, config: IngestConfig) -> Iterator[Document | Rejected]:
    """The page saved at `path` as one Document called `name`, or why it is none."""
    decoded = read_file(path, name, max_characters=_MARKUP_FACTOR * config.max_characters, declared=declared_charset)
    if isinstance(decoded, Rejected):
        yield decoded
        return
    yield document_from_html(
        decoded.text, name, max_characters=config.max_characters, metadata=encoding_metadata(decoded)
    )


def document_from_html(
    markup: str, name: str, *, max_characters: int, metadata: dict[str, Any] | None = None
) -> Document | Rejected:
    """The main text of a page, its blocks parted by blank lines, with a mark for each that the markup speaks of.

    trafilatura decides what the main text is. It leaves out headings, captions, bylines and source lines that belong
    to it, and all but the first of several articles; those are put back in their places. Script, style, navigation,
    footer and aside never come in.

    The rules of refusal are "no-text", "too-deep" and "too-long".
    """
    try:
        tree = parse_html(markup)
        stated = stated_metadata(tree)
        prune(tree)
        page = list(blocks(tree))
        chosen = _chosen(page, tree, stated.title)
    except HtmlError as error:
        return Rejected(name, "read", error.rule, str(error.args[-1]))
    except RecursionError:
        return Rejected(name, "read", "too-deep", "elements are nested too deep to be read")
    text, marks = _joined(chosen)
    if not text:
        return Rejected(name, "read", "no-text", "the page has no text outside scripts, navigation and footers")
    if len(text) > max_characters:
        return Rejected(name, "read", "too-long", f"more than max_characters = {max_characters} characters")
    found = None if stated.published else find_page_date(text)
    published, precision = found[:2] if found else (stated.published, stated.precision)
    return Document(
        id=name,
        text=text,
        url=stated.url,
        outlet=stated.outlet,
        title=stated.title,
        published=published,
        published_precision=precision,
        language=stated.language,
        metadata={**stated.metadata, **(metadata or {})},
        marks=marks,
    )


def _joined(chosen: Sequence[Block]) -> tuple[str, tuple[Mark, ...]]:
    marks = []
    begin = 0
    for block in chosen:
        if block.role:
            marks.append(Mark(Span(begin, begin + len(block.text)), block.role))
        begin += len(block.text) + 2
    return "\n\n".join(block.text for block in chosen), tuple(marks)


def _chosen(page: Sequence[Block], tree: Any, title: str | None) -> list[Block]:
    """The blocks of the main text and what belongs to them, in document order."""
    lines = _main_lines(page, tree)
    joined = "".join(lines)
    known = frozenset(lines)
    kept = [_is_in(_key(block.text), known, joined) for block in page]
    if not any(kept):
        kept = [not block.level and block.link_share < _MAX_LINK_SHARE for block in page]
    owners = [block.element for block, keep in zip(page, kept, strict=True) if keep]
    region = _region(owners)
    wanted = _key(title or "")
    titled = next((index for index, block in enumerate(page) if block.level == 1 and _key(block.text) == wanted), None)
    head = range(len(page) if titled is None else titled, kept.index(True) if any(kept) else 0)
    known_owners, parents = set(owners), {element.getparent() for element in owners}
    kept = [
        keep or (index in head and block.role == "caption") or _belongs(block, region, known_owners, parents)
        for index, (block, keep) in enumerate(zip(page, kept, strict=True))
    ]
    kept = _with_headings(page, kept, region, titled)
    return [block for block, keep in zip(page, kept, strict=True) if keep]


def _main_lines(page: Sequence[Block], tree: Any) -> list[str]:
    """The lines of the main text as trafilatura sees it, as keys; on a page of several articles, of each of them."""
    running: dict[Any, int] = {}
    for block in page:
        articles = [element for element in (block.element, *block.element.iterancestors()) if element.tag == "article"]
        if articles and not block.level and block.link_share < _MAX_LINK_SHARE:
            running[articles[-1]] = running.get(articles[-1], 0) + len(block.text)
    stories = [article for article, characters in running.items() if characters >= _STORY_CHARACTERS]
    sources = [tree] if len(stories) < 2 else [tree, *(_alone(article) for article in stories)]
    return [key for source in sources for line in _extracted(source).split("\n") if (key := _key(line))]


def _extracted(tree: Any) -> str:
    """The main text of a tree, which is left as it is; empty where trafilatura finds none."""
    import trafilatura

    if not (log := logging.getLogger("trafilatura")).level:
        log.setLevel(logging.CRITICAL)  # it warns of each page on which it finds nothing; that is said in quarantine
    # Metadata is read elsewhere: trafilatura's dates are filled up to a day.
    found = trafilatura.bare_extraction(copy.deepcopy(tree), with_metadata=False, include_comments=False)
    return (found.text or "") if found else ""


def _alone(article: Any) -> Any:
    """A page that holds nothing but one article."""
    from lxml import html as lxml_html

    page = lxml_html.document_fromstring("<html><body></body></html>")
    only = copy.deepcopy(article)
    only.tail = None
    page.body.append(only)
    return page


def _key(text: str) -> str:
    """Letters and digits alone: the two walks over a page differ in spaces and list marks."""
    return "".join(character for character in text.casefold() if character.isalnum())


def _is_in(key: str, lines: frozenset[str], joined: str) -> bool:
    return bool(key) and (key in lines or (len(key) >= _TELLING_LETTERS and key in joined))


def _region(elements: Sequence[Any]) -> frozenset[Any]:
    """All elements of the smallest part of the page around `elements`, widened to the article or main part it is in."""
    if not elements:
        return frozenset()
    first, last = ([element, *element.iterancestors()] for element in (elements[0], elements[-1]))
    around = set(last)
    root = next(element for element in first if element in around)
    outer = [element for element in (root, *root.iterancestors()) if element.tag in ("article", "main")]
    return frozenset((outer[0] if outer else root).iter())


def _belongs(block: Block, region: frozenset[Any], owners: set[Any], parents: set[Any]) -> bool:
    """Whether a block that trafilatura left out belongs to the main text. Headings are judged later."""
    if block.level or block.element not in region:
        return False
    if block.role or block.is_source_line:
        return True
    if block.link_share >= _MAX_LINK_SHARE:
        return False
    return block.element in owners or (block.element.tag in ("p", "li") and block.element.getparent() in parents)


def _with_headings(
    page: Sequence[Block], kept: Sequence[bool], region: frozenset[Any], titled: int | None
) -> list[bool]:
    """Keep a heading of the region when text follows it before the next heading of its rank; and the page's title."""
    answer = list(kept)
    followed = [False] * 7
    for index in range(len(page) - 1, -1, -1):
        block = page[index]
        if not block.level:
            followed = [True] * 7 if kept[index] else followed
            continue
        answer[index] = kept[index] or (followed[block.level] and (index == titled or block.element in region))
        followed[block.level :] = [False] * (7 - block.level)
    return answer
