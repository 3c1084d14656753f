"""Which pairs of a run are exported, each joined with where it comes from."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import get_args

from align.errors import InputError
from align.export.provenance import Place, SourcedPair
from align.records import Document, Pair, PairOrigin, Role, Segment, Story, Translation
from align.runfolder import RunFolder

__all__ = ["ANY_FLAG", "PairFilter", "select_pairs"]

ANY_FLAG = "any"


@dataclass(frozen=True, slots=True)
class PairFilter:
    """Conditions that a pair must meet, all of them; an empty one is no condition.

    `min_score` is on the scale of one origin, so `origins` must then name exactly one; a pair without a score does
    not reach it. `roles` must hold for every segment of the pair. `languages` are source languages. `without_flags`
    leaves out machine translations that a guard flagged with one of these names, or with any (`ANY_FLAG`).

    Raises InputError for an unknown origin or role, or a `min_score` that is no number or over several origins.
    """

    min_score: float | None = None
    origins: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    without_flags: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        _refuse_unknown("origin", self.origins, get_args(PairOrigin))
        _refuse_unknown("role", self.roles, get_args(Role))
        if self.min_score is not None and not math.isfinite(self.min_score):
            raise InputError(f"not a score: {self.min_score!r}; expected a number")
        if self.min_score is not None and len(self.origins) != 1:
            raise InputError(
                f"min_score {self.min_score!r} needs exactly one origin, since each has its own scale; "
                f"allowed: {', '.join(get_args(PairOrigin))}"
            )

    def in_words(self) -> tuple[str, ...]:
        """Each condition as `name: value`, in a fixed order."""
        conditions = [] if self.min_score is None else [f"min_score: {self.min_score}"]
        for name in ("origins", "roles", "languages", "without_flags"):
            if values := getattr(self, name):
                conditions.append(f"{name}: {', '.join(sorted(values))}")
        return tuple(conditions)

    def of(self, pairs: Iterable[SourcedPair]) -> Iterator[SourcedPair]:
        """The pairs that meet every condition. Of segments' roles nothing is known here, so none has a wanted one."""
        return (sourced for sourced in pairs if self.admits(sourced, {}))

    def admits(self, sourced: SourcedPair, roles: Mapping[str, Role]) -> bool:
        """Whether the pair meets every condition; `roles` are those of the segments, by id."""
        pair = sourced.pair
        if self.origins and pair.origin not in self.origins:
            return False
        if self.languages and pair.source_language not in self.languages:
            return False
        if self.min_score is not None and (pair.score is None or pair.score < self.min_score):
            return False
        unwanted = set(sourced.flags) if ANY_FLAG in self.without_flags else self.without_flags & set(sourced.flags)
        if unwanted:
            return False
        segments = (*pair.source_segments, *(() if sourced.target_place is None else pair.target_segments))
        return not self.roles or all(roles.get(segment) in self.roles for segment in segments)


def _refuse_unknown(what: str, given: frozenset[str], known: tuple[str, ...]) -> None:
    for value in sorted(given - set(known)):
        raise InputError(f"unknown {what} {value!r}; allowed: {', '.join(known)}")


Facts = tuple[str | None, str | None, tuple[str, ...]]


class _Sources:
    """The run's segments, stories, documents and translations, by id; the segments' texts only `with_sentences`."""

    def __init__(self, folder: RunFolder, with_sentences: bool) -> None:
        documents = {item.id: (item.url, item.sha256) for item in folder.read("documents", Document)}
        stories = {item.id: (item.outlet, item.published) for item in folder.read("stories", Story)}
        self.roles: dict[str, Role] = {}
        self.places: dict[str, tuple[Place, int, int]] = {}
        self.sentences: dict[str, str] = {}
        known: dict[Place, Place] = {}  # one object a story, not one a segment
        for segment in folder.read("segments", Segment):
            outlet, published = stories.get(segment.story_id, (None, None))
            url, sha256 = documents.get(segment.document_id, (None, None))
            place = Place(segment.document_id, outlet, url, published, sha256)
            self.places[segment.id] = known.setdefault(place, place), segment.span.begin, segment.span.end
            self.roles[segment.id] = segment.role
            if with_sentences:
                self.sentences[segment.id] = segment.text
        made: dict[Facts, Facts] = {}
        self.translations: dict[tuple[str, str], Facts] = {}
        for translation in folder.read("translations", Translation):
            facts = (translation.model, translation.revision, translation.flags)
            self.translations[translation.segment_id, translation.target_language] = made.setdefault(facts, facts)

    def sourced(self, pair: Pair) -> SourcedPair:
        ours = self._side(pair.source_segments)
        if pair.origin != "machine-translation":
            theirs = self._side(pair.target_segments)
            return SourcedPair(
                pair,
                ours[0],
                theirs[0],
                source_span=ours[1],
                target_span=theirs[1],
                source_sentences=ours[2],
                target_sentences=theirs[2],
            )
        made = [self.translations.get((segment, pair.target_language)) for segment in pair.source_segments]
        facts = [item for item in made if item is not None]
        flags = dict.fromkeys(flag for item in facts for flag in item[2])
        model, revision = facts[0][:2] if facts else (None, None)
        return SourcedPair(
            pair, ours[0], None, model, revision, tuple(flags), source_span=ours[1], source_sentences=ours[2]
        )

    def _side(self, segments: tuple[str, ...]) -> tuple[Place | None, tuple[int, int] | None, tuple[str, ...]]:
        """Where segments stand, from the first to the last, and their texts; nulls unless all are the run's own."""
        if not segments or not all(segment in self.places for segment in segments):
            return None, None, ()
        place, begin, _ = self.places[segments[0]]
        last, _, end = self.places[segments[-1]]
        span = (begin, end) if last.document_id == place.document_id and begin <= end else None
        texts = tuple(self.sentences[segment] for segment in segments) if self.sentences else ()
        return place, span, texts


def select_pairs(folder: RunFolder, chosen: PairFilter, *, with_sentences: bool = False) -> Iterator[SourcedPair]:
    """The pairs of a run that meet `chosen`, in their order, each with its provenance.

    Raises InputError when a file of the run is missing or damaged.
    """
    sources = _Sources(folder, with_sentences)
    for pair in folder.read("pairs", Pair):
        sourced = sources.sourced(pair)
        if chosen.admits(sourced, sources.roles):
            yield sourced
