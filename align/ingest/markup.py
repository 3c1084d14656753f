"""The blocks of an HTML page in document order, each with what the markup says of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

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
_UNREAD = (
    "//head | //script | //style | //noscript | //template | //nav | //aside | //menu | //dialog | //map"
    " | //button | //select | //textarea | //iframe | //svg | //math | //object | //embed | //audio | //video"
    " | //canvas | //form[not(.//p) and string-length(normalize-space(.)) < 150] | //footer[not(ancestor::blockquote)]"
    " | //*[@role='navigation' or @role='contentinfo' or @role='search' or @role='complementary' or @role='banner']"
    " | //*[(@hidden or contains(translate(@style, ' ', ''), 'display:none')) and not(self::body)]"
)
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

    Raises HtmlError with rule "no-text" for a page without an element, and "too-deep" where elements are nested so
    deep that the parser gave up: what follows them would be lost in silence.
    """
    from lxml import etree
    from lxml import html as lxml_html

    parser = lxml_html.HTMLParser(encoding="utf-8", huge_tree=False, remove_comments=True, remove_pis=True)
    try:
        tree = lxml_html.document_fromstring(text.encode("utf-8"), parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise HtmlError("no-text", f"no HTML in it: {error}") from error
    for entry in parser.error_log:
        if entry.type_name == "ERR_RESOURCE_LIMIT":
            raise HtmlError(
                "too-deep", f"the parser gave up in line {entry.line}: {entry.message.split(',')[0].lower()}"
            )
    return tree


def prune(tree: Any) -> None:
    """Take out what is not read: scripts, styles, navigation, asides, what is hidden. The text behind them stays."""
    for element in tree.xpath(_UNREAD):
        if element.getparent() is None or (element.tag == "footer" and _is_source_footer(element)):
            continue
        element.drop_tree()


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
