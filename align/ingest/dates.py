"""Dates as dumps and pages write them, kept at the precision that was stated.

Nothing is ever filled up from today's date or with a first of the month: "2020-02" is a month. Month names are
those of the five languages of the development pages; dateparser is not used, since it fills and is slow to import.
"""

from __future__ import annotations

import functools
import math
import re
import unicodedata
from datetime import UTC, datetime, timedelta

from align.ingest.date_words import LABELS, MONTHS, WEEKDAYS, ZONES
from align.records import DatePrecision, Span

__all__ = ["find_page_date", "parse_date"]

Parsed = tuple[str, DatePrecision]

_FIRST_YEAR, _LAST_YEAR = 1900, 2100

_HEAD_LINES, _HEAD_CHARACTERS = 4, 200


def parse_date(value: str | float) -> Parsed | None:
    """The date that a field states, as ISO 8601 cut at its precision; None when it states none in 1900..2100.

    A time with a zone is given in UTC ("2020-02-20T14:05Z"), one without stays as it is ("2020-02-20T14:05"); a
    midnight without a zone is how databases print a bare day, and gives the day. Numbers are years, months
    (202002), days (20200220), timestamps (20200220141500) or seconds, milli-, micro- or nanoseconds since 1970.

    "4/5/2017" and "4-5-2017" are month before day, as in FA-KES and Media Cloud's exports, unless the first number is
    above 12; "4.5.2017" is day before month, as everywhere that dots are written. Two-digit years are refused.
    """
    if isinstance(value, int | float):
        return _from_number(value)
    folded = _fold(value)[0].strip()
    if re.fullmatch(r"\d+(?:\.\d*)?", folded) and len(folded) < 24:
        return _from_number(float(folded) if "." in folded else int(folded))
    if len(folded) > _HEAD_CHARACTERS:
        return None
    matches = (form.fullmatch(folded, begin) for begin in _begins(folded, 0) for form in _forms())
    match = next((match for match in matches if match), None)
    return _from_match(match) if match else None


def find_page_date(text: str) -> tuple[str, DatePrecision, Span] | None:
    """The date that a page's head states, and where: one of the first lines is a date or labels one ("date 2020-02").

    A date in running prose is no date of the page.
    """
    begin = seen = 0
    for line in text.splitlines(keepends=True):
        if line.strip():
            if found := _date_of_line(line[:_HEAD_CHARACTERS]):
                parsed, span = found
                return *parsed, Span(begin + span.begin, begin + span.end)
            seen += 1
            if seen == _HEAD_LINES:
                break
        begin += len(line)
    return None


def _date_of_line(line: str) -> tuple[Parsed, Span] | None:
    folded, origins = _fold(line)
    label = _label().match(folded)
    begins = _begins(folded, label.end() if label else 0)
    matches = (form.match(folded, begin) for begin in begins for form in _forms())
    match = max((match for match in matches if match), key=lambda match: match.end(), default=None)
    if match is None or not (label or not folded[match.end() :].strip(" .|\t\n")):
        return None
    parsed = _from_match(match)
    if parsed is None or (parsed[1] == "year" and not label):
        return None
    return parsed, Span(origins[match.start()], origins[match.end() - 1] + 1)


def _begins(folded: str, begin: int) -> tuple[int, int]:
    """Where a date may begin: behind what may stand before it, or at once ("mar" is French Tuesday and March)."""
    lead = _lead().match(folded, begin)
    return (lead.end() if lead else begin), begin


def _fold(text: str) -> tuple[str, list[int]]:
    """`text` without case, accents, invisible marks and dotless i, digits as ASCII; and where each character stood."""
    folded: list[str] = []
    origins: list[int] = []
    for offset, character in enumerate(text):
        for part in unicodedata.normalize("NFKD", character.casefold()):
            if unicodedata.category(part) in ("Mn", "Cf"):
                continue
            digit = unicodedata.decimal(part, None)
            folded.append("i" if part == "ı" else part if digit is None else str(digit))
            origins.append(offset)
    return "".join(folded), origins


def _words(table: str) -> list[str]:
    return [_fold(word)[0].replace("_", " ") for word in table.replace(";", " ").split()]


def _one_of(words: list[str]) -> str:
    """A pattern for one of `words`, longest first, with any space between the parts of a word."""
    return "|".join(
        re.escape(word).replace(r"\ ", r"\s+") for word in sorted(words, key=lambda word: (-len(word), word))
    )


@functools.cache
def _months() -> dict[str, int]:
    return {word: number for number, table in enumerate(MONTHS, start=1) for word in _words(table)}


@functools.cache
def _label() -> re.Pattern[str]:
    """A label at the head of a line, whatever follows the date."""
    return re.compile(rf"\s*(?:{_one_of(_words(' '.join(LABELS)))})\b\s*:?\s*")


@functools.cache
def _lead() -> re.Pattern[str]:
    """What may stand before a date and says nothing: a label, an article, a weekday."""
    labels, weekdays = _one_of(_words(" ".join(LABELS))), _one_of(_words(" ".join(WEEKDAYS)))
    return re.compile(rf"\s*(?:(?:{labels})\b\s*:?\s*)?(?:(?:le|on|the|يوم)\s+)?(?:(?:{weekdays})\b[.,،]?\s*)?")


@functools.cache
def _forms() -> tuple[re.Pattern[str], ...]:
    """The ways to write a date, on folded text; each ends where a word ends."""
    weekday = rf"(?:{_one_of(_words(' '.join(WEEKDAYS)))})"
    names = _one_of(list(_months()))
    zone = rf"(?P<zone>[+-]\d\d(?::?\d\d)?|(?:{_one_of(list(ZONES))})\b)"
    clock = rf"(?P<hour>\d\d?)\s?[:h.]\s?(?P<minute>\d\d)(?:[:.]\d\d(?:[.,]\d+)?)?\s?(?P<half>[ap]\.?m\b\.?)?\s?{zone}?"
    time = rf"(?:(?:\s*[,،|t–-]\s*|\s+)(?:(?:a|at|saat|в|الساعة)\s+)?{clock})?"
    day = r"(?P<day>\d\d?)(?:st|nd|rd|th|er|e|-?го)?\.?"
    month = rf"(?P<name>{names})(?:\s*/\s*(?P<other>{names}))?\.?"
    gap = r"[\s,،./-]{1,3}"
    year = r"(?P<year>\d{4})(?:\s?г\.|\s?года?\b|\s?م\b)?"
    bodies = (
        rf"(?P<year>\d{{4}})(?:(?P<mark>[-/.])(?P<month>\d\d?)(?:(?P=mark)(?P<day>\d\d?){time})?)?",
        rf"(?P<year>\d{{4}})(?P<month>\d\d)(?P<day>\d\d)t(?P<hour>\d\d)(?P<minute>\d\d)(?:\d\d)?{zone}?",
        rf"(?P<first>\d\d?)(?P<mark>[-/.])(?P<second>\d\d?)(?P=mark)(?P<year>\d{{4}}){time}",
        r"(?P<month>\d\d?)[-/.](?P<year>\d{4})",
        rf"{day}(?:{gap}|)(?:(?:de|of)\s)?{month}{gap}{year}(?:{gap}{weekday}\b)?{time}",
        rf"{month}{gap}{day}{gap}{year}{time}",
        rf"{month}{gap}{day}\s+{clock}\s+(?P<year>\d{{4}})",
        rf"{month}(?:{gap}|\sde\s){year}",
    )
    return tuple(re.compile(rf"{body}(?![\w:/-])") for body in bodies)


def _from_match(match: re.Match[str]) -> Parsed | None:
    part = match.groupdict()
    month = _month_of(part)
    day = part.get("day")
    if part.get("first"):
        first, second = int(part["first"]), int(part["second"])
        month, day = (second, first) if part["mark"] == "." or first > 12 else (first, second)
    if day is None:
        return _checked(int(part["year"]), month)
    if part.get("name") and month is None:
        return None
    zone = _minutes_east(part.get("zone"))
    hour, minute = _clock(part)
    if hour is None or (part.get("zone") and zone is None):
        return _checked(int(part["year"]), month, int(day))
    return _checked(int(part["year"]), month, int(day), hour, minute, zone)


def _month_of(part: dict[str, str | None]) -> int | None:
    """The number of the month; 0, which no calendar has, when a page names two different ones."""
    if name := part.get("name"):
        numbers = {_months()[" ".join(word.split())] for word in (name, part.get("other")) if word}
        return numbers.pop() if len(numbers) == 1 else 0
    return int(month) if (month := part.get("month")) else None


def _clock(part: dict[str, str | None]) -> tuple[int | None, int]:
    """Hour and minute; no hour when none is stated, or when it is a midnight without a zone."""
    if not (stated := part.get("hour")):
        return None, 0
    hour, minute = int(stated), int(part["minute"] or 0)
    if (half := part.get("half")) and hour <= 12:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    if hour == minute == 0 and not part.get("zone"):
        return None, 0
    return hour, minute


def _minutes_east(zone: str | None) -> int | None:
    if not zone or zone in ZONES:
        return ZONES[zone] if zone else None
    sign, digits = zone[0], zone[1:].replace(":", "").ljust(4, "0")
    return (-1 if sign == "-" else 1) * (int(digits[:2]) * 60 + int(digits[2:]))


def _checked(
    year: int,
    month: int | None,
    day: int | None = None,
    hour: int | None = None,
    minute: int = 0,
    zone: int | None = None,
) -> Parsed | None:
    """The date as ISO 8601, if the calendar has it and its year is taken."""
    try:
        moment = datetime(year, 1 if month is None else month, 1 if day is None else day, hour or 0, minute)
        moment -= timedelta(minutes=zone or 0)
    except (ValueError, OverflowError):
        return None
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        return None
    if hour is not None:
        return moment.strftime("%Y-%m-%dT%H:%M") + ("" if zone is None else "Z"), "minute"
    if month is None:
        return f"{year:04}", "year"
    return (f"{year:04}-{month:02}", "month") if day is None else (f"{year:04}-{month:02}-{day:02}", "day")


def _from_number(number: float) -> Parsed | None:
    if isinstance(number, bool) or not math.isfinite(number) or number < 0:
        return None
    digits = str(int(number))
    cuts = {4: (4,), 6: (4, 6), 8: (4, 6, 8), 12: (4, 6, 8, 10, 12), 14: (4, 6, 8, 10, 12)}.get(len(digits))
    if cuts and number == int(number):
        parts = [int(digits[begin:end]) for begin, end in zip((0, *cuts), cuts, strict=False)]
        if len(parts) == 5 and parts[3:] == [0, 0]:
            del parts[3:]
        if parsed := _checked(parts[0], parts[1] if len(parts) > 1 else None, *parts[2:]):
            return parsed
    return _from_epoch(number)


def _from_epoch(number: float) -> Parsed | None:
    """A moment counted from 1970, in the one unit that puts it between 1973 and 2100."""
    for unit in (1, 10**3, 10**6, 10**9):
        if 10**8 <= number / unit < 4.2 * 10**9:
            moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=number // unit)
            return _checked(moment.year, moment.month, moment.day, moment.hour, moment.minute, 0)
    return None
