"""Invented stories as the tracer is given them, and an encoder that needs no weights."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence

import numpy as np

from align.config import ReuseConfig
from align.records import (
    Agreement,
    Evidence,
    OutletEvidence,
    Passage,
    PassageMatch,
    Segment,
    Span,
    Story,
    Translation,
)
from align.reuse.reading.sentences import Sentence, read_sentences
from align.reuse.scoring.evidence import FEATURES
from align.reuse.scoring.rarity import Rarities
from align.reuse.scoring.score import ReuseModel
from align.reuse.search.candidates import Candidates
from align.reuse.search.columns import Columns, read_columns
from align.reuse.search.surroundings import Surroundings, clauses, crowds_of, surroundings
from align.reuse.search.windows import Windows, encode_windows
from align.reuse.trace import score_passages

# a model made by hand, so that nothing here depends on what the shipped one was last fitted on
MADE = ReuseModel.alike(
    -5.0,
    {
        **dict.fromkeys(FEATURES, 0.0),
        "cosine": 2.0,
        "margin": 4.0,
        "clause": 1.0,
        "clause_margin": 2.0,
        "best": 1.0,
        "lexical": 4.0,
        "run": 1.5,
        "unread": 1.0,
        "numbers_same": 2.0,
        "numbers_different": -2.0,
        "numbers_missing": -0.5,
        "names_same": 0.5,
        "names_missing": -1.0,
        "quote": 0.5,
        "same_claimant": 0.5,
        "other_claimant": -1.0,
        "other_day": -1.5,
        "order": 1.5,
        "alone": -0.5,
        "story": 1.0,
    },
    "made by hand",
)


class LetterEncoder:
    """Bags of three letters, hashed: texts that are spelled alike lie close together, in one language alone."""

    name = "letters"
    languages = frozenset({"en", "fr", "tr", "ru", "ar"})

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        rows = np.zeros((len(texts), 256), np.float32)
        for row, text in zip(rows, texts, strict=True):
            padded = f" {text.lower()} "
            for begin in range(len(padded) - 2):
                row[zlib.crc32(padded[begin : begin + 3].encode()) % 256] += 1
            row /= max(float(np.linalg.norm(row)), 1e-9)
        return rows


class Page:
    """One document, built up story by story; each sentence is one segment."""

    def __init__(self, document: str = "d") -> None:
        self.document = document
        self.text = ""
        self.stories: list[Story] = []
        self.segments: list[Segment] = []
        self.translations: dict[str, Translation] = {}
        self._state: tuple[int, int] | None = None
        self._sentences: list[Sentence] = []

    @classmethod
    def of(cls, stories: Iterable[tuple[str | None, str | None, Sequence[str]]]) -> Page:
        """Stories by outlet, date and lines, called s0, s1 and so on."""
        page = cls()
        for number, (outlet, published, lines) in enumerate(stories):
            page.add(f"s{number}", lines, outlet=outlet, published=published)
        return page

    def add(
        self,
        key: str,
        sentences: Sequence[str],
        *,
        language: str = "en",
        english: Sequence[str] | None = None,
        outlet: str | None = None,
        published: str | None = None,
    ) -> Page:
        """Add a story; what is English is its own translation."""
        start = len(self.text)
        readings = sentences if language == "en" else english or ()
        for place, sentence in enumerate(sentences):
            span = Span(len(self.text), len(self.text) + len(sentence))
            name = f"{key}:{place}"
            self.segments.append(
                Segment(name, self.document, key, len(self.segments), span, sentence, "body", language, 1.0)
            )
            if readings:
                outcome = "copied" if language == "en" else "translated"
                self.translations[name] = Translation(name, language, "en", readings[place], outcome)
            self.text += sentence + " "
        precision = {4: "year", 7: "month", 10: "day"}.get(len(published or ""))
        span = Span(start, len(self.text))
        self.stories.append(
            Story(key, self.document, span, outlet=outlet, published=published, published_precision=precision)
        )
        return self

    @property
    def sentences(self) -> list[Sentence]:
        state = len(self.segments), id(self.translations)
        if state != self._state:
            self._state, self._sentences = state, read_sentences(self.segments, self.translations)
        return self._sentences

    @property
    def sizes(self) -> dict[str, int]:
        return {
            story.id: sum(sentence.segment.story_id == story.id for sentence in self.sentences)
            for story in self.stories
        }

    @property
    def numbers(self) -> dict[str, int]:
        return {story.id: number for number, story in enumerate(self.stories)}

    @property
    def columns(self) -> Columns:
        return read_columns(self.sentences, self.numbers)

    def windows(self, encoder: object = None) -> Windows:
        return encode_windows([sentence.segment.text for sentence in self.sentences], encoder or LetterEncoder())

    def trace(
        self,
        encoder: object = None,
        config: ReuseConfig | None = None,
        *,
        model: ReuseModel | None = MADE,
        **options: object,
    ) -> list[PassageMatch]:
        """The scored matches, by the model made by hand; by the shipped one for None."""
        return score_passages(
            self.sentences,
            self.stories,
            self.windows(encoder),
            config or ReuseConfig(),
            texts={self.document: self.text},
            model=model,
            **options,
        )


def sentence(text: str, language: str = "en", english: str | None = None) -> Sentence:
    """One sentence by itself."""
    page = Page().add("s", [text], language=language, english=None if english is None else [english])
    (found,) = page.sentences
    return found


def rarities(sentences: Sequence[Sentence]) -> Rarities:
    """How telling words are among some sentences."""
    stories = dict.fromkeys((sentence.segment.story_id for sentence in sentences), 0)
    return Rarities.of(read_columns(sentences, stories))


def evidence(
    *, cosine: float = 0.0, numbers: Agreement | None = None, names: Agreement | None = None, **features: float
) -> Evidence:
    """Evidence with all features at 0 but those that are given."""
    held = {**dict.fromkeys(FEATURES, 0.0), "across": 0.0, "cosine": cosine, **features}
    return Evidence(
        cosine, held["lexical"], numbers or Agreement(), names or Agreement(), held["order"], 0.0, 0.0, held
    )


def passage(story: str, *places: int, outlet: str | None = None, text: str = "", english: str = "") -> Passage:
    """A passage of a story, by the places of its sentences."""
    segments = tuple(f"{story}:{place}" for place in places)
    return Passage("d", story, outlet, Span(0, len(text)), text, english, segments)


def match(source: Passage, target: Passage, score: float, *, flagged: bool | None = None) -> PassageMatch:
    """A match between two passages, flagged from one half on."""
    identity = f"{source.segments[0]}+{len(source.segments)}~{target.segments[0]}+{len(target.segments)}"
    kept = score >= 0.5 if flagged is None else flagged
    return PassageMatch(identity, source, target, score, kept, "rewrite" if kept else "unrelated", evidence())


def story(
    key: str, *, outlet: str | None = None, published: str | None = None, precision: str | None = "day", **named: str
) -> Story:
    """A story by itself; `named` are kinds of evidence with the outlet that each speaks for."""
    naming = tuple(OutletEvidence(kind.replace("_", "-"), name, name) for kind, name in named.items())
    return Story(key, "d", Span(0, 1), None, outlet, naming, published, precision if published else None)


def look_around(pairs: Candidates, story: np.ndarray, windows: Windows) -> Surroundings:
    """The surroundings of all candidates at once; `story` is the number of each sentence's story."""
    clause = clauses(pairs, windows)
    return surroundings(pairs, story, clause, crowds_of(pairs, clause, len(story)))
