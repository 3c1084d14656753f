"""Families: stories that flagged passages tie together, and how many origins they really have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from align.records import FamilyMember, PassageMatch, Story, WireFamily
from align.reuse.origin import likely_origin

__all__ = ["TIE", "gather_families"]

TIE = 0.8  # two stories belong together when it is this probable that at least one of their passages is no chance
_SUPPORT = 1 / 3  # share of the pairs between two groups that have to be tied for the groups to be one family
_CORE = 0.5  # or the share of a tie's sentences, in each story, that its group shares as well
_OWN_TEXT = 1 / 3  # a story that shares less than this of its sentences is mostly its own

_Tie = tuple[str, str]


def gather_families(
    stories: Iterable[Story], matches: Iterable[PassageMatch], sizes: Mapping[str, int]
) -> list[WireFamily]:
    """Groups of stories that flagged matches tie to one source, in the order of their first story.

    Two stories are tied by one match that is nearly sure or by several that are likely: where the probability that all
    their flagged matches err is above one fifth, the passages stay flagged and make no family. Each sentence counts
    once. Ties join groups, the strongest first, and only where they hold for the groups: when a third of the pairs
    between the two are tied, or when what ties them is what each group shares. So a story that took two passages from
    two sources does not make one family of both.

    `sizes` maps a story's id to its number of compared sentences. The result does not depend on the order of
    `matches`. `stories` are read once, and those kept that are tied to another.
    """
    flagged = sorted((match for match in matches if match.flagged), key=lambda match: match.id)
    ties = _Ties(flagged)
    tied = {story_id: story for story in stories if (story_id := story.id) in ties.stories}
    place = {story_id: number for number, story_id in enumerate(tied)}
    groups = _grouped(ties, place)
    inside: dict[int, list[PassageMatch]] = defaultdict(list)
    group_of = {story_id: number for number, group in enumerate(groups) for story_id in group}
    for match in flagged:
        number = group_of.get(match.source.story_id)
        if number is not None and number == group_of.get(match.target.story_id):
            inside[number].append(match)
    families = []
    for number, group in enumerate(groups):
        members = [tied[story_id] for story_id in group]
        families.append(
            WireFamily(
                id=f"family-{number + 1}",
                members=tuple(FamilyMember(story.id, story.outlet, story.published) for story in members),
                matches=tuple(match.id for match in inside[number]),
                independent_origins=_origins(members, inside[number], sizes),
                origin=likely_origin(members, inside[number]),
            )
        )
    return families


class _Ties:
    """Which stories are tied, how surely, and by which sentences of each."""

    def __init__(self, flagged: Iterable[PassageMatch]) -> None:
        doubt: dict[_Tie, float] = defaultdict(lambda: 1.0)
        shared: dict[_Tie, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for match in sorted(flagged, key=lambda match: (-match.score, match.id)):
            stories = _tie(match.source.story_id, match.target.story_id)
            held, sides = shared[stories], (match.source, match.target)
            if all(held[side.story_id].isdisjoint(side.segments) for side in sides):
                doubt[stories] *= 1 - match.score
            for side in sides:
                held[side.story_id].update(side.segments)
        self.doubt = {stories: all_err for stories, all_err in doubt.items() if 1 - all_err >= TIE}
        self.stories = frozenset(story for tie in self.doubt for story in tie)
        self._shared = shared

    def count(self, group: Iterable[str], other: Sequence[str]) -> int:
        """How many pairs between two groups are tied."""
        return sum(_tie(one, another) in self.doubt for one in group for another in other)

    def in_core(self, tie: _Tie, story: str, group: Sequence[str]) -> bool:
        """Whether what a tie shares of one of its stories is also shared within that story's group."""
        own = self._shared[tie][story]
        others = (_tie(story, other) for other in group if other != story)
        core = set().union(*(self._shared[held][story] for held in others if held in self.doubt))
        return len(group) == 1 or len(own & core) >= _CORE * len(own)


def _tie(first: str, second: str) -> _Tie:
    return (first, second) if first < second else (second, first)


def _grouped(ties: _Ties, place: Mapping[str, int]) -> list[list[str]]:
    """Groups joined by ties, the strongest first, each in story order, the groups by their first story."""
    group_of: dict[str, list[str]] = {}
    for first, second in sorted(ties.doubt, key=lambda tie: (ties.doubt[tie], tie)):
        one, other = group_of.setdefault(first, [first]), group_of.setdefault(second, [second])
        if one is not other and _belong(ties, (first, second), one, other):
            one.extend(other)
            group_of.update(dict.fromkeys(other, one))
    distinct = {id(group): sorted(group, key=place.__getitem__) for group in group_of.values() if len(group) > 1}
    return sorted(distinct.values(), key=lambda group: place[group[0]])


def _belong(ties: _Ties, tie: _Tie, one: Sequence[str], other: Sequence[str]) -> bool:
    if ties.count(one, other) >= _SUPPORT * len(one) * len(other):
        return True
    return ties.in_core(tie, tie[0], one) and ties.in_core(tie, tie[1], other)


def _origins(members: Sequence[Story], matches: Sequence[PassageMatch], sizes: Mapping[str, int]) -> int:
    """One for the shared text, and one for each story that took a passage over but is mostly its own."""
    shared: dict[str, set[str]] = defaultdict(set)
    for match in matches:
        for side in (match.source, match.target):
            shared[side.story_id].update(side.segments)
    own = sum(len(shared[story.id]) / max(sizes[story.id], 1) < _OWN_TEXT for story in members)
    return 1 + own if own < len(members) else len(members)
