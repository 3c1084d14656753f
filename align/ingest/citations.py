"""Where a text says in passing from whom it has its report: "Norda reported", "selon l'AFP", "he told Reuters".

An outlet seldom cites itself that way, so this says nothing of whose text it is. It is evidence of where the text came
from, and weaker than a credit, since a story may cite an outlet on some other matter.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from align.ingest.outlets import fold
from align.records import Span

__all__ = ["citations"]

_MARGIN = 120  # characters before a name that are looked at
_SENTENCE_END = re.compile(r"(?<!\.\w)[.!?؟…][\"»”’)]*\s")


@dataclass(frozen=True, slots=True)
class _Wording:
    """How outlets are cited in all languages, as patterns over folded text."""

    before: re.Pattern[str]
    after: re.Pattern[str]
    opened_earlier: re.Pattern[str]  # fits what stands in the sentence before the citation
    earlier: re.Pattern[str]
    denied: re.Pattern[str]
    own_business: re.Pattern[str]


@functools.cache
def _wording() -> _Wording:
    table = tomllib.loads(files("align.ingest").joinpath("citations.toml").read_text(encoding="utf-8"))
    ruled_out = table.pop("not")
    languages = table.values()
    before = [rf"\b{words}{language['label']}" for language in languages for words in language["before"]]
    after = [words for language in languages for words in language["after"]]
    return _Wording(
        before=_any_of(before, r"{}[«\"“„(]?$"),
        after=_any_of(after),
        opened_earlier=_any_of(ruled_out["earlier"], r"{},?\s(?:[\w-]+\s){{0,2}}[«\"“„]?"),
        earlier=_any_of(ruled_out["earlier"], r"\s(?:\w+\s)?{}\b"),
        denied=_any_of(ruled_out["denied"], r"\b{}\s(?:[\w']+\s){{0,2}}$"),
        own_business=_any_of(ruled_out["after"]),
    )


def _any_of(patterns: list[Any], form: str = "{}") -> re.Pattern[str]:
    one = "|".join(f"(?:{pattern})" for pattern in patterns).replace("\n", "")
    return re.compile(form.format(f"(?:{fold(one)})"))


def citations(text: str, names: Sequence[tuple[Span, str]]) -> list[tuple[Span, str]]:
    """Where running text cites an outlet as its source, with the words that do; in fr, tr, en, ru, ar.

    `names` are the outlets' names in the text, with their keys, ambiguous ones included.

    Not: an outlet that is only mentioned ("the Reuters office", "a Reuters poll"), its own business ("Reuters reported
    a profit"), what it reported at another time ("last year"), a report that is denied. Known to go wrong: a view that
    an outlet voices ("selon Le Monde") looks like a report; a name in a case that the table lacks is not found.
    """
    found = []
    wording, folded = _wording(), fold(text) if names else ""
    for name, key in names:
        margin = max(0, name.begin - _MARGIN)
        before = wording.before.search(folded[margin : name.begin])
        after = wording.after.match(folded, name.end)
        if (before or after) and not wording.own_business.match(folded, name.end):
            begin = margin + before.start() if before else name.begin
            end = after.end() if after else name.end
            if not _of_another_time(wording, folded, begin, end):
                found.append((_trimmed(text, begin, end), key))
    return found


def _of_another_time(wording: _Wording, folded: str, begin: int, end: int) -> bool:
    """Whether a citation is of an earlier report, or of one that is denied."""
    opening = _SENTENCE_END.split(folded[max(0, begin - _MARGIN) : begin])[-1]
    return bool(
        wording.opened_earlier.fullmatch(opening)
        or wording.earlier.match(folded, end)
        or wording.denied.search(opening)
    )


def _trimmed(text: str, begin: int, end: int) -> Span:
    part = text[begin:end]
    return Span(begin + len(part) - len(part.lstrip()), begin + len(part.rstrip()))
