"""Vectors of runs of neighbouring sentences, with any encoder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from align.errors import InputError
from align.records import Encoder

__all__ = ["RunEncoder", "encode_runs"]

Floats = NDArray[np.float32]


@runtime_checkable
class RunEncoder(Protocol):
    """An encoder with a cheaper way to runs of sentences than to encode every joined string."""

    def encode_runs(self, texts: Sequence[str], k_max: int) -> Floats:
        """As the function `encode_runs`."""
        ...


def encode_runs(encoder: Encoder, texts: Sequence[str], k_max: int) -> Floats:
    """float32 (k_max, n, d): row i of layer k - 1 is that of the texts i to i + k - 1 joined by a space.

    Rows of runs that would reach beyond the last text are zero. Without `RunEncoder` every joined string is encoded.

    Raises InputError when the encoder's answer has another shape or is not finite.
    """
    if isinstance(encoder, RunEncoder):
        rows = np.asarray(encoder.encode_runs(texts, k_max), np.float32)
    else:
        layers = [_encode(encoder, _joined(texts, k)) for k in range(1, min(k_max, len(texts)) + 1)]
        rows = np.zeros((k_max, len(texts), layers[0].shape[1]), np.float32)
        for layer, vectors in enumerate(layers):
            rows[layer, : len(vectors)] = vectors
    if rows.ndim != 3 or rows.shape[:2] != (k_max, len(texts)) or not np.isfinite(rows).all():
        raise InputError(
            f"encoder {encoder.name!r} gave shape {rows.shape}; expected ({k_max}, {len(texts)}, d), finite"
        )
    return rows


def _encode(encoder: Encoder, texts: Sequence[str]) -> Floats:
    vectors = np.asarray(encoder.encode(texts), np.float32)
    if vectors.ndim != 2 or len(vectors) != len(texts):
        raise InputError(f"encoder {encoder.name!r} gave shape {vectors.shape} for {len(texts)} texts; expected (n, d)")
    return vectors


def _joined(texts: Sequence[str], k: int) -> list[str]:
    return [" ".join(text for text in texts[i : i + k] if text) for i in range(len(texts) - k + 1)]
