"""Whether source and translation name the same numbers."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from align.language.numbers import find_numbers

__all__ = ["number_mismatch"]

_DIGITS = regex.compile(r"\d+")
# "$715m", "715M", "2bn"; a bare "m" is a metre
_SUFFIXED = regex.compile(
    r"(?:(?<=[$€£]\s?[\d.,]*\d)\s?(?P<suffix>[kmb])|(?<=\d)\s?(?P<suffix>[KMB]|mn|bn))\b(?!['’/])"
)
_SUFFIXES = {"k": "thousand", "m": "million", "mn": "million", "bn": "billion", "b": "billion"}
_GLUED_UNIT = regex.compile(r"(?<=(?<![\p{L}\d])[\d.,]*\d)(?=(?:[cmk]?m|[mk]?g|km/h|mph|kph|ft|ha|kW|MW|GB|°)\b)")
# Turkish inflects the last word of a number: "on beşinin", of the fifteen
_INFLECTED = regex.compile(
    r"\b(?P<tens>on|yirmi|otuz|kırk|elli|altmış|yetmiş|seksen|doksan|yüz|bin)\s"
    r"(?P<unit>bir|iki|üç|dör(?=d)|dört|beş|altı|yedi|sekiz|dokuz)\p{L}{1,7}\b",
    regex.IGNORECASE,
)
_CLOCK = regex.compile(r"(?<![\d.,])(?P<hour>[01]?\d|2[0-4])\s?(?:[hH]\s?|[:.])(?P<minute>[0-5]\d)(?![\d.,]\d|\d)")
_HOUR = regex.compile(
    r"(?<![\d.,:])(?P<hour>[01]?\d|2[0-4])(?:\s?(?:h|heures?|o['’]clock|[ap]\.?m)\b|['’]?\s?(?:sularında|da|de)\b)"
)
_ROMAN = regex.compile(r"\b[IVXLC]+(?=\b|e\b|ème\b|er\b)")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_ORDINALS = (
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
)
_ENGLISH = {
    **{name: number for number, name in enumerate(_MONTHS, start=1)},
    **{name[:3]: number for number, name in enumerate(_MONTHS, start=1)},
    **{word: number for number, word in enumerate(_ORDINALS, start=1)},
    "once": 1,
    "twice": 2,
    "both": 2,
    "pair": 2,
    "couple": 2,
    "half": 0.5,
    "dozen": 12,
    "dozens": 12,
}
_LATIN_WORD = regex.compile(r"\p{L}+")


def number_mismatch(source: str, output: str, source_language: str) -> bool:
    """A figure on either side has no counterpart on the other, or number words clash.

    "1.000", "1 000" and "1,000" are one number, and so are "quatre" and "4", "50 bin" and "50,000", "20h30" and
    "8:30 p.m.", "15.03.2020" and "15 March 2020", "XXe" and "20th", "90" and "1990". A figure must be found again as
    figure or word. Number words alone are idioms too often ("bin" is also "board", "mille mercis" no count): they
    clash only when one of the source is missing and one of the output has come up, both above 2.

    Errs on converted units and currencies, on a rounded number, on arithmetic ("twenty times a hundred"), and where
    the numerals of a language are not in the table (then only figures are read).
    """
    source, output = _plain(source), _plain(output)
    if source_language == "tr":
        source = _INFLECTED.sub(lambda match: f"{match['tens']} {match['unit'].replace('dör', 'dört')}", source)
    given, said = _offered(source, source_language), _offered(output, "en")
    if any(not _among(value, said) for value in _figures(source, source_language)):
        return True
    if any(not _among(value, given) for value in _figures(output, "en")):
        return True
    lost = [value for value in _words(source, source_language) if value > 2 and not _among(value, said)]
    new = [value for value in _words(output, "en") if value > 2 and not _among(value, given)]
    return bool(lost and new)


def _plain(text: str) -> str:
    """Decimal digits of any script as ASCII, "$715m" as "$715 million", "300km" as "300 km"."""
    text = _DIGITS.sub(lambda match: "".join(str(int(digit)) for digit in match[0]), text)
    text = _SUFFIXED.sub(lambda match: " " + _SUFFIXES[match["suffix"].lower()], text)
    return _GLUED_UNIT.sub(" ", text)


def _figures(text: str, language: str) -> Iterator[float]:
    """What the figures of a text claim; the digits of dates, times, ordinals and names of things one by one."""
    covered: set[int] = set()
    for match in _CLOCK.finditer(text):
        covered.update(range(*match.span()))
        yield float(match["hour"])
        if int(match["minute"]):
            yield float(match["minute"])
    for number in find_numbers(text, language):
        places = set(range(number.span.begin, number.span.end))
        if not places & covered and _DIGITS.search(number.span.of(text)):
            covered |= places
            yield number.value
    for match in _DIGITS.finditer(text):
        if match.start() not in covered:
            yield float(match[0])


def _words(text: str, language: str) -> list[float]:
    numbers = find_numbers(text, language)
    return [number.value for number in numbers if not _DIGITS.search(number.span.of(text))]


def _offered(text: str, language: str) -> set[float]:
    """Every number that a text can be read to name, one and a clock's other half day included."""
    values = {1.0, *(float(match[0]) for match in _DIGITS.finditer(text))}
    values |= {number.value for number in find_numbers(text, language)}
    for pattern in (_CLOCK, _HOUR):
        for match in pattern.finditer(text):
            hour = float(match["hour"])
            values |= {hour, (hour + 12) % 24, hour % 12 or 12.0}
    values |= {float(_roman(match[0])) for match in _ROMAN.finditer(text)}
    if language == "en":
        found = (_ENGLISH.get(word) for word in _LATIN_WORD.findall(text.lower()))
        values |= {float(value) for value in found if value is not None}
    return values


def _among(value: float, offered: set[float]) -> bool:
    if value in offered:
        return True
    # "les années 90" and "the 1990s"
    if 10 <= value < 100:
        return any(1900 <= other < 2100 and other % 100 == value for other in offered)
    return 1900 <= value < 2100 and value % 100 >= 10 and value % 100 in offered


def _roman(numeral: str) -> int:
    total, highest = 0, 0
    for letter in reversed(numeral):
        value = _ROMAN_VALUES[letter]
        total += value if value >= highest else -value
        highest = max(highest, value)
    return total
