"""Number words of each language, and how a run of them makes a number."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import regex

from align.records import Span
from align.text.words import fold, fold_word, word_spans, written_words

__all__ = ["Numerals", "Written", "implied_numbers", "measure", "numerals", "scale", "written_numbers"]

_GAP = regex.compile(r"[\s\u00a0-]*(?:\p{L}+[\s\u00a0-]+)?")
_COUNTED = regex.compile(r"[\s\u00a0\u202f-]*(?:d[e'’]\s?)?(?P<word>\p{L}+)")
_HALF_GAP = regex.compile(r"[\s\u00a0-]*(?:\p{L}+[\s\u00a0-]+){0,2}")


@dataclass(frozen=True, slots=True, eq=False)  # one a language, told apart by identity
class Numerals:
    """The number words of one language, folded; `numerals.toml` says what each table holds."""

    units: Mapping[str, int]
    scales: Mapping[str, int]
    ordinals: Mapping[str, int]
    implied: Mapping[str, tuple[float, ...]]
    measures: Mapping[str, str]
    ones: frozenset[str]
    joins: frozenset[str]
    halves: frozenset[str]
    halves_after: frozenset[str]
    plurals: frozenset[str]
    idioms: frozenset[str]
    no_numbers: frozenset[str]
    not_numbers: frozenset[str]
    homographs: frozenset[str]
    endings: regex.Pattern[str] | None
    ordinal_endings: regex.Pattern[str] | None
    bare_endings: regex.Pattern[str] | None
    decimal_mark: str
    whole: bool


@dataclass(frozen=True, slots=True)
class Written:
    """A number in words; an `ordinal` counts nothing, an `idiom` may be a mere manner of speaking."""

    span: Span
    value: float
    ordinal: bool
    idiom: bool


@dataclass(frozen=True, slots=True)
class _Part:
    """What a word does in a number; one that is `last` ends it."""

    value: float
    kind: str  # unit, scale, half, filler
    last: bool = False
    ordinal: bool = False


def numerals(language: str) -> Numerals | None:
    """The number words of a language, None where there is no table."""
    return _tables().get(language)


@functools.cache
def _tables() -> dict[str, Numerals]:
    loaded = tomllib.loads(files("align.language").joinpath("numerals.toml").read_text(encoding="utf-8"))
    return {tag: _table(table) for tag, table in loaded.items()}


def _table(table: Mapping[str, Any]) -> Numerals:
    def values(name: str) -> dict[str, Any]:
        return {fold(word): value for word, value in table.get(name, {}).items()}

    def words(name: str) -> frozenset[str]:
        return frozenset(fold(word) for word in table.get(name, []))

    stems = sorted({*values("units"), *values("scales")}, key=lambda stem: (-len(stem), stem))

    def pattern(name: str) -> regex.Pattern[str] | None:
        return regex.compile(f"(?P<stem>{'|'.join(map(regex.escape, stems))}){table[name]}") if name in table else None

    return Numerals(
        units=values("units"),
        scales=values("scales"),
        ordinals=values("ordinals"),
        implied={word: _several(value) for word, value in values("implied").items()},
        measures={fold(word): name for name, line in table.get("measures", {}).items() for word in line.split()},
        ones=words("ones"),
        joins=words("joins"),
        halves=words("halves"),
        halves_after=words("halves_after"),
        plurals=words("plurals"),
        idioms=words("idioms"),
        no_numbers=words("no_numbers"),
        not_numbers=frozenset(table.get("not_numbers", [])),
        homographs=words("homographs"),
        endings=pattern("endings"),
        ordinal_endings=pattern("ordinal_endings"),
        bare_endings=regex.compile(table["endings"]) if "endings" in table else None,
        decimal_mark=table["decimal_mark"],
        whole=table["whole"],
    )


def _several(value: float | list[float]) -> tuple[float, ...]:
    return tuple(map(float, value)) if isinstance(value, list) else (float(value),)


def implied_numbers(text: str, table: Numerals) -> set[float]:
    """What single words can be read to name without being a count: "twice", "mars", "binlerce", "onunda"."""
    found: set[float] = set()
    for span in word_spans(text):
        word = fold(span.of(text))
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
    match = table.endings.fullmatch(folded) if table.endings and folded not in table.scales else None
    return table.scales.get(match["stem"] if match else folded)


def _is_ending(rest: str, table: Numerals) -> bool:
    return table.bare_endings is not None and table.bare_endings.fullmatch(rest) is not None


def written_numbers(text: str, table: Numerals) -> Iterator[Written]:
    """Runs of number words, each read as one number, in order."""
    if not any(_begins(word, table) for word in written_words(text)):
        return
    run: list[tuple[Span, str, _Part]] = []
    before = ""
    for span, word, following in _with_next(text, table):
        if run and (word in table.joins or (word in table.ones and following in table.halves)):
            before = word
            continue
        part = _part(word, following, run[-1][2] if run else None, before, table)
        if run and not (part and _goes_on(text, run[-1], span, part)):
            yield from _read(run, table)
            run = []
            part = _part(word, following, None, before, table)
        if part is not None:
            run.append((span, word, part))
        before = word
    if run:
        yield from _read(run, table)


@functools.lru_cache(maxsize=2**17)
def _begins(word: str, table: Numerals) -> bool:
    """Whether a number may begin with a word: most sentences have none, and are done with."""
    folded = fold(word)
    return folded in table.scales or _part(folded, "", None, "", table) is not None


def _with_next(text: str, table: Numerals) -> Iterator[tuple[Span, str, str]]:
    """Each word's span, the word folded (nothing where it merely folds into a number word), and the next one."""
    raw = [(span, span.of(text)) for span in word_spans(text)]
    words = ["" if word.lower() in table.not_numbers else fold_word(word) for _, word in raw]
    for (span, _), word, following in zip(raw, words, [*words[1:], ""], strict=False):
        yield span, word, following


def _part(word: str, following: str, last: _Part | None, before: str, table: Numerals) -> _Part | None:
    """What a word adds to a number, or None for any other word; `last` is the part that it would follow."""
    if word in table.scales:
        alone = last is None and (word in table.plurals or before in table.no_numbers)
        return None if alone else _Part(table.scales[word], "scale")
    if word in table.ones:
        if last is None:
            return None
        return _Part(0, "filler") if last.kind == "half" and following in table.scales else _Part(1, "unit")
    if word in table.halves_after:
        return _Part(0.5, "half") if last else None
    if word in table.halves:
        # "two and a half": only a word between lets it go on; "half a million": only a scale makes it begin
        return _Part(0.5, "half") if before in (table.joins | table.ones) or last is None else None
    if word in table.units:
        return _Part(table.units[word], "unit")
    if word in table.ordinals:
        return _Part(table.ordinals[word], "unit", last=True, ordinal=True)
    return _inflected(word, last, table)


def _inflected(word: str, last: _Part | None, table: Numerals) -> _Part | None:
    for pattern, ordinal in ((table.ordinal_endings, True), (table.endings, False)):
        match = pattern.fullmatch(word) if pattern else None
        if match and (ordinal or last is not None or match["stem"] not in table.homographs):
            stem = match["stem"]
            kind = "scale" if stem in table.scales else "unit"
            return _Part(table.scales.get(stem) or table.units[stem], kind, last=True, ordinal=ordinal)
    return None


def _goes_on(text: str, last: tuple[Span, str, _Part], span: Span, part: _Part) -> bool:
    """Whether a word goes on with the number: "vingt deux" is one number, "deux trois" and "cinq deux" are two."""
    gap = _GAP.fullmatch(text, last[0].end, span.begin)
    gap_of_half = _HALF_GAP.fullmatch(text, last[0].end, span.begin)
    words_between = gap is not None and bool(gap[0].strip(" -\u00a0"))
    if part.kind == "half":
        return not last[2].last and last[2].kind != "half" and gap_of_half is not None
    # "and" goes on with a number only before units: "two hundred and five", not "five and a thousand"
    if gap is None or last[2].last or (words_between and part.kind == "scale"):
        return False
    if part.kind == last[2].kind == "scale" and part.value == last[2].value:  # Turkish "yüz yüze", face to face
        return False
    if part.kind in ("scale", "filler") or last[2].kind == "scale":
        return True
    if last[2].kind != "unit":
        return False
    first, second = last[2].value, part.value
    tens = first >= 20 and first % 10 == 0 and second < 20
    return tens or (first == 4 and second == 20) or (first == 10 and second < 10)


def _read(run: Sequence[tuple[Span, str, _Part]], table: Numerals) -> Iterator[Written]:
    total, group, last_scale = 0.0, 0.0, 0.0
    for _, _, part in run:
        if part.kind == "half":
            group, total = (group, total + last_scale / 2) if last_scale and not group else (group + 0.5, total)
        elif part.kind == "scale" and part.value <= 100:
            group = (group or 1) * part.value
        elif part.kind == "scale":
            total, group, last_scale = total + (group or 1) * part.value, 0.0, part.value
        elif part.value == 20 and group % 100 == 4:  # quatre-vingts
            group += 76
        else:
            group += part.value
    if [part.kind for _, _, part in run] != ["half"]:
        idiom = len(run) == 1 and run[0][1] in table.idioms
        yield Written(Span(run[0][0].begin, run[-1][0].end), total + group, run[-1][2].ordinal, idiom)
