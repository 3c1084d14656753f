"""The records that cross the borders between rooms, and the protocols of what a caller may plug in.

Frozen, slotted, standard library only. Offsets are half-open Unicode code points into `Document.text`, so
`document.text[span.begin:span.end] == segment.text` always holds. Each record's field names are its keys in the
run folder; a field called `span` is written flat, as `begin` and `end`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

Role = Literal[
    "body",
    "heading",
    "quote",
    "post",
    "caption",
    "byline",
    "dateline",
    "attribution",
    "boilerplate",
]
DatePrecision = Literal["year", "month", "day", "minute"]
OutletEvidenceKind = Literal[
    "credit", "dateline", "self-reference", "byline", "photo-credit", "citation", "metadata", "url"
]
Outcome = Literal["translated", "copied"]
PairOrigin = Literal["machine-translation", "bitext", "reuse"]
MatchClass = Literal["verbatim", "rewrite", "passage", "same-event", "unrelated"]
OriginBasis = Literal["credit", "dateline", "earliest", "containment", "unknown"]
FactKind = Literal["number", "name", "claimant"]
Stage = Literal["read", "structure", "identify", "translate", "encode", "align", "reuse"]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of code points, `0 <= begin <= end`."""

    begin: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.begin <= self.end:
            raise ValueError(f"not a span: begin {self.begin!r}, end {self.end!r}")

    def __len__(self) -> int:
        return self.end - self.begin

    def of(self, text: str) -> str:
        """The part of `text` that this span covers."""
        return text[self.begin : self.end]

    def contains(self, other: Span) -> bool:
        """Whether `other` lies wholly inside this span."""
        return self.begin <= other.begin and other.end <= self.end


@dataclass(frozen=True, slots=True)
class Mark:
    """What the source's own markup says of a stretch of text: an HTML heading, a caption, a quoted post."""

    span: Span
    role: Role


@dataclass(frozen=True, slots=True)
class Document:
    """One page or article as it was read.

    `published` is ISO 8601 cut at `published_precision` ("2020-02" for a month), never filled up with a day that
    nobody stated. `language` is what the source claims, as a BCP-47 tag; segments are identified on their own.
    """

    id: str
    text: str
    url: str | None = None
    outlet: str | None = None
    title: str | None = None
    published: str | None = None
    published_precision: DatePrecision | None = None
    language: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    marks: tuple[Mark, ...] = ()

    @property
    def sha256(self) -> str:
        """Hash of the text in UTF-8; lone surrogates are hashed as they are."""
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class OutletEvidence:
    """One place where an outlet is named, and what kind of naming it is.

    `span` is null for evidence that does not stand in the text (a URL, a metadata field). `outlet` is the key that
    this evidence speaks for, or null when the name is in no table.
    """

    kind: OutletEvidenceKind
    text: str
    outlet: str | None = None
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """One outlet's story inside a document. The stories of a document cover its text in order."""

    id: str
    document_id: str
    span: Span
    title: str | None = None
    outlet: str | None = None
    outlet_evidence: tuple[OutletEvidence, ...] = ()
    published: str | None = None
    published_precision: DatePrecision | None = None


@dataclass(frozen=True, slots=True)
class LanguageSpan:
    """A stretch of a mixed segment that is in another language than the rest."""

    span: Span
    language: str


@dataclass(frozen=True, slots=True)
class Segment:
    """A sentence, or a line that is no sentence (a heading, a byline), with its role and language.

    `index` counts from 0 within the document; `paragraph` is the number of the block that the segment was cut from.
    `language` is a BCP-47 tag, `und` where nothing tells; `language_score` lies in [0, 1], higher is surer.
    """

    id: str
    document_id: str
    story_id: str
    index: int
    span: Span
    text: str
    role: Role
    language: str = "und"
    language_score: float = 0.0
    paragraph: int = 0
    language_spans: tuple[LanguageSpan, ...] = ()


@dataclass(frozen=True, slots=True)
class Translated:
    """What a translator gives back for one text.

    `score` is the mean log-probability of the output's tokens, <= 0 (null when no model spoke).
    """

    text: str
    score: float | None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Translation:
    """A segment read in the target language."""

    segment_id: str
    source_language: str
    target_language: str
    text: str
    outcome: Outcome
    model: str | None = None
    revision: str | None = None
    score: float | None = None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bead:
    """Aligned ranges of sentences, half-open on both sides; an empty side is a deletion.

    `score` lies in [0, 1], higher is surer.
    """

    source: tuple[int, int]
    target: tuple[int, int]
    score: float

    @property
    def shape(self) -> str:
        """How many sentences stand on each side, as "2-1"."""
        return f"{self.source[1] - self.source[0]}-{self.target[1] - self.target[0]}"


@dataclass(frozen=True, slots=True)
class Pair:
    """One line of the parallel corpus. `score` is on the scale of its `origin`: see `docs/formats.md`."""

    id: str
    source_language: str
    target_language: str
    source: str
    target: str
    source_segments: tuple[str, ...]
    target_segments: tuple[str, ...]
    shape: str
    score: float | None
    origin: PairOrigin


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of neighbouring segments of one story, in its own words and in English."""

    document_id: str
    story_id: str
    outlet: str | None
    span: Span
    text: str
    english: str
    segments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Agreement:
    """Items of two passages held against each other: the same on both sides, clashing, or on one side only."""

    same: tuple[str, ...] = ()
    different: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """Every part that a match's score was made of.

    `cosine` in [-1, 1] between the passages' vectors; `lexical` in [0, 1], rarity-weighted share of words in common, in
    English where the languages differ; `order` in [0, 1], support from neighbouring matches of the same two stories;
    `quote` in [0, 1], share of quoted words in common (0 when neither side quotes); `attribution` 1 when both name the
    same speaker, -1 when they name different ones, 0 otherwise. `features` holds the numbers that entered the model, by
    name.
    """

    cosine: float
    lexical: float
    numbers: Agreement
    names: Agreement
    order: float
    quote: float
    attribution: float
    features: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MatchRun:
    """Flagged matches of two stories that lie close together in both, as one passage of several sentences.

    `source` and `target` are what it covers of the two documents, from the first to the last sentence that matches;
    `matches` are its matches in the order of the source; `score` in [0, 1] is that of the best of them.
    """

    id: str
    source: Span
    target: Span
    matches: tuple[str, ...]
    score: float


@dataclass(frozen=True, slots=True)
class PassageMatch:
    """Two passages of two stories that were compared, with the probability that they rewrite one source.

    `boilerplate` says that either side recurs in many stories on days far apart; such a match is never flagged.
    `run` joins matches that go on with each other in both stories to one longer passage; null where nothing was joined.
    """

    id: str
    source: Passage
    target: Passage
    score: float
    flagged: bool
    match_class: MatchClass
    evidence: Evidence
    boilerplate: bool = False
    run: MatchRun | None = None


@dataclass(frozen=True, slots=True)
class FamilyMember:
    """A story in a family."""

    story_id: str
    outlet: str | None
    published: str | None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a family's text appears to come from, and the rung of the ladder that decided it."""

    story_id: str | None
    outlet: str | None
    basis: OriginBasis
    reason: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A number with what it counts that several stories state, and how many origins it has as seen in this input.

    `value` has all its digits, a share its sign; `what` is "" where no story says what is counted.
    """

    value: str
    what: str
    stories: tuple[str, ...]
    independent_origins: int


@dataclass(frozen=True, slots=True)
class WireFamily:
    """Stories that appear to retell one source, as seen in this input; `claims` may also stand in stories outside."""

    id: str
    members: tuple[FamilyMember, ...]
    matches: tuple[str, ...]
    independent_origins: int
    origin: Origin
    claims: tuple[Claim, ...] = ()


@dataclass(frozen=True, slots=True)
class Substitution:
    """What one outlet writes where another, retelling the same sentence, writes something else."""

    outlet_a: str
    outlet_b: str
    words_a: str
    words_b: str
    count: int
    matches: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """What stories of `outlet` state in a passage, and what was not found in stories of `other` that retell it.

    `count` is the number of pairs of stories of which that is so.
    """

    outlet: str
    other: str
    kind: FactKind
    fact: str
    count: int
    matches: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rejected:
    """A record that could not be processed, or is doubtful: the stage, the rule and what it saw."""

    record_id: str
    stage: Stage
    rule: str
    detail: str


class Translator(Protocol):
    """Reads texts of one language in English.

    `model` and `revision` name what is behind it; both go into every translation.
    """

    @property
    def model(self) -> str:
        """What the model is called in the output."""
        ...

    @property
    def revision(self) -> str:
        """Which state of the model it is: a commit, or the head of its weights' hash."""
        ...

    def translate(self, texts: Sequence[str], *, source: str) -> list[Translated]:
        """One result for each text, in order. A result does not depend on the other texts of the call."""
        ...


class Encoder(Protocol):
    """Turns texts into vectors in which translations of each other lie close together."""

    @property
    def name(self) -> str:
        """What the encoder is called in the output."""
        ...

    @property
    def languages(self) -> frozenset[str]:
        """The BCP-47 tags that it was trained on."""
        ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """float32 (n, d), rows of length 1 (a row of zeros for a text without a token)."""
        ...
