"""The words of a text that carry its topic, reduced to stems so that inflected forms meet."""

from __future__ import annotations

import functools
import tomllib
from importlib.resources import files
from typing import Any

from align.language.tags import LANGUAGES
from align.text.words import fold, fold_word, words, written_words

__all__ = ["content_stems", "is_function_word", "stem"]


@functools.cache
def _function_words(language: str) -> frozenset[str]:
    tables = tomllib.loads(files("align.language").joinpath("function_words.toml").read_text(encoding="utf-8"))
    return frozenset(words(tables.get(language, "")))


@functools.cache
def _stemmer(language: str) -> Any | None:
    import Stemmer

    name = LANGUAGES[language].name.lower() if language in LANGUAGES else ""
    return Stemmer.Stemmer(name) if name in Stemmer.algorithms() else None


@functools.lru_cache(maxsize=200_000)
def stem(word: str, language: str) -> str:
    """The Snowball stem (Porter 2001) of a word as it is written, folded; the folded word where there is no stemmer.

    The endings that a stemmer cuts off are spelt with accents and, in Turkish, with a dotless i: folding comes last.
    """
    stemmer = _stemmer(language)
    return fold(stemmer.stemWord(_lowered(word, language)) if stemmer is not None else word)


def _lowered(word: str, language: str) -> str:
    if language == "tr":
        word = word.replace("I", "ı").replace("İ", "i")
    return word.lower()


def is_function_word(word: str, language: str) -> bool:
    """Whether a word serves grammar and carries no topic, in whatever case it is written."""
    return fold_word(word) in _function_words(language)


def content_stems(text: str, language: str) -> list[str]:
    """Stems of the words that carry topic, in order: no function words, no figures, nothing of one letter."""
    return [found for word in written_words(text) if (found := _content_stem(word, language))]


@functools.lru_cache(maxsize=200_000)
def _content_stem(word: str, language: str) -> str:
    """The stem of a word as it is written; nothing where it carries no topic."""
    folded = fold(word)
    carries = len(folded) > 1 and folded not in _function_words(language) and not folded.isnumeric()
    return stem(word, language) if carries else ""
