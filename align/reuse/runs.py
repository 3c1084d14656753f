"""Runs: matches that go on with each other in both stories are one passage of several sentences.

Local alignment as in Smith & Waterman 1981, on matches in the place of letters: a step from one match to the next costs
what lies between them in either story, and may go backwards in the target, since outlets shuffle paragraphs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from align.records import MatchRun, PassageMatch, Span

__all__ = ["join_matches"]

_GAP = 0.25  # cost of an average sentence that lies between two matches of one run, on either side
_CROSSING = 0.25  # cost of going backwards in the target
_SENTENCE = 150  # characters
_REACH = 32  # matches back from which a run may go on


def join_matches(matches: Iterable[PassageMatch]) -> list[MatchRun]:
    """Runs of two flagged matches or more, best first within two stories; a match is in one run at most.

    What lies between two matches of a run is at most about four sentences on both sides together.
    """
    grouped: dict[tuple[str, str], list[PassageMatch]] = defaultdict(list)
    for match in matches:
        if match.flagged:
            grouped[match.source.story_id, match.target.story_id].append(match)
    runs = []
    for stories in sorted(grouped):
        left = sorted(grouped[stories], key=lambda match: (match.source.span, match.target.span, match.id))
        while len(left) > 1 and len(chain := _best_chain(left)) > 1:
            runs.append(_run(chain))
            left = [match for match in left if not any(_shares(match, other) for other in chain)]
    return runs


def _best_chain(matches: Sequence[PassageMatch]) -> list[PassageMatch]:
    """The chain of highest worth among matches in the order of the source; its steps use no sentence twice."""
    worth = [match.score for match in matches]
    back: list[int | None] = [None] * len(matches)
    for number, match in enumerate(matches):
        for before in range(max(0, number - _REACH), number):
            value = worth[before] + match.score - _step(matches[before], match)
            if value > worth[number] and not _in_chain(matches, back, before, match):
                worth[number], back[number] = value, before
    last: int | None = max(range(len(matches)), key=lambda number: (worth[number], -number))
    chain = []
    while last is not None:
        chain.append(matches[last])
        last = back[last]
    return chain[::-1]


def _in_chain(matches: Sequence[PassageMatch], back: Sequence[int | None], last: int, match: PassageMatch) -> bool:
    """Whether a sentence of `match` stands already in the chain that ends at `last`."""
    at: int | None = last
    while at is not None:
        if _shares(matches[at], match):
            return True
        at = back[at]
    return False


def _shares(first: PassageMatch, second: PassageMatch) -> bool:
    return not set(first.source.segments).isdisjoint(second.source.segments) or not set(
        first.target.segments
    ).isdisjoint(second.target.segments)


def _step(first: PassageMatch, second: PassageMatch) -> float:
    """What it costs to go on from one match to another: what lies between them, and a turn backwards."""
    backwards = second.target.span < first.target.span
    between = _between(first.source.span, second.source.span) + _between(first.target.span, second.target.span)
    return _GAP * between / _SENTENCE + _CROSSING * backwards


def _between(first: Span, second: Span) -> int:
    return max(0, max(first.begin, second.begin) - min(first.end, second.end))


def _run(chain: Sequence[PassageMatch]) -> MatchRun:
    return MatchRun(
        id=f"run:{chain[0].id}",
        source=_hull([match.source.span for match in chain]),
        target=_hull([match.target.span for match in chain]),
        matches=tuple(match.id for match in chain),
        score=max(match.score for match in chain),
    )


def _hull(spans: Sequence[Span]) -> Span:
    return Span(min(span.begin for span in spans), max(span.end for span in spans))
