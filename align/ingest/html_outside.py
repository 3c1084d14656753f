"""What stands outside of a page's main text: stories that belong to the page all the same, and what is left out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from align.ingest.markup import Block

__all__ = ["left_out", "with_stories_outside"]

_STORY_CHARACTERS = 200  # of running text under a heading
_MAX_LINK_SHARE = 0.5
_TELLING_LETTERS = 25
_MIN_WORDS = 4
_MAX_STORY_HEADING = 4  # h5 and h6 head notes and boxes
_SENTENCE_END = re.compile(r"[.!?…؟。][\"'”’»)\]]*$")
# What the classes and ids around a box say of it: other readers' words, other pages' beginnings, the site's own.
_BOXES = re.compile(
    r"comment|disqus|cookie|consent|gdpr|newsletter|subscri|abonn|signup|related|recommend|sidebar|widget|promo|sponsor"
    r"|advert|banner|popup|modal|overlay|footer|breadcrumb|share|sharing|social|teaser|paywall|login|author-bio|most-read"
)


def with_stories_outside(page: Sequence[Block], kept: Sequence[bool]) -> list[bool]:
    """Keep, beside the main text, each heading with 200 characters of running text under it.

    Boxes that the page's classes call comments, teasers, notices and the like stay out, and so do headings that are
    links: they lead to a story elsewhere.
    """
    answer = list(kept)
    for group in _groups(page, kept):
        head, *rest = (page[index] for index in group)
        running = sum(len(block.text) for block in rest if block.role in (None, "quote") and _runs(block))
        is_headed = 0 < head.level <= _MAX_STORY_HEADING and head.link_share < _MAX_LINK_SHARE
        if is_headed and running >= _STORY_CHARACTERS and not _in_box(head):
            for index in group:
                answer[index] = page[index].link_share < _MAX_LINK_SHARE
    return answer


def left_out(page: Sequence[Block], kept: Sequence[bool]) -> list[str]:
    """The sentences and long headings of a page that are not kept; links and labels are none."""
    return [block.text for block, keep in zip(page, kept, strict=True) if not keep and _is_sentence(block)]


def _groups(page: Sequence[Block], kept: Sequence[bool]) -> Iterator[list[int]]:
    """Neighbouring blocks that are not kept, a new group at each heading."""
    group: list[int] = []
    for index, block in enumerate(page):
        if group and (kept[index] or block.level):
            yield group
            group = []
        if not kept[index]:
            group.append(index)
    if group:
        yield group


def _runs(block: Block) -> bool:
    return block.link_share < _MAX_LINK_SHARE and _letters(block.text) >= _TELLING_LETTERS


def _is_sentence(block: Block) -> bool:
    words = len(block.text.split())
    closed = words >= _MIN_WORDS and bool(_SENTENCE_END.search(block.text)) and block.link_share < _MAX_LINK_SHARE
    return closed or (_runs(block) and (not block.level or words >= _MIN_WORDS))


def _letters(text: str) -> int:
    return sum(map(str.isalnum, text))


def _in_box(block: Block) -> bool:
    around = (block.element, *block.element.iterancestors())
    names = " ".join(
        f"{element.get('class', '')} {element.get('id', '')}" for element in around if element.tag != "body"
    )
    return bool(_BOXES.search(names.casefold()))
