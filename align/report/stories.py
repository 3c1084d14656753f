"""What the sections say of stories: a line of each that is shown, and how many each outlet published when."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace

from align.records import Document, Story
from align.report.chronology import parse_published

__all__ = ["Dates", "StoryLine", "StoryLines", "outlet_name"]

_MOST_DATES = 400  # of one outlet, before they are counted by day, then by month, then by year
_CUTS = (10, 7, 4)  # characters of an ISO 8601 date that say the day, the month, the year
_STATED = {"minute": 10, "day": 10, "month": 7, "year": 4}


def outlet_name(outlet: str | None) -> str:
    """An outlet's name for a figure or a sentence."""
    return outlet or "unknown outlet"


@dataclass(frozen=True, slots=True)
class StoryLine:
    """What the other sections say of a story. `begin` and `length` are its place in its document, in code points."""

    document_id: str
    outlet: str | None
    title: str | None
    published: str | None
    url: str | None
    begin: int = 0
    length: int = 0


class Dates:
    """How many stories of one outlet bear which date. Where there are too many dates, they are cut: `coarse`."""

    __slots__ = ("_cuts", "counts")

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self._cuts = 0

    @property
    def coarse(self) -> bool:
        """Whether dates are counted by day, month or year, rather than as they are stated."""
        return self._cuts > 0

    def add(self, published: str) -> None:
        """Count a story with a date that can be read."""
        self._count(published, 1)
        while len(self.counts) > _MOST_DATES and self._cuts < len(_CUTS):
            self._cuts += 1
            held, self.counts = self.counts, {}
            for date, count in held.items():
                self._count(date, count)

    def name(self, published: str) -> str:
        """What a date is counted under: the date itself, or as much of it as is told apart."""
        date = parse_published(published) if self._cuts else None
        if date is None:
            return published
        return date.begin.isoformat()[: min(_CUTS[self._cuts - 1], _STATED[date.precision])]

    def _count(self, published: str, count: int) -> None:
        name = self.name(published)
        self.counts[name] = self.counts.get(name, 0) + count


@dataclass(slots=True)
class StoryLines:
    """What is taken down of stories while they are read: lines of those `wanted`, and counts of all of them.

    `dates` are those of each outlet that can be read; `outlets` are the named ones.
    """

    wanted: Collection[str]
    lines: dict[str, StoryLine] = field(default_factory=dict)
    outlets: set[str] = field(default_factory=set)
    dates: dict[str, Dates] = field(default_factory=dict)
    undated: int = 0

    def noting(self, stories: Iterable[Story], first: int) -> Iterator[Story]:
        """The stories as they come; the `first` are wanted as well. The lines have no address yet."""
        for number, story in enumerate(stories):
            if number < first or story.id in self.wanted:
                self.lines[story.id] = StoryLine(
                    story.document_id,
                    story.outlet,
                    story.title,
                    story.published,
                    None,
                    story.span.begin,
                    len(story.span),
                )
            self._take(story)
            yield story

    def _take(self, story: Story) -> None:
        if story.outlet:
            self.outlets.add(story.outlet)
        if story.published is None or parse_published(story.published) is None:
            self.undated += 1
        else:
            self.dates.setdefault(outlet_name(story.outlet), Dates()).add(story.published)

    def address(self, documents: Iterable[Document]) -> int:
        """Put the documents' addresses into the lines; returns how many documents there are."""
        wanted = {line.document_id for line in self.lines.values()}
        count, urls = 0, dict[str, str | None]()
        for document in documents:
            count += 1
            if document.id in wanted:
                urls[document.id] = document.url
        self.lines = {story: replace(line, url=urls.get(line.document_id)) for story, line in self.lines.items()}
        return count
