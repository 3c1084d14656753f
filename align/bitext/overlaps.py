"""Vectors of runs of neighbouring sentences, with any encoder, a stretch at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from align.errors import InputError
from align.records import Encoder

__all__ = ["OpenRunEncoder", "RunEncoder", "Runs", "open_runs"]

Floats = NDArray[np.float32]

_TEXTS = 4096  # joined strings that an encoder is given at once


class Runs(Protocol):
    """The vectors of all runs of some texts, made when they are asked for."""

    def rows(self, sizes: Sequence[int], begin: int, end: int) -> Floats:
        """float32 (sizes, end - begin, d): the texts i to i + sizes[k] - 1, joined by a space, for i in begin to end.

        Rows of runs that would reach beyond the last text are zero.
        """
        ...


@runtime_checkable
class OpenRunEncoder(Protocol):
    """An encoder with a cheaper way to runs of sentences than to encode every joined string."""

    def open_runs(self, texts: Sequence[str]) -> Runs:
        """The runs of `texts`."""
        ...


@runtime_checkable
class RunEncoder(Protocol):
    """An encoder that gives the runs of some texts; it is asked for a stretch of the text at a time."""

    def encode_runs(self, texts: Sequence[str], k_max: int) -> Floats:
        """float32 (k_max, n, d), as the rows of `Runs` for the sizes 1 to k_max and all of `texts`."""
        ...


def open_runs(encoder: Encoder, texts: Sequence[str]) -> Runs:
    """The runs of `texts`: in the encoder's own way where it has one, or else every joined string is encoded.

    Raises InputError, when rows are asked for, if the encoder's answer has another shape or is not finite.
    """
    if isinstance(encoder, OpenRunEncoder):
        return _Checked(encoder, encoder.open_runs(texts))
    if isinstance(encoder, RunEncoder):
        return _Checked(encoder, _Stretches(encoder, texts))
    return _Joined(encoder, texts)


class _Checked:
    """Runs whose shape and values are looked at before they are passed on."""

    def __init__(self, encoder: Encoder, runs: Runs) -> None:
        self._name, self._runs = encoder.name, runs

    def rows(self, sizes: Sequence[int], begin: int, end: int) -> Floats:
        rows = np.asarray(self._runs.rows(sizes, begin, end), np.float32)
        if rows.ndim != 3 or rows.shape[:2] != (len(sizes), end - begin) or not np.isfinite(rows).all():
            raise InputError(
                f"encoder {self._name!r} gave shape {rows.shape}; expected ({len(sizes)}, {end - begin}, d), finite"
            )
        return rows


class _Stretches:
    """The runs of a `RunEncoder`."""

    def __init__(self, encoder: RunEncoder, texts: Sequence[str]) -> None:
        self._encoder, self._texts = encoder, texts

    def rows(self, sizes: Sequence[int], begin: int, end: int) -> Floats:
        longest = max(sizes)
        rows = np.asarray(self._encoder.encode_runs(self._texts[begin : end + longest - 1], longest), np.float32)
        return rows[[size - 1 for size in sizes], : end - begin] if rows.ndim == 3 and len(rows) == longest else rows


class _Joined:
    """The general way: the texts of each run are joined and encoded."""

    def __init__(self, encoder: Encoder, texts: Sequence[str]) -> None:
        self._encoder, self._texts, self._width = encoder, texts, 0

    def rows(self, sizes: Sequence[int], begin: int, end: int) -> Floats:
        places = [
            (layer, i, " ".join(text for text in self._texts[i : i + size] if text))
            for layer, size in enumerate(sizes)
            for i in range(begin, min(end, len(self._texts) - size + 1))
        ]
        out = np.zeros((len(sizes), end - begin, self._width), np.float32)
        for at in range(0, len(places), _TEXTS):
            some = places[at : at + _TEXTS]
            vectors = self._encode([text for _, _, text in some])
            if vectors.shape[1] != out.shape[2] and not at:
                out = np.zeros((len(sizes), end - begin, vectors.shape[1]), np.float32)
                self._width = vectors.shape[1]
            out[[layer for layer, _, _ in some], [i - begin for _, i, _ in some]] = vectors
        return out

    def _encode(self, texts: Sequence[str]) -> Floats:
        vectors = np.asarray(self._encoder.encode(texts), np.float32)
        width = self._width or (vectors.shape[1] if vectors.ndim == 2 else 0)
        if vectors.shape != (len(texts), width) or not np.isfinite(vectors).all():
            raise InputError(
                f"encoder {self._encoder.name!r} gave shape {vectors.shape} for {len(texts)} texts; "
                f"expected ({len(texts)}, d), finite"
            )
        return vectors
