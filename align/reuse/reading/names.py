"""Names in a text, folded so that spellings in different scripts meet."""

from __future__ import annotations

import functools
import tomllib
from importlib.resources import files

import regex

from align.text.words import fold

__all__ = ["CASED", "find_names", "known_name", "may_be_in", "name_keys", "same_name"]

# A capitalised word that does not open a sentence or a quotation. A name that opens one is seen elsewhere.
_NAME = regex.compile(
    r"(?<=[\p{L}\p{Nd},;:)»”’'\-–][\s\u00a0\u202f]?(?:d|l|al|el)?[’'\-]?)(?<!\p{L})\p{Lu}[\p{L}\p{M}]{2,}"
)
CASED = frozenset({"Latn", "Cyrl", "Grek"})
"""Scripts whose capitals tell names."""

_CYRILLIC = str.maketrans(
    dict(zip("абвгдезийклмнопрстуфхыэ", "abvgdezijklmnoprstufhye", strict=True))
    | {"ж": "zh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sch", "ю": "yu", "я": "ya", "ь": "", "ъ": ""}
)
_STEM = 5  # letters
_VOWELS = frozenset("aeiouyаеиоуыэюя")


def find_names(text: str) -> frozenset[str]:
    """Folded capitalised words of a text, Cyrillic ones in Latin letters. Scripts without capitals give none."""
    return frozenset(map(_in_latin, _NAME.findall(text)))


@functools.lru_cache(maxsize=2**17)
def _in_latin(word: str) -> str:
    return fold(word).translate(_CYRILLIC)


@functools.cache
def _aliases() -> tuple[dict[str, int], dict[str, int]]:
    """The number of a name by whole word, and by how a word begins."""
    lines = tomllib.loads(files("align.reuse.reading").joinpath("aliases.toml").read_text(encoding="utf-8"))["names"]
    whole: dict[str, int] = {}
    begins: dict[str, int] = {}
    for number, line in enumerate(lines):
        for form in line.split():
            (begins if form.endswith("*") else whole).setdefault(form.rstrip("*"), number)
    return whole, begins


@functools.lru_cache(maxsize=100_000)
def known_name(word: str) -> int | None:
    """The number of a folded word among the names that are spelt apart across languages; a capital has its state's."""
    whole, begins = _aliases()
    if word in whole:
        return whole[word]
    return next((begins[word[:size]] for size in range(len(word), 3, -1) if word[:size] in begins), None)


@functools.lru_cache(maxsize=50_000)
def name_keys(names: frozenset[str]) -> frozenset[str | int]:
    """What a name has to share with one of these to be the same: whole words, first letters, known names."""
    return frozenset(key for name in names for key in _keys(name))


@functools.lru_cache(maxsize=100_000)
def _keys(name: str) -> tuple[str | int, ...]:
    known = known_name(name)
    return (name[:_STEM],) if known is None else (name[:_STEM], known)


def may_be_in(name: str, keys: frozenset[str | int]) -> bool:
    """Whether `same_name` can hold between a name and one of those that `keys` were made of."""
    return not keys.isdisjoint(_keys(name))


@functools.lru_cache(maxsize=200_000)
def same_name(first: str, second: str) -> bool:
    """Whether two folded names may be one: with other endings, as Idlib and Idlibin, or another word for one place."""
    if first == second:
        return True
    known = known_name(first)
    if known is not None and known == known_name(second):
        return True
    size = next(
        (at for at, pair in enumerate(zip(first, second, strict=False)) if pair[0] != pair[1]),
        min(len(first), len(second)),
    )
    return size >= _STEM and _are_endings(first[size:], second[size:])


def _are_endings(first: str, second: str) -> bool:
    """Whether two words that begin alike may differ in their endings: one has none, or both are vowels."""
    if not first or not second:
        return len(first) + len(second) <= 4
    return len(first) <= 3 and len(second) <= 3 and _VOWELS.issuperset(first + second)
