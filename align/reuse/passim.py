"""Families as passim writes its clusters, for those whose scripts read that.

Smith, Cordell & Mullen 2015, "Computational Methods for Uncovering Reprinted Texts in Antebellum Newspapers"; the keys
are those of passim's `out.json`.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from align.records import PassageMatch, Span, Story, WireFamily

__all__ = ["passim_lines"]


def passim_lines(
    families: Iterable[WireFamily],
    matches: Iterable[PassageMatch],
    stories: Iterable[Story],
    texts: Mapping[str, str],
) -> Iterator[dict[str, Any]]:
    """One object for each passage of each family: `uid, cluster, size, id, series, date, begin, end, text, story`.

    `cluster` counts families from 1 and `size` their passages; `id` is a document's, `series` an outlet. `begin` and
    `end` are half-open code points of the document in `texts`; what flagged runs and matches cover is joined where
    they overlap. `uid` depends on the passage alone.
    """
    told = {story.id: story for story in stories}
    flagged = {match.id: match for match in matches if match.flagged}
    for cluster, family in enumerate(families, start=1):
        passages = _passages([flagged[name] for name in family.matches if name in flagged])
        for story_id, span in passages:
            story = told[story_id]
            name = f"{story.document_id}:{span.begin}:{span.end}"
            yield {
                "uid": int.from_bytes(hashlib.sha256(name.encode()).digest()[:7], "big"),
                "cluster": cluster,
                "size": len(passages),
                "id": story.document_id,
                "series": story.outlet,
                "date": story.published,
                "begin": span.begin,
                "end": span.end,
                "text": span.of(texts[story.document_id]),
                "story": story_id,
            }


def _passages(matches: Sequence[PassageMatch]) -> list[tuple[str, Span]]:
    """What matches, or the runs that they are in, cover of each story."""
    covered: dict[str, list[Span]] = defaultdict(list)
    for match in matches:
        covered[match.source.story_id].append(match.run.source if match.run else match.source.span)
        covered[match.target.story_id].append(match.run.target if match.run else match.target.span)
    return [(story, span) for story in sorted(covered) for span in _joined(covered[story])]


def _joined(spans: Iterable[Span]) -> list[Span]:
    joined: list[Span] = []
    for span in sorted(spans):
        if joined and span.begin <= joined[-1].end:
            joined[-1] = Span(joined[-1].begin, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return joined
