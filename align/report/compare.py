"""Which words two passages share, for the eye."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

__all__ = ["Run", "compare_words"]

Kind = Literal["same", "moved", "differ", "plain"]
_TOKENS = re.compile(r"\w+(?:['’.,]\w+)*|\s+|[^\w\s]")
_LONGEST = 600  # words; beyond it the comparison takes longer than a reader would look
_SHORT = 3  # letters; a word of no more than these is no sign of anything when it stands alone


class Run(NamedTuple):
    """A stretch of text and how it relates to the other side.

    `same`: words that follow each other on both sides. `moved`: the other side has the word, elsewhere. `differ`:
    only this side has it. `plain`: nothing to say (spaces, signs, a short word alone).
    """

    text: str
    kind: Kind


def compare_words(a: str, b: str) -> tuple[list[Run], list[Run]]:
    """Both texts cut into runs; the texts of the runs joined give the text back.

    Words are compared without regard to case. Texts of more than 600 words are left plain.
    """
    left, right = _Words(a), _Words(b)
    if max(len(left.folded), len(right.folded)) > _LONGEST:
        return _plain(a), _plain(b)
    matcher = SequenceMatcher(None, left.folded, right.folded, autojunk=False)
    for at_left, at_right, size in matcher.get_matching_blocks():
        if size > 1 or any(len(word) > _SHORT for word in left.folded[at_left : at_left + size]):
            left.mark_same(at_left, size)
            right.mark_same(at_right, size)
    return left.runs(set(right.folded)), right.runs(set(left.folded))


def _plain(text: str) -> list[Run]:
    return [Run(text, "plain")] if text else []


class _Words:
    """A text as tokens, and the words among them."""

    def __init__(self, text: str) -> None:
        self.tokens: list[str] = _TOKENS.findall(text)
        self.places = [place for place, token in enumerate(self.tokens) if token[0].isalnum() or token[0] == "_"]
        self.folded = [self.tokens[place].casefold() for place in self.places]
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
        runs: list[Run] = []
        for token, kind in zip(self.tokens, self.kinds, strict=True):
            if runs and runs[-1].kind == kind:
                runs[-1] = Run(runs[-1].text + token, kind)
            else:
                runs.append(Run(token, kind))
        return runs
