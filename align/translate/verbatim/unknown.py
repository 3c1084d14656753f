"""Words that a model's vocabulary cannot spell: which ones they are."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence

import regex

__all__ = ["unknown_words"]

_WORD = regex.compile(r"(?=\p{L})[\p{L}\p{M}\p{N}_]++")
_LETTER = regex.compile(r"\p{L}")
_SCRIPTS = regex.compile(
    r"(?P<Latin>\p{Latin})|(?P<Cyrillic>\p{Cyrillic})|(?P<Arabic>\p{Arabic})|(?P<Greek>\p{Greek})"
    r"|(?P<Hebrew>\p{Hebrew})|(?P<Dense>[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}])|(?P<Other>\p{L})"
)


def unknown_words(text: str, pieces: Sequence[str]) -> list[str]:
    """The words of a text that a model can only copy, given the pieces of it that are not in the vocabulary.

    Words with such a letter in another script than most of the text, and capitalized ones, which are names; a common
    word with one rare letter ("sœur") may still be understood. None in a text of which they are the better half: that
    one is in a script that the model does not read.
    """
    strange = [piece for piece in pieces if _LETTER.search(piece)]
    if not strange:
        return []
    main = _script(text)
    found = [
        word
        for word in dict.fromkeys(_WORD.findall(text))
        if any(piece in unicodedata.normalize("NFKC", word) for piece in strange)
        and (_script(word) != main or (main != "Dense" and word[0].isupper()))
    ]
    return found if 2 * sum(map(len, found)) < len(_LETTER.findall(text)) else []


def _script(text: str) -> str | None:
    scripts = Counter(match.lastgroup for match in _SCRIPTS.finditer(text))
    return scripts.most_common(1)[0][0] if scripts else None
