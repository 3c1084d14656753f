"""The substitution ledger: what one outlet writes where another, retelling the same sentence, writes something else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher

from align.records import PassageMatch, Substitution
from align.text.words import fold_word, written_words

__all__ = ["UNKNOWN_OUTLET", "substitutions"]

UNKNOWN_OUTLET = "unknown"
_LONGEST = 3  # words; longer stretches are another sentence, not another word
_ENOUGH_ALIKE = 0.5  # share of words in common from which the rest can be read as exchanged


def substitutions(matches: Iterable[PassageMatch], languages: Mapping[str, str]) -> list[Substitution]:
    """Words exchanged between flagged passages, most frequent first; the outlets of a line are in alphabetical order.

    `languages` maps a segment's id to its language: passages in one language are compared in their own words, others
    in English.
    """
    found: dict[tuple[str, str, str, str], list[str]] = defaultdict(list)
    for match in matches:
        if match.flagged:
            alike = languages[match.source.segments[0]] == languages[match.target.segments[0]]
            one, other = (
                (match.source.text, match.target.text) if alike else (match.source.english, match.target.english)
            )
            outlets = match.source.outlet or UNKNOWN_OUTLET, match.target.outlet or UNKNOWN_OUTLET
            for words_a, words_b in _exchanged(one, other):
                line = (*outlets, words_a, words_b)
                found[_in_order(*line)].append(match.id)
    lines = [Substitution(*line, count=len(ids), matches=tuple(sorted(set(ids)))) for line, ids in found.items()]
    return sorted(lines, key=lambda item: (-item.count, item.outlet_a, item.outlet_b, item.words_a, item.words_b))


def _in_order(outlet_a: str, outlet_b: str, words_a: str, words_b: str) -> tuple[str, str, str, str]:
    if (outlet_b, words_b) < (outlet_a, words_a):
        return outlet_b, outlet_a, words_b, words_a
    return outlet_a, outlet_b, words_a, words_b


def _exchanged(first: str, second: str) -> list[tuple[str, str]]:
    one, other = written_words(first), written_words(second)
    matcher = SequenceMatcher(None, list(map(fold_word, one)), list(map(fold_word, other)), autojunk=False)
    if matcher.ratio() < _ENOUGH_ALIKE:
        return []
    return [
        (_lower(one[begin:end]), _lower(other[start:stop]))
        for kind, begin, end, start, stop in matcher.get_opcodes()
        if kind == "replace" and end - begin <= _LONGEST and stop - start <= _LONGEST
    ]


def _lower(words: list[str]) -> str:
    """Words in small letters, as they are read: a dotted capital İ leaves no dot of its own behind."""
    return " ".join(words).replace("İ", "i").lower()
