"""Numbers in running text, as figures or written out, with what they count."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files

import regex

from align.records import Span
from align.text.words import fold, word_spans

__all__ = ["Number", "find_numbers"]

# 1 200, 1.200 and 1,200 are grouped thousands; 3,5 and 3.5 are decimals; 14.30 and 20.02.2020 are neither.
_GROUPED = r"\d{1,3}(?:[\u00a0\u202f \u2009.,'’٬]\d{3})+(?![\d])"
_FIGURE = regex.compile(
    rf"(?<![\p{{L}}\d.,:/-])(?:(?P<grouped>{_GROUPED})|(?P<whole>\d+)(?:[.,٫](?P<part>\d{{1,2}}))?)(?![\p{{L}}\d:/]|[.,-]\d)"
)
_GAP = regex.compile(r"[\s\u00a0-]*(?:\p{L}+[\s\u00a0-]+)?")
_ENOUGH_CONTEXT = 60


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it stands in a text: its value, where it stands, and the text that follows (what it counts)."""

    value: float
    span: Span
    following: str
    percent: bool = False


@dataclass(frozen=True, slots=True)
class _Numerals:
    units: dict[str, int]
    scales: dict[str, int]
    ones: frozenset[str]
    joins: frozenset[str]


@functools.cache
def _numerals() -> dict[str, _Numerals]:
    tables = tomllib.loads(files("align.language").joinpath("numerals.toml").read_text(encoding="utf-8"))
    return {
        tag: _Numerals(table["units"], table["scales"], frozenset(table["ones"]), frozenset(table["joins"]))
        for tag, table in tables.items()
    }


def find_numbers(text: str, language: str) -> list[Number]:
    """The numbers of a text, in order.

    Figures are read in any language, number words in those of `numerals.toml`. Times, dates in figures and version
    numbers are no numbers here; an article that also means "one" is not counted.
    """
    taken = [(Span(match.start(), match.end()), _figure(match)) for match in _FIGURE.finditer(text)]
    numerals = _numerals().get(language)
    if numerals is not None:
        taken = _scaled(text, taken, numerals)
        figures = [span for span, _ in taken]
        taken += [found for found in _written(text, numerals) if not any(_overlap(found[0], span) for span in figures)]
    return [_number(text, span, value) for span, value in sorted(taken, key=lambda item: item[0])]


def _overlap(first: Span, second: Span) -> bool:
    return first.begin < second.end and second.begin < first.end


def _number(text: str, span: Span, value: float) -> Number:
    following = text[span.end : span.end + _ENOUGH_CONTEXT]
    before = text[max(0, span.begin - 1) : span.begin]
    percent = before == "%" or regex.match(r"\s?(?:%|percent|per cent|pour cent|процент)", following) is not None
    return Number(value, span, following, percent)


def _figure(match: regex.Match[str]) -> float:
    if match["grouped"]:
        return float(regex.sub(r"\D", "", match["grouped"]))
    return float(f"{int(match['whole'])}.{int(match['part'])}" if match["part"] else int(match["whole"]))


def _scaled(text: str, figures: Sequence[tuple[Span, float]], numerals: _Numerals) -> list[tuple[Span, float]]:
    """Figures with the scale word that follows: "715 millions", "3,5 milyar"."""
    scaled = []
    for span, value in figures:
        match = regex.compile(r"[\s\u00a0]*([\p{L}]+)").match(text, span.end)
        factor = numerals.scales.get(fold(match[1])) if match else None
        scaled.append((Span(span.begin, match.end()), value * factor) if match and factor else (span, value))
    return scaled


def _written(text: str, numerals: _Numerals) -> Iterator[tuple[Span, float]]:
    """Runs of number words, each read as one number."""
    run: list[tuple[Span, int | str]] = []
    for span in word_spans(text):
        word = fold(span.of(text))
        if run and word in numerals.joins:
            continue
        value = _value(word, bool(run), numerals)
        gap = _GAP.fullmatch(text, run[-1][0].end, span.begin) if run else None
        # "and" goes on with a number only before units: "two hundred and five", not "five and a thousand"
        joined = gap and not (gap[0].strip(" -\u00a0") and isinstance(value, str))
        if run and not (value is not None and joined and _may_follow(run[-1][1], value)):
            yield _read(run, numerals)
            run = []
            value = _value(word, False, numerals)
        if value is not None:
            run.append((span, value))
    if run:
        yield _read(run, numerals)


def _value(word: str, inside: bool, numerals: _Numerals) -> int | str | None:
    """What a word adds (a number) or multiplies by (its own name, if a scale); None for any other word."""
    if word in numerals.scales:
        return word
    if word in numerals.ones:
        return 1 if inside else None
    return numerals.units.get(word)


def _may_follow(last: int | str, value: int | str) -> bool:
    """Whether a word goes on with the number: "vingt deux" is one number, "deux trois" and "cinq deux" are two."""
    if isinstance(last, str) or isinstance(value, str):
        return True
    tens = last >= 20 and last % 10 == 0 and value < 20
    return tens or (last == 4 and value == 20) or (last == 10 and value < 10)


def _read(run: Sequence[tuple[Span, int | str]], numerals: _Numerals) -> tuple[Span, float]:
    total, group = 0, 0
    for _, value in run:
        if isinstance(value, str):
            scale = numerals.scales[value]
            if scale == 100:
                group = max(group, 1) * 100
            else:
                total, group = total + max(group, 1) * scale, 0
        elif value == 20 and group % 100 == 4:  # quatre-vingts
            group += 76
        else:
            group += value
    return Span(run[0][0].begin, run[-1][0].end), float(total + group)
