"""What no translation may change: addresses, e-mails, @handles and #hashtags."""

from __future__ import annotations

import regex

__all__ = ["has_words", "peel", "protected"]

_URL = r"(?:https?://|www\.)[^\s<>«»\"]*[^\s<>«»\".,;:!?)\]}'’…]|\b(?:pic\.twitter\.com|t\.me|t\.co|bit\.ly)/\w+"
_EMAIL = r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
_HANDLE = r"(?<![\w@.])@\w{2,}"
# the mark alone is a number sign ("#1"), not a hashtag
_HASHTAG = r"(?<![\w#&])#(?=\w*\p{L})\w+"
_PROTECTED = regex.compile(rf"{_URL}|{_EMAIL}|{_HANDLE}|{_HASHTAG}")
_TAIL = regex.compile(rf"(?:(?:^|\s+)(?:{_URL}|{_EMAIL}|{_HANDLE}|{_HASHTAG}))+\s*$")
_HEAD = regex.compile(rf"^\s*(?:(?:RT\s+)?(?:{_URL}|{_HANDLE})[:,]?\s+)+(?=[\p{{Lu}}\p{{Lo}}«“\"])")
_LETTER = regex.compile(r"\p{L}")


def protected(text: str) -> list[str]:
    """The addresses, e-mails, handles and hashtags of a text, in order."""
    return [match[0] for match in _PROTECTED.finditer(text)]


def has_words(text: str) -> bool:
    """Whether anything is left to translate besides protected strings, digits and signs."""
    return _LETTER.search(_PROTECTED.sub(" ", text)) is not None


def peel(text: str) -> tuple[str, str, str]:
    """What stands before, in and after the words of a post: `head + body + tail == text`.

    The head is a run of handles and addresses before a capital ("RT @agence: Le ..."), the tail a run of any protected
    strings at the end. They need no model; a handle inside the sentence stays in the body, where grammar needs it.
    """
    tail = _TAIL.search(text)
    end = tail.start() if tail else len(text)
    head = _HEAD.match(text, 0, end)
    begin = head.end() if head else 0
    return text[:begin], text[begin:end], text[end:]
