"""What joins and cheap comparisons need of every sentence, as numbers: words and runs of words by their hashes.

A corpus of a million sentences does not fit into memory as words. As numbers in files it needs next to none, and what
is done to all of them is done by whole arrays.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from align.language.tags import LANGUAGES
from align.reuse.reading.sentences import Sentence
from align.reuse.reading.sides import counted_numbers, telling
from align.reuse.search.ragged import Ragged, RaggedFile

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Columns", "ColumnsFile", "Hashed", "hash_rows", "hashed", "read_columns", "traits_of"]

Hashed = tuple["NDArray[np.uint64]", "NDArray[np.int64]"]
"""The hashes of some rows, one row after the other, and the row that each belongs to."""

_RUN, _LONG_RUN = 3, 5  # words
_REMEMBERED = 2**18  # words
_MIX = np.uint64(0x9E3779B97F4A7C15)  # odd, so that no run is lost to another of the same words in another order


@dataclass(frozen=True, slots=True)
class Columns:
    """Of each sentence: its story's number, its place, its language's number, and hashes, each once in its row.

    `runs` and `english_runs` are runs of three words and of three English stems, `long_runs` runs of five words;
    `stems` and `english_stems` its stems, `names` its names; `counts` its numbers,
    a share told from a count; `figures` those that tell something.
    """

    story: NDArray[np.int64]
    place: NDArray[np.int64]
    language: NDArray[np.int64]
    ragged: Mapping[str, Ragged]

    def __len__(self) -> int:
        return len(self.story)


def hashed(word: str) -> int:
    """64 bits of a word, the same on every machine and in every process."""
    return int.from_bytes(hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


class _Hashes(dict[str, int]):
    """The hashes of the words that came last, found in half the time of `functools.lru_cache`."""

    def __missing__(self, word: str) -> int:
        if len(self) >= _REMEMBERED:
            self.clear()
        value = self[word] = hashed(word)
        return value


_HASHES = _Hashes()


def hash_rows(rows: Sequence[Collection[str]]) -> Hashed:
    """The hashes of the words of some rows, one row after the other, and the row that each belongs to."""
    owner = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
    return np.fromiter(map(_HASHES.__getitem__, chain.from_iterable(rows)), np.uint64, len(owner)), owner


def _runs(words: Hashed, size: int, count: int) -> Ragged:
    """One number for each run of `size` words that lies within a row."""
    values, owner = words
    last = max(len(values) - size + 1, 0)
    total = np.zeros(last, np.uint64)
    for place in range(size):
        total = (total ^ values[place : place + last]) * _MIX
        total ^= total >> np.uint64(29)
    inside = owner[:last] == owner[size - 1 : size - 1 + last]
    return Ragged.of(total[inside], owner[:last][inside], count)


def _counts(sentence: Sentence) -> list[str]:
    return [f"{number.value!r}{'%' * number.percent}" for number in counted_numbers(sentence)]


def _figures(sentence: Sentence) -> list[str]:
    return [f"#{number.value!r}" for number in sentence.numbers if telling(number.value) >= 1]


def traits_of(sentences: Sequence[Sentence], words: Hashed, english: Hashed) -> dict[str, Ragged]:
    """What the lexical join needs of some sentences, whose words and English stems were hashed."""
    count = len(sentences)
    return {
        "runs": _runs(words, _RUN, count),
        "english_runs": _runs(english, _RUN, count),
        "figures": Ragged.of(*hash_rows([_figures(item) for item in sentences]), count),
    }


def _ragged(sentences: Sequence[Sentence]) -> dict[str, Ragged]:
    """What is read off some sentences."""
    count = len(sentences)
    words = hash_rows([item.words for item in sentences])
    english = hash_rows([item.english_stems for item in sentences])
    return {
        **traits_of(sentences, words, english),
        "long_runs": _runs(words, _LONG_RUN, count),
        "stems": Ragged.of(*hash_rows([item.stems for item in sentences]), count),
        "english_stems": Ragged.of(*english, count),
        "names": Ragged.of(*hash_rows([item.names | item.english_names for item in sentences]), count),
        "counts": Ragged.of(*hash_rows([_counts(item) for item in sentences]), count),
    }


@functools.cache
def _language_number(language: str) -> int:
    known = sorted(LANGUAGES)
    return known.index(language) if language in known else hashed(language) >> 2


def read_columns(sentences: Sequence[Sentence], numbers: Mapping[str, int]) -> Columns:
    """The columns of sentences in memory; `numbers` maps a story's id to its number."""
    return Columns(*_places(sentences, numbers), _ragged(sentences))


def _places(
    sentences: Sequence[Sentence], numbers: Mapping[str, int]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    story = np.array([numbers[sentence.segment.story_id] for sentence in sentences], np.int64)
    place = np.array([sentence.place for sentence in sentences], np.int64)
    language = np.array([_language_number(sentence.segment.language) for sentence in sentences], np.int64)
    return story, place, language


class ColumnsFile:
    """Columns that are written to a folder, a batch of sentences after the other, and read from there.

    To be used in a `with` block, at whose end the files are closed.
    """

    def __init__(self, folder: Path) -> None:
        self._ragged = {name: RaggedFile(folder / f"{name}.u64") for name in _ragged(())}
        self._places: list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]] = []

    def __enter__(self) -> ColumnsFile:
        return self

    def __exit__(self, *error: object) -> None:
        for file in self._ragged.values():
            file.close()

    def add(self, sentences: Sequence[Sentence], numbers: Mapping[str, int]) -> None:
        """Append a batch; `numbers` maps a story's id to its number."""
        for name, rows in _ragged(sentences).items():
            self._ragged[name].add(rows)
        self._places.append(_places(sentences, numbers))

    def columns(self) -> Columns:
        """What was written, to be read."""
        empty = np.zeros(0, np.int64)
        story, place, language = (
            np.concatenate([empty, *(batch[part] for batch in self._places)]) for part in range(3)
        )
        return Columns(story, place, language, {name: file.rows() for name, file in self._ragged.items()})
