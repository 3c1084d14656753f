"""Claims: a number with what it counts that several stories state, and how many origins it has as seen here."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from align.records import Claim, PassageMatch, WireFamily
from align.reuse.ledgers.statements import Line, Telling
from align.reuse.ledgers.wordings import Counted
from align.reuse.reading.sides import SMALL

__all__ = ["claim_stories", "with_claims"]


@dataclass(frozen=True, slots=True)
class _Stated:
    """One number in one line of one story."""

    story: str
    line: str
    place: int


@dataclass(frozen=True, slots=True)
class _Shared:
    """Two stories that state one claim, in a flagged match or in one of the same event."""

    first: _Stated
    second: _Stated
    flagged: bool


def claim_stories(families: Iterable[WireFamily], matches: Iterable[PassageMatch]) -> frozenset[str]:
    """The stories that `with_claims` has to read: members, and those that a match holds against a member."""
    members = {member.story_id for family in families for member in family.members}
    stories = (
        {match.source.story_id, match.target.story_id}
        for match in matches
        if _counts(match) and (match.source.story_id in members or match.target.story_id in members)
    )
    return frozenset(members.union(*stories))


def with_claims(
    families: Sequence[WireFamily], matches: Iterable[PassageMatch], tellings: Mapping[str, Telling]
) -> list[WireFamily]:
    """The families with their claims, those that most stories state first.

    A claim's origins are counted by who shares it with whom. Stories that share it by a flagged passage are one;
    a member whose sentence is in no flagged match of this claim is one by itself; so is a story outside the family
    that states it of the same event, but stories outside that are one family are one. A near miss counts as an origin
    of its own, so the number is rather too high than too low.

    `tellings` holds what `claim_stories` names. The result does not depend on the order of `matches`.
    """
    family_of = {member.story_id: number for number, family in enumerate(families) for member in family.members}
    numbers: dict[_Stated, tuple[Line, Counted]] = {}
    shared: dict[int, set[_Shared]] = defaultdict(set)
    for match in matches:
        stories = (match.source.story_id, match.target.story_id)
        concerned = {family_of[story] for story in stories if story in family_of}
        if concerned and _counts(match):
            for pair in _common(match, tellings, numbers):
                for number in concerned:
                    shared[number].add(pair)
    return [
        replace(family, claims=tuple(_claims(family, shared[number], numbers, family_of)))
        for number, family in enumerate(families)
    ]


def _counts(match: PassageMatch) -> bool:
    return not match.boilerplate and (match.flagged or match.match_class == "same-event")


def _common(
    match: PassageMatch, tellings: Mapping[str, Telling], numbers: dict[_Stated, tuple[Line, Counted]]
) -> Iterator[_Shared]:
    """The numbers that both passages of a match have of the same thing; `numbers` is told what they are."""
    sides: list[dict[_Stated, tuple[Line, Counted]]] = []
    for side in (match.source, match.target):
        telling = tellings[side.story_id]
        lines = [telling.lines[telling.place[name]] for name in side.segments if name in telling.place]
        sides.append(
            {
                _Stated(side.story_id, line.id, place): (line, number)
                for line in lines
                for place, number in enumerate(line.numbers)
            }
        )
    seen = [Counter(_value(number) for _, number in side.values()) for side in sides]
    for first, (line, number) in sides[0].items():
        for second, (other_line, other) in sides[1].items():
            value = _value(number)
            if value == _value(other):
                alone = seen[0][value] == seen[1][value] == 1
                if _same_thing(line, number, other_line, other, flagged=match.flagged, alone=alone):
                    numbers[first], numbers[second] = (line, number), (other_line, other)
                    yield _Shared(first, second, match.flagged)


def _value(number: Counted) -> tuple[float, bool]:
    return number.value, number.percent


def _same_thing(line: Line, number: Counted, other_line: Line, other: Counted, *, flagged: bool, alone: bool) -> bool:
    """Whether two equal numbers count the same thing.

    The words that follow say so. In a flagged match, which tells the same anyway, the value may also speak alone: when
    it is large, or when what is counted cannot be held together, in two languages or where a side does not say it.
    """
    if line.language == other_line.language:
        unsaid = not number.stems or not other.stems
        return not number.stems.isdisjoint(other.stems) or (flagged and (unsaid or number.value > SMALL))
    english = line.reading(number), other_line.reading(other)
    held = all(item in of.english_numbers for item, of in zip(english, (line, other_line), strict=True))
    if held and not english[0].stems.isdisjoint(english[1].stems):
        return True
    return flagged and alone


def _claims(
    family: WireFamily,
    shared: Iterable[_Shared],
    numbers: Mapping[_Stated, tuple[Line, Counted]],
    family_of: Mapping[str, int],
) -> list[Claim]:
    pairs = sorted(shared, key=lambda pair: (_place(pair.first), _place(pair.second)))
    order = [member.story_id for member in family.members]
    in_flagged = {stated for pair in pairs if pair.flagged for stated in (pair.first, pair.second)}
    found = []
    for group in _groups(pairs, numbers):
        stories = {stated.story for stated in group}
        sharing = {stated.story for stated in group if stated in in_flagged}
        members = [story for story in order if story in stories]
        outside = sorted(stories - set(members))
        alone = [story for story in members if story not in sharing]
        elsewhere = {family_of.get(story, story) for story in outside if story not in sharing}
        origins = bool(sharing) + len(alone) + len(elsewhere)
        value = numbers[group[0]][1]
        found.append((value.value, Claim(value.figure, _what(group, numbers), (*members, *outside), origins)))
    return [claim for _, claim in sorted(found, key=lambda item: (-len(item[1].stories), item[0], item[1].what))]


def _place(stated: _Stated) -> tuple[str, str, int]:
    return stated.story, stated.line, stated.place


def _groups(pairs: Sequence[_Shared], numbers: Mapping[_Stated, tuple[Line, Counted]]) -> list[list[_Stated]]:
    """Numbers that are one claim: shared by a match, or of one value and with a word of what they count in common."""
    group_of: dict[_Stated, list[_Stated]] = {}

    def join(first: _Stated, second: _Stated) -> None:
        one, other = group_of.setdefault(first, [first]), group_of.setdefault(second, [second])
        if one is not other:
            one.extend(other)
            group_of.update(dict.fromkeys(other, one))

    for pair in pairs:
        join(pair.first, pair.second)
    by_word: dict[tuple[tuple[float, bool], str, str], _Stated] = {}
    for stated in sorted(group_of, key=_place):
        line, number = numbers[stated]
        english = line.reading(number)
        words = {(line.language, stem) for stem in number.stems}
        words |= {("en", stem) for stem in english.stems} if english in line.english_numbers else set()
        for language, stem in sorted(words):
            join(by_word.setdefault((_value(number), language, stem), stated), stated)
    return list({id(group): group for group in group_of.values()}.values())


def _what(group: Iterable[_Stated], numbers: Mapping[_Stated, tuple[Line, Counted]]) -> str:
    """What is counted, in the words of most: of English stories, of all in their one language, or of the English.

    Where several begin alike, as far as two go on alike, since what follows may be no more of it: "14 buildings came",
    "14 buildings fell".
    """
    held = [numbers[stated] for stated in group]
    said = [number for line, number in held if line.language == "en"]
    if not said and len({line.language for line, _ in held}) == 1:
        said = [number for _, number in held]
    labels = [number.words.split() for number in said or (line.reading(number) for line, number in held)]
    begins: Counter[tuple[str, ...]] = Counter(
        tuple(words[:size]) for words in labels for size in range(1, len(words) + 1)
    )
    if not begins:
        return ""
    first = min((words for words in begins if len(words) == 1), key=lambda words: (-begins[words], words))
    enough = min(begins[first], 2)
    alike = [words for words in begins if words[:1] == first and begins[words] >= enough]
    return " ".join(sorted(alike, key=lambda words: (-len(words), -begins[words], words))[0])
