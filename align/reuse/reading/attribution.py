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
# Turkish endings that a subject does not have: of place and origin, of a clause, of whom something is
_NO_SUBJECT = regex.compile(
    r"(?:\p{Ll}(?:[dt][ae]n?|[ae]r[ae]k|ken|[ıiuü]p|[ıiuü]nc[ae]|[ıiuü]?n[ıiuü]n?|l[ae]r[ıi]n)|['’]\p{L}+)$|"
    r"^(?:örneğin|nitekim|ancak|ayrıca|böylece|dün|bugün|için|nedenle|yandan|sonra|önce|göre|rağmen|şunları|şöyle)$"
)
_TURKISH_OBJECT = regex.compile(r"\s(?:şunları|şöyle|bunu|böyle)\s*$")
# "habere göre" cites, "önceki aya göre" compares
_TURKISH_SOURCES = (
    r"(?:uzman|araştırma|veri|haber|açıklama|bilgi|çalışma|rapor|yetkili|kaynak|iddia|istatistik|bulgu|gazete|ajans|"
    r"polis|tanık|sözcü|bakan|başkan|rakam|sonuç)"
)
_TITLE = regex.compile(r"\b(?:Prof|Doç|Dr|Av|Sn)\.\s*")  # whose full stop ends no sentence
_CAPITALS = regex.compile(r"(?:\s*\p{Lu}[\p{L}\p{M}'’-]*)+")
_NEAR = 90  # characters around the verb that may hold the name

_FRENCH_VERB = (
    r"(?:déclaré|indiqué|ajouté|affirmé|souligné|annoncé|précisé|rapporté|signalé|assuré|expliqué|fait savoir|"
    r"confirmé|noté|estimé|communiqué)"
)
_ENGLISH_VERB = r"(?:said|told|added|announced|reported|stated|claimed|confirmed|noted|declared)"
# "was widely reported", "the announced visit" name nobody; "I must say", "to say" and "your say" neither
_PASSIVE = r"(?<!\b(?:is|are|was|were|be|been|being|get|got|the|a|an|its|their|his|her|this|as)\s(?:\p{L}+ly\s)?)"
_NO_SAY = (
    r"(?<!\b(?:to|can|could|may|might|must|shall|should|will|would|do|does|did|not|never|let|us|let['’]s|or|\p{L}+n['’]t|"
    r"i|you|we|your|our|my|his|her|their|its|the|a|any|no|some|more|less)\s)"
)
_BEFORE = {
    "en": rf"\b{_PASSIVE}{_ENGLISH_VERB}\b|\bsays\b|\b{_NO_SAY}say\b",
    "fr": rf"\b(?:a|ont|avait)(?:\s+\p{{L}}+ment|\s+également|\s+aussi)?\s+{_FRENCH_VERB}\b|\bindique(?:nt)?\b",
    "tr": (
        r"\b(?:açıkla|bildir|duyur|belirt|söyle|kaydet|vurgula|savun|ifade et|de)(?:[dt][ıiu]|m[ıiu]ş(?:t[ıiu])?)\b|"
        r"['’][yn]?[ae] göre\b|"
        rf"(?<=\b{_TURKISH_SOURCES}\p{{Ll}}*)[yn]?[ae] göre\b"
    ),
    "ru": r"\b(?:сообщил|заявил|отметил|добавил|сказал|подтвердил)(?:а|и|о)?\b",
}
_AFTER = {
    "en": r"\baccording to\b|,[”\"]?\s+(?:said|says?)\b(?=\s+\p{L})",
    "fr": rf"\b(?:selon|d['’]après)\b(?!-midi)|,\s+(?:a|ont)(?:\s+\p{{L}}+ment)?\s+{_FRENCH_VERB}\b|,\s+indique\b",
    # "… geldiğini belirten Acar, …": the claimant follows the participle
    "tr": (
        r"\b(?:kaydeden|belirten|söyleyen|açıklayan|bildiren|vurgulayan|savunan|anlatan|duyuran|aktaran|ifade eden|"
        r"dikkat çeken|dile getiren)\b(?=\s+(?-i:\p{Lu}))"
    ),
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
_PRONOUN = regex.compile(
    r"(?:he|she|it|they|him|her|them|il|elle|ils|elles|on|lui|eux|он|она|они|o)|"
    r"(?:(?:and|but)\s)?(?:i|we|you|he|she|it|they)\s.*|.*\s(?:i|we|you|he|she|it|they)",
    regex.IGNORECASE | regex.DOTALL,
)
# What stands between a verb and who says it is no part of the name.
_ASIDE = {
    "en": regex.compile(r"\b(?:already|never|previously|repeatedly|now|later|earlier|recently)\b", regex.IGNORECASE),
    "fr": regex.compile(
        r"(?<!\bdu\s)\b(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|hier)\b"
        r"(?:\s(?:matin|soir)\b)?(?:\s\d{1,2}(?:er)?\s\p{Ll}+)?"
    ),
}


def claimant(text: str, language: str) -> frozenset[str]:
    """Stems of the words that name who is quoted or cited; empty where nothing says so."""
    found: set[str] = set()
    text = _TITLE.sub("", text) if language == "tr" else text
    for match in regex.finditer(_AFTER.get(language, r"(?!)"), text, regex.IGNORECASE):
        name = _until_border(text[match.end() : match.end() + _NEAR])
        if language == "tr":
            name = capitals[0] if (capitals := _CAPITALS.match(name)) else ""
        found.update(_name_stems(name, language))
    for match in regex.finditer(_BEFORE.get(language, r"(?!)"), text, regex.IGNORECASE):
        if language == "tr":
            name = _turkish_subject(text[: match.start()], match[0])
        else:
            name = _since_border(text[max(0, match.start() - _NEAR) : match.start()])
        found.update(_name_stems(name, language))
    return frozenset(found)


def _turkish_subject(text: str, verb: str) -> str:
    """Who says it, of what stands before a Turkish verb.

    The claim stands between the two: "Valilik, yolun açıldığını bildirdi". A few words right before the verb are the
    claimant, unless they end a claim ("açıldığını") or a quotation; else what stands before the sentence's first comma
    or quotation mark is, when it is short. Before "dedi" mostly stands what was said: only a name is taken there.
    """
    pieces = [piece.split() for piece in _BORDER.split(_TURKISH_OBJECT.sub("", text)) if piece.strip()]
    if not pieces:
        return ""
    last, is_next = pieces[-1], not _BORDER.search(text.rstrip()[-1:])
    named = verb.lower()[:2] != "de" or last[-1][0].isupper()
    if is_next and len(last) <= _FEW and (verb.endswith("göre") or (named and _is_subject(last))):
        return " ".join(last)
    is_first = len(pieces) > 1 and not regex.search(r"[.!?]\s", text) and not verb.endswith("göre")
    return " ".join(pieces[0]) if is_first and len(pieces[0]) <= _FEW + 1 and _is_subject(pieces[0]) else ""


def _is_subject(words: list[str]) -> bool:
    """Whether words may be who says something: none ends a claim, and the last is not put in another case."""
    return not any(map(_CLAIM_ENDS.search, words)) and _NO_SUBJECT.search(words[-1].replace("I", "ı").lower()) is None


def _until_border(text: str) -> str:
    border = _BORDER.search(text.lstrip())
    return text.lstrip()[: border.start()] if border else text


def _since_border(text: str) -> str:
    borders = list(_BORDER.finditer(text.rstrip()))
    return text.rstrip()[borders[-1].end() :] if borders else text


def _name_stems(name: str, language: str) -> list[str]:
    name = _ASIDE[language].sub(" ", name) if language in _ASIDE else name
    return [] if _PRONOUN.fullmatch(name.strip()) else content_stems(name, language)
