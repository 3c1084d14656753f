"""Who is said to have said it.

Two reports of one claim name one claimant; the same figures from another mouth are another claim. Patterns find the
words around a reporting verb; they miss claimants that a pronoun stands for, and then say nothing.
"""

from __future__ import annotations

import regex

from align.language.content import content_stems

__all__ = ["claimant"]

_FEW = 3  # words
_CLAIM_ENDS = regex.compile(r"(?:[dt][ıiuü]ğ[ıiuü]|[ae]c[ae]ğ[ıi]|m[ae]s[ıi])n[ıiuü]$")
_NEAR = 90  # characters around the verb that may hold the name

_FRENCH_VERB = (
    r"(?:déclaré|indiqué|ajouté|affirmé|souligné|annoncé|précisé|rapporté|signalé|assuré|expliqué|fait savoir|"
    r"confirmé|noté|estimé|communiqué)"
)
_BEFORE = {
    "en": r"\b(?:said|says|told|added|announced|reported|stated|claimed|confirmed|noted|declared)\b",
    "fr": rf"\b(?:a|ont|avait)(?:\s+\p{{L}}+ment|\s+également|\s+aussi)?\s+{_FRENCH_VERB}\b|\bindique(?:nt)?\b",
    "tr": r"\b(?:açıkla|bildir|duyur|belirt|söyle|kaydet|de)(?:dı|di|ndı|tti|du|dü|miş|mişti)\b|['’]?[yn]?[ae] göre\b",
    "ru": r"\b(?:сообщил|заявил|отметил|добавил|сказал|подтвердил)(?:а|и|о)?\b",
}
_AFTER = {
    "en": r"\baccording to\b|,[”\"]?\s+said\b",
    "fr": rf"\b(?:selon|d['’]après)\b|,\s+(?:a|ont)(?:\s+\p{{L}}+ment)?\s+{_FRENCH_VERB}\b|,\s+indique\b",
    "ru": (
        r"\bпо (?:данным|словам|сообщению)\b|"
        r"[,»”\"—–]\s*(?:как )?(?:сообщ|заяв|отмет|добав|подтверд)(?:ил|ила|или|ило|ает|ают)\b(?=\s+\p{L})"
    ),
    "ar": (
        r"(?<!\p{L})[وف]?(?:قال|أعلن|ذكر|أكد|أفاد|أضاف|أوضح|صرح)ت?(?!\p{L})|"
        r"(?<!\p{L})(?:بحسب|حسب|وفق|نقلا عن|وفقا ل)(?=\s?\p{L})"
    ),
}
_BORDER = regex.compile(
    r"[,;:.«»“”\"()،؛]|\b(?:que|that|qui|who|which|dans|in|lors|during|ki|что|в|إن|أن|إنه|إنها|في|خلال|بأن|عن|يوم)\b"
)
_PRONOUN = regex.compile(r"(?:he|she|it|they|il|elle|ils|elles|on|lui|eux|он|она|они|o)", regex.IGNORECASE)


def claimant(text: str, language: str) -> frozenset[str]:
    """Stems of the words that name who is quoted or cited; empty where nothing says so."""
    found: set[str] = set()
    for match in regex.finditer(_AFTER.get(language, r"(?!)"), text, regex.IGNORECASE):
        found.update(_name_stems(_until_border(text[match.end() : match.end() + _NEAR]), language))
    for match in regex.finditer(_BEFORE.get(language, r"(?!)"), text, regex.IGNORECASE):
        before = _subject_first if language == "tr" else _since_border
        found.update(_name_stems(before(text[max(0, match.start() - _NEAR) : match.start()]), language))
    return frozenset(found)


def _subject_first(text: str) -> str:
    """Turkish puts the claim between who makes it and the verb: "Valilik, yolun açıldığını bildirdi".

    A few words right before the verb are the claimant, unless they end a claim ("açıldığını"); else what stands
    before the first comma is, when it is short.
    """
    pieces = [piece.split() for piece in _BORDER.split(text) if piece.strip()]
    if not pieces:
        return ""
    if len(pieces[-1]) <= _FEW and not _CLAIM_ENDS.search(pieces[-1][-1]):
        return " ".join(pieces[-1])
    return " ".join(pieces[0]) if len(pieces) > 1 and len(pieces[0]) <= _FEW + 1 else ""


def _until_border(text: str) -> str:
    border = _BORDER.search(text.lstrip())
    return text.lstrip()[: border.start()] if border else text


def _since_border(text: str) -> str:
    borders = list(_BORDER.finditer(text.rstrip()))
    return text.rstrip()[borders[-1].end() :] if borders else text


def _name_stems(name: str, language: str) -> list[str]:
    return [] if _PRONOUN.fullmatch(name.strip()) else content_stems(name, language)
