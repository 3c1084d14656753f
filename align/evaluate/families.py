"""A run's families against those of the gold: B-cubed, and the origin that each is given."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from align.evaluate.articles import Detection, detection
from align.evaluate.gold import ArticleGold, GoldEvent, GoldFamily
from align.records import Story, WireFamily

__all__ = ["BasisScores", "EventScores", "OriginScores", "b_cubed", "score_events", "score_origins"]

Groups = Sequence[frozenset[str]]


@dataclass(frozen=True, slots=True)
class BasisScores:
    """Families of one basis in the gold: how many, how many were found, how many were given the right origin."""

    families: int
    found: int
    right: int


@dataclass(frozen=True, slots=True)
class OriginScores:
    """Of the gold's families, the share that a family of the run stands for and that has the right origin.

    The family that stands for one shares most members with it, at least two. An origin is right that is the same
    article; where the gold has none, the outlet is held against the outlet.
    """

    families: int
    found: int
    right: float
    right_basis: float
    by_basis: dict[str, BasisScores]


@dataclass(frozen=True, slots=True)
class EventScores:
    """How many origins the articles of an event have: the share of events counted right, and the mean error."""

    events: int
    right: float
    mean_error: float


def b_cubed(given: Iterable[Iterable[str]], wanted: Iterable[Iterable[str]], items: Iterable[str]) -> Detection:
    """B-cubed precision, recall and F1 (Bagga & Baldwin 1998), the mean over `items` of what their groups share.

    An item in no group is a group of its own, one in several is in the first; others than `items` do not count.
    """
    listed = sorted(set(items))
    ours, theirs = _group_of(given, listed), _group_of(wanted, listed)
    shared = [len(ours[item] & theirs[item]) for item in listed]
    precision = sum(number / len(ours[item]) for number, item in zip(shared, listed, strict=True))
    recall = sum(number / len(theirs[item]) for number, item in zip(shared, listed, strict=True))
    if not listed:
        return detection(0, 0, 0)
    mean = precision / len(listed), recall / len(listed)
    return Detection(*mean, 2 * mean[0] * mean[1] / sum(mean))


def _group_of(groups: Iterable[Iterable[str]], items: Sequence[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for group in groups:
        fresh = {item for item in group if item in set(items) and item not in found}
        found.update(dict.fromkeys(fresh, fresh))
    return {item: found.get(item, {item}) for item in items}


def score_origins(
    families: Sequence[WireFamily], groups: Groups, stories: Mapping[str, Story], gold: ArticleGold
) -> OriginScores:
    """Figures of families, each with its documents in `groups`; `stories` by their ids tell the run's outlets."""
    keys: defaultdict[str, set[str]] = defaultdict(set)  # what the run calls an outlet of the gold
    for story in stories.values():
        document = gold.documents.get(story.document_id)
        if document and document.outlet and story.outlet:
            keys[document.outlet].add(story.outlet)
    judged = []
    for wanted in gold.families:
        index = _standing_for(wanted.members, groups)
        origin = None if index is None else families[index].origin
        right = False
        if origin is not None:
            at = stories[origin.story_id].document_id if origin.story_id else None
            outlets = keys[wanted.origin_outlet] if wanted.origin_outlet else {None}
            right = at == wanted.origin and (wanted.origin is not None or origin.outlet in outlets)
        judged.append((wanted, origin is not None, right, origin is not None and origin.basis == wanted.basis))
    number = len(judged)
    return OriginScores(
        families=number,
        found=sum(found for _, found, _, _ in judged),
        right=sum(right for _, _, right, _ in judged) / number if number else 0.0,
        right_basis=sum(same for _, _, _, same in judged) / number if number else 0.0,
        by_basis=_by_basis([(wanted, found, right) for wanted, found, right, _ in judged]),
    )


def _standing_for(members: Iterable[str], groups: Groups) -> int | None:
    wanted = set(members)
    shared = [len(wanted & group) for group in groups]
    best = max(range(len(groups)), key=lambda index: shared[index], default=None)
    return best if best is not None and shared[best] > 1 else None


def _by_basis(judged: Sequence[tuple[GoldFamily, bool, bool]]) -> dict[str, BasisScores]:
    bases = sorted({wanted.basis for wanted, _, _ in judged})
    rows = {basis: [(found, right) for wanted, found, right in judged if wanted.basis == basis] for basis in bases}
    return {
        basis: BasisScores(len(row), sum(found for found, _ in row), sum(right for _, right in row))
        for basis, row in rows.items()
    }


def score_events(families: Sequence[WireFamily], groups: Groups, events: Sequence[GoldEvent]) -> EventScores:
    """Origins of each event: those of every family that has one of its articles, and one for each in no family."""
    errors = []
    for event in events:
        articles = set(event.documents)
        touched = [index for index, group in enumerate(groups) if group & articles]
        alone = articles.difference(*(groups[index] for index in touched))
        counted = sum(families[index].independent_origins for index in touched) + len(alone)
        errors.append(abs(counted - event.independent_origins))
    number = len(errors)
    return EventScores(
        events=number,
        right=errors.count(0) / number if number else 0.0,
        mean_error=sum(errors) / number if number else 0.0,
    )
