"""Which pairs of a run are exported, each joined with where it comes from."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import get_args

from align.errors import InputError
from align.export.provenance import Place, SourcedPair
from align.lookup import Lookup, batches
from align.records import Document, Pair, PairOrigin, Role, Segment, Story, Translation
from align.runfolder import RunFolder

__all__ = ["ANY_FLAG", "PairFilter", "select_pairs"]

ANY_FLAG = "any"
_BATCH = 256  # pairs that are joined at a time


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


class _Sources:
    """The run's documents, stories, segments and translations, on disk; the segments' texts only `with_sentences`."""

    def __init__(self, folder: RunFolder, with_sentences: bool, stack: ExitStack) -> None:
        self._documents, self._stories, self._segments, self._translations = (
            stack.enter_context(Lookup()) for _ in range(4)
        )
        self._documents.fill((item.id, (item.url, item.sha256)) for item in folder.read("documents", Document))
        self._stories.fill((item.id, (item.outlet, item.published)) for item in folder.read("stories", Story))
        for item in folder.read("segments", Segment):
            text = item.text if with_sentences else None
            row = (item.document_id, item.story_id, item.span.begin, item.span.end, item.role, text)
            self._segments.add(item.id, row)
        for made in folder.read("translations", Translation):
            if made.outcome == "translated":
                key = _translation_key(made.segment_id, made.target_language)
                self._translations.add(key, (made.model, made.revision, made.flags))

    def known(self, pairs: Sequence[Pair]) -> _Known:
        """What is known of the segments of some pairs."""
        found = self._segments.find(name for pair in pairs for name in (*pair.source_segments, *pair.target_segments))
        documents = self._documents.find(row[0] for row in found.values())
        stories = self._stories.find(row[1] for row in found.values())
        known = _Known()
        for name, (document_id, story_id, begin, end, role, text) in found.items():
            (url, sha256), (outlet, published) = (
                rows.get(key, (None, None)) for rows, key in ((documents, document_id), (stories, story_id))
            )
            known.places[name] = Place(document_id, outlet, url, published, sha256), begin, end
            known.roles[name] = role
            if text is not None:
                known.sentences[name] = text
        asked = {
            _translation_key(name, pair.target_language): (name, pair.target_language)
            for pair in pairs
            if pair.origin == "machine-translation"
            for name in pair.source_segments
        }
        for key, (model, revision, flags) in self._translations.find(asked).items():
            known.translations[asked[key]] = model, revision, tuple(flags)
        return known


def _translation_key(segment_id: str, target_language: str) -> str:
    return f"{target_language} {segment_id}"


@dataclass(slots=True)
class _Known:
    """Roles, places and texts of segments by id, and who translated them."""

    roles: dict[str, Role] = field(default_factory=dict)
    places: dict[str, tuple[Place, int, int]] = field(default_factory=dict)
    sentences: dict[str, str] = field(default_factory=dict)
    translations: dict[tuple[str, str], tuple[str | None, str | None, tuple[str, ...]]] = field(default_factory=dict)

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

    What the pairs are joined with waits in a temporary file, not in memory.

    Raises InputError when a file of the run is missing or damaged.
    """
    with ExitStack() as stack:
        sources = _Sources(folder, with_sentences, stack)
        for pairs in batches(folder.read("pairs", Pair), _BATCH):
            known = sources.known(pairs)
            for pair in pairs:
                sourced = known.sourced(pair)
                if chosen.admits(sourced, known.roles):
                    yield sourced
