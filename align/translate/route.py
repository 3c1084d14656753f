"""Every segment to the model of its own language, in fixed units of work that a resumed run repeats exactly."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterable, Iterator, MutableMapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from align.errors import UnsupportedLanguageError
from align.language.tags import UNDETERMINED
from align.records import Rejected, Segment, Translated, Translation, Translator
from align.translate.guards import BROKEN, RETRIED, Identify, flags_for
from align.translate.verbatim.protect import has_words

__all__ = ["MEMORY", "WORK_UNIT", "Memory", "remember", "translate_checked", "translate_unit", "work_units"]

WORK_UNIT = 1024  # segments: enough for full batches of texts of one length

MEMORY = 4_000_000  # characters, of texts and translations together

Memory = MutableMapping[tuple[str, str], Translated]
"""What a run has translated lately, by language and text, the latest last: equal texts need no second translation."""


@dataclass(frozen=True, slots=True)
class _Missing:
    """Why nothing serves a language, and what to do about it."""

    detail: str


def work_units(segments: Iterable[Segment]) -> Iterator[list[Segment]]:
    """Segments in lists of WORK_UNIT, the last one shorter."""
    iterator = iter(segments)
    while unit := list(islice(iterator, WORK_UNIT)):
        yield unit


def remember(memory: Memory, segments: Iterable[Segment], records: Iterable[Translation | Rejected]) -> None:
    """Keep what a unit translated for later units, as much as MEMORY holds: what was not met for longest goes.

    The first translation of a text is the one that stays. Finished units alone have a say in what is kept, so a run
    that goes on after a kill keeps the same.
    """
    by_id = {segment.id: segment for segment in segments}
    for record in records:
        if isinstance(record, Translation) and record.outcome == "translated":
            key = _key(by_id[record.segment_id])
            memory[key] = memory.pop(key, Translated(record.text, record.score, record.flags))
    held = sum(len(text) + len(result.text) for (_, text), result in memory.items())
    while held > MEMORY:
        key = next(iter(memory))
        held -= len(key[1]) + len(memory.pop(key).text)


def translate_unit(
    segments: Sequence[Segment],
    translators: Callable[[str], Translator],
    *,
    target: str = "en",
    identify: Identify | None = None,
    memory: Memory | None = None,
) -> list[Translation | Rejected]:
    """The records of one unit of work, in order. Nothing but the arguments has a say in them; `memory` is only read.

    A segment already in the target language, or without a word in it, is copied. Flagged translations
    get a second try, as in `translate_checked`.
    """
    found: Memory = ChainMap({}, memory if memory is not None else {})
    served: dict[str, Translator | _Missing] = {}
    for language in dict.fromkeys(segment.language for segment in segments if not _is_copied(segment, target)):
        served[language] = _translator(language, translators)
        texts = [_text(item) for item in segments if item.language == language and not _is_copied(item, target)]
        new = list(dict.fromkeys(text for text in texts if (language, text) not in found))
        translator = served[language]
        if not isinstance(translator, _Missing) and new:
            results = translate_checked(translator, new, language, target=target, identify=identify)
            found.update({(language, text): result for text, result in zip(new, results, strict=True)})
    return [_record(segment, served, found, target) for segment in segments]


def _is_copied(segment: Segment, target: str) -> bool:
    return segment.language == target or not has_words(segment.text)


def _text(segment: Segment) -> str:
    """A segment is one sentence or line: line breaks inside it are only where the source wrapped."""
    return " ".join(segment.text.split())


def _key(segment: Segment) -> tuple[str, str]:
    return segment.language, _text(segment)


def _translator(language: str, translators: Callable[[str], Translator]) -> Translator | _Missing:
    if language == UNDETERMINED:
        return _Missing("the language could not be told (und); name the document's language if you know it")
    try:
        return translators(language)
    except UnsupportedLanguageError as error:
        return _Missing(str(error))


def translate_checked(
    translator: Translator,
    texts: Sequence[str],
    language: str,
    *,
    target: str = "en",
    identify: Identify | None = None,
) -> list[Translated]:
    """Translations with every flag that is due, those of broken ones after a second try.

    A text whose first translation has a flag that this may cure gets that try where its translator has one (`retry`);
    the one with fewer flags stays, a looping, empty, copied or broken-off one only where both are.
    """

    def guarded(text: str, result: Translated) -> Translated:
        flags = flags_for(
            text,
            result.text,
            source_language=language,
            target_language=target,
            score=result.score,
            engine=result.flags,
            identify=identify,
        )
        return replace(result, flags=flags)

    first = [guarded(*pair) for pair in zip(texts, translator.translate(texts, source=language), strict=True)]
    again = [index for index, result in enumerate(first) if RETRIED.intersection(result.flags)]
    retry = getattr(translator, "retry", None)
    if retry is None or not again:
        return first
    second = retry([texts[index] for index in again], source=language)
    for index, result in zip(again, second, strict=True):
        first[index] = min(first[index], guarded(texts[index], result), key=_damage)
    return first


def _damage(result: Translated) -> tuple[int, int]:
    """Fewer broken is better, then fewer doubtful; `min` keeps the first try where both are alike."""
    return len(BROKEN.intersection(result.flags)), len(result.flags)


def _record(
    segment: Segment,
    served: dict[str, Translator | _Missing],
    found: Memory,
    target: str,
) -> Translation | Rejected:
    if _is_copied(segment, target):
        return Translation(segment.id, segment.language, target, segment.text, "copied")
    translator = served[segment.language]
    if isinstance(translator, _Missing):
        return Rejected(segment.id, "translate", "no-model", translator.detail)
    result = found[_key(segment)]
    return Translation(
        segment.id,
        segment.language,
        target,
        result.text,
        "translated",
        translator.model,
        translator.revision,
        result.score,
        result.flags,
    )
