"""Which text was found to be reused, letter by letter.

The measure is that of PAN's text alignment (Potthast et al. 2010), added up over all cases: a match detects a gold
passage when it meets it on both sides, and what they share then counts as found, on either side.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from align.evaluate.articles import Detection, detection
from align.evaluate.gold import ArticleGold, Key
from align.records import PassageMatch, Span

__all__ = ["score_passages"]

Sides = tuple[Span, Span]


def score_passages(
    between: Mapping[Key, Sequence[PassageMatch]], texts: Mapping[str, str], gold: ArticleGold
) -> Detection:
    """Precision and recall of the characters that flagged matches cover, white space left out.

    `texts` maps a document's id to its text. A flagged match between articles without a gold passage is all wrong.
    """
    found = given = wanted = 0
    for both in sorted(between.keys() | gold.pairs.keys()):
        flagged = [_sides(match, both) for match in between.get(both, ()) if match.flagged]
        passages = gold.pairs[both].spans if both in gold.pairs else ()
        for side in (0, 1):
            right: set[int] = set()
            for one in flagged:
                for other in passages:
                    if _meet(one[0], other[0]) and _meet(one[1], other[1]):
                        right |= _letters(one[side]) & _letters(other[side])
            text = texts[both[side]]
            found += _count(right, text)
            given += _count({at for one in flagged for at in _letters(one[side])}, text)
            wanted += _count({at for other in passages for at in _letters(other[side])}, text)
    return detection(found, given, wanted)


def _sides(match: PassageMatch, both: Key) -> Sides:
    spans = match.source.span, match.target.span
    return spans if match.source.document_id == both[0] else (spans[1], spans[0])


def _meet(first: Span, second: Span) -> bool:
    return first.begin < second.end and second.begin < first.end


def _letters(span: Span) -> set[int]:
    return set(range(span.begin, span.end))


def _count(places: set[int], text: str) -> int:
    return sum(not text[at].isspace() for at in places)
