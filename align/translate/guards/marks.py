"""What has to come out as it went in: addresses, paired quotation marks, and nothing unknown."""

from __future__ import annotations

from collections import Counter

import regex

from align.translate.verbatim.protect import protected

__all__ = ["unknown_word", "unpaired_quotes", "url_mismatch"]

_UNKNOWN = regex.compile(r"\u2047|<unk>")
_INCHES = regex.compile(r"(?<=\d)\"")
_QUOTES = regex.compile(r"[\"“”„‟«»＂〝〞]|(?<!')''(?!')")


def url_mismatch(source: str, output: str) -> bool:
    """An address, e-mail, @handle or #hashtag of the source is not in the output as it was, or a new one is.

    A hashtag that was translated is flagged although a reader might want it so.
    """
    return Counter(protected(source)) != Counter(protected(output))


def unknown_word(source: str, output: str) -> bool:
    """The output has the mark that stands for a word the vocabulary could not write, and the source has not.

    SentencePiece writes U+2047, a double question mark, where it decodes `<unk>`. A text about tokenizers says it in
    its source too; "??" in two characters is no such mark.
    """
    return _UNKNOWN.search(output) is not None and _UNKNOWN.search(source) is None


def unpaired_quotes(source: str, output: str) -> bool:
    """The source's quotation marks come in pairs and the output's do not.

    Counted together: straight, curly, low and angle marks, since languages pair them differently (“ ”, „ “, » «, ” ”).
    Single marks are left out, as an apostrophe is one of them. A straight mark after a digit may be inches: the output
    is flagged only when its marks are odd with and without those. A quotation that goes on in the next segment has an
    odd mark in the source, which says nothing then. Errs where a translator turns a pair into indirect speech by half.
    """
    return _paired(source) and not _paired(output)


def _paired(text: str) -> bool:
    marks = len(_QUOTES.findall(text))
    return marks % 2 == 0 or (marks - len(_INCHES.findall(text))) % 2 == 0
