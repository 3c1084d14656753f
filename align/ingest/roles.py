"""The role of each block: from the page's markup, then the block's own text, then its neighbours."""

from __future__ import annotations

from collections.abc import Sequence

from align.ingest.blocks import Block
from align.ingest.cues import (
    is_boilerplate,
    is_byline,
    is_caption,
    is_date_line,
    is_headline,
    is_link_lead,
    is_post,
    is_quote,
    is_signature,
)
from align.ingest.outlets import fold
from align.records import Document, Role

__all__ = ["RUNNING", "assign_roles"]

RUNNING: frozenset[Role] = frozenset(("body", "quote", "post"))  # what a story is told in

_PASSED: frozenset[Role] = frozenset(("caption", "byline", "dateline", "heading", "boilerplate"))
_MAX_LIST = 3  # lines in a row, beyond which they are a list or a menu and no headings


def assign_roles(document: Document, blocks: Sequence[Block]) -> list[Role]:
    """The role of each block, in order.

    The page's markup is believed first, then what a block's own text shows, then its neighbours: a signature
    stands between the end of a text and a heading (or nothing), a heading before running text.
    """
    texts = [block.span.of(document.text) for block in blocks]
    roles: list[Role | None] = [block.role or _own_role(text) for block, text in zip(blocks, texts, strict=True)]
    title = fold(document.title or "").strip()
    for index, text in enumerate(texts):
        if title and roles[index] is None and fold(text).rstrip(". ") == title.rstrip(". "):
            roles[index] = "heading"
    lines = [role is None and is_headline(text) for role, text in zip(roles, texts, strict=True)]
    running = [role in RUNNING or (role is None and not line) for role, line in zip(roles, lines, strict=True)]
    for index, text in enumerate(texts):
        if roles[index] is None and is_signature(text) and _closes(index, roles, lines, running, texts):
            roles[index], lines[index] = "byline", False
    headings = _headings(roles, lines, running)
    for index in range(len(texts)):
        furniture = index > 0 and roles[index - 1] == "boilerplate"
        if lines[index] and furniture and (not headings[index] or is_link_lead(texts[index - 1])):
            roles[index] = "boilerplate"
        elif headings[index]:
            roles[index] = "heading"
    return [role or ("quote" if is_quote(text) else "body") for role, text in zip(roles, texts, strict=True)]


def _own_role(text: str) -> Role | None:
    """The role that a block's text alone shows, or None for running text, headings and signatures."""
    if is_boilerplate(text):
        return "boilerplate"
    if is_post(text):
        return "post"
    if is_caption(text):
        return "caption"
    if is_byline(text):
        return "byline"
    return "dateline" if is_date_line(text) else None


def _closes(
    index: int, roles: Sequence[Role | None], lines: Sequence[bool], running: Sequence[bool], texts: Sequence[str]
) -> bool:
    """Whether a name stands where a signature stands.

    At the end of a text: after running text, before a headline, a credit or nothing. Or under a heading, which
    takes a first and a last name, since "Mobilisation" under a headline is a rubric.
    """
    before = index - 1
    after = index + 1
    if before < 0:
        return False
    if running[before]:
        if after == len(texts):
            return True
        headline = roles[after] == "heading" or (lines[after] and len(texts[after].split()) >= 4)
        return headline or roles[after] in ("attribution", "boilerplate")
    under = lines[before] or roles[before] == "heading"
    return under and len(texts[index].split()) == 2 and after < len(texts) and running[after]


def _headings(roles: Sequence[Role | None], lines: Sequence[bool], running: Sequence[bool]) -> list[bool]:
    """For each block, whether it is a line before running text, past captions and the like, and no item of a list."""
    leads = [False] * (len(lines) + 1)
    for at in range(len(lines) - 1, -1, -1):
        leads[at] = running[at] or ((lines[at] or roles[at] in _PASSED) and leads[at + 1])
    found = [False] * len(lines)
    at = 0
    while at < len(lines):
        end = at
        while end < len(lines) and lines[end]:
            end += 1
        if at < end <= at + _MAX_LIST:
            found[at:end] = [leads[end]] * (end - at)
        at = end + 1
    return found
