"""Where a family's text appears to come from: a ladder of grounds, and an honest "unknown" at its foot.

Time alone cannot name an origin: in more than half of the families of a labelled set of English articles, every
copy bears the same date. So what the stories themselves say comes first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from align.records import Origin, OriginBasis, OutletEvidenceKind, PassageMatch, Story

__all__ = ["likely_origin"]

_CREDITS: tuple[tuple[OriginBasis, frozenset[OutletEvidenceKind]], ...] = (
    ("credit", frozenset({"credit", "byline", "self-reference"})),
    ("dateline", frozenset({"dateline"})),
)
_MOSTLY = 0.8


def likely_origin(members: Sequence[Story], matches: Sequence[PassageMatch]) -> Origin:
    """The member, or the outlet outside, that the others appear to have taken the text from.

    The ladder: an outlet that members credit; one in a member's dateline; the one story published before all others
    where every date is known to the day; the one story that holds nearly all that the others share; else unknown.
    """
    for basis, kinds in _CREDITS:
        origin = _credited(members, basis, kinds)
        if origin is not None:
            return origin
    return _earliest(members) or _containing(members, matches) or _unknown(members)


def _credited(members: Sequence[Story], basis: OriginBasis, kinds: frozenset[OutletEvidenceKind]) -> Origin | None:
    """The one outlet that members name as their source without being it."""
    naming: dict[str, list[str]] = {}
    for story in members:
        named = {item.outlet for item in story.outlet_evidence if item.kind in kinds and item.outlet}
        for outlet in sorted(named - {story.outlet}):
            naming.setdefault(outlet, []).append(story.id)
    if len(naming) != 1:
        return None
    ((outlet, stories),) = naming.items()
    own = [story.id for story in members if story.outlet == outlet]
    count = "1 story names" if len(stories) == 1 else f"{len(stories)} stories name"
    where = "a dateline" if basis == "dateline" else "a credit"
    return Origin(
        own[0] if len(own) == 1 else None, outlet, basis, f"{count} {outlet} in {where}: {', '.join(stories)}"
    )


def _earliest(members: Sequence[Story]) -> Origin | None:
    if any(story.published is None or story.published_precision not in ("day", "minute") for story in members):
        return None
    days = sorted((story.published or "")[:10] for story in members)
    if days[0] == days[1]:
        return None
    (first,) = (story for story in members if (story.published or "")[:10] == days[0])
    return Origin(first.id, first.outlet, "earliest", f"earliest seen here: {days[0]}, the next on {days[1]}")


def _containing(members: Sequence[Story], matches: Sequence[PassageMatch]) -> Origin | None:
    """The one story that takes part in nearly all matches of a family of three or more."""
    if len(members) < 3 or not matches:
        return None
    shares: Mapping[str, float] = {
        story.id: sum(story.id in (match.source.story_id, match.target.story_id) for match in matches) / len(matches)
        for story in members
    }
    holders = [story for story in members if shares[story.id] >= _MOSTLY]
    if len(holders) != 1:
        return None
    share = f"{shares[holders[0].id]:.0%} of the family's passages"
    return Origin(holders[0].id, holders[0].outlet, "containment", f"{share} stand in this story and another")


def _unknown(members: Sequence[Story]) -> Origin:
    undated = sum(story.published_precision not in ("day", "minute") for story in members)
    dates = f"{undated} of {len(members)} stories have no date to the day" if undated else "the first day has several"
    return Origin(None, None, "unknown", f"no story credits another outlet alone; {dates}")
