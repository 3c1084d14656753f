"""Vectors that the caller has already, behind the encoder's protocol."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from align.errors import InputError

if TYPE_CHECKING:
    from align.records import Vectors

__all__ = ["VectorEncoder", "unit_rows"]


class VectorEncoder:
    """An encoder that looks texts up: row i of `vectors` (n, d) is that of `texts[i]`; rows may have any length.

    A text that is given more than once has the mean of its rows. A run of sentences has the vector of its joined
    string (one space between sentences) where that is among `texts`, else the mean of its sentences' vectors, weighted
    by the square root of their length in characters, which aligns about as well as joined strings do.

    Raises InputError when the numbers of texts and rows differ, `vectors` is no matrix of finite real numbers, or the
    row of a text with more than white space in it is zero.
    """

    languages: frozenset[str] = frozenset()

    def __init__(self, texts: Sequence[str], vectors: Any, *, name: str = "given vectors") -> None:
        self.name = name
        rows = unit_rows(vectors, texts, name)
        self._place: dict[str, int] = {}
        places = np.array([self._place.setdefault(text, len(self._place)) for text in texts], np.int64)
        sums = np.zeros((len(self._place), rows.shape[1]))
        np.add.at(sums, places, rows)
        self._rows = _normal(sums)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """float32 (n, d), rows of length 1. Raises InputError for a text without a vector."""
        return self._rows[[self._found(text, index) for index, text in enumerate(texts)]].astype(np.float32)

    def encode_runs(self, texts: Sequence[str], k_max: int) -> Vectors:
        """float32 (k_max, n, d): row i of layer k - 1 stands for the texts i to i + k - 1; zeros beyond the last."""
        single = self._rows[[self._found(text, index) for index, text in enumerate(texts)]]
        weights = np.sqrt(np.array([len(text) for text in texts], np.float64))[:, None]
        out = np.zeros((k_max, *single.shape), np.float32)
        sums = np.zeros_like(single)
        for k in range(1, min(k_max, len(texts)) + 1):
            last = len(texts) - k + 1
            sums = sums[:last] + (single * weights)[k - 1 :]
            layer = _normal(sums)
            for i in range(last):
                joined = " ".join(text for text in texts[i : i + k] if text)
                if (place := self._place.get(joined)) is not None:
                    layer[i] = self._rows[place]
            out[k - 1, :last] = layer
        return out

    def _found(self, text: str, index: int) -> int:
        try:
            return self._place[text]
        except KeyError:
            raise InputError(f"{self.name}: no vector for text {index}: {text[:80]!r}") from None


def unit_rows(vectors: Any, texts: Sequence[str], name: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    """`vectors` checked, as float64 rows of length 1 (or 0, for a text of white space). Errors as of VectorEncoder."""
    if isinstance(texts, str) or not all(isinstance(text, str) for text in texts):
        raise InputError(f"{name}: expected a list of texts, got {texts!r:.80}")
    try:
        rows = np.asarray(vectors)
    except ValueError as error:
        raise InputError(f"{name}: not an array: {error}") from error
    if rows.dtype.kind not in "fiu":
        raise InputError(f"{name}: not real numbers: {rows.dtype}; expected floats, one row a text")
    if rows.ndim != 2 or not rows.shape[1]:
        raise InputError(f"{name}: shape {rows.shape}; expected ({len(texts)}, d), one row a text")
    if len(rows) != len(texts):
        raise InputError(f"{name}: {len(rows)} rows for {len(texts)} texts; expected one row a text")
    rows = rows.astype(np.float64)
    bad = np.flatnonzero(~np.isfinite(rows).all(axis=1))
    if len(bad):
        raise InputError(f"{name}: row {bad[0]} is not finite; {len(bad)} such rows")
    zero = [index for index in np.flatnonzero(~rows.any(axis=1)).tolist() if texts[index].strip()]
    if zero:
        raise InputError(f"{name}: row {zero[0]} is zero, of {texts[zero[0]][:80]!r}; {len(zero)} such rows")
    return _normal(rows)


def _normal(rows: np.ndarray[Any, np.dtype[np.float64]]) -> np.ndarray[Any, np.dtype[np.float64]]:
    largest = np.abs(rows).max(axis=1, keepdims=True, initial=0.0)  # first, so that no square overflows
    rows = rows / np.where(largest == 0, 1.0, largest)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths == 0, 1.0, lengths))
