"""Emoji and symbols inside a text: taken out before a model reads it, put back at the corresponding place.

Vocabularies know next to none of them; what a model makes of an unknown token is noise. Words of which it is told that
the vocabulary does not know them travel the same way.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import regex

from align.translate.verbatim.protect import PROTECTED, SIGN

__all__ = ["bare", "put_back", "sign_borders"]

_SIGN = regex.compile(SIGN, regex.V1)
_RUN = regex.compile(rf"(?<!\s)\s*+(?P<signs>{SIGN}(?:\s*+{SIGN})*+)\s*+", regex.V1)
# nothing is put into an address, a number, or an English word with an apostrophe; in French it parts two words
_WORD = regex.compile(rf"{PROTECTED}|\w+(?:[.,:/-]\w+)*")
_OUTPUT_WORD = regex.compile(rf"{PROTECTED}|\w+(?:[.,:/'’-]\w+)*")
_FULL_STOP = regex.compile(r"[.!?…:;؟؛。！？][»”\"')\]]*$")
_EMOJI = regex.compile(r"\p{Emoji_Presentation}|\uFE0F|\p{RI}|[™®℠©]")
_SENTENCE = 3  # words from which what stands between two emoji may be a sentence of its own
_TELLING_WORD = 3  # letters from which a word that stands in both texts marks one place


@dataclass(frozen=True, slots=True)
class _Taken:
    """A run that was taken out: its text, the words before and after, and whether it was glued to them."""

    text: str
    before: str
    after: str
    glued: tuple[bool, bool]
    place: float  # share of the text's words that stand before it


def sign_borders(text: str) -> list[tuple[int, int]]:
    """Where signs inside a line part it like a line break, as spans with the white space around them.

    Three cases: after the mark that closes a sentence or announces ("Ouvert ! 🎉 Venez"); a symbol that is no emoji
    between white space ("Paris → Lyon", "★ ... ★ ..."); an emoji before a capital, with three words or more on
    both sides. Any other emoji stands in a sentence, and parting it would cost the model its context.
    """
    found = []
    for match in _RUN.finditer(text):
        begin, end = match.span()
        if not begin or end == len(text):
            continue
        spaced = match.start("signs") > begin and match.end("signs") < end
        closed = match.start("signs") > begin and _FULL_STOP.search(text, max(0, begin - 4), begin) is not None
        symbol = spaced and _EMOJI.search(match["signs"]) is None
        if closed or symbol or (spaced and _between_sentences(text, begin, end)):
            found.append((begin, end))
    return found


def _between_sentences(text: str, begin: int, end: int) -> bool:
    if not regex.match(r"[«“\"]?\p{Lu}", text[end : end + 2]):
        return False
    before, after = text[max(0, begin - 100) : begin], text[end : end + 100]
    return len(_WORD.findall(before)) >= _SENTENCE <= len(_WORD.findall(after))


def bare(text: str, unknown: Sequence[str] = ()) -> str:
    """What the model is given: the text without signs and without the words in `unknown`.

    Those are whole words as they stand in the text (`unknown.unknown_words`).
    """
    run = _runs(unknown)
    return run.sub(lambda match: _joint(text, match), text).strip() if run.search(text) else text


def _joint(text: str, match: regex.Match[str]) -> str:
    """What stands for a run: no word may grow together with the next, no space may come before a comma."""
    before, after = text[max(0, match.start() - 1) : match.start()], text[match.end() : match.end() + 1]
    spaced = match.end() > match.end("signs") or match.start() < match.start("signs")
    if after.isalnum():
        return " " if spaced or before.isalnum() else ""
    return " " if spaced and after not in ",.;:!?)]" else ""


def _runs(unknown: Sequence[str]) -> regex.Pattern[str]:
    if not unknown:
        return _RUN
    words = "|".join(regex.escape(word) for word in sorted(set(unknown), key=lambda word: (-len(word), word)))
    item = rf"(?:{SIGN}|(?<!\w)(?:{words})(?!\w))"
    return regex.compile(rf"(?<!\s)\s*+(?P<signs>{item}(?:\s*+{item})*+)\s*+", regex.V1)


def put_back(source: str, output: str, unknown: Sequence[str] = ()) -> str:
    """The output with every sign of the source, and every word in `unknown`, that it lacks.

    A run goes next to the word that stands beside it in the source, if each text has that word once (a name, a
    number); else after the same share of words. Signs that the output has already stay where they are.
    """
    runs = _runs(unknown)
    if runs.search(source) is None:
        return output
    there = Counter(_SIGN.findall(output))
    there.update({word: output.count(word) for word in set(unknown)})
    given = Counter(_WORD.findall(source))
    said = list(_OUTPUT_WORD.finditer(output))
    places = {match[0]: match for match in said}
    counts = Counter(match[0] for match in said)
    once = {word: match for word, match in places.items() if given[word] == counts[word] == 1 and _tells(word)}
    inserts = []
    for order, taken in enumerate(_taken(source, runs, unknown, there)):
        place, text = _place(taken, once, said, output)
        inserts.append((place, order, text))
    parts, end = [], 0
    for place, _, text in sorted(inserts):
        parts += [output[end:place], text]
        end = place
    return "".join([*parts, output[end:]])


def _taken(source: str, runs: regex.Pattern[str], unknown: Sequence[str], there: Counter[str]) -> Iterator[_Taken]:
    words = list(_WORD.finditer(runs.sub(lambda match: "\n" * len(match[0]), source)))
    ends = [word.end() for word in words]
    for match in runs.finditer(source):
        items = _items(match["signs"], unknown)
        lost = []
        for item in items:
            if there[item]:
                there[item] -= 1
            else:
                lost.append(item)
        if not lost:
            continue
        begin, end = match.span()
        count = bisect_right(ends, begin)
        before = words[count - 1] if count and ends[count - 1] == begin else None
        after = words[count] if count < len(words) and words[count].start() == end else None
        yield _Taken(
            match["signs"] if len(lost) == len(items) else "".join(lost),
            before[0] if before else "",
            after[0] if after else "",
            (match.start("signs") == begin and begin > 0, match.end("signs") == end),
            count / max(1, len(words)),
        )


def _items(run: str, unknown: Sequence[str]) -> list[str]:
    return [part for word in run.split() for part in ([word] if word in unknown else _SIGN.findall(word))]


def _place(
    taken: _Taken, once: Mapping[str, regex.Match[str]], said: Sequence[regex.Match[str]], output: str
) -> tuple[int, str]:
    """Where a run goes, and its text with the white space that it needs there."""
    before, after = (once.get(word) for word in (taken.before, taken.after))
    count = round(taken.place * len(said))
    if before is not None or (after is None and count):
        place = before.end() if before is not None else said[count - 1].end()
        glued = taken.glued[0] and before is not None
        return place, ("" if glued else " ") + taken.text + (" " if output[place : place + 1].isalnum() else "")
    place = after.start() if after is not None else 0
    glued = taken.glued[1] and after is not None
    return place, taken.text + ("" if glued or not output else " ")


def _tells(word: str) -> bool:
    return len(word) >= _TELLING_WORD or word.isdigit()
