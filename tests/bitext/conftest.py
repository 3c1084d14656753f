"""A stand-in encoder whose vectors are sums of word vectors, so that a word means the same on both sides."""

import zlib
from collections.abc import Sequence
from functools import cache

import numpy as np
import pytest

from align.embed.use import UseM3


@cache
def direction(word: str) -> np.ndarray:
    return np.random.default_rng(zlib.crc32(word.encode())).standard_normal(64).astype(np.float32)


class WordEncoder:
    """Every word has its own fixed direction; case and punctuation do not count."""

    name = "words"
    languages = frozenset({"en"})

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        rows = np.zeros((len(texts), 64), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in text.lower().replace(".", " ").split():
                row += direction(word)
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


@pytest.fixture(scope="session")
def words() -> WordEncoder:
    return WordEncoder()


@pytest.fixture(scope="session")
def use_m3() -> UseM3:
    return UseM3()


@pytest.fixture(scope="session")
def story() -> list[str]:
    """Sixty sentences of nine words each that share no word with one another."""
    return [" ".join(f"word{i}x{k}" for k in range(9)) + "." for i in range(60)]
