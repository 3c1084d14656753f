"""Number words of each language: what they are worth, alone and inflected."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import regex

from align.text.words import fold, fold_word, written_words

__all__ = ["Numerals", "implied_numbers", "is_lookalike", "measure", "numerals", "scale", "split_word"]

_COUNTED = regex.compile(r"[\s\u00a0\u202f-]*(?:d[e'’]\s?)?(?P<word>\p{L}+)")
_FIRST_LETTER = regex.compile(r"\p{M}*\p{L}[\p{M}ـ]*")


@dataclass(frozen=True, slots=True, eq=False)  # one a language, told apart by identity
class Numerals:
    """The number words of one language, folded; `numerals.toml` says what each table holds."""

    units: Mapping[str, float]
    scales: Mapping[str, int]
    duals: Mapping[str, int]
    ordinals: Mapping[str, int]
    before_tens: Mapping[str, int]
    compounds: Mapping[str, float]
    implied: Mapping[str, tuple[float, ...]]
    measures: Mapping[str, str]
    ones: frozenset[str]
    joins: frozenset[str]
    prefixes: frozenset[str]
    halves: frozenset[str]
    halves_after: frozenset[str]
    plurals: frozenset[str]
    idioms: frozenset[str]
    no_numbers: frozenset[str]
    not_numbers: frozenset[str]
    homographs: frozenset[str]
    lookalikes: regex.Pattern[str] | None
    endings: regex.Pattern[str] | None
    ordinal_endings: regex.Pattern[str] | None
    bare_endings: regex.Pattern[str] | None
    compound: regex.Pattern[str] | None
    decimal_mark: str
    whole: bool
    units_first: bool


def numerals(language: str) -> Numerals | None:
    """The number words of a language, None where there is no table."""
    return _tables().get(language)


@functools.cache
def _tables() -> dict[str, Numerals]:
    loaded = tomllib.loads(files("align.language").joinpath("numerals.toml").read_text(encoding="utf-8"))
    return {tag: _table(table) for tag, table in loaded.items()}


def _table(table: Mapping[str, Any]) -> Numerals:
    def values(name: str) -> dict[str, Any]:
        return dict(_rows(table.get(name, {}), table.get("adjectives", "").split()))

    def words(name: str) -> frozenset[str]:
        return frozenset(fold(word) for word in table.get(name, []))

    stems = _either({*values("units"), *values("scales")})

    def pattern(name: str) -> regex.Pattern[str] | None:
        return regex.compile(f"(?P<stem>{stems}){table[name]}") if name in table else None

    def bare(name: str) -> regex.Pattern[str] | None:
        return regex.compile(table[name]) if name in table else None

    begins = f"(?P<number>(?P<part>{_either(values('compounds'))})+){table.get('counted')}"
    return Numerals(
        units=values("units"),
        scales=values("scales"),
        duals=values("duals"),
        ordinals=values("ordinals"),
        before_tens=values("before_tens"),
        compounds=values("compounds"),
        implied={word: _several(value) for word, value in values("implied").items()},
        measures={fold(word): name for name, line in table.get("measures", {}).items() for word in line.split()},
        ones=words("ones"),
        joins=words("joins"),
        prefixes=words("prefixes"),
        halves=words("halves"),
        halves_after=words("halves_after"),
        plurals=words("plurals"),
        idioms=words("idioms"),
        no_numbers=words("no_numbers"),
        not_numbers=frozenset(table.get("not_numbers", [])),
        homographs=words("homographs"),
        lookalikes=bare("lookalikes"),
        endings=pattern("endings"),
        ordinal_endings=pattern("ordinal_endings"),
        bare_endings=bare("endings"),
        compound=regex.compile(begins) if "compounds" in table else None,
        decimal_mark=table["decimal_mark"],
        whole=table["whole"],
        units_first=table.get("units_first", False),
    )


def _rows(rows: Mapping[str, Any], adjectives: list[str]) -> Iterator[tuple[str, float]]:
    """Each folded word with its value, of rows that name either first."""
    for key, held in rows.items():
        if not isinstance(held, str):
            yield fold(key), held
            continue
        value = float(key) if "." in key else int(key)
        for word in held.split():
            forms = [word[:-1] + ending for ending in adjectives] if word.endswith("*") else [word]
            yield from ((fold(form), value) for form in forms)


def _either(words: set[str] | dict[str, Any]) -> str:
    return "|".join(map(regex.escape, sorted(words, key=lambda word: (-len(word), word))))


def _several(value: float | list[float]) -> tuple[float, ...]:
    return tuple(map(float, value)) if isinstance(value, list) else (float(value),)


def split_word(word: str, table: Numerals) -> tuple[tuple[int, str], ...]:
    """A word folded, after where it begins; one that is written with a prefix of its language as two ("وخمسة").

    Nothing stands where the word merely folds into a number word.
    """
    return _split(word, table) if table.prefixes else ((0, _folded(word, table)),)


def _folded(word: str, table: Numerals) -> str:
    return "" if table.not_numbers and word.lower() in table.not_numbers else fold_word(word)


@functools.lru_cache(maxsize=2**17)
def _split(word: str, table: Numerals) -> tuple[tuple[int, str], ...]:
    folded = _folded(word, table)
    if folded[:1] in table.prefixes and not _is_known(folded, table):
        begin = _FIRST_LETTER.match(word)
        rest = _folded(word[begin.end() :], table) if begin else ""
        if begin and _is_known(rest, table):
            return (0, folded[:1]), (begin.end(), rest)
    return ((0, folded),)


def _is_known(word: str, table: Numerals) -> bool:
    tables = (table.units, table.scales, table.duals, table.ordinals, table.before_tens, table.implied)
    return word in table.ones or word in table.halves or any(word in each for each in tables)


def implied_numbers(text: str, table: Numerals) -> set[float]:
    """What single words can be read to name without being a count: "twice", "mars", "binlerce", "onunda"."""
    found: set[float] = set()
    for word in (piece for written in written_words(text) for _, piece in split_word(written, table)):
        found.update(table.implied.get(word, ()))
        if word in table.ordinals:
            found.add(float(table.ordinals[word]))
        for pattern in (table.endings, table.ordinal_endings):
            match = pattern.fullmatch(word) if pattern else None
            if match:
                found.add(float(table.units.get(match["stem"]) or table.scales.get(match["stem"], 0)))
    return found


def measure(following: str, table: Numerals) -> str | None:
    """What a number counts, told by the text after it: "kilometre" for "km", "kilomètres" and "kilometreden"."""
    match = _COUNTED.match(following)
    if match is None:
        return None
    word = fold(match["word"])
    if word in table.measures or table.endings is None:
        return table.measures.get(word)
    stems = [stem for stem in table.measures if word.startswith(stem)]
    inflected = [stem for stem in stems if _is_ending(word[len(stem) :], table)]
    return table.measures[max(inflected, key=len)] if inflected else None


def scale(word: str, table: Numerals) -> int | None:
    """What a scale word after a figure multiplies it by, "milyon" or "milyondan"; None for any other word."""
    folded = fold(word)
    if folded in table.scales:
        return table.scales[folded]
    match = table.endings.fullmatch(folded) if table.endings and not is_lookalike(folded, table) else None
    return table.scales.get(match["stem"]) if match else None


def is_lookalike(word: str, table: Numerals) -> bool:
    """Whether a folded word that could be an inflected number word never is one: Turkish "bina", building."""
    return table.lookalikes is not None and table.lookalikes.fullmatch(word) is not None


def _is_ending(rest: str, table: Numerals) -> bool:
    return table.bare_endings is not None and table.bare_endings.fullmatch(rest) is not None
