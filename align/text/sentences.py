"""Sentence boundaries by rule, for text that mixes languages.

Written for news pages in French, Turkish, English, Arabic and Russian; `tests/cases/text/sentences.json` holds what
it must get right and, marked as failures, what it does not.
"""

from __future__ import annotations

from collections.abc import Iterator

import regex

from align.records import Span
from align.text.abbreviations import NEVER_END, OFTEN_BEGIN, SELDOM_END

__all__ = ["split_sentences"]

_CLOSERS = "»”\"'’\\)\\]›}"
_OPENERS = "«“\"'‘\\(\\[‹{¿¡—–-"

# A stop, whatever closes around it, and the white space that a boundary would fall into. A closing guillemet may
# stand off by a space, as in French; an ASCII quote after a space opens rather than closes.
_STOP = regex.compile(
    rf"(?P<mark>(?:\.{{2,}}|…|[.!?؟۔])+)(?P<close>(?:[{_CLOSERS}]|[\s\u00a0\u202f](?=[»”›])[»”›])*)(?P<gap>\s+)"
    r"|(?P<cjk>[。！？]+[」』”]*)"
)
_GLUED = regex.compile(r"(?<=\p{Ll}{3})[.!?]+(?=\p{Lu}\p{Ll}{2,}(?![\w.]*\.\p{Ll}))")
_BLANK_LINE = regex.compile(r"\n[^\S\n]*\n\s*")
_POST_HEADER = regex.compile(r"(?:Replying to|En réponse à|Yanıt olarak)(?:\s+(?:and|et|ve)?\s*@\w+)+(?P<gap>\s+)")
_TURKISH_LETTER = regex.compile(r"[ğışİĞŞ]")
_LAST_TOKEN = regex.compile(r"[^\s«“\"(\[‘]+$")
_FIRST_WORD = regex.compile(rf"[{_OPENERS}\s]*(?P<word>[\p{{L}}]+)?")
_INITIALS = regex.compile(r"(?:\p{Lu}\.-?)*\p{Lu}")
_LINK = regex.compile(r"@|/|www\.|\.\p{Ll}{2,4}$")
_NO_CASE = regex.compile(r"[\p{Lo}]")


def split_sentences(text: str) -> list[Span]:
    """The sentences of `text`, in order, as spans without white space at either end.

    Every character that is not white space lies in exactly one span. A blank line is always a boundary, a single
    line break never is.
    """
    begin = 0
    spans = []
    for end, following in _boundaries(text):
        if end > begin:
            spans.append(_trimmed(text, begin, end))
        begin = max(begin, following)
    spans.append(_trimmed(text, begin, len(text)))
    return [span for span in spans if len(span)]


def _trimmed(text: str, begin: int, end: int) -> Span:
    while begin < end and text[begin].isspace():
        begin += 1
    while end > begin and text[end - 1].isspace():
        end -= 1
    return Span(begin, end)


def _boundaries(text: str) -> Iterator[tuple[int, int]]:
    """Where a sentence ends and where the next begins, in order."""
    found = [(match.start(), match.end()) for match in _BLANK_LINE.finditer(text)]
    found += [(match.start("gap"), match.end("gap")) for match in _POST_HEADER.finditer(text)]
    for match in _STOP.finditer(text):
        if match["cjk"]:
            found.append((match.end(), match.end()))
        elif _ends_sentence(text, match):
            found.append((match.start("gap"), match.end("gap")))
    for match in _GLUED.finditer(text):
        if not _LINK.search(_token_before(text, match.start())):
            found.append((match.end(), match.end()))
    yield from sorted(found)


def _ends_sentence(text: str, match: regex.Match[str]) -> bool:
    rest = text[match.end() : match.end() + 80]
    if not _may_begin(rest):
        return False
    if match["close"] or match["mark"] != ".":
        # "[...] Les" marks an omission inside a quotation
        return not (match["close"].startswith(("]", ")")) and text[match.start() - 1] in "[(")
    return _full_stop_ends(text, match.start(), rest)


def _may_begin(rest: str) -> bool:
    """Whether a sentence can begin so: a capital, a digit, a handle, a quotation, or a script without case."""
    stripped = rest.lstrip("«“\"'‘([‹{¿¡—–- \u00a0\u202f")
    if not stripped:
        return bool(rest)
    first = stripped[0]
    return not first.islower() and (first.isalnum() or first in "@#" or _NO_CASE.match(first) is not None)


def _full_stop_ends(text: str, stop: int, rest: str) -> bool:
    token = _token_before(text, stop)
    folded = token.lower().replace("i̇", "i")
    word = _FIRST_WORD.match(rest)
    begins = word is not None and word["word"] is not None and _fold(word["word"]) in OFTEN_BEGIN
    if folded in NEVER_END:
        return False
    if folded in SELDOM_END or _INITIALS.fullmatch(token):
        return begins
    if token.isdigit() and len(token) <= 2:
        return begins or not _counts(text, stop - len(token), rest)
    return True


def _counts(text: str, begin: int, rest: str) -> bool:
    """Whether "3." counts something: an item of a list, or a Turkish ordinal ("3. Ordu")."""
    opens_line = not text[:begin].rstrip(" \t") or text[:begin].rstrip(" \t").endswith("\n")
    near = text[max(0, begin - 200) : begin] + rest
    return opens_line or _TURKISH_LETTER.search(near) is not None


def _token_before(text: str, end: int) -> str:
    match = _LAST_TOKEN.search(text[max(0, end - 40) : end])
    return match[0] if match else ""


def _fold(word: str) -> str:
    return word.replace("İ", "i").lower()
