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
from align.ingest.html_metadata import Stated, declared_charset, host_of, stated_metadata
from align.ingest.html_outside import left_out, with_stories_outside
from align.ingest.markup import Block, HtmlError, blocks, parse_html, prune
from align.records import Document, Mark, Rejected, Span

__all__ = ["MARKUP_FACTOR", "read_html", "read_markup"]

# Markup is longer than its text: a file may have this many times `max_characters`.
MARKUP_FACTOR = 4
# Fewer letters than this may stand in a main text by chance; the line as a whole must be there.
_TELLING_LETTERS = 25
# An `article` element with less running text than this is a teaser.
_STORY_CHARACTERS = 200
_MAX_LINK_SHARE = 0.5


def read_html(path: Path, name: str, config: IngestConfig) -> Iterator[Document | Rejected]:
    """The page saved at `path` as one Document called `name`, or why it is none."""
    decoded = read_file(path, name, max_characters=MARKUP_FACTOR * config.max_characters, declared=declared_charset)
    if isinstance(decoded, Rejected):
        yield decoded
        return
    yield from read_markup(
        decoded.text, name, max_characters=config.max_characters, metadata=encoding_metadata(decoded)
    )


def read_markup(
    markup: str, name: str, *, max_characters: int, metadata: dict[str, Any] | None = None, address: str | None = None
) -> Iterator[Document | Rejected]:
    """The main text of a page, its blocks parted by blank lines, with a mark for each that the markup speaks of.

    trafilatura decides what the main text is. It leaves out headings, captions, bylines and source lines that belong
    to it, and all but the first of several articles; those are put back in their places, and so are stories outside
    of it. Script, style, navigation, footer and aside never come in. Sentences that were left out stand in a Rejected
    of rule "left-out" after the document.

    `address` is where the page came from, for pages that do not say so. The rules of refusal are "no-text",
    "too-deep", "too-complex" and "too-long".
    """
    try:
        tree = parse_html(markup)
        stated = stated_metadata(tree)
        furniture = prune(tree)
        page = list(blocks(tree))
        kept = with_stories_outside(page, _kept(page, tree, stated.title))
    except HtmlError as error:
        yield Rejected(name, "read", error.rule, str(error.args[-1]))
        return
    except RecursionError:
        yield Rejected(name, "read", "too-deep", "elements are nested too deep to be read")
        return
    text, marks = _joined([block for block, keep in zip(page, kept, strict=True) if keep])
    if len(text) > max_characters:
        yield Rejected(name, "read", "too-long", f"more than max_characters = {max_characters} characters")
        return
    if text:
        yield _document(name, text, marks, stated, address, metadata or {})
    else:
        yield Rejected(name, "read", "no-text", "the page has no text outside scripts, navigation and footers")
    if missing := [*left_out(page, kept), *furniture]:
        told = " | ".join(missing)
        cut = f" [{len(told) - max_characters} more characters]" if len(told) > max_characters else ""
        yield Rejected(name, "read", "left-out", f"outside of the main text: {told[:max_characters]}{cut}")


def _document(
    name: str, text: str, marks: tuple[Mark, ...], stated: Stated, address: str | None, metadata: dict[str, Any]
) -> Document:
    found = None if stated.published else find_page_date(text)
    published, precision = found[:2] if found else (stated.published, stated.precision)
    return Document(
        id=name,
        text=text,
        url=stated.url or address,
        outlet=stated.outlet or (host_of(address) if address else None),
        title=stated.title,
        published=published,
        published_precision=precision,
        language=stated.language,
        metadata={**stated.metadata, **metadata},
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


def _kept(page: Sequence[Block], tree: Any, title: str | None) -> list[bool]:
    """For each block whether it is of the main text or belongs to it."""
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
    return _with_headings(page, kept, region, titled)


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
