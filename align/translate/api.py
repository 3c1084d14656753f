"""Translating from a script: lists, streams, and columns of a data set."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from align.config import TranslateConfig
from align.errors import InputError
from align.language.identify import identify
from align.language.tags import language as language_entry
from align.records import Translated, Translator
from align.translate.route import WORK_UNIT, translate_checked
from align.translate.serving import translators

__all__ = ["TranslateColumn", "stream", "translate"]


def translate(
    texts: Sequence[str], *, source: str, settings: TranslateConfig | None = None, cache: bool = True
) -> list[Translated]:
    """Read `texts` of the language `source` in English: text, score and flags for each, in order.

    The score is the mean log-probability of the output's tokens (at most 0; None where no model spoke), the flags are
    what is doubtful (`align.translate.guards.FLAGS`). Nothing is downloaded: `settings` names models, else the best
    one installed serves, else the embedded draft model. With `cache`, what was translated before is looked up.

    Raises InputError for texts that are no list of strings, UnsupportedLanguageError for a language without a model,
    ModelUnavailableError for a model that cannot be loaded.
    """
    if isinstance(texts, str):
        raise InputError(f"texts: expected a list of strings, got one string: {texts[:40]!r}")
    return list(stream(texts, source=source, settings=settings, cache=cache))


def stream(
    texts: Iterable[str], *, source: str, settings: TranslateConfig | None = None, cache: bool = True
) -> Iterator[Translated]:
    """As `translate`, for texts that do not fit into memory: results come in order, some hundred at a time."""
    settings = settings or TranslateConfig()
    tag = language_entry(source).tag
    iterator = iter(texts)
    while unit := list(islice(iterator, WORK_UNIT)):
        _check(unit)
        yield from _unit(unit, tag, settings, cache)


@dataclass(frozen=True)
class TranslateColumn:
    """A function for `datasets.Dataset.map(..., batched=True)` that translates a column.

    To each row it adds the columns `into`, `into` + "_score" and `into` + "_flags". The language is `source`, or for
    each row what its column `source_column` says. A row without a text gets null.
    """

    source: str | None = None
    column: str = "text"
    into: str = "translation"
    source_column: str | None = None
    settings: TranslateConfig = field(default_factory=TranslateConfig)
    cache: bool = True

    def __call__(self, batch: Mapping[str, Sequence[Any]]) -> dict[str, list[Any]]:
        """The new columns of a batch. Raises InputError for a missing column or a value that is no text."""
        texts = self._values(batch, self.column)
        if (self.source is None) == (self.source_column is None):
            raise InputError("TranslateColumn: name the language with source, or its column with source_column")
        tags = self._values(batch, self.source_column) if self.source_column else [self.source] * len(texts)
        rows: dict[str, list[int]] = defaultdict(list)
        for row, (text, tag) in enumerate(zip(texts, tags, strict=True)):
            if text is not None:
                rows[tag].append(row)
        results: list[Translated | None] = [None] * len(texts)
        for tag in sorted(rows, key=str):
            found = translate([texts[row] for row in rows[tag]], source=tag, settings=self.settings, cache=self.cache)
            for row, result in zip(rows[tag], found, strict=True):
                results[row] = result
        return {
            self.into: [result and result.text for result in results],
            f"{self.into}_score": [result and result.score for result in results],
            f"{self.into}_flags": [list(result.flags) if result else [] for result in results],
        }

    def _values(self, batch: Mapping[str, Sequence[Any]], column: str) -> Sequence[Any]:
        if column not in batch:
            raise InputError(f"no column {column!r}; the data set has: {', '.join(sorted(batch))}")
        return batch[column]


def _check(texts: Sequence[str]) -> None:
    for text in texts:
        if not isinstance(text, str):
            raise InputError(f"texts: not a string: {text!r}")


def _unit(texts: Sequence[str], tag: str, settings: TranslateConfig, cache: bool) -> list[Translated]:
    if tag == settings.target:
        return [Translated(text, None) for text in texts]
    new = list(dict.fromkeys(texts))
    results = translate_checked(_translators(settings, cache)(tag), new, tag, target=settings.target, identify=identify)
    found = dict(zip(new, results, strict=True))
    return [found[text] for text in texts]


_kept: dict[str, Callable[[str], Translator]] = {}


def _translators(settings: TranslateConfig, cache: bool) -> Callable[[str], Translator]:
    """The loaded models of some settings, from call to call."""
    key = repr((settings, cache))
    if key not in _kept:
        _kept[key] = translators(settings, cache=cache)
    return _kept[key]
