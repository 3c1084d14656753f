"""The blocks of an HTML page in document order, each with what the markup says of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from align.ingest.bounds import markup_excess
from align.records import Role

__all__ = ["Block", "HtmlError", "blocks", "parse_html", "prune"]

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_BLOCKS = frozenset(
    (
        *("address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl", "dt"),
        *("fieldset", "figcaption", "figure", "footer", "form", "header", "hr", "li", "main", "ol", "p", "pre"),
        *("section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul", *_HEADINGS),
    )
)
_POSTS = frozenset(
    ("twitter-tweet", "twitter-video", "instagram-media", "tiktok-embed", "fb-post", "telegram-post", "bluesky-embed")
)
_CAPTION_CLASSES = frozenset(("wp-caption-text", "caption-text", "photo-caption", "image-caption", "figcaption"))
# A footer is kept where it closes a quotation (who is quoted), or where it is an article's line about its source.
_UNSEEN = (
    "//head | //script | //style | //noscript | //template | //map | //button | //select | //textarea | //iframe"
    " | //svg | //math | //object | //embed | //audio | //video | //canvas"
    " | //*[(@hidden or contains(translate(@style, ' ', ''), 'display:none')) and not(self::body)]"
)
_FURNITURE = (
    "//nav | //aside | //menu | //dialog | //footer[not(ancestor::blockquote)]"
    " | //form[not(.//p) and string-length(normalize-space(.)) < 150]"
    " | //*[@role='navigation' or @role='contentinfo' or @role='search' or @role='complementary' or @role='banner']"
)
_LONG = 200  # characters of furniture, links not counted, that may be more than furniture
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")  # lxml reads them, and then refuses to move them
_SPACES = re.compile(r"[ \t\n\r\f\v]+")
_SOURCE = re.compile(r"\s*(?:sources?|kaynak(?:lar)?|источники?|المصدر|المصادر)\s?:", re.IGNORECASE)


class HtmlError(Exception):
    """A page that no tree can be made of; the first argument is the rule that goes into quarantine."""

    @property
    def rule(self) -> str:
        """The rule that goes into quarantine."""
        return str(self.args[0])


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading, caption, list item, table row or embedded post.

    `element` is the innermost block element around it, `link_share` the part of its letters that lie in links, in
    [0, 1], `level` that of a heading, 1 to 6.
    """

    text: str
    role: Role | None
    element: Any
    link_share: float
    level: int = 0

    @property
    def is_source_line(self) -> bool:
        """Whether the line says where the text was taken from."""
        return bool(_SOURCE.match(self.text))


def parse_html(text: str) -> Any:
    """The tree of a page, as forgiving as a browser's.

    Raises HtmlError with rule "no-text" for a page without an element, "too-deep" where elements are nested so deep
    that the parser gave up (what follows them would be lost in silence), and "too-complex" for more elements or
    attributes than a page has, or a piece of text that is longer than the parser takes.
    """
    from lxml import etree
    from lxml import html as lxml_html

    if excess := markup_excess(text):
        raise HtmlError(*excess)
    parser = lxml_html.HTMLParser(encoding="utf-8", huge_tree=False, remove_comments=True, remove_pis=True)
    try:
        tree = lxml_html.document_fromstring(_CONTROLS.sub(" ", text).encode("utf-8"), parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise HtmlError("no-text", f"no HTML in it: {error}") from error
    for entry in parser.error_log:
        if entry.type_name == "ERR_RESOURCE_LIMIT":
            rule = "too-deep" if "depth" in entry.message else "too-complex"
            raise HtmlError(rule, f"the parser gave up in line {entry.line}: {entry.message.split(',')[0].lower()}")
    return tree


def prune(tree: Any) -> list[str]:
    """Take out what is not read: what no reader sees, navigation, asides, footers. The text behind them stays.

    Returns the text of furniture that is long enough to be more than that, 200 characters outside of links.
    """
    for element in tree.xpath(_UNSEEN):
        if element.getparent() is not None:
            element.drop_tree()
    long: list[str] = []
    for element in tree.xpath(_FURNITURE):
        if element.getparent() is None or (element.tag == "footer" and _is_source_footer(element)):
            continue
        text = _SPACES.sub(" ", element.text_content()).strip()
        linked = sum(len(link.text_content()) for link in element.iter("a"))
        if len(text) - linked >= _LONG and tree in element.iterancestors():  # not inside of furniture taken out before
            long.append(text)
        element.drop_tree()
    return long


def _is_source_footer(element: Any) -> bool:
    text = element.text_content().strip()
    inside = next(element.iterancestors("article"), None) is not None
    return inside and len(text) < 200 and bool(_SOURCE.match(text))


def blocks(tree: Any) -> Iterator[Block]:
    """The blocks of a pruned page in document order; two line breaks end a paragraph, one stays in it."""
    from lxml import etree

    body = tree.find("body")
    walk = _Walk()
    for event, element in etree.iterwalk(tree if body is None else body, events=("start", "end")):
        if event == "start":
            yield from walk.enter(element)
        else:
            yield from walk.leave(element)
    yield from walk.flush()


class _Walk:
    """Text gathered between two block borders, and the elements that are open around it."""

    def __init__(self) -> None:
        self._open: list[Any] = []
        self._whole: Any = None
        self._links = 0
        self._pieces: list[tuple[str, bool]] = []

    def enter(self, element: Any) -> Iterator[Block]:
        """Begin an element; yields the blocks that its border ends."""
        if self._whole is None and (element.tag in _BLOCKS or _is_whole(element)):
            yield from self.flush()
            self._open.append(element)
            self._whole = element if _is_whole(element) else None
        elif element.tag in _BLOCKS or element.tag in ("td", "th"):
            self._pieces.append((" ", False))
        self._links += element.tag == "a"
        if element.tag == "br":
            self._pieces.append(("\n", False))
        self._add(element.text)

    def leave(self, element: Any) -> Iterator[Block]:
        """End an element, and take up the text behind it."""
        if self._open and self._open[-1] is element:
            yield from self.flush()
            self._open.pop()
            self._whole = None
        elif self._whole is not None and element.tag in _BLOCKS:
            self._pieces.append((" ", False))
        self._links -= element.tag == "a"
        self._add(element.tail)

    def flush(self) -> Iterator[Block]:
        """The blocks of the text gathered so far."""
        text = "".join(piece for piece, _ in self._pieces)
        linked = sum(_letters(piece) for piece, in_link in self._pieces if in_link)
        share = linked / max(1, _letters(text))
        self._pieces.clear()
        if self._open and text.strip():
            element = self._open[-1]
            role = self._role()
            level = int(element.tag[1]) if role == "heading" else 0
            for part in [text] if self._whole is not None else re.split(r"[ ]*\n[ ]*\n[ \n]*", text):
                if line := _tidy(part, one_line=self._whole is not None):
                    yield Block(line, role, element, share, level)

    def _add(self, text: str | None) -> None:
        if text:
            keeps_lines = any(element.tag == "pre" for element in self._open)
            self._pieces.append((text if keeps_lines else _SPACES.sub(" ", text), self._links > 0))

    def _role(self) -> Role | None:
        if self._whole is not None:
            return "heading" if self._whole.tag in _HEADINGS else "post" if _is_post(self._whole) else "caption"
        return "quote" if any(element.tag == "blockquote" for element in self._open) else None


def _tidy(text: str, *, one_line: bool) -> str:
    lines = [_SPACES.sub(" ", line).strip() for line in text.split("\n")]
    return (" " if one_line else "\n").join(line for line in lines if line)


def _letters(text: str) -> int:
    return sum(not character.isspace() for character in text)


def _is_post(element: Any) -> bool:
    return bool(_POSTS.intersection((element.get("class") or "").split()))


def _is_whole(element: Any) -> bool:
    """Whether all that is inside makes one block: a heading, a caption, an embedded post."""
    if element.tag in _HEADINGS or element.tag in ("figcaption", "caption") or _is_post(element):
        return True
    return bool(_CAPTION_CLASSES.intersection((element.get("class") or "").split()))
