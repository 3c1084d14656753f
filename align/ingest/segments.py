"""From a document to its stories and segments: the whole of structure in one call."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from align.ingest.blocks import Block, cut_blocks
from align.ingest.outlets import OutletTable
from align.ingest.roles import assign_roles
from align.ingest.stories import (
    evidence_in,
    name_outlet,
    page_date,
    publisher_evidence,
    story_date,
    story_starts,
    title_of,
)
from align.records import Document, Role, Segment, Span, Story
from align.text.sentences import split_sentences

__all__ = ["structure"]

_SENTENCES: frozenset[Role] = frozenset(("body", "quote", "post", "caption"))


def structure(document: Document, outlets: OutletTable) -> tuple[list[Story], list[Segment]]:
    """The stories of a document and its segments, both in order of the text.

    Every character that is not white space lies in exactly one segment and one story. Running text, posts and
    captions are cut into sentences; a heading, a byline, a dateline, a credit is one segment. Languages are left
    undetermined. A document without text has no story.

    Ids are `DOCUMENT:s1` for the first story and `DOCUMENT:0` for the first segment.
    """
    blocks = cut_blocks(document, outlets)
    roles = assign_roles(document, blocks)
    texts = [block.span.of(document.text) for block in blocks]
    starts = story_starts(document, texts, roles)
    stories: list[Story] = []
    segments: list[Segment] = []
    for begin, end in pairwise([*starts, len(blocks)]):
        story = _story(document, blocks[begin:end], roles[begin:end], outlets, len(stories) + 1, len(starts) == 1)
        stories.append(story)
        segments += _segments(document, blocks[begin:end], roles[begin:end], story.id, len(segments))
    return stories, segments


def _story(
    document: Document, blocks: Sequence[Block], roles: Sequence[Role], outlets: OutletTable, number: int, single: bool
) -> Story:
    evidence = evidence_in(document, blocks, roles, outlets)
    publisher = publisher_evidence(document, outlets)
    heading = title_of([block.span.of(document.text) for block in blocks], roles)
    published, precision = story_date(page_date(document), document, blocks, roles, outlets)
    return Story(
        id=f"{document.id}:s{number}",
        document_id=document.id,
        span=Span(blocks[0].span.begin, blocks[-1].span.end),
        title=(document.title or heading) if single else heading,
        outlet=name_outlet(evidence, publisher, single=single),
        outlet_evidence=(*evidence, *publisher),
        published=published,
        published_precision=precision,
    )


def _segments(
    document: Document, blocks: Sequence[Block], roles: Sequence[Role], story_id: str, first: int
) -> Iterator[Segment]:
    index = first
    for block, role in zip(blocks, roles, strict=True):
        for span in _spans(document.text, block, role):
            yield Segment(
                id=f"{document.id}:{index}",
                document_id=document.id,
                story_id=story_id,
                index=index,
                span=span,
                text=span.of(document.text),
                role=role,
                paragraph=block.paragraph,
            )
            index += 1


def _spans(text: str, block: Block, role: Role) -> Iterator[Span]:
    if role not in _SENTENCES:
        yield block.span
        return
    for span in split_sentences(block.span.of(text)):
        yield Span(block.span.begin + span.begin, block.span.begin + span.end)
