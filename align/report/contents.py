"""What a report shows of a run folder: read once, file by file, holding no more than what is shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Generic, TypeVar

from align.records import (
    Document,
    Fact,
    Pair,
    PassageMatch,
    Rejected,
    Segment,
    Story,
    Substitution,
    Translation,
    WireFamily,
)
from align.report.dotplot import BeadPlace, bead_place
from align.report.ledgers import read_facts, read_substitutions
from align.report.stories import Dates, StoryLine, StoryLines, outlet_name
from align.runfolder import FILES, RunFolder

__all__ = ["Contents", "Limits", "Listing", "StoryLine", "outlet_name", "read_contents"]

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a report holds at most.

    `matches`, `families` and `maps` come with the page and are laid out when a reader asks for them; the first
    `open_...` of them stand in it as they are, for paper and for browsers that run no script. The other numbers are
    rows. `characters` bounds what one section holds, so that a page of long texts stays small too. A page that is
    larger than `size` all the same, in bytes, is made again with half of everything.
    """

    matches: int = 6000
    open_matches: int = 100
    candidates: int = 40
    families: int = 3000
    open_families: int = 100
    open_maps: int = 40
    substitutions: int = 300
    facts: int = 300
    stories: int = 500
    pairs: int = 300
    beads: int = 20000
    translations: int = 2000
    quarantine: int = 500
    outlets: int = 24
    characters: int = 1_000_000
    match_characters: int = 10_000_000
    size: int = 19_500_000

    def halved(self) -> Limits:
        """Half of everything but the size."""
        halves = {item.name: getattr(self, item.name) // 2 for item in fields(self) if item.name != "size"}
        return replace(self, **halves)


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


@dataclass(slots=True)
class Contents:
    """A run folder as a report needs it.

    `stories` are those that anything shown speaks of, `story_languages` their main languages, `segments` those that
    are shown; `outlets` counts the named ones, and `dates` are those of each outlet that can be read, of all stories.
    `boilerplate` counts candidates whose text recurs in many stories; `outlet_pairs` flagged matches by their two
    outlets, in alphabetical order; `scores` are those of the flagged matches of the families that are shown; `beads`
    are the places of a given parallel text's pairs, by text; `outcomes` also counts translations with a flag. Of the
    matches of a substitution or a fact there are only those that are shown.
    """

    manifest: Mapping[str, Any]
    missing: frozenset[str]
    documents: int
    outlets: int
    dates: dict[str, Dates]
    undated: int
    stories: dict[str, StoryLine]
    story_languages: dict[str, str]
    evidence: Listing[Story]
    flagged: Listing[PassageMatch]
    candidates: Listing[PassageMatch]
    boilerplate: int
    classes: Counter[str]
    outlet_pairs: Counter[tuple[str, str]]
    scores: dict[str, float]
    families: Listing[WireFamily]
    substitutions: Listing[Substitution]
    facts: Listing[Fact]
    bitext: Listing[Pair]
    beads: dict[str, list[BeadPlace]]
    translations: Listing[Translation]
    outcomes: Counter[str]
    quarantine: Listing[Rejected]
    rules: Counter[tuple[str, str]]
    segments: dict[str, Segment]
    languages: Counter[str]


class _Best(Generic[Item]):
    """The first `limit` of a stream by a key, holding at most a quarter more."""

    def __init__(self, limit: int, key: Callable[[Item], Any]) -> None:
        self.limit, self.key = limit, key
        self.total = 0
        self._held: list[Item] = []
        self._last: Any = None  # key of the last one that is held, where there are as many as may be

    def admits(self, key: Any) -> bool:
        """Whether something with this key may still be among the first."""
        return self.limit > 0 and (self._last is None or key < self._last)

    def add(self, item: Item) -> None:
        self.total += 1
        if self.admits(self.key(item)):
            self._held.append(item)
            if len(self._held) > self.limit + self.limit // 4 + 16:
                self.cut()

    def cut(self) -> list[Item]:
        self._held = sorted(self._held, key=self.key)[: self.limit]
        if self._held and len(self._held) == self.limit:
            self._last = self.key(self._held[-1])
        return self._held

    def listing(self, name: str) -> Listing[Item]:
        return Listing(FILES[name], self.cut(), self.total)


def read_contents(folder: RunFolder, limits: Limits, manifest: Mapping[str, Any] | None = None) -> Contents:
    """Read a run folder. A file that is not there is taken as empty and named in `missing`.

    Raises InputError for a damaged file.
    """
    missing = frozenset(name for name in FILES if not folder[name].exists())

    def records(name: str, cls: type[Item], skip: Callable[[Mapping[str, Any]], bool] | None = None) -> Iterator[Item]:
        return iter(()) if name in missing else folder.read(name, cls, skip)

    families = _Best[WireFamily](limits.families, lambda family: (-len(family.members), family.id))
    for family in records("families", WireFamily):
        families.add(family)
    shown_families = families.listing("families")
    matches = _Matches(limits, shown_families.shown)
    for match in records("matches", PassageMatch, matches.passes_over):
        matches.add(match)
    flagged, candidates = matches.shown(), matches.candidates.listing("matches")
    outcomes: Counter[str] = Counter()
    translated = _counting(records("translations", Translation), outcomes)
    translations = _first("translations", limits.translations, translated, limits.characters, _translation_size)
    rules: Counter[tuple[str, str]] = Counter()
    ruled = _ruling(records("quarantine", Rejected), rules)
    quarantine = _first("quarantine", limits.quarantine, ruled, limits.characters, _rejected_size)
    wanted = {row.segment_id for row in translations.shown}
    spoken_of = {member.story_id for family in shown_families.shown for member in family.members}
    for match in flagged.shown + candidates.shown:
        wanted.update(match.source.segments, match.target.segments)
        spoken_of.update((match.source.story_id, match.target.story_id))
    names = {match.id for match in flagged.shown}
    stories = StoryLines(spoken_of)
    evidence = _first("stories", limits.stories, stories.noting(records("stories", Story), limits.stories))
    segments, languages, story_languages = _read_segments(records("segments", Segment), wanted, spoken_of)
    beads: dict[str, list[BeadPlace]] = {}
    bitext = _placing((pair for pair in records("pairs", Pair) if pair.origin == "bitext"), beads, limits.beads)
    return Contents(
        manifest=folder.manifest() if manifest is None else manifest,
        missing=missing,
        documents=stories.address(records("documents", Document)),
        outlets=len(stories.outlets),
        dates=stories.dates,
        undated=stories.undated,
        stories=stories.lines,
        story_languages=story_languages,
        evidence=evidence,
        flagged=flagged,
        candidates=candidates,
        boilerplate=matches.boilerplate,
        classes=matches.classes,
        outlet_pairs=matches.outlet_pairs,
        scores=matches.scores,
        families=shown_families,
        substitutions=_first("substitutions", limits.substitutions, read_substitutions(folder, missing, names)),
        facts=_first("facts", limits.facts, read_facts(folder, missing, names)),
        bitext=_first("pairs", limits.pairs, bitext, limits.characters, _pair_size),
        beads=beads,
        translations=translations,
        outcomes=outcomes,
        quarantine=quarantine,
        rules=rules,
        segments=segments,
        languages=languages,
    )


def _first(
    name: str,
    limit: int,
    records: Iterable[Item],
    characters: int = 0,
    size: Callable[[Item], int] = lambda record: 0,
) -> Listing[Item]:
    """The first `limit` records, or fewer where they hold more than so many characters."""
    listing: Listing[Item] = Listing(FILES[name])
    held, full = 0, False
    for record in records:
        held += size(record)
        full = full or held > characters > 0 or listing.total >= limit
        if not full:
            listing.shown.append(record)
        listing.total += 1
    return listing


def _translation_size(row: Translation) -> int:
    return 2 * len(row.text)  # the text that it reads is about as long


def _pair_size(pair: Pair) -> int:
    return len(pair.source) + len(pair.target)


def _rejected_size(row: Rejected) -> int:
    return len(row.record_id) + len(row.detail)


def _counting(records: Iterable[Translation], outcomes: Counter[str]) -> Iterator[Translation]:
    for translation in records:
        outcomes[translation.outcome] += 1
        outcomes["flagged"] += bool(translation.flags)
        yield translation


def _ruling(records: Iterable[Rejected], rules: Counter[tuple[str, str]]) -> Iterator[Rejected]:
    for rejected in records:
        rules[rejected.stage, rejected.rule] += 1
        yield rejected


def _placing(pairs: Iterable[Pair], beads: dict[str, list[BeadPlace]], limit: int) -> Iterator[Pair]:
    for pair in pairs:
        text, place = bead_place(pair)
        if place is not None and len(beads.setdefault(text, [])) < limit:
            beads[text].append(place)
        yield pair


def _read_segments(
    records: Iterable[Segment], wanted: set[str], stories: set[str]
) -> tuple[dict[str, Segment], Counter[str], dict[str, str]]:
    """The segments that are wanted, how many there are of each language, and the main language of those `stories`."""
    segments: dict[str, Segment] = {}
    languages: Counter[str] = Counter()
    weights: dict[str, Counter[str]] = {}
    for segment in records:
        languages[segment.language] += 1
        if segment.story_id in stories:
            weights.setdefault(segment.story_id, Counter())[segment.language] += len(segment.text)
        if segment.id in wanted:
            segments[segment.id] = segment
    return segments, languages, {story: weight.most_common(1)[0][0] for story, weight in weights.items()}


class _Matches:
    """The matches, counted and cut down while they are read. The best of each shown family stays."""

    def __init__(self, limits: Limits, families: Sequence[WireFamily]) -> None:
        self._flagged = _Best(limits.matches, _best_first)
        self._limits = limits
        self._family = {match: family.id for family in families for match in family.matches}
        self._of_family: dict[str, PassageMatch] = {}
        self.candidates = _Best(limits.candidates, _nearest_first)
        self.boilerplate = 0
        self.classes: Counter[str] = Counter()
        self.outlet_pairs: Counter[tuple[str, str]] = Counter()
        self.scores: dict[str, float] = {}

    def passes_over(self, line: Mapping[str, Any]) -> bool:
        """Whether a line is of a candidate that cannot be shown any more. It is counted, and need not be a record."""
        boilerplate, score, name = line.get("boilerplate"), line.get("score"), line.get("id")
        if line.get("flagged") is not False:
            return False
        if not (isinstance(boilerplate, bool) and isinstance(score, int | float) and isinstance(name, str)):
            return False  # to be refused
        if self.candidates.admits((boilerplate, -score, name)):
            return False
        self.candidates.total += 1
        self.boilerplate += boilerplate
        return True

    def add(self, match: PassageMatch) -> None:
        if not match.flagged:
            self.candidates.add(match)
            self.boilerplate += match.boilerplate
            return
        self._flagged.add(match)
        family = self._family.get(match.id)
        if family is not None:
            self._of_family[family] = min(self._of_family.get(family, match), match, key=_best_first)
            self.scores[match.id] = match.score
        self.classes[match.match_class] += 1
        a, b = sorted((outlet_name(match.source.outlet), outlet_name(match.target.outlet)))
        self.outlet_pairs[a, b] += 1

    def shown(self) -> Listing[PassageMatch]:
        """The flagged matches that are shown, the surest first."""
        chosen: dict[str, PassageMatch] = {}
        room = self._limits.match_characters
        first = sorted(self._of_family.values(), key=_best_first)
        for match in [*first, *self._flagged.cut()]:
            size = sum(len(side.text) + len(side.english) for side in (match.source, match.target))
            if match.id in chosen or len(chosen) >= self._limits.matches or 2 * size + 1200 > room:
                continue
            room -= 2 * size + 1200
            chosen[match.id] = match
        return Listing(FILES["matches"], sorted(chosen.values(), key=_best_first), self._flagged.total)


def _best_first(match: PassageMatch) -> tuple[float, str]:
    return -match.score, match.id


def _nearest_first(match: PassageMatch) -> tuple[bool, float, str]:
    return match.boilerplate, -match.score, match.id
