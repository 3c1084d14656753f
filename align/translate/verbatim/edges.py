"""How an output begins and ends where its source is no whole sentence: a heading, or a clause that was cut off."""

from __future__ import annotations

import regex

from align.language.content import is_function_word
from align.text.abbreviations import NEVER_END, SELDOM_END

__all__ = ["fit_edges"]

_CLOSED = regex.compile(r"[.!?…:;。！？؟۔][\s»”\"'’)\]]*$")
_LAST_WORD = regex.compile(r"(?P<word>[\p{L}\p{M}\p{N}-]{2,})\.$")
_FIRST_WORD = regex.compile(r"^\p{Lu}\p{Ll}*(?=[\s,])")
_FIRST_LETTER = regex.compile(r"\p{L}")


def fit_edges(source: str, output: str) -> str:
    """The output without what models add out of habit, having seen whole sentences alone.

    A full stop goes where the source has no mark at its end, unless it may belong to an abbreviation. A capital goes
    where the source begins with a small letter, from words of grammar ("The", "He") but no others: a name keeps it.
    """
    if not _CLOSED.search(source):
        last = _LAST_WORD.search(output)
        if last and last["word"].casefold() not in NEVER_END | SELDOM_END:
            output = output[:-1]
    letter = _FIRST_LETTER.search(source)
    first = _FIRST_WORD.match(output)
    if letter and letter[0].islower() and first and first[0] != "I" and is_function_word(first[0], "en"):
        output = output[0].lower() + output[1:]
    return output
