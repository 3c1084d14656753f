"""Days and months by name: the day on which something happened tells reports apart, a date counts nothing."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from align.text.words import fold

__all__ = ["is_month", "weekdays"]


@functools.cache
def _table() -> dict[str, Any]:
    return tomllib.loads(files("align.reuse.reading").joinpath("calendar.toml").read_text(encoding="utf-8"))


@functools.cache
def _days(language: str) -> dict[str, int]:
    lines: Sequence[str] = _table()["days"].get(language, ())
    return {fold(form): number for number, line in enumerate(lines) for form in line.split()}


@functools.cache
def _months(language: str) -> frozenset[str]:
    return frozenset(map(fold, _table()["months"].get(language, "").split()))


def weekdays(words: Sequence[str], language: str) -> frozenset[int]:
    """The days of the week that folded words name, Monday being 0."""
    days = _days(language)
    return frozenset(days[word] for word in words if word in days)


def is_month(word: str, language: str) -> bool:
    """Whether a folded word names a month; March and May do not, which are other words in English as well."""
    return word in _months(language)
