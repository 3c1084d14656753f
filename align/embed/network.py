"""The network of the Universal Sentence Encoder (multilingual, version 3) over token numbers.

Yang et al. 2020, "Multilingual Universal Sentence Encoder for Semantic Retrieval": token vectors and two layers of
convolutions of width 2, 3 and 5 are summed over the text, and a small residual network makes the sentence vector of
the sum. Because the sum comes before everything that is not linear, the feature sums of parts of a text add up to the
text's own, save for the four tokens on either side of a cut that look across it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["CONTEXT", "DIMENSIONS", "Network", "Piece"]

DIMENSIONS = 512
CONTEXT = 4  # a token's features depend on this many tokens on either side
_WIDTH = 256
_ORDERS = ((2, 0), (3, 1), (5, 2))  # width of a convolution, and how much of it lies left of the token
_BLOCK_TOKENS = 512  # tokens whose features are in memory at once
_SUPERBLOCK_TOKENS = 16_384  # tokens among which equal ones share the first layer
_ROWS = 64  # matrix products are padded to a multiple of this many rows

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Piece:
    """Neighbouring token numbers, and the half-open ranges of them whose features are to be summed."""

    tokens: Sequence[int]
    ranges: Sequence[tuple[int, int]]


class Network:
    """The encoder's weights and what they compute.

    Every result is bit for bit the same whatever else is in the call: BLAS picks another kernel, with other rounding,
    for few rows, so each product is padded to whole blocks of rows.
    """

    def __init__(self, weights: Mapping[str, NDArray[np.generic]]) -> None:
        blocks = sum(name[0] == "q" for name in weights)
        self._table = np.empty((blocks * len(weights["q1"]), DIMENSIONS), dtype=np.uint8)
        for number in range(blocks):
            self._table[number::blocks] = weights[f"q{number + 1}"]
        rest = {name: np.asarray(array, np.float32) for name, array in weights.items() if name[0] != "q"}
        self._w = rest
        self._epsilon = float(rest["eps"])
        self._projection = np.concatenate([rest[f"proj{n}"] for n, _ in _ORDERS], axis=1)
        self._projection_bias = np.concatenate([rest[f"proj_b{n}"] for n, _ in _ORDERS])
        self._gain = np.concatenate([rest[f"ln_g{n}"] for n, _ in _ORDERS])
        self._bias = np.concatenate([rest[f"ln_b{n}"] for n, _ in _ORDERS])
        # the first layer's weights side by side, one block a window position, so that its products are per token
        self._first = [
            np.ascontiguousarray(rest[f"w1_{n}"].reshape(n, _WIDTH, _WIDTH).transpose(1, 0, 2).reshape(_WIDTH, -1))
            for n, _ in _ORDERS
        ]

    def feature_sums(self, pieces: Sequence[Piece]) -> Floats:
        """Feature sums (ranges of all pieces in order, 512) under the output projection, its bias left out.

        `head` adds the bias. An empty range gives zeros.
        """
        sums = [self._superblock(group) for group in _grouped(pieces, _SUPERBLOCK_TOKENS)]
        if not sums:
            return np.zeros((0, DIMENSIONS), np.float32)
        return _product(np.concatenate(sums), self._w["cnn_W"])

    def head(self, sums: Floats, lengths: Ints) -> Floats:
        """Sentence vectors (n, 512) of length 1, from projected feature sums and the token counts behind them."""
        w, counts = self._w, lengths.astype(np.float32)[:, None]
        mean = (sums + counts * w["cnn_b"]) / np.sqrt(counts)
        first = np.maximum(_product(mean, w["d0"]), 0)
        hidden = np.maximum(_product(mean, w["p1"]) + _product(first, w["d1"]), 0)
        out = _product(hidden, w["p3"]) + _product(np.maximum(_product(hidden, w["d2"]), 0), w["d3"])
        np.tanh(out, out=out)
        norms = np.sqrt(np.maximum(np.square(out).sum(axis=1, keepdims=True), self._epsilon))
        return np.asarray(out / norms, np.float32)

    def _superblock(self, pieces: Sequence[Piece]) -> Floats:
        """Unprojected feature sums; equal tokens share their embedding and first layer."""
        flat = np.fromiter(chain.from_iterable(piece.tokens for piece in pieces), np.int64)
        kinds, kind_of = np.unique(flat, return_inverse=True)
        embedded, inputs, products = self._tokens(kinds)
        sums, begin = [], 0
        for group in _grouped(pieces, _BLOCK_TOKENS):
            lengths = np.array([len(piece.tokens) for piece in group])
            end = begin + int(lengths.sum())
            features = self._features(kind_of[begin:end], lengths, embedded, inputs, products)
            sums.append(_range_sums(features, _flat_ranges(group, lengths)))
            begin = end
        return np.concatenate(sums)

    def _tokens(self, kinds: Ints) -> tuple[Floats, Floats, list[Floats]]:
        """For each token number: its embedding, the convolutions' input, and the first layer's products with it."""
        block = kinds % len(self._w["scale"])
        embedded = self._table[kinds] * self._w["scale"][block, None] + self._w["lo"][block, None]
        inputs = _product(embedded, self._projection) + self._projection_bias
        inputs = _layer_norm(inputs, self._gain, self._bias, self._epsilon)
        inputs = np.concatenate([inputs, np.zeros((1, inputs.shape[1]), np.float32)])  # the row outside a text
        parts = [inputs[:, i * _WIDTH : (i + 1) * _WIDTH] for i in range(len(_ORDERS))]
        return embedded, inputs, [_product(part, self._first[i]) for i, part in enumerate(parts)]

    def _features(
        self, kinds: Ints, lengths: Ints, embedded: Floats, inputs: Floats, products: Sequence[Floats]
    ) -> Floats:
        """The normalised features (tokens, 1280) of the tokens of some pieces."""
        count = len(kinds)
        features = np.empty((count, DIMENSIONS + len(_ORDERS) * _WIDTH), np.float32)
        features[:, :DIMENSIONS] = embedded[kinds]
        padded_kinds = np.append(kinds, len(inputs) - 1)
        for i, (order, left) in enumerate(_ORDERS):
            window = _windows(lengths, order, left)
            hidden = np.zeros((count + 1, _WIDTH), np.float32)
            hidden[:count] = self._w[f"b1_{order}"]
            for place in range(order):
                column = products[i][:, place * _WIDTH : (place + 1) * _WIDTH]
                hidden[:count] += column[padded_kinds[window[:, place]]]
            np.maximum(hidden, 0, out=hidden)
            hidden[:count] += inputs[kinds, i * _WIDTH : (i + 1) * _WIDTH]
            out = _product(hidden[window].reshape(count, -1), self._w[f"w2_{order}"])
            out = np.maximum(out + self._w[f"b2_{order}"], 0) + hidden[:count]
            features[:, DIMENSIONS + i * _WIDTH : DIMENSIONS + (i + 1) * _WIDTH] = out
        return _layer_norm(features, self._w["ln_g"], self._w["ln_b"], self._epsilon)


def _grouped(pieces: Sequence[Piece], budget: int) -> Iterator[Sequence[Piece]]:
    """Runs of pieces with at most `budget` tokens together; a longer piece stands alone."""
    begin = tokens = 0
    for index, piece in enumerate(pieces):
        if index > begin and tokens + len(piece.tokens) > budget:
            yield pieces[begin:index]
            begin, tokens = index, 0
        tokens += len(piece.tokens)
    if begin < len(pieces):
        yield pieces[begin:]


def _product(rows: NDArray[np.floating[Any]], matrix: Floats) -> Floats:
    """`rows @ matrix`, each row rounded the same way whatever stands beside it."""
    count = len(rows)
    padded = -(-max(count, 1) // _ROWS) * _ROWS
    if padded != count:
        whole = np.zeros((padded, rows.shape[1]), np.float32)
        whole[:count] = rows
        rows = whole
    return np.asarray(rows @ matrix, np.float32)[:count]


def _layer_norm(rows: Floats, gain: Floats, bias: Floats, epsilon: float) -> Floats:
    rows = rows - rows.mean(axis=1, keepdims=True)
    variance = np.square(rows).mean(axis=1, keepdims=True)
    return np.asarray(rows / np.sqrt(variance + np.float32(epsilon)) * gain + bias, np.float32)


def _windows(lengths: Ints, order: int, left: int) -> Ints:
    """For each token the tokens (n, order) under a convolution; the row after the last stands for none."""
    count = int(lengths.sum())
    ends = np.cumsum(lengths)
    window = np.arange(count)[:, None] + np.arange(-left, order - left)
    inside = (window >= np.repeat(ends - lengths, lengths)[:, None]) & (window < np.repeat(ends, lengths)[:, None])
    return np.where(inside, window, count)


def _flat_ranges(pieces: Sequence[Piece], lengths: Ints) -> Ints:
    offsets = (np.cumsum(lengths) - lengths).tolist()
    ranges = [(offset + b, offset + e) for piece, offset in zip(pieces, offsets, strict=True) for b, e in piece.ranges]
    return np.array(ranges, np.int64).reshape(-1, 2)


def _range_sums(features: Floats, ranges: Ints) -> Floats:
    """Sums over row ranges, each added up in order by itself."""
    padded = np.concatenate([features, np.zeros((1, features.shape[1]), np.float32)])  # a range may end at the last row
    sums = np.add.reduceat(padded, ranges.ravel(), axis=0)[::2] if len(ranges) else padded[:0]
    sums[ranges[:, 0] >= ranges[:, 1]] = 0
    return sums
