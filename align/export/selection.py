"""Which pairs of a run are exported, each joined with where it comes from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, get_args

from align.errors import InputError
from align.records import Document, Pair, PairOrigin, Role, Segment, Story, Translation
from align.runfolder import RunFolder

__all__ = ["ANY_FLAG", "PairFilter", "Place", "SourcedPair", "select_pairs"]

ANY_FLAG = "any"


@dataclass(frozen=True, slots=True)
class PairFilter:
    """Conditions that a pair must meet, all of them; an empty one is no condition.

    `min_score` is on the scale of one origin, so `origins` must then name exactly one; a pair without a score does
    not reach it. `roles` must hold for every segment of the pair. `languages` are source languages. `without_flags`
    leaves out machine translations that a guard flagged with one of these names, or with any (`ANY_FLAG`).

    Raises InputError for an unknown origin or role, or a `min_score` over several origins.
    """

    min_score: float | None = None
    origins: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    without_flags: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        _refuse_unknown("origin", self.origins, get_args(PairOrigin))
        _refuse_unknown("role", self.roles, get_args(Role))
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


def _refuse_unknown(what: str, given: frozenset[str], known: tuple[str, ...]) -> None:
    for value in sorted(given - set(known)):
        raise InputError(f"unknown {what} {value!r}; allowed: {', '.join(known)}")


class Place(NamedTuple):
    """Where one side of a pair stands: the document, and the outlet of the story that its first segment lies in."""

    document_id: str
    outlet: str | None
    url: str | None


@dataclass(frozen=True, slots=True)
class SourcedPair:
    """A pair with its provenance.

    `target_place` is null for a machine translation, and so are `model` and `revision` for anything else. `flags`
    are the guards' findings on the translation that the pair holds.
    """

    pair: Pair
    source_place: Place | None
    target_place: Place | None = None
    model: str | None = None
    revision: str | None = None
    flags: tuple[str, ...] = ()


class _Sources:
    """The run's segments, stories, documents and translations, by id."""

    def __init__(self, folder: RunFolder) -> None:
        urls = {document.id: document.url for document in folder.read("documents", Document)}
        outlets = {story.id: story.outlet for story in folder.read("stories", Story)}
        self.roles: dict[str, Role] = {}
        self.places: dict[str, Place] = {}
        known: dict[Place, Place] = {}  # one object a story, not one a segment
        for segment in folder.read("segments", Segment):
            place = Place(segment.document_id, outlets.get(segment.story_id), urls.get(segment.document_id))
            self.places[segment.id] = known.setdefault(place, place)
            self.roles[segment.id] = segment.role
        made: dict[tuple[str | None, str | None, tuple[str, ...]], tuple[str | None, str | None, tuple[str, ...]]] = {}
        self.translations = {}
        for translation in folder.read("translations", Translation):
            facts = (translation.model, translation.revision, translation.flags)
            self.translations[translation.segment_id, translation.target_language] = made.setdefault(facts, facts)

    def place(self, segments: tuple[str, ...]) -> Place | None:
        return self.places.get(segments[0]) if segments else None

    def sourced(self, pair: Pair) -> SourcedPair:
        source, target = self.place(pair.source_segments), self.place(pair.target_segments)
        if pair.origin != "machine-translation":
            return SourcedPair(pair, source, target)
        made = [self.translations.get((segment, pair.target_language)) for segment in pair.source_segments]
        facts = [item for item in made if item is not None]
        flags = dict.fromkeys(flag for item in facts for flag in item[2])
        model, revision = facts[0][:2] if facts else (None, None)
        return SourcedPair(pair, source, None, model, revision, tuple(flags))


def select_pairs(folder: RunFolder, chosen: PairFilter) -> Iterator[SourcedPair]:
    """The pairs of a run that meet `chosen`, in their order, each with its provenance.

    Raises InputError when a file of the run is missing or damaged.
    """
    sources = _Sources(folder)
    for pair in folder.read("pairs", Pair):
        sourced = sources.sourced(pair)
        if _meets(sourced, chosen, sources.roles):
            yield sourced


def _meets(sourced: SourcedPair, chosen: PairFilter, roles: dict[str, Role]) -> bool:
    pair = sourced.pair
    if chosen.origins and pair.origin not in chosen.origins:
        return False
    if chosen.languages and pair.source_language not in chosen.languages:
        return False
    if chosen.min_score is not None and (pair.score is None or pair.score < chosen.min_score):
        return False
    unwanted = set(sourced.flags) if ANY_FLAG in chosen.without_flags else chosen.without_flags & set(sourced.flags)
    if unwanted:
        return False
    segments = (*pair.source_segments, *(() if sourced.target_place is None else pair.target_segments))
    return not chosen.roles or all(roles.get(segment) in chosen.roles for segment in segments)
