"""Words that a model's vocabulary cannot spell: which ones they are, and how they come through a translation."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence

import regex

__all__ = ["UNKNOWN", "copy_unknown", "unknown_words"]

UNKNOWN = "\u2047"  # what SentencePiece writes for <unk>

_MARK = regex.compile(rf"\s*+{UNKNOWN}\s*+")
_MARKS = regex.compile(rf"\s*+{UNKNOWN}(?:\s*{UNKNOWN})*+\s*+")
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


def copy_unknown(output: str, words: Sequence[str]) -> tuple[str, bool]:
    """The output with the source words in place of its marks for <unk>, in order, and whether all could be filled.

    Filled are as many marks as there are words, or as many runs of marks; else the output comes back as it was. What
    stands around a mark and belongs to the word ("Mc ⁇ x" for "Mc港x") is not said twice.
    """
    marks = output.count(UNKNOWN)
    if not marks:
        return output, not words
    runs = _MARKS if marks != len(words) else _MARK
    if len(runs.findall(output)) != len(words):
        return output, False
    for word in words:
        match = runs.search(output)
        assert match is not None
        output = _filled(output[: match.start()], word, output[match.end() :])
    return output, True


def _filled(before: str, word: str, after: str) -> str:
    last, first = before.rpartition(" ")[2], after.partition(" ")[0]
    begins = bool(last) and len(last) < len(word) and word.startswith(last)
    if begins:
        before = before[: len(before) - len(last)]
    if first.isalnum() and len(first) < len(word) and word.endswith(first) and (begins or len(first) > 1):
        after = after[len(first) :]
    left = "" if not before or before[-1].isspace() or before[-1] in "“«(['\"" else " "
    right = " " if after[:1].isalnum() or after[:1] in ("“", "(", "«", UNKNOWN) else ""
    return before + left + word + right + after
