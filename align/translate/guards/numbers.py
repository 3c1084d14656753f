"""Whether source and translation name the same numbers."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import regex

from align.language.numbers import Number, read_numbers
from align.language.numerals import implied_numbers, measure, numerals

__all__ = ["number_mismatch"]

_DIGITS = regex.compile(r"\d+")
# "$715m", "715M", "2bn", "27 M€"; a bare "m" is a metre, "356 B.C." a year
_SUFFIXED = regex.compile(
    r"(?:(?<=[$€£]\s?[\d.,]*\d)\s?(?P<suffix>[kmb])|(?<=\d)(?P<suffix>[KMB])"
    r"|(?<=\d)\s?(?P<suffix>mn|bn|Mds?|M(?=\s?[€$£])|m(?=\s(?:euro|dollar|pound|lira))))"
    r"(?![\p{L}\d'’/]|\.?\s?C)"
)
_SUFFIXES = {"k": 10**3, "m": 10**6, "mn": 10**6, "b": 10**9, "bn": 10**9, "md": 10**9, "mds": 10**9}
_GLUED_UNIT = regex.compile(
    r"(?<=(?<![\p{L}\d])[\d.,]*\d)(?=(?:[cmk]?m|[mk]?g|km/h|mph|kph|ft|ha|kW|MW|GB|°|\p{L}{0,2}illi?on)\b)"
)
_POWER = regex.compile(r"(?<=(?<!\p{L})[cdkm]?m)[23]\b")  # "km2" is "square kilometres" too
_MILITARY = regex.compile(r"(?<![\d.,:])(?P<hour>0\d)(?P<minute>[0-5]\d)(?![\d.,:]\d|\d)")
_CLOCK = regex.compile(r"(?<![\d.,])(?P<hour>[01]?\d|2[0-4])\s?(?:[hH]\s?|[:.])(?P<minute>[0-5]\d)(?![\d.,]\d|\d)")
_HOUR = regex.compile(
    r"(?<![\d.,:])(?P<hour>[01]?\d|2[0-4])(?:\s?(?:h|heures?|o['’]clock|[ap]\.?m)\b|['’]?\s?(?:sularında|da|de)\b)"
)
_ROMAN = regex.compile(r"\b(?=[XVI])X{0,3}(?:I[XV]|V?I{0,3})(?=\b(?!['’])|e\b|ème\b|er\b)|\b[LXVI]{2,}\b")
_CODE = regex.compile(r"0\d\d+$")  # "007", a year that lost its first digit
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50}
_KEEPS_ORDER = frozenset({"fr"})  # languages that name things in about the order of English, as measured
_MOSTLY_WRITTEN = 20.0  # numbers below this are mostly written out
# what stands between the ends of a range
_BETWEEN = regex.compile(r"\s?(?:[-–—/]|to|and|or|à|a|et|ou|ila|ile|veya|до|и|إلى|و)\s?", regex.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Reading:
    """The numbers of one side.

    `figures` are claims: each must come again, in one of its readings. So must `firm` words; of `loose` ones, idioms
    too often, only a pair of one lost and one new counts. `offered` is all that the text can be read to name, `order`
    the plain numbers as they follow each other, `percents` those of them that are percentages, `measures`
    what numbers count where that is a measure. `has_words` says whether the language's number words are known.
    """

    figures: tuple[frozenset[float], ...]
    firm: tuple[float, ...]
    loose: tuple[float, ...]
    offered: frozenset[float]
    order: tuple[float, ...]
    percents: frozenset[float]
    measures: Mapping[float, frozenset[str]]
    has_words: bool

    def names(self, value: float) -> bool:
        """Whether a number of the other side is named here: as it is, as a decade, or as wholes and a half."""
        if value in self.offered:
            return True
        part = value % 1
        if part in (0.25, 0.5) and part in self.offered and value - part in self.offered | {0.0}:
            return True
        if 10 <= value < 100:  # "les années 90" and "the 1990s"
            return any(1900 <= other < 2100 and other % 100 == value for other in self.offered)
        return 1900 <= value < 2100 and value % 100 >= 10 and value % 100 in self.offered


def number_mismatch(source: str, output: str, source_language: str) -> bool:
    """A figure or a number word of either side has no counterpart on the other, or words clash.

    "1.000", "1 000" and "1,000" are one number, and so are "quatre" and "4", "50 bin" and "50,000", "20h30" and
    "8:30 p.m.", "15.03.2020" and "15 March 2020", "XXe" and "20th", "90" and "1990", "1,5" and "one and a half". In
    English a full stop divides decimals: "1.000" for a thousand is flagged. Number words up to two, ordinals, and words
    that are manners of speaking ("mille mercis", Turkish "bin", also "board") need not come again; they count when
    one of the source is missing and another has come up in the output. From French, which names things in the order of
    English, the same numbers in another order are flagged too.

    Errs on converted units and currencies, rounded numbers, arithmetic ("twenty times a hundred"), clauses that changed
    places, idioms with numbers ("sous huitaine", "a six-pack") and misspelt number words. Where the number words of a
    language are not all known (any without a table) only figures from 20 on are looked for. Misses a number
    that was lost or changed while it stands elsewhere in the text, and from Turkish two numbers in each other's place.
    """
    given, said = _read(source, source_language, untranslated="en"), _read(output, "en")
    if _lacks(given, said) or _lacks(said, given) or _clash(given, said):
        return True
    swapped = given.order != said.order and sorted(given.order) == sorted(said.order)
    return swapped and source_language in _KEEPS_ORDER


def _lacks(said: _Reading, given: _Reading) -> bool:
    """Whether a figure or a plain number word of `given` does not come again in `said`.

    Where the number words of `said` are not all known, small figures may stand there in words.
    """
    least = 0.0 if said.has_words else _MOSTLY_WRITTEN
    figures = [readings for readings in given.figures if max(readings) >= least]
    firm = given.firm if said.has_words else ()
    return not all(any(said.names(value) for value in readings) for readings in [*figures, *({word} for word in firm)])


def _clash(given: _Reading, said: _Reading) -> bool:
    """Whether a number word was exchanged, other numbers are percentages, or a number counts another measure."""
    lost = [value for value in (*given.loose, *given.firm) if not said.names(value)]
    new = [value for value in (*said.loose, *said.firm) if not given.names(value)]
    percents = len(given.percents) == len(said.percents) and given.percents != said.percents
    shared = given.measures.keys() & said.measures.keys()
    exchanged = given.has_words and bool(lost and new)
    return exchanged or percents or any(given.measures[n].isdisjoint(said.measures[n]) for n in shared)


def _plain(text: str, language: str) -> str:
    """Decimal digits of any script as ASCII, "$715m" as "$715 million", "300km" as "300 km"."""
    text = _DIGITS.sub(lambda match: "".join(str(int(digit)) for digit in match[0]), text)
    words = {value: word for word, value in table.scales.items()} if (table := numerals(language)) else {}
    text = _SUFFIXED.sub(lambda match: " " + words.get(_SUFFIXES[match["suffix"].lower()], match[0]), text)
    text = _MILITARY.sub(lambda match: f"{match['hour']}:{match['minute']}", text)
    return _GLUED_UNIT.sub(" ", _POWER.sub("", text))


def _read(text: str, language: str, untranslated: str | None = None) -> _Reading:
    """What a text names; one that may hold words of another language ("Six Flags") names those numbers too."""
    text = _plain(text, language)
    foreign = {number.value for number in read_numbers(text, untranslated)} if untranslated else set()
    numbers, table = read_numbers(text, language), numerals(language)
    figures = tuple(frozenset(readings) for readings in _figures(text, numbers, language))
    words = [number for number in numbers if not _is_figure(number, text) and number.value >= 2]
    firm = [word.value for word in words if word.value > 2 and not word.ordinal and not word.idiom]
    counted = [number for number in numbers if number.value >= 2 and not number.ordinal]
    return _Reading(
        figures=figures,
        firm=tuple(firm),
        loose=tuple(word.value for word in words if word.value <= 2 or word.ordinal or word.idiom),
        offered=frozenset({1.0}.union(foreign, *figures, _offered(text, numbers, language))),
        order=tuple(number.value for number in counted),
        percents=frozenset(_percents(text, numbers)),
        measures=_measures(counted, language),
        has_words=table is not None and table.whole,
    )


def _percents(text: str, numbers: list[Number]) -> Iterator[float]:
    """The percentages; both ends of a range count, whichever the sign stands at."""
    yield from (number.value for number in numbers if number.percent)
    for first, second in itertools.pairwise(numbers):
        if (first.percent or second.percent) and _BETWEEN.fullmatch(text, first.span.end, second.span.begin):
            yield from (first.value, second.value)


def _measures(numbers: list[Number], language: str) -> dict[float, frozenset[str]]:
    table = numerals(language)
    found: dict[float, frozenset[str]] = {}
    for number in numbers:
        name = measure(number.following, table) if table else None
        if name:
            found[number.value] = found.get(number.value, frozenset()) | {name}
    return found


def _is_figure(number: Number, text: str) -> bool:
    return _DIGITS.search(number.span.of(text)) is not None


def _figures(text: str, numbers: list[Number], language: str) -> Iterator[set[float]]:
    """What the figures of a text claim; the digits of dates, times, ordinals and names of things one by one."""
    covered: set[int] = set()
    for match in _CLOCK.finditer(text):
        if _is_amount(match, text, numbers):
            continue
        covered.update(range(*match.span()))
        hour, minute = float(match["hour"]), float(match["minute"])
        decimal = {float(match[0])} if "." in match[0] and " " not in match[0] else set()  # 20.30 may be no time
        yield {hour} | decimal
        if minute:
            yield {minute} | decimal
    for number in numbers:
        places = set(range(number.span.begin, number.span.end))
        if not places & covered and _is_figure(number, text):
            covered |= places
            yield _readings(number, number.span.of(text), language)
    for match in _DIGITS.finditer(text):
        if match.start() not in covered:
            yield {float(match[0])}


def _is_amount(clock: regex.Match[str], text: str, numbers: list[Number]) -> bool:
    """Whether what looks like a clock is a decimal: "12.23 billion", "$12.23", "12.23 %"."""
    scaled = any(
        n.span.begin <= clock.start() < n.span.end and (n.span.end > clock.end() or n.percent) for n in numbers
    )
    return scaled or text[max(0, clock.start() - 2) : clock.start()].strip().endswith(("$", "€", "£"))


def _readings(number: Number, figure: str, language: str) -> set[float]:
    """English is read by its rule; in a source, "1,234" may be a decimal or thousands in the English manner.

    "15,000" may not: nobody writes three noughts after a decimal mark.
    """
    if _CODE.match(figure):
        return {-1 - number.value}  # equal to the same code alone
    if number.decimal is None:
        return {number.value}
    if language == "en":
        return {number.decimal}
    return {number.value} if number.decimal.is_integer() else {number.value, number.decimal}


def _offered(text: str, numbers: list[Number], language: str) -> set[float]:
    """What a text can be read to name besides its figures: words, the other half of the day, Roman numerals, ranges."""
    values = {number.value for number in numbers if not _is_figure(number, text)}
    for pattern in (_CLOCK, _HOUR):
        for match in pattern.finditer(text):
            hour = float(match["hour"])
            values |= {hour, (hour + 12) % 24, hour % 12 or 12.0}
    values |= {float(_roman(match[0])) for match in _ROMAN.finditer(text)}
    for first, second in itertools.pairwise(numbers):  # "2 à 3 millions" is "2 million to 3 million"
        if second.value >= 1000 and _BETWEEN.fullmatch(text, first.span.end, second.span.begin):
            scales = [scale for scale in (1e3, 1e6, 1e9) if scale <= second.value]
            values |= {first.value * scale if first.value < 1000 else first.value / scale for scale in scales}
    table = numerals(language)
    return values | implied_numbers(text, table) if table else values


def _roman(numeral: str) -> int:
    total, highest = 0, 0
    for letter in reversed(numeral):
        value = _ROMAN_VALUES[letter]
        total += value if value >= highest else -value
        highest = max(highest, value)
    return total
