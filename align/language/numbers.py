"""Numbers in running text, as figures or written out, with what they count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import regex

from align.language.numerals import Numerals, numerals, scale, written_numbers
from align.records import Span

__all__ = ["Number", "find_numbers", "read_numbers"]

# 1 200, 1.200 and 1,200 are grouped thousands; 3,5 and 3.5 are decimals; 14.30 and 20.02.2020 are neither.
_GROUPED = r"\d{1,3}(?:[\u00a0\u202f \u2009.,'’٬]\d{3})+(?![\d])"
_FIGURE = regex.compile(
    rf"(?<![\p{{L}}\d.,:/-])(?:(?P<grouped>{_GROUPED})|(?P<whole>\d+)(?:[.,٫](?P<part>\d{{1,2}}))?)(?![\p{{L}}\d:/]|[.,-]\d)"
)
_SCALE = regex.compile(
    r"[\s\u00a0\u202f-]*(?P<half>(?:buçuk|and a half)\s)?(?P<scale>\p{L}+)(?P<more>\s(?:et demie?|and a half)\b)?"
)
_PERCENT_AFTER = regex.compile(r"\s?(?:%|percent|per cent|pour cent|процент)")
_PERCENT_BEFORE = regex.compile(r"(?:%|\byüzde\s)$", regex.IGNORECASE)
_ENOUGH_CONTEXT = 60


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it stands in a text: its value, where it stands, and the text that follows (what it counts).

    An `ordinal` counts nothing. An `idiom` is one word that may be a manner of speaking ("mille mercis"). `value`
    takes a mark before three digits for one of thousands, as loose writing has it in any language; `decimal` is what
    the rule of the language says where it says otherwise: 1.234 in English, 1,234 in French.
    """

    value: float
    span: Span
    following: str
    percent: bool = False
    ordinal: bool = False
    idiom: bool = False
    decimal: float | None = None


def find_numbers(text: str, language: str) -> list[Number]:
    """The numbers of a text, in order.

    Figures are read in any language, number words in those of `numerals.toml`. Times, dates in figures, ordinals and
    version numbers are no numbers here; an article that also means "one" is not counted.
    """
    return [number for number in read_numbers(text, language) if not number.ordinal]


def read_numbers(text: str, language: str) -> list[Number]:
    """The numbers of a text and its written-out ordinals, in order."""
    table = numerals(language)
    taken = [_figure(match, text, table) for match in _FIGURE.finditer(text)]
    if table is not None:
        taken = [_scaled(text, figure, table) for figure in taken]
        figures = [figure.span for figure in taken]
        taken += [
            _number(text, found.span, found.value, ordinal=found.ordinal, idiom=found.idiom)
            for found in written_numbers(text, table)
            if not _touches(found.span, figures)
        ]
    return _chained(text, sorted(taken, key=lambda number: number.span))


def _touches(span: Span, others: Sequence[Span]) -> bool:
    return any(span.begin < other.end and other.begin < span.end for other in others)


def _number(
    text: str, span: Span, value: float, *, ordinal: bool = False, idiom: bool = False, decimal: float | None = None
) -> Number:
    following = text[span.end : span.end + _ENOUGH_CONTEXT]
    before = text[max(0, span.begin - 8) : span.begin]
    percent = _PERCENT_BEFORE.search(before) is not None or _PERCENT_AFTER.match(following) is not None
    return Number(value, span, following, percent, ordinal, idiom, decimal)


def _figure(match: regex.Match[str], text: str, table: Numerals | None) -> Number:
    span = Span(match.start(), match.end())
    if not match["grouped"]:
        part = f".{_ascii(match['part'])}" if match["part"] else ""
        return _number(text, span, float(f"{int(match['whole'])}{part}"))
    groups = regex.split(r"\D", match["grouped"])
    mark = match["grouped"][len(groups[0])]
    is_decimal = len(groups) == 2 and table is not None and mark == table.decimal_mark
    decimal = float(f"{int(groups[0])}.{_ascii(groups[1])}") if is_decimal else None
    return _number(text, span, float(int("".join(groups))), decimal=decimal)


def _ascii(digits: str) -> str:
    return "".join(str(int(digit)) for digit in digits)


def _scaled(text: str, figure: Number, table: Numerals) -> Number:
    """A figure with the scale word that follows: "715 millions", "2 millions et demi"; never "46 cents"."""
    match = _SCALE.match(text, figure.span.end)
    factor = scale(match["scale"], table) if match else None
    if not match or not factor or factor == 100:
        return figure
    value = figure.value if figure.decimal is None else figure.decimal
    value += 0.5 if match["half"] or match["more"] else 0.0
    return _number(text, Span(figure.span.begin, match.end()), round(value * factor, 4))


def _chained(text: str, numbers: Sequence[Number]) -> list[Number]:
    """Numbers with the figure that goes on with them as one: "6 bin 500", "8 milyon 734 bin 19", "bin 238"."""
    chained: list[Number] = []
    for number in numbers:
        last = chained[-1] if chained else None
        if last and _ends_in_scale(text, last) and 0 < number.value < _grain(last.value):
            between = text[last.span.end : number.span.begin]
            if between and not between.strip("\u00a0\u202f ") and text[number.span.begin].isdigit():
                chained[-1] = _number(text, Span(last.span.begin, number.span.end), last.value + number.value)
                continue
        chained.append(number)
    return chained


def _ends_in_scale(text: str, number: Number) -> bool:
    return number.value >= 1000 and not number.ordinal and text[number.span.end - 1].isalpha()


def _grain(value: float) -> float:
    """The power of a thousand that a number ends in: 1,000 for 6,000 and for 734,000."""
    grain = 1.0
    while value % (grain * 1000) == 0:
        grain *= 1000
    return grain
