"""Families as records, for the page and for the script."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from align.records import WireFamily
from align.report.chronology import parse_published, spoken_date
from align.report.contents import Contents, outlet_name
from align.report.findings import seen_first
from align.report.passages import StoryNumbers

__all__ = ["family_numbers", "family_records"]

_MOST_MEMBERS = 60
_MOST_MATCHES = 120
_MOST_CLAIMS = 30


def family_numbers(contents: Contents) -> dict[str, int]:
    """The number of the family that each match belongs to."""
    return {match: number for number, family in enumerate(contents.families.shown, 1) for match in family.matches}


def family_records(contents: Contents, stories: StoryNumbers) -> list[dict[str, Any]]:
    """The families that are shown, the largest first; `matches` are the numbers of those matches that are shown."""
    numbers = {match.id: number for number, match in enumerate(contents.flagged.shown, start=1)}
    return [
        _record(number, family, contents, stories, numbers) for number, family in enumerate(contents.families.shown, 1)
    ]


def _record(
    number: int, family: WireFamily, contents: Contents, stories: StoryNumbers, numbers: Mapping[str, int]
) -> dict[str, Any]:
    scores = [contents.scores[match] for match in family.matches if match in contents.scores]
    origin = family.origin
    known = origin.outlet is not None or origin.story_id is not None
    dates = [(date, member.published) for member in family.members if (date := parse_published(member.published))]
    first = min(dates, key=lambda item: (item[0].end, item[0].begin)) if dates else None
    matches = sorted(numbers[match] for match in family.matches if match in numbers)
    languages = {contents.story_languages.get(member.story_id, "und") for member in family.members}
    seen = seen_first(family.members)
    return {
        "number": number,
        "outlets": sorted({outlet_name(member.outlet) for member in family.members}),
        "languages": sorted(languages),
        "size": len(family.members),
        "origins": family.independent_origins,
        "origin": outlet_name(origin.outlet) if known else None,
        "basis": origin.basis,
        "reason": origin.reason,
        "seen": seen[:1].upper() + seen[1:],
        "date": first[0].begin.isoformat() if first else "",
        "dated": spoken_date(first[1]) if first else "no date",
        "passages": len(scores),
        "mean": sum(scores) / len(scores) if scores else None,
        "most": max(scores, default=None),
        "members": [
            [stories[member.story_id], outlet_name(member.outlet), spoken_date(member.published)]
            for member in family.members[:_MOST_MEMBERS]
        ],
        "claims": [
            [f"{claim.value} {claim.what}".strip(), len(claim.stories), claim.independent_origins]
            for claim in family.claims[:_MOST_CLAIMS]
        ],
        "more_claims": len(family.claims) - len(family.claims[:_MOST_CLAIMS]),
        "matches": matches[:_MOST_MATCHES],
        "more_matches": len(matches) - len(matches[:_MOST_MATCHES]),
    }
