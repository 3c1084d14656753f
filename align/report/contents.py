"""What a report shows of a run folder: read once, file by file, holding no more than what is shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from align.records import Document, Pair, PassageMatch, Rejected, Segment, Story, Translation, WireFamily
from align.runfolder import FILES, RunFolder

__all__ = ["Contents", "Limits", "Listing", "StoryLine", "outlet_name", "read_contents"]

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Limits:
    """How many rows each section shows at most."""

    matches: int = 300
    candidates: int = 40
    families: int = 200
    stories: int = 500
    pairs: int = 300
    translations: int = 2000
    quarantine: int = 500
    outlets: int = 24


@dataclass(slots=True)
class Listing(Generic[Item]):
    """The rows that are shown, how many there are, and the file that has them all."""

    file: str
    shown: list[Item] = field(default_factory=list)
    total: int = 0

    @property
    def left_out(self) -> int:
        """How many are not shown."""
        return self.total - len(self.shown)


@dataclass(frozen=True, slots=True)
class StoryLine:
    """What the other sections say of a story."""

    document_id: str
    outlet: str | None
    title: str | None
    published: str | None
    url: str | None


@dataclass(slots=True)
class Contents:
    """A run folder as a report needs it.

    `outlet_pairs` counts flagged matches by their two outlets, in alphabetical order; `scores` are those of the
    flagged matches; `segments` only those that are shown; `outcomes` also counts translations with a flag.
    """

    manifest: Mapping[str, Any]
    missing: frozenset[str]
    documents: int
    stories: dict[str, StoryLine]
    evidence: Listing[Story]
    flagged: Listing[PassageMatch]
    candidates: Listing[PassageMatch]
    classes: Counter[str]
    outlet_pairs: Counter[tuple[str, str]]
    scores: dict[str, float]
    families: Listing[WireFamily]
    bitext: Listing[Pair]
    translations: Listing[Translation]
    outcomes: Counter[str]
    quarantine: Listing[Rejected]
    rules: Counter[tuple[str, str]]
    segments: dict[str, Segment]
    languages: Counter[str]


class _Best(Generic[Item]):
    """The first `limit` of a stream by a key, holding at most twice as many."""

    def __init__(self, limit: int, key: Callable[[Item], Any]) -> None:
        self.limit, self.key = limit, key
        self.total = 0
        self._held: list[Item] = []

    def add(self, item: Item) -> None:
        self.total += 1
        self._held.append(item)
        if len(self._held) > 2 * self.limit + 16:
            self._cut()

    def _cut(self) -> None:
        self._held = sorted(self._held, key=self.key)[: self.limit]

    def listing(self, name: str) -> Listing[Item]:
        self._cut()
        return Listing(FILES[name], self._held, self.total)


def outlet_name(outlet: str | None) -> str:
    """An outlet's name for a figure or a sentence."""
    return outlet or "unknown outlet"


def read_contents(folder: RunFolder, limits: Limits, manifest: Mapping[str, Any] | None = None) -> Contents:
    """Read a run folder. A file that is not there is taken as empty and named in `missing`.

    Raises InputError for a damaged file.
    """
    names = ("documents", "stories", "segments", "translations", "pairs", "matches", "families", "quarantine")
    missing = frozenset(name for name in names if not folder[name].exists())

    def records(name: str, cls: type[Item]) -> Iterator[Item]:
        return iter(()) if name in missing else folder.read(name, cls)

    urls = {document.id: document.url for document in records("documents", Document)}
    stories: dict[str, StoryLine] = {}
    evidence = _first("stories", limits.stories, _noting(records("stories", Story), urls, stories))
    matches = _Matches(limits)
    for match in records("matches", PassageMatch):
        matches.add(match)
    flagged, candidates = matches.flagged.listing("matches"), matches.candidates.listing("matches")
    outcomes: Counter[str] = Counter()
    translations = _first(
        "translations", limits.translations, _counting(records("translations", Translation), outcomes)
    )
    rules: Counter[tuple[str, str]] = Counter()
    quarantine = _first("quarantine", limits.quarantine, _ruling(records("quarantine", Rejected), rules))
    wanted = {row.segment_id for row in translations.shown}
    for match in flagged.shown + candidates.shown:
        wanted.update(match.source.segments, match.target.segments)
    languages: Counter[str] = Counter()
    segments: dict[str, Segment] = {}
    for segment in records("segments", Segment):
        languages[segment.language] += 1
        if segment.id in wanted:
            segments[segment.id] = segment
    families = _Best[WireFamily](limits.families, lambda family: (-len(family.members), family.id))
    for family in records("families", WireFamily):
        families.add(family)
    bitext = (pair for pair in records("pairs", Pair) if pair.origin == "bitext")
    return Contents(
        manifest=folder.manifest() if manifest is None else manifest,
        missing=missing,
        documents=len(urls),
        stories=stories,
        evidence=evidence,
        flagged=flagged,
        candidates=candidates,
        classes=matches.classes,
        outlet_pairs=matches.outlet_pairs,
        scores=matches.scores,
        families=families.listing("families"),
        bitext=_first("pairs", limits.pairs, bitext),
        translations=translations,
        outcomes=outcomes,
        quarantine=quarantine,
        rules=rules,
        segments=segments,
        languages=languages,
    )


def _first(name: str, limit: int, records: Iterable[Item]) -> Listing[Item]:
    listing: Listing[Item] = Listing(FILES[name])
    for record in records:
        if listing.total < limit:
            listing.shown.append(record)
        listing.total += 1
    return listing


def _noting(records: Iterable[Story], urls: Mapping[str, str | None], lines: dict[str, StoryLine]) -> Iterator[Story]:
    for story in records:
        url = urls.get(story.document_id)
        lines[story.id] = StoryLine(story.document_id, story.outlet, story.title, story.published, url)
        yield story


def _counting(records: Iterable[Translation], outcomes: Counter[str]) -> Iterator[Translation]:
    for translation in records:
        outcomes[translation.outcome] += 1
        outcomes["flagged"] += bool(translation.flags)
        yield translation


def _ruling(records: Iterable[Rejected], rules: Counter[tuple[str, str]]) -> Iterator[Rejected]:
    for rejected in records:
        rules[rejected.stage, rejected.rule] += 1
        yield rejected


class _Matches:
    """The matches, counted and cut down while they are read."""

    def __init__(self, limits: Limits) -> None:
        def best_first(match: PassageMatch) -> tuple[float, str]:
            return -match.score, match.id

        self.flagged = _Best(limits.matches, best_first)
        self.candidates = _Best(limits.candidates, best_first)
        self.classes: Counter[str] = Counter()
        self.outlet_pairs: Counter[tuple[str, str]] = Counter()
        self.scores: dict[str, float] = {}

    def add(self, match: PassageMatch) -> None:
        if not match.flagged:
            self.candidates.add(match)
            return
        self.flagged.add(match)
        self.classes[match.match_class] += 1
        a, b = sorted((outlet_name(match.source.outlet), outlet_name(match.target.outlet)))
        self.outlet_pairs[a, b] += 1
        self.scores[match.id] = match.score
