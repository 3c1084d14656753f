"""Where a family's text appears to come from: a ladder of grounds, and an honest "unknown" at its foot.

Time alone cannot name an origin: in more than half of the families of a labelled set of English articles, every
copy bears the same date. So what the stories themselves say comes first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from align.records import Origin, OriginBasis, OutletEvidence, OutletEvidenceKind, PassageMatch, Story

__all__ = ["likely_origin"]

_Kinds = frozenset[OutletEvidenceKind]
_Named = dict[str, list[str]]  # the stories that name an outlet, by its key

_CREDITS: _Kinds = frozenset({"credit", "byline", "self-reference"})
_DATELINES: _Kinds = frozenset({"dateline"})
_CITATIONS: _Kinds = frozenset({"citation"})
_MOSTLY = 0.8


def likely_origin(members: Sequence[Story], matches: Sequence[PassageMatch]) -> Origin:
    """The member, or the outlet outside, that the others appear to have taken the text from.

    The ladder: an outlet that members credit, or cite as the source of what they share; one in a member's dateline; one
    whose own story has its dateline while no other is named; the one story published before all others; the one story
    that holds nearly all that the others share; else unknown.
    """
    credited, in_datelines = _named(members, _CREDITS), _named(members, _DATELINES)
    declared = frozenset(credited) | frozenset(in_datelines)
    return (
        _the_one(members, credited, "credit", "in a credit")
        or _cited(members, matches, declared)
        or _the_one(members, in_datelines, "dateline", "in a dateline")
        or _own_dateline(members, declared)
        or _earliest(members)
        or _containing(members, matches)
        or _unknown(members)
    )


def _named(members: Sequence[Story], kinds: _Kinds) -> _Named:
    """The outlets that members name without being them."""
    found: _Named = {}
    for story in members:
        named = {item.outlet for item in story.outlet_evidence if item.kind in kinds and item.outlet}
        for outlet in sorted(named - {story.outlet}):
            found.setdefault(outlet, []).append(story.id)
    return found


def _the_one(members: Sequence[Story], named: _Named, basis: OriginBasis, how: str) -> Origin | None:
    """The outlet that is named alone, with its story where it has one here."""
    if len(named) != 1:
        return None
    ((outlet, stories),) = named.items()
    count = "1 story names" if len(stories) == 1 else f"{len(stories)} stories name"
    return _of_outlet(members, outlet, basis, f"{count} {outlet} {how}: {', '.join(stories)}")


def _of_outlet(members: Sequence[Story], outlet: str, basis: OriginBasis, reason: str) -> Origin:
    own = [story.id for story in members if story.outlet == outlet]
    return Origin(own[0] if len(own) == 1 else None, outlet, basis, reason)


def _cited(members: Sequence[Story], matches: Sequence[PassageMatch], declared: frozenset[str]) -> Origin | None:
    """The one outlet that members cite, where it has a story here, or several cite it, or one does in what is shared.

    Any other citation may be of some other matter. A credit or dateline of another outlet weighs more than a citation.
    """
    everywhere = _named(members, _CITATIONS)
    here = {story.outlet for story in members}
    shared = {
        item.outlet
        for story in members
        for item in story.outlet_evidence
        if item.kind in _CITATIONS and _is_shared(story, item, matches)
    }
    cited = {
        outlet: stories
        for outlet, stories in everywhere.items()
        if outlet in here or outlet in shared or len(stories) > 1
    }
    return _the_one(members, cited, "credit", "as the source of the report") if declared <= set(cited) else None


def _is_shared(story: Story, item: OutletEvidence, matches: Iterable[PassageMatch]) -> bool:
    """Whether a place in a story lies in a passage that the story shares."""
    sides = (side for match in matches for side in (match.source, match.target) if side.story_id == story.id)
    return item.span is not None and any(
        side.span.begin < item.span.end and item.span.begin < side.span.end for side in sides
    )


def _own_dateline(members: Sequence[Story], declared: frozenset[str]) -> Origin | None:
    """The one outlet that opens its own story with a dateline naming itself, as agencies do."""
    signed: _Named = {}
    for story in members:
        if any(
            item.kind == "dateline" and item.outlet == story.outlet for item in story.outlet_evidence if item.outlet
        ):
            signed.setdefault(story.outlet or "", []).append(story.id)
    if len(signed) != 1 or not declared <= set(signed):
        return None
    ((outlet, stories),) = signed.items()
    return _of_outlet(members, outlet, "dateline", f"{outlet} has its own dateline: {', '.join(stories)}")


def _earliest(members: Sequence[Story]) -> Origin | None:
    """The one story that was published before all others, by the hour where that is known.

    A story of which only the day is known may be of any hour. Times with a zone, which are in UTC, and times without
    are compared by the day.
    """
    if any(story.published is None or story.published_precision not in ("day", "minute") for story in members):
        return None
    times = [story.published or "" for story in members]
    zones = {time.endswith("Z") for time in times if len(time) > 10}
    spans = sorted(
        (*_span_of_time(time if len(zones) == 1 else time[:10]), number) for number, time in enumerate(times)
    )
    (_, until, first), (following, _, second) = spans[0], spans[1]
    if until >= following:
        return None
    reason = f"earliest seen here: {times[first][:10]}, the next on {times[second][:10]}"
    if times[first][:10] == times[second][:10]:
        shown = [times[number].replace("T", " ").replace("Z", " UTC") for number in (first, second)]
        reason = f"earliest seen here: {shown[0]}, the next at {shown[1]}"
    return Origin(members[first].id, members[first].outlet, "earliest", reason)


def _span_of_time(time: str) -> tuple[str, str]:
    """The first and the last moment that a day or a minute may mean, so that they sort as texts."""
    moment = time.removesuffix("Z")
    return (moment, moment) if len(moment) > 10 else (f"{moment}T00:00", f"{moment}T24:00")


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
