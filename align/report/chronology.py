"""Dates that are known to a year, a month, a day or a minute, and what they allow to be said of before and after."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from align.records import DatePrecision, FamilyMember

__all__ = ["Published", "earliest", "parse_published", "spoken_date"]

# fmt: off
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)
# fmt: on
_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(T.+)?)?)?", re.ASCII | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Published:
    """The half-open stretch of time in which something was published; UTC where the source names a zone."""

    begin: datetime
    end: datetime
    precision: DatePrecision


def parse_published(value: str | None) -> Published | None:
    """Read an ISO 8601 date cut at its precision, as in `Document.published`; None for anything else."""
    match = _DATE.fullmatch(value or "")
    if match is None or value is None:
        return None
    year, month, day, time = match.groups()
    try:
        if time:
            return _minute(datetime.fromisoformat(value))
        begin = datetime(int(year), int(month or 1), int(day or 1))
        if day:
            return Published(begin, begin + timedelta(days=1), "day")
        if month:
            after = datetime(begin.year + begin.month // 12, begin.month % 12 + 1, 1)
            return Published(begin, after, "month")
        return Published(begin, datetime(begin.year + 1, 1, 1), "year")
    except (ValueError, OverflowError):
        return None


def _minute(moment: datetime) -> Published:
    moment = moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    return Published(moment, moment + timedelta(minutes=1), "minute")


def spoken_date(value: str | None) -> str:
    """`March 2021 (day not stated)`: a date in words that say how precise it is."""
    published = parse_published(value)
    if published is None:
        return f"date not understood: {value}" if value else "no date"
    begin = published.begin
    if published.precision == "year":
        return f"{begin.year} (day not stated)"
    if published.precision == "month":
        return f"{MONTHS[begin.month - 1]} {begin.year} (day not stated)"
    day = f"{begin.day} {MONTHS[begin.month - 1]} {begin.year}"
    return day if published.precision == "day" else f"{day}, {begin:%H:%M}"


def earliest(members: Iterable[FamilyMember]) -> FamilyMember | None:
    """The member whose date ends before any other's begins, among those with a date.

    None when fewer than two have a date or when the dates leave open which came first: a page that says "March"
    may be older or younger than one that says "4 March".
    """
    found = ((parse_published(member.published), member) for member in members)
    dated = [(date, member) for date, member in found if date is not None]
    if len(dated) < 2:
        return None
    first = min(dated, key=lambda item: (item[0].end, item[0].begin))
    others = [date for date, member in dated if member is not first[1]]
    return first[1] if all(first[0].end <= date.begin for date in others) else None
