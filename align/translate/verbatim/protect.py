"""What no translation may change: addresses, e-mails, @handles, #hashtags, and signs that no vocabulary knows."""

from __future__ import annotations

import regex

__all__ = ["PROTECTED", "SIGN", "has_words", "kind", "list_number", "peel", "protected", "protected_matches"]

_STOPS = r".,;:!?)\]}'’…،؛؟۔。、！？）」"
_URL = (
    rf"(?:https?://|www\.)[^\s<>«»\"\p{{So}}]*[^\s<>«»\"\p{{So}}{_STOPS}]"
    r"|\b(?:pic\.twitter\.com|t\.me|t\.co|bit\.ly)/\w+"
)
# a start in the middle of a name would make long words without "@" cost the square of their length
_EMAIL = r"(?<![\w.+-])[\w.+-]++@[\w-]+(?:\.[\w-]+)+"
_HANDLE = r"(?<![\w@.])@\w{2,}(?:@[\w-]+(?:\.[\w-]+)+)?"
# the mark alone is a number sign ("#1"), not a hashtag
_HASHTAG = r"(?<![\w#&])#(?=\w*\p{L})\w+"

# Emoji of any kind, keycaps, and other symbols (general category So), as whole grapheme clusters. Left to the model:
# degree, numero and unit signs, which vocabularies know or normalize to letters, and the mark of a broken character.
_SYMBOL = (
    r"[[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{So}←-⇿■-◿⟰-⟿⤀-⥿⬀-⯿•‣⁃]"
    r"--[°‼⁉\uFFFD\u3200-\u33FF]--[[\u2100-\u214F]--[™℠ℹ]]]"
)
# flags by themselves: `\X` counts the letters of a row of flags from its begin each time
SIGN = rf"(?:[0-9#*]\uFE0F?\u20E3|\p{{RI}}{{1,2}}+|(?={_SYMBOL})(?!\p{{RI}})\X)"
"""Pattern of one sign; needs `regex.V1`."""

PROTECTED = rf"{_URL}|{_EMAIL}|{_HANDLE}|{_HASHTAG}"
"""Pattern of one address, e-mail, handle or hashtag."""

_PROTECTED = regex.compile(PROTECTED)
_EVERY_HAS_ONE = ("@", "#", "/", "www.")
_WORDLESS = regex.compile(rf"(?:{PROTECTED}|\P{{L}})*+")

# marks of direction and the like, that stand around a text and in no word
_EDGE = rf"(?:[\s\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]|{SIGN})"
# a dash or bullet, or "a)", "(12)"; not "1.", which begins "3. Ordu" too, and not "A.", which is a forename
_LIST_MARK = r"(?:[-–—*·∙>]++\s+|—(?=[\p{L}«“\"])|[-–](?=[\p{Lu}\p{Lo}])|\(?(?:\d{1,3}|\p{L}|[ivx]{2,4})\)\s+|[①-⑳]\s*)"
_HEAD = regex.compile(rf"{_EDGE}*+{_LIST_MARK}?{_EDGE}*+", regex.V1)
_ADDRESSED = regex.compile(
    rf"(?P<shared>RT\s+@\w+:?\s+)|(?P<whole>(?:(?:{_URL}|{_HANDLE})[:,]?|{_HASHTAG}\s*[:|–—])\s++)|{_HASHTAG}\s++",
    regex.V1,
)
_BEGINNING = regex.compile(rf"{_EDGE}*+(?=[\p{{Lu}}\p{{Lo}}«“\"])", regex.V1)
_TAIL_ITEM = regex.compile(
    rf"(?P<word>[(\[]?(?:{_URL})[)\]]?[.!?…]*|{_EMAIL}|{_HANDLE}|{_HASHTAG})|(?P<signs>{SIGN}++)|(?P<space>{_EDGE}++)",
    regex.V1,
)
# what the last word of a text has in it if there is anything but words and white space at its end
_TELLING = regex.compile(rf"[@#/\u200b-\u206f\ufeff]|www\.|{SIGN}", regex.V1)
_BOUND = regex.compile(r"(?<=\d)\S|(?<=\w)[™®℠©]")  # signs that belong to the word before them: "5★", "Nom™"
_NUMBERED = regex.compile(r"\s*+(?P<number>\d{1,3})\.\s+(?=\S)")


def protected_matches(text: str) -> list[regex.Match[str]]:
    """The addresses, e-mails, handles and hashtags of a text, in order, with their places."""
    return list(_PROTECTED.finditer(text)) if any(mark in text for mark in _EVERY_HAS_ONE) else []


def protected(text: str) -> list[str]:
    """The addresses, e-mails, handles and hashtags of a text, in order."""
    return [match[0] for match in protected_matches(text)]


def kind(item: str) -> str:
    """What a protected string is: `hashtag`, `handle`, `e-mail` or `address`."""
    if item[0] in "#@":
        return "hashtag" if item[0] == "#" else "handle"
    return "e-mail" if regex.fullmatch(_EMAIL, item) else "address"


def has_words(text: str) -> bool:
    """Whether anything is left to translate besides protected strings, digits and signs."""
    return _WORDLESS.fullmatch(text) is None


def peel(text: str) -> tuple[str, str, str]:
    """What stands before, in and after the words of a line: `head + body + tail == text`.

    The head is white space, signs, one list mark, and handles and addresses before a capital ("RT @agence: Le ...");
    the tail any run of protected strings and signs at the end. They need no model. A handle inside the sentence stays
    in the body, where grammar needs it, and so does a sign that belongs to the word before it ("hôtel 5★").
    """
    end = _tail(text)
    begin = _head(text, end)
    return text[:begin], text[begin:end], text[end:]


def list_number(text: str) -> tuple[int, str] | None:
    """The number and the mark of a line that begins like an item of a numbered list ("1. "), else None.

    Alone it tells little, since ordinals are written so ("3. Ordu"); beside a line with the next number it tells.
    """
    match = _NUMBERED.match(text)
    return (int(match["number"]), match[0]) if match else None


def _head(text: str, end: int) -> int:
    """Where the head ends: handles, addresses and hashtags belong to it if a capital follows."""
    head = _HEAD.match(text, 0, end)
    begin = head.end() if head else 0
    position, items, whole = begin, 0, False
    while item := _ADDRESSED.match(text, position, end):
        position, items, whole = item.end(), items + 1, whole or item["whole"] is not None
        if item["shared"]:
            begin = position
    beginning = _BEGINNING.match(text, position, end)
    # one hashtag alone may be a word of the sentence
    return beginning.end() if beginning and (whole or items > 1) else begin


def _tail(text: str) -> int:
    """Where the tail begins."""
    last = text.rstrip().rpartition(" ")[2]
    if not _TELLING.search(last):
        return len(text.rstrip())
    items = list(_TAIL_ITEM.finditer(text))
    end = len(text)
    for index in range(len(items) - 1, -1, -1):
        item = items[index]
        begin = item.start()
        if item.end() != end or (item["signs"] and _BOUND.match(text, begin)):
            break
        if item["word"] and begin and (not index or items[index - 1]["word"] or items[index - 1].end() != begin):
            break
        end = begin
    return end
