"""What a run found, in words that claim no more than it shows."""

from __future__ import annotations

from align.language.tags import LANGUAGES
from align.records import FamilyMember, WireFamily
from align.report.chronology import earliest, spoken_date
from align.report.contents import Contents, outlet_name

__all__ = ["CAVEATS", "counted", "findings", "language_name", "seen_first"]

_SPOKEN_FAMILIES = 5

CAVEATS = (
    "A likeness between two passages does not show who wrote first, or that either outlet took from the other: "
    "both may retell a third text that is not in this input.",
    "“Earliest seen here” compares only the dates that these pages state. An earlier page may be missing, and a page "
    "may be dated when it was changed.",
    "Where two passages are in different languages, their words are compared in machine translation. A slip of the "
    "translation can make them look more alike, or less, than they are: read the originals.",
    "A score is a probability of one shared source, not a measure of truth, intent or fault.",
)


def counted(number: int, one: str, many: str | None = None) -> str:
    """`1 story`, `1,200 stories`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def language_name(tag: str) -> str:
    """The English name of a language, or the tag itself."""
    entry = LANGUAGES.get(tag)
    return entry.name if entry else "undetermined" if tag == "und" else tag


def findings(contents: Contents) -> list[str]:
    """Sentences, the most telling first."""
    said = [_scope(contents), *_rewrites(contents), *_families(contents)]
    if flagged := contents.outcomes["flagged"]:
        said.append(f"{counted(flagged, 'translation')} should be read with care: a check raised a flag.")
    if total := contents.quarantine.total:
        said.append(f"{counted(total, 'record')} could not be processed, or are doubtful, and stand in quarantine.")
    return said


def _scope(contents: Contents) -> str:
    named = [language_name(tag) for tag, _ in contents.languages.most_common() if tag != "und"]
    spoken = f", in {_list(named[:4], len(named))}" if named else ""
    return (
        f"{counted(contents.evidence.total, 'story', 'stories')} from {counted(contents.outlets, 'named outlet')} "
        f"on {counted(contents.documents, 'page')} were read{spoken}."
    )


def _rewrites(contents: Contents) -> list[str]:
    flagged, compared = contents.flagged.total, contents.flagged.total + contents.candidates.total
    if not compared:
        return ["No two passages were alike enough to be compared."]
    if not flagged:
        return [f"None of {counted(compared, 'compared pair')} of passages appears to rewrite the other's source."]
    kinds = ", ".join(f"{count:,} {name}" for name, count in sorted(contents.classes.items()))
    across = sum(count for (a, b), count in contents.outlet_pairs.items() if a != b)
    verb = "appears" if flagged == 1 else "appear"
    said = [f"{counted(flagged, 'pair')} of passages {verb} to rewrite one source, of {compared:,} compared ({kinds})."]
    if across:
        part = "all" if across == flagged else f"{across:,}"
        said[0] = f"{said[0][:-1]}; {part} between two different outlets."
    return said


def _families(contents: Contents) -> list[str]:
    families = contents.families.shown
    if not families:
        return []
    members = sum(len(family.members) for family in families)
    origins = sum(family.independent_origins for family in families)
    shared = counted(members, "story", "stories")
    said = [
        f"{shared} in {counted(contents.families.total, 'family', 'families')} appear to share a source with another; "
        f"together they show {counted(origins, 'independent origin')}, however many outlets carry them."
    ]
    if contents.families.left_out:
        said[0] = f"{counted(contents.families.total, 'family', 'families')} of stories appear to share a source."
    return said + [_family(family) for family in families[:_SPOKEN_FAMILIES]]


def _family(family: WireFamily) -> str:
    outlets = sorted({outlet_name(member.outlet) for member in family.members})
    start = f"{counted(len(family.members), 'story', 'stories')} from {_list(outlets[:6], len(outlets))}"
    origin = family.origin
    if origin.basis == "unknown" or (origin.story_id is None and origin.outlet is None):
        source = "which came from where cannot be told"
    else:
        source = f"the source appears to be {outlet_name(origin.outlet)} (basis: {origin.basis})"
    return f"{start} appear to share a source; {source}; {seen_first(family.members)}."


def seen_first(members: tuple[FamilyMember, ...]) -> str:
    """`earliest seen here: quai, 4 March 2021`, or that the dates do not tell."""
    first = earliest(members)
    if first is None:
        return "the dates do not tell which was first"
    return f"earliest seen here: {outlet_name(first.outlet)}, {spoken_date(first.published)}"


def _list(names: list[str], total: int) -> str:
    if total > len(names):
        return f"{', '.join(names)} and {total - len(names)} more"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
