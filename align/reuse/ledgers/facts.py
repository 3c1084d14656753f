"""Facts that one outlet states and another, retelling the same passage, does not: numbers, names, claimants."""

from __future__ import annotations

import functools
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from align.records import Fact, FactKind, PassageMatch
from align.reuse.ledgers.statements import Line, Telling
from align.reuse.ledgers.substitutions import UNKNOWN_OUTLET
from align.reuse.ledgers.wordings import Counted, Wording
from align.reuse.reading.names import known_name, same_name
from align.reuse.reading.sides import SMALL
from align.text.words import fold, words

__all__ = ["facts", "retold_stories"]

_TWO = 2  # other languages also say it by a dual, or by a word for both or a pair
_ENOUGH = 0.5  # share of a name's or a claimant's words from which it is taken to be there
# Languages whose ways of naming a claimant are known: elsewhere nobody can tell that none is named.
_CLAIMANTS_KNOWN = frozenset({"en", "fr", "tr", "ru", "ar"})
_BEGIN, _ALIKE = 3, 0.5  # letters that two spellings begin with, and the share in common from which they may be one
_Key = tuple[str, str, FactKind, str]


@dataclass(slots=True)
class _Found:
    """Where a fact was found: how it was written, which pairs of stories, which matches."""

    spellings: Counter[str] = field(default_factory=Counter)
    pairs: set[tuple[str, str]] = field(default_factory=set)
    matches: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Retold:
    """A line of a story, with its matches in one other story and the lines there that retell it."""

    matches: list[str] = field(default_factory=list)
    there: list[str] = field(default_factory=list)


def retold_stories(matches: Iterable[PassageMatch]) -> frozenset[str]:
    """The stories that `facts` has to read: those of flagged matches."""
    held = (match for match in matches if match.flagged and not match.boilerplate)
    return frozenset(story for match in held for story in (match.source.story_id, match.target.story_id))


def facts(matches: Iterable[PassageMatch], tellings: Mapping[str, Telling]) -> list[Fact]:
    """What flagged passages state and the story that retells them does not, anywhere; the most frequent first.

    `tellings` holds every story of a flagged match. Each two stories are compared in both directions. The result does
    not depend on the order of `matches`.
    """
    found: dict[_Key, _Found] = defaultdict(_Found)
    outlets: dict[str, str] = {}
    for (story, other), lines in sorted(_retold(matches, outlets).items()):
        for kind, fact, ids in _untold(lines, tellings[story], tellings[other], fold(outlets[other])):
            held = found[outlets[story], outlets[other], kind, fold(fact)]
            held.spellings[fact] += 1
            held.pairs.add((story, other))
            held.matches.update(ids)
    lines_found = [
        Fact(outlet, other, kind, _spelling(held.spellings), len(held.pairs), tuple(sorted(held.matches)))
        for (outlet, other, kind, _), held in found.items()
    ]
    return sorted(lines_found, key=lambda item: (-item.count, item.outlet, item.other, item.kind, item.fact))


def _retold(matches: Iterable[PassageMatch], outlets: dict[str, str]) -> dict[tuple[str, str], dict[str, _Retold]]:
    """For each two stories, in both directions, the lines of the first that the second retells. Notes the outlets."""
    retold: dict[tuple[str, str], dict[str, _Retold]] = defaultdict(lambda: defaultdict(_Retold))
    for match in matches:
        if match.flagged and not match.boilerplate:
            for side, other in ((match.source, match.target), (match.target, match.source)):
                outlets[side.story_id] = side.outlet or UNKNOWN_OUTLET
                for segment in side.segments:
                    held = retold[side.story_id, other.story_id][segment]
                    held.matches.append(match.id)
                    held.there.extend(other.segments)
    return retold


def _spelling(spellings: Counter[str]) -> str:
    return min(spellings, key=lambda text: (-spellings[text], text))


def _untold(
    lines: Mapping[str, _Retold], own: Telling, other: Telling, outlet: str
) -> Iterator[tuple[FactKind, str, Sequence[str]]]:
    """What the lines of a story state and the story that retells them does not, with the matches."""
    wordings: list[tuple[FactKind, Wording, Sequence[str]]] = []
    for name, retold in sorted(lines.items()):
        if name not in own.place:
            continue
        line, near = own.lines[own.place[name]], other.around(retold.there)
        there = [other.lines[other.place[segment]] for segment in retold.there if segment in other.place]
        alike = any(line.language == another.language for another in there)
        for number in line.numbers if all(another.legible for another in there) else ():
            untellable = not line.surely(number) or (number.value == _TWO and not alike)
            if not untellable and not _tells_number(other, number, near, line.language):
                said = number if alike else line.reading(number)
                yield "number", f"{said.figure} {said.words}".strip(), retold.matches
        if alike or (own.readable and other.readable):
            wordings += [
                ("name", item, retold.matches)
                for item in line.names
                if not _tells_name(other, item, line, own, alike=alike)
            ]
            wordings += [
                ("claimant", item, retold.matches)
                for item in line.claimants
                if not _tells_claimant(other, item, line, near, alike=alike)
            ]
    for kind, item, ids in wordings:  # "officials" is said already where "two officials of the port" is
        within = any(
            item.text in longer.text and (item.text != longer.text or (kind, rival) == ("name", "claimant"))
            for rival, longer, _ in wordings
        )
        if not within and not any(same_name(word, outlet) for word in words(item.text)):
            yield kind, item.text, ids


def _tells_number(other: Telling, number: Counted, near: Sequence[Line], language: str) -> bool:
    """Whether a story has the number: near by whatever it counts, elsewhere a small one only of the same thing."""
    if any(number.value in line.values for line in near):
        return True
    for line in other.all_lines:
        if number.value in line.values:
            comparable = line.language == language and number.stems
            if number.value > SMALL or not comparable or not number.stems.isdisjoint(line.stems):
                return True
    return False


def _tells_name(other: Telling, name: Wording, line: Line, own: Telling, *, alike: bool) -> bool:
    """Whether a story has half of a name's words, or there is no telling.

    A word that either story also writes small is no name. Spellings are held together loosely ("Latakia", "Lattaquié").
    Between languages a name has to come through the translation, whole, since what is translated ("Red Crescent") is
    called otherwise there; in a script without capitals only a known name is looked for.
    """
    left = [word for word in name.keys if word not in own.lower and word not in other.lower]
    whole = len(left) == len(name.keys) and line.usable
    if not alike and not (whole and all(map(line.in_english.has_name, left))):
        return True
    if not other.cased:
        left = [word for word in left if known_name(word) is not None]
    told = [other.has_name(word) or _is_spelt_alike(word, other.names) for word in left]
    return not left or sum(told) >= _ENOUGH * len(left)


def _is_spelt_alike(word: str, names: Iterable[str]) -> bool:
    near = (name for name in names if name[:_BEGIN] == word[:_BEGIN])
    return any(_are_spelt_alike(word, name) for name in near)


@functools.lru_cache(maxsize=2**16)
def _are_spelt_alike(word: str, name: str) -> bool:
    return SequenceMatcher(None, word, name, autojunk=False).ratio() >= _ALIKE


def _tells_claimant(other: Telling, who: Wording, line: Line, near: Sequence[Line], *, alike: bool) -> bool:
    """Whether a story names a claimant, or mentions it near by, or there is no telling.

    Between languages that is said only where nobody at all is named near by, and held together in English.
    """
    if any(each.language not in _CLAIMANTS_KNOWN for each in near):
        return True
    roots = set(who.keys)
    if not alike:
        if any(each.claimant or each.english_claimant for each in near):
            return True
        roots |= line.english_claimant
    known = {number for root in roots if (number := known_name(root)) is not None}
    if roots & other.claimants or any(known_name(root) in known for root in other.claimants):
        return True
    mentioned = frozenset().union(*(each.stems if alike else each.english_stems for each in near))
    if not alike:
        return not line.english_claimant.isdisjoint(mentioned)
    return len(roots & mentioned) >= _ENOUGH * len(roots)
