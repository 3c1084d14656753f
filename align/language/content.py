"""The words of a text that carry its topic, reduced to stems so that inflected forms meet."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from align.language.tags import LANGUAGES
from align.text.words import fold, words

__all__ = ["content_stems", "stem"]


@functools.cache
def _function_words(language: str) -> frozenset[str]:
    tables = tomllib.loads(files("align.language").joinpath("function_words.toml").read_text(encoding="utf-8"))
    return frozenset(words(tables.get(language, "")))


@functools.cache
def _stemmer(language: str) -> Any | None:
    import snowballstemmer

    name = LANGUAGES[language].name.lower() if language in LANGUAGES else ""
    return snowballstemmer.stemmer(name) if name in snowballstemmer.algorithms() else None


@functools.lru_cache(maxsize=200_000)
def stem(word: str, language: str) -> str:
    """The folded Snowball stem (Porter 2001) of a word; the folded word in a language without a stemmer."""
    stemmer = _stemmer(language)
    return fold(stemmer.stemWord(word.lower()) if stemmer is not None else word)


def content_stems(text: str, language: str) -> list[str]:
    """Stems of the words that carry topic, in order: no function words, no figures, nothing of one letter."""
    return content_of(words(text), language)


def content_of(folded: Sequence[str], language: str) -> list[str]:
    """The same from words that are already folded."""
    function_words = _function_words(language)
    return [
        stem(word, language) for word in folded if len(word) > 1 and word not in function_words and not word.isnumeric()
    ]
