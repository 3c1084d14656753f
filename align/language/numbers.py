"""Numbers in running text, as figures or written out, with what they count."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import regex

from align.language.content import is_function_word
from align.language.numerals import Numerals, numerals, scale
from align.language.written import compound_numbers, written_numbers
from align.records import Span

__all__ = ["Number", "find_numbers", "read_numbers"]

# 1 200, 1.200 and 1,200 are grouped thousands; 3,5 and 3.5 are decimals; 14.30 and 20.02.2020 are neither.
_GROUPED = r"\d{1,3}(?:[\u00a0\u202f \u2009.,'’٬،]\d{3})+(?![\d])"
# A figure may follow Arabic prefixes, with or without the stroke that lengthens a letter: "و20", "الـ20".
_PREFIX = r"(?<=(?<![\p{L}\d])(?:[وفبل]{1,2}|[وفب]?ال|لل)ـ?)"
_DIGIT = regex.compile(r"\d")
_FIGURE = regex.compile(
    rf"(?:(?<![\p{{L}}\d.,:/-])|{_PREFIX})(?:(?P<grouped>{_GROUPED})|(?P<whole>\d+)(?:[.,٫](?P<part>\d{{1,2}}))?)(?![\p{{L}}\d:/]|[.,-]\d)"
)
_SCALE = regex.compile(
    r"[\s\u00a0\u202f-]*(?P<half>(?:buçuk|and a half|с половиной|ونصف)\s)?(?P<scale>[\p{L}\p{M}]+)"
    r"(?P<more>\s(?:et demie?|and a half|с половиной|ونصف(?:\sال(?:ألف|مليون|مليار))?)\b)?"
)
_PERCENT_AFTER = regex.compile(r"\s?(?:[%٪]|percent|per cent|pour cent|процент|(?:في |ب)ال(?:مئة|مائة))")
_PERCENT_BEFORE = regex.compile(r"(?:[%٪]|\byüzde\s)$", regex.IGNORECASE)
# "118'inci", "190-е место"; "3-х" and "20-ти" are counts
_ORDINAL_ENDING = regex.compile(r"['’][ıiuü]?nc[ıiuü]|-(?:[йяею]|го|му|ый|ой|ая|ое|ые)(?!\p{L})")
# "3–2", "3 - 2", "3 : 2"; with a hyphen or a colon close by, neither figure is a number anyway
_PAIR = regex.compile(
    r"(?<![\p{L}\d.,:/–—-])(?P<first>\d{1,3})(?:[–—]|\s[-–—:]\s)(?P<second>\d{1,3})(?![\p{L}\d:/–—-]|[.,]\d)"
)
_NEXT_WORD = regex.compile(r"\s?(?P<word>[\p{L}\p{M}]+)")
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
    taken = list(_figures(text, language, table)) if _DIGIT.search(text) else []
    if table is not None:
        taken = [_scaled(text, figure, table) for figure in taken]
        figures = [figure.span for figure in taken]
        taken += [
            _number(text, found.span, found.value, ordinal=found.ordinal, idiom=found.idiom)
            for found in (*written_numbers(text, table), *compound_numbers(text, table))
            if not _touches(found.span, figures)
        ]
    return _chained(text, sorted(taken, key=lambda number: number.span), table)


def _figures(text: str, language: str, table: Numerals | None) -> Iterator[Number]:
    scores = [Span(*match.span()) for match in _PAIR.finditer(text) if _is_score(match, text, language, table)]
    for match in _FIGURE.finditer(text):
        if not _touches(Span(*match.span()), scores):
            yield _figure(match, text, table)


def _is_score(pair: regex.Match[str], text: str, language: str, table: Numerals | None) -> bool:
    """Whether two figures with a dash between are a score, not a range: "3–2", "2–3 in extra time", no "2–3 days"."""
    found = _NEXT_WORD.match(text, pair.end())
    word = found["word"] if found else ""
    if _PERCENT_AFTER.match(text, pair.end()) or (table is not None and scale(word, table)):
        return False
    return int(pair["first"]) >= int(pair["second"]) or not word or is_function_word(word, language)


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
        ordinal = not part and _ORDINAL_ENDING.match(text, span.end) is not None
        return _number(text, span, float(f"{int(match['whole'])}{part}"), ordinal=ordinal)
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
    if not match or not factor or factor == 100 or figure.ordinal:
        return figure
    value = figure.value if figure.decimal is None else figure.decimal
    value += 0.5 if match["half"] or match["more"] else 0.0
    return _number(text, Span(figure.span.begin, match.end()), round(value * factor, 4))


def _chained(text: str, numbers: Sequence[Number], table: Numerals | None) -> list[Number]:
    """Numbers with the figure that goes on with them as one: "6 bin 500", "8 milyon 734 bin 19", "3 آلاف و200"."""
    joins = table.joins if table and table.units_first else frozenset()
    chained: list[Number] = []
    for number in numbers:
        last = chained[-1] if chained else None
        if last and _ends_in_scale(text, last) and 0 < number.value < _grain(last.value) and not number.ordinal:
            between = text[last.span.end : number.span.begin]
            gap = between.strip("\u00a0\u202f ")
            if between and (not gap or gap in joins) and text[number.span.begin].isdigit():
                chained[-1] = _number(text, Span(last.span.begin, number.span.end), last.value + number.value)
                continue
        chained.append(number)
    return chained


def _ends_in_scale(text: str, number: Number) -> bool:
    return number.value >= 1000 and not number.ordinal and not text[number.span.end - 1].isdigit()


def _grain(value: float) -> float:
    """The power of a thousand that a number ends in: 1,000 for 6,000 and for 734,000."""
    grain = 1.0
    while value % (grain * 1000) == 0:
        grain *= 1000
    return grain
