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

    What lies between two matches of a run costs as much as is worth having: four sentences between two single matches,
    more where long stretches match on both sides of the gap.
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
            taken = {name for match in chain for name in _names(match)}
            left = [match for match in left if taken.isdisjoint(_names(match))]
    return runs


def _best_chain(matches: Sequence[PassageMatch]) -> list[PassageMatch]:
    """The chain of highest worth among matches in the order of the source; its steps use no sentence twice."""
    own = _bits(matches)
    used = list(own)  # in the chain that ends here
    worth = [match.score for match in matches]
    back: list[int | None] = [None] * len(matches)
    for number, match in enumerate(matches):
        for before in range(max(0, number - _REACH), number):
            value = worth[before] + match.score - _step(matches[before], match)
            if value > worth[number] and not used[before] & own[number]:
                worth[number], back[number], used[number] = value, before, used[before] | own[number]
    last: int | None = max(range(len(matches)), key=lambda number: (worth[number], -number))
    chain = []
    while last is not None:
        chain.append(matches[last])
        last = back[last]
    return chain[::-1]


def _bits(matches: Sequence[PassageMatch]) -> list[int]:
    """For each match a number that has a bit for each of its sentences, on either side."""
    place: dict[tuple[str, str], int] = {}
    return [sum(1 << place.setdefault(name, len(place)) for name in _names(match)) for match in matches]


def _names(match: PassageMatch) -> list[tuple[str, str]]:
    """Its sentences, each with its story."""
    return [(side.story_id, name) for side in (match.source, match.target) for name in side.segments]


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
