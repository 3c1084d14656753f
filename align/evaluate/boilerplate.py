"""What a run marks as boilerplate against the places where the gold has it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from align.evaluate.gold import ArticleGold
from align.evaluate.reuse import holds
from align.records import Passage, PassageMatch, Segment, Span

__all__ = ["BoilerplateScores", "score_boilerplate"]


@dataclass(frozen=True, slots=True)
class BoilerplateScores:
    """Places with boilerplate, how many of them some match holds, and how many are marked.

    A place is marked by a segment of that role, or by a match that says that either side recurs; a mark is right when
    it holds a place, on either side. `flagged` counts flagged matches with such a place on both sides: all are wrong.
    """

    places: int
    matched: int
    marks: int
    precision: float
    recall: float
    flagged: int


def score_boilerplate(
    matches: Iterable[PassageMatch], segments: Iterable[Segment], gold: ArticleGold
) -> BoilerplateScores:
    """Figures of the marks in the gold's documents; a passage and a place meet as in `holds`."""
    listed = [match for match in matches if {match.source.document_id, match.target.document_id} <= set(gold.documents)]
    marks: list[Sequence[Passage | Segment]] = [(match.source, match.target) for match in listed if match.boilerplate]
    marks += [(s,) for s in segments if s.role == "boilerplate" and s.document_id in gold.documents]
    passages = [passage for match in listed for passage in (match.source, match.target)]
    marked = [passage for mark in marks for passage in mark]
    places = gold.boilerplate
    right = sum(any(holds(passage, places) for passage in mark) for mark in marks)
    found = _held(places, marked)
    return BoilerplateScores(
        places=len(places),
        matched=_held(places, [*passages, *marked]),
        marks=len(marks),
        precision=right / len(marks) if marks else 0.0,
        recall=found / len(places) if places else 0.0,
        flagged=sum(m.flagged and holds(m.source, places) and holds(m.target, places) for m in listed),
    )


def _held(places: Sequence[tuple[str, Span]], passages: Sequence[Passage | Segment]) -> int:
    return sum(any(holds(passage, [place]) for passage in passages) for place in places)
