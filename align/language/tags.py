"""The only table of language codes: BCP-47 outside, whatever a model wants inside."""

from __future__ import annotations

from dataclasses import dataclass

from align.errors import UnsupportedLanguageError

__all__ = ["LANGUAGES", "UNDETERMINED", "Language", "language", "normalize_tag"]

UNDETERMINED = "und"


@dataclass(frozen=True, slots=True)
class Language:
    """One language: BCP-47 tag, ISO 639-3 code, English name, default script, other spellings that are accepted."""

    tag: str
    iso639_3: str
    name: str
    script: str
    aliases: tuple[str, ...] = ()
    right_to_left: bool = False


_TABLE = (
    Language("ar", "ara", "Arabic", "Arab", ("arb", "arabic"), right_to_left=True),
    Language("de", "deu", "German", "Latn", ("ger", "german")),
    Language("el", "ell", "Greek", "Grek", ("gre", "greek")),
    Language("en", "eng", "English", "Latn", ("english",)),
    Language("es", "spa", "Spanish", "Latn", ("spanish",)),
    Language("fa", "fas", "Persian", "Arab", ("per", "pes", "farsi", "persian"), right_to_left=True),
    Language("fr", "fra", "French", "Latn", ("fre", "french")),
    Language("he", "heb", "Hebrew", "Hebr", ("iw", "hebrew"), right_to_left=True),
    Language("it", "ita", "Italian", "Latn", ("italian",)),
    Language("ja", "jpn", "Japanese", "Jpan", ("japanese",)),
    Language("ko", "kor", "Korean", "Kore", ("korean",)),
    Language("nl", "nld", "Dutch", "Latn", ("dut", "dutch")),
    Language("pl", "pol", "Polish", "Latn", ("polish",)),
    Language("pt", "por", "Portuguese", "Latn", ("portuguese",)),
    Language("ru", "rus", "Russian", "Cyrl", ("russian",)),
    Language("th", "tha", "Thai", "Thai", ("thai",)),
    Language("tr", "tur", "Turkish", "Latn", ("turkish",)),
    Language("uk", "ukr", "Ukrainian", "Cyrl", ("ukrainian",)),
    Language("zh", "zho", "Chinese", "Hans", ("chi", "cmn", "chinese")),
)
LANGUAGES: dict[str, Language] = {entry.tag: entry for entry in _TABLE}
_BY_SPELLING = {spelling: entry for entry in _TABLE for spelling in (entry.tag, entry.iso639_3, *entry.aliases)}


def language(code: str) -> Language:
    """The table's entry for a BCP-47 tag, an ISO 639 code or an English name.

    Region and script subtags are ignored (`fr-CA`, `fr_FR` and `fra` are all French).

    Raises UnsupportedLanguageError when the table has no such language.
    """
    head = code.strip().lower().replace("_", "-").split("-")[0]
    try:
        return _BY_SPELLING[head]
    except KeyError:
        known = " ".join(sorted(LANGUAGES))
        raise UnsupportedLanguageError(f"unknown language {code!r}; known: {known}") from None


def normalize_tag(code: str | None) -> str | None:
    """The two-letter tag of a code as found in the wild, or None when it is missing or unknown."""
    if not code or not code.strip():
        return None
    try:
        return language(code).tag
    except UnsupportedLanguageError:
        return None
