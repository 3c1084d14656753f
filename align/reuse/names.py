"""Names in a text, folded so that spellings in different scripts meet."""

from __future__ import annotations

import regex

from align.text.words import fold

__all__ = ["find_names", "same_name"]

# A capitalised word that does not open a sentence or a quotation. A name that opens one is seen elsewhere.
_NAME = regex.compile(
    r"(?<=[\p{L}\p{Nd},;:)»”’'\-–][\s\u00a0\u202f]?(?:d|l|al|el)?[’'\-]?)(?<!\p{L})\p{Lu}[\p{L}\p{M}]{2,}"
)
_CYRILLIC = str.maketrans(
    dict(zip("абвгдезийклмнопрстуфхыэ", "abvgdezijklmnoprstufhye", strict=True))
    | {"ж": "zh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sch", "ю": "yu", "я": "ya", "ь": "", "ъ": ""}
)
_STEM = 5


def find_names(text: str) -> frozenset[str]:
    """Folded capitalised words of a text, Cyrillic ones in Latin letters. Scripts without capitals give none."""
    return frozenset(fold(match[0]).translate(_CYRILLIC) for match in _NAME.finditer(text))


def same_name(first: str, second: str) -> bool:
    """Whether two folded names may be one name with different endings: Idlib and Idlibin, Russie and Russia."""
    if first == second:
        return True
    return first[:_STEM] == second[:_STEM] and len(first) >= _STEM and abs(len(first) - len(second)) <= 4
