"""Families: stories that flagged passages tie together, and how many origins they really have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from align.records import FamilyMember, PassageMatch, Story, WireFamily
from align.reuse.origin import likely_origin

__all__ = ["gather_families"]

_TIE = 0.8  # two stories belong together when it is this probable that at least one of their passages is no chance
_OWN_TEXT = 1 / 3  # a story that shares less than this of its sentences is mostly its own


def gather_families(
    stories: Sequence[Story], matches: Iterable[PassageMatch], sizes: Mapping[str, int]
) -> list[WireFamily]:
    """The connected groups of stories under flagged matches, in the order of their first story.

    Two stories are tied by one match that is nearly sure or by several that are likely: where the probability that all
    their flagged matches err is above one fifth, the passages stay flagged and make no family.

    `sizes` maps a story's id to its number of compared sentences. The result does not depend on the order of
    `matches`.
    """
    flagged = sorted((match for match in matches if match.flagged), key=lambda match: match.id)
    place = {story.id: number for number, story in enumerate(stories)}
    groups = _connected(_tied(flagged), place)
    families = []
    for number, group in enumerate(groups, start=1):
        members = [stories[place[story_id]] for story_id in group]
        inside = [match for match in flagged if {match.source.story_id, match.target.story_id} <= set(group)]
        families.append(
            WireFamily(
                id=f"family-{number}",
                members=tuple(FamilyMember(story.id, story.outlet, story.published) for story in members),
                matches=tuple(match.id for match in inside),
                independent_origins=_origins(members, inside, sizes),
                origin=likely_origin(members, inside),
            )
        )
    return families


def _tied(flagged: Iterable[PassageMatch]) -> list[tuple[str, str]]:
    doubt: dict[tuple[str, str], float] = defaultdict(lambda: 1.0)
    for match in flagged:
        first, second = sorted((match.source.story_id, match.target.story_id))
        doubt[first, second] *= 1 - match.score
    return [stories for stories, all_err in sorted(doubt.items()) if 1 - all_err >= _TIE]


def _connected(edges: Iterable[tuple[str, str]], place: Mapping[str, int]) -> list[list[str]]:
    """Connected components, each in story order, the components by their first story."""
    parent: dict[str, str] = {}

    def root(node: str) -> str:
        while parent.setdefault(node, node) != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for first, second in edges:
        parent[root(first)] = root(second)
    groups: dict[str, list[str]] = defaultdict(list)
    for node in sorted(parent, key=place.__getitem__):
        groups[root(node)].append(node)
    return sorted(groups.values(), key=lambda group: place[group[0]])


def _origins(members: Sequence[Story], matches: Sequence[PassageMatch], sizes: Mapping[str, int]) -> int:
    """One for the shared text, and one for each story that took a passage over but is mostly its own."""
    shared: dict[str, set[str]] = defaultdict(set)
    for match in matches:
        for side in (match.source, match.target):
            shared[side.story_id].update(side.segments)
    own = sum(len(shared[story.id]) / max(sizes[story.id], 1) < _OWN_TEXT for story in members)
    return 1 + own if own < len(members) else len(members)
