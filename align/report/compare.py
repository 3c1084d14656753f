"""Which words two passages share, and where the numbers and names stand that agree or clash, for the eye."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

import regex

from align.language.numbers import read_numbers
from align.records import Evidence, Span
from align.text.words import fold, word_spans

__all__ = ["Run", "compare_words", "mark_signs", "plain_run"]

Kind = Literal["same", "moved", "differ", "plain"]
Sign = Literal["", "agree", "clash"]
_TOKENS = regex.compile(r"[\p{L}\p{M}\p{N}_]+(?:['’.,][\p{L}\p{M}\p{N}_]+)*|\s+|[^\p{L}\p{M}\p{N}_\s]")
_FIRST = regex.compile(r"[\p{L}\p{M}\p{N}_]")
_VALUE = regex.compile(r"\d+(?:\.\d+)?")
_CLASH = regex.compile(r"\s*[/≠]\s*")
_STEM = 5
_LONGEST = 600  # words; beyond it the comparison takes longer than a reader would look
_SHORT = 3  # letters; a word of no more than these is no sign of anything when it stands alone


class Run(NamedTuple):
    """A stretch of text and how it relates to the other side.

    `same`: words that follow each other on both sides. `moved`: the other side has the word, elsewhere. `differ`:
    only this side has it. `plain`: nothing to say (spaces, signs, a short word alone). `sign` tells a number or a name
    that agrees with one of the other side, or clashes with one.
    """

    text: str
    kind: Kind
    sign: Sign = ""


def compare_words(a: str, b: str) -> tuple[list[Run], list[Run]]:
    """Both texts cut into runs; the texts of the runs joined give the text back.

    Words are compared without case and accents, and with one letter for the Turkish i and ı. Texts of more than 600
    words are left plain.
    """
    left, right = _Words(a), _Words(b)
    if max(len(left.folded), len(right.folded)) > _LONGEST:
        return plain_run(a), plain_run(b)
    matcher = SequenceMatcher(None, left.folded, right.folded, autojunk=False)
    for at_left, at_right, size in matcher.get_matching_blocks():
        if size > 1 or any(len(word) > _SHORT or word.isdigit() for word in left.folded[at_left : at_left + size]):
            left.mark_same(at_left, size)
            right.mark_same(at_right, size)
    return left.runs(set(right.folded)), right.runs(set(left.folded))


def plain_run(text: str) -> list[Run]:
    """A text of which nothing is said."""
    return [Run(text, "plain")] if text else []


class _Words:
    """A text as tokens, and the words among them."""

    def __init__(self, text: str) -> None:
        self.tokens: list[str] = _TOKENS.findall(text)
        self.places = [place for place, token in enumerate(self.tokens) if _FIRST.match(token)]
        self.folded = [fold(self.tokens[place]) for place in self.places]
        self.kinds: list[Kind] = ["plain"] * len(self.tokens)

    def mark_same(self, begin: int, size: int) -> None:
        """Mark `size` words, and what stands between them."""
        if size:
            first, last = self.places[begin], self.places[begin + size - 1]
            self.kinds[first : last + 1] = ["same"] * (last + 1 - first)

    def runs(self, elsewhere: set[str]) -> list[Run]:
        for place, word in zip(self.places, self.folded, strict=True):
            if self.kinds[place] == "plain":
                if word not in elsewhere:
                    self.kinds[place] = "differ"
                elif len(word) > _SHORT:
                    self.kinds[place] = "moved"
        return _joined(Run(token, kind) for token, kind in zip(self.tokens, self.kinds, strict=True))


def _joined(pieces: Iterator[Run]) -> list[Run]:
    runs: list[Run] = []
    for piece in pieces:
        if runs and runs[-1][1:] == piece[1:]:
            runs[-1] = piece._replace(text=runs[-1].text + piece.text)
        else:
            runs.append(piece)
    return runs


def mark_signs(runs: Sequence[Run], language: str, evidence: Evidence) -> list[Run]:
    """The runs, with the numbers and names of the evidence marked where they stand in this text.

    A number is found by its value, in figures or in words of a language that is read; a name by its letters.
    """
    text = "".join(run.text for run in runs)
    signs = sorted(_signs(text, language, evidence), key=lambda item: item[0])
    return _joined(_cut(runs, signs))


def _signs(text: str, language: str, evidence: Evidence) -> Iterator[tuple[Span, Sign]]:
    agreeing = {value for item in evidence.numbers.same for value in _values(item)[:1]}
    clashing = {value for item in evidence.numbers.different for value in _clashing(item)}
    for number in read_numbers(text, language):
        if number.value in clashing or number.value in agreeing:
            yield number.span, "clash" if number.value in clashing else "agree"
    for span in word_spans(text):
        word = fold(span.of(text))
        if any(_same_name(word, name) for name in evidence.names.different):
            yield span, "clash"
        elif any(_same_name(word, name) for name in evidence.names.same):
            yield span, "agree"


def _values(item: str) -> list[float]:
    return [float(found) for found in _VALUE.findall(item)]


def _clashing(item: str) -> list[float]:
    """Both values of `36 / 40 yarali`."""
    return [value for part in _CLASH.split(item)[:2] for value in _values(part)[:1]]


def _same_name(word: str, name: str) -> bool:
    folded = fold(name)
    if word == folded:
        return True
    return len(folded) >= _STEM and word[:_STEM] == folded[:_STEM] and abs(len(word) - len(folded)) <= 4


def _cut(runs: Sequence[Run], signs: Sequence[tuple[Span, Sign]]) -> Iterator[Run]:
    """The runs cut where a sign begins and ends; of two that overlap the first stays."""
    at, waiting = 0, list(signs)[::-1]
    for run in runs:
        end = at + len(run.text)
        begin = at
        while begin < end:
            while waiting and waiting[-1][0].end <= begin:
                waiting.pop()
            span, sign = waiting[-1] if waiting else (Span(end, end), "")
            if span.begin > begin:
                stop, sign = min(span.begin, end), ""
            else:
                stop = min(span.end, end)
            yield Run(run.text[begin - at : stop - at], run.kind, sign)
            begin = stop
        at = end
