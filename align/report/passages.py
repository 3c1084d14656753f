"""Flagged passages as records: what the page shows of them, and what it carries for the script, are the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

from align.records import Agreement, Evidence, Passage, PassageMatch
from align.report.compare import compare_words, mark_signs, plain_run
from align.report.contents import Contents, outlet_name

__all__ = ["PARTS", "StoryNumbers", "match_records"]

Record = dict[str, Any]

PARTS = (
    ("cosine", "meaning", -1, "cosine of the passages' vectors, −1 to 1"),
    ("lexical", "words", 0, "share of rare words in common, 0 to 1; in English where the languages differ"),
    ("order", "order", 0, "support from neighbouring passages, 0 to 1"),
    ("quote", "quotes", 0, "share of quoted words in common, 0 to 1"),
    ("attribution", "speaker", -1, "1 the same, −1 different, 0 not named"),
)
"""Field of the evidence, its name on the page, the least value, and what it is."""
_KNOWN = {"numbers", "names", "features", *(part[0] for part in PARTS)}

_BOILERPLATE = ["Boilerplate", "this text recurs in many stories on days far apart, so it is never flagged"]


class StoryNumbers:
    """Numbers for the stories that are spoken of, from 0 in the order in which they are met."""

    def __init__(self) -> None:
        self.ids: dict[str, int] = {}

    def __getitem__(self, story_id: str) -> int:
        return self.ids.setdefault(story_id, len(self.ids))


def match_records(
    matches: Sequence[PassageMatch], contents: Contents, stories: StoryNumbers, families: Mapping[str, int]
) -> list[Record]:
    """The matches in their order, numbered from 1. `families` is the number of the family of a match, by its id.

    `run` are the numbers of those that a match goes on with to one longer passage, of `run_length` matches in all.
    """
    records = [_record(number, match, contents, stories, families) for number, match in enumerate(matches, start=1)]
    shown = {match.id: number for number, match in enumerate(contents.flagged.shown, start=1)}
    for record, match in zip(records, matches, strict=True):
        joined = match.run.matches if match.run else ()
        record["run"] = [shown[other] for other in joined if other in shown and other != match.id]
        record["run_length"] = len(joined)
    return records


def _record(
    number: int, match: PassageMatch, contents: Contents, stories: StoryNumbers, families: Mapping[str, int]
) -> Record:
    evidence = match.evidence
    languages = [_language(side, contents) for side in (match.source, match.target)]
    english = compare_words(match.source.english, match.target.english)
    alike = languages[0] == languages[1]
    originals = (
        compare_words(match.source.text, match.target.text)
        if alike
        else (plain_run(match.source.text), plain_run(match.target.text))
    )
    sides = [
        {
            "story": stories[side.story_id],
            "outlet": outlet_name(side.outlet),
            "language": language,
            "begin": side.span.begin,
            "end": side.span.end,
            "original": None
            if language == "en" and side.text == side.english
            else mark_signs(original, language, evidence),
            "english": mark_signs(said, "en", evidence),
        }
        for side, language, original, said in zip(
            (match.source, match.target), languages, originals, english, strict=True
        )
    ]
    return {
        "number": number,
        "id": match.id,
        "class": match.match_class,
        "score": match.score,
        "family": families.get(match.id),
        "sides": sides,
        "agreements": [*_agreements(evidence)],
        "parts": [
            [name, getattr(evidence, key), least, what] for key, name, least, what in (*PARTS, *_more_parts(evidence))
        ],
        "features": sorted(evidence.features.items()),
        "notes": [*([_BOILERPLATE] if match.boilerplate else []), *_notes(evidence)],
    }


def _language(side: Passage, contents: Contents) -> str:
    found = [contents.segments[segment].language for segment in side.segments if segment in contents.segments]
    return Counter(found).most_common(1)[0][0] if found else "und"


def _agreements(evidence: Evidence) -> Iterator[list[Any]]:
    """Name, what agrees, clashes, and stands on one side only; parts that came later go under their own names."""
    later = [field.name for field in fields(evidence) if field.name not in _KNOWN]
    for name in ("numbers", "names", *later):
        value = getattr(evidence, name)
        if isinstance(value, Agreement):
            same = [_value(item) for item in value.same] if name == "numbers" else value.same
            yield [_spoken(name), list(dict.fromkeys(same)), list(value.different), list(value.missing)]


def _value(item: str) -> str:
    """A number without the stems of what it counts, which are for the machine."""
    return item.partition(" ")[0]


def _more_parts(evidence: Evidence) -> Iterator[tuple[str, str, int, str]]:
    for field in fields(evidence):
        value = getattr(evidence, field.name)
        if field.name not in _KNOWN and isinstance(value, float):
            yield field.name, _spoken(field.name).lower(), -1 if value < 0 else 0, ""


def _notes(evidence: Evidence) -> Iterator[list[str]]:
    """Parts that are neither a number nor an agreement, where they say anything."""
    for field in fields(evidence):
        value = getattr(evidence, field.name)
        if field.name in _KNOWN or isinstance(value, Agreement | float) or value in (None, False, "", 0, ()):
            continue
        said = ", ".join(map(str, value)) if isinstance(value, tuple | list) else "yes" if value is True else str(value)
        yield [_spoken(field.name), said]


def _spoken(name: str) -> str:
    return name.replace("_", " ").capitalize()
