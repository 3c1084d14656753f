"""The network of the Universal Sentence Encoder (multilingual, version 3) over token numbers.

Yang et al. 2020, "Multilingual Universal Sentence Encoder for Semantic Retrieval": token vectors and two layers of
convolutions of width 2, 3 and 5 are summed over the text, and a small residual network makes the sentence vector of
the sum. Because the sum comes before everything that is not linear, the feature sums of parts of a text add up to the
text's own, save for the four tokens on either side of a cut that look across it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from align.embed.pieces import Ints, Piece, add_ranges, blocks, sharing, windows
from align.embed.products import Floats, Products, SingleProducts

__all__ = ["CONTEXT", "DIMENSIONS", "Network"]

DIMENSIONS = 512
CONTEXT = 4  # a token's features depend on this many tokens on either side
_WIDTH = 256
_ORDERS = ((2, 0), (3, 1), (5, 2))  # width of a convolution, and how much of it lies left of the token
_WIDEST, _LEFT = _ORDERS[-1]
_FEATURES = DIMENSIONS + len(_ORDERS) * _WIDTH
_HEAD_ROWS = 512  # rows that go through the head at once


@dataclass(frozen=True, slots=True)
class _Kinds:
    """What equal tokens share; the row after the last stands for what is outside of a text, and is zero."""

    embedded: Floats
    inputs: Sequence[Floats]  # of each convolution
    products: Sequence[Sequence[Floats]]  # of each convolution with each place of its window


class Network:
    """The encoder's weights and what they compute.

    Every result is bit for bit the same whatever else is in the call. `convolve` multiplies for the convolutions, which
    take most of the time; everything else is in float32.
    """

    def __init__(self, weights: Mapping[str, NDArray[np.generic]], convolve: Products | None = None) -> None:
        parts = sum(name[0] == "q" for name in weights)
        self._table = np.empty((parts * len(weights["q1"]), DIMENSIONS), dtype=np.uint8)
        for number in range(parts):
            self._table[number::parts] = weights[f"q{number + 1}"]
        self._w = w = {name: np.asarray(array, np.float32) for name, array in weights.items() if name[0] != "q"}
        self._epsilon = np.float32(w["eps"])
        self._single = SingleProducts()
        self._convolve = convolve or self._single
        self._projection = np.concatenate([w[f"proj{n}"] for n, _ in _ORDERS], axis=1)
        self._projection_bias = np.concatenate([w[f"proj_b{n}"] for n, _ in _ORDERS])
        self._gain = np.concatenate([w[f"ln_g{n}"] for n, _ in _ORDERS])
        self._bias = np.concatenate([w[f"ln_b{n}"] for n, _ in _ORDERS])
        matrix = self._convolve.matrix
        self._first = [[matrix(place) for place in np.split(w[f"w1_{n}"], n)] for n, _ in _ORDERS]
        self._second = [matrix(w[f"w2_{n}"]) for n, _ in _ORDERS]
        # The last layer norm is (x - mean) / deviation * gain + bias. Only the division is done for each token: mean
        # and gain go into the matrix that comes after the sum, the bias into what `head` adds for each token.
        gained = w["ln_g"].astype(np.float64)[:, None] * w["cnn_W"]
        self._output = np.asarray(gained - gained.mean(axis=0), np.float32)
        self._output_bias = np.asarray(w["ln_b"].astype(np.float64) @ w["cnn_W"] + w["cnn_b"], np.float32)

    def feature_sums(self, pieces: Sequence[Piece]) -> Floats:
        """Feature sums (ranges of all pieces in order, 512) under the output projection, its bias left out.

        `head` adds the bias. An empty range gives zeros.
        """
        sums = [self._shared(group) for group in sharing(pieces)]
        return np.concatenate(sums) if sums else np.zeros((0, DIMENSIONS), np.float32)

    def head(self, sums: Floats, lengths: Ints) -> Floats:
        """Sentence vectors (n, 512) of length 1, from projected feature sums and the token counts behind them."""
        rows = np.empty((len(sums), DIMENSIONS), np.float32)
        for at in range(0, len(sums), _HEAD_ROWS):
            part = slice(at, at + _HEAD_ROWS)
            rows[part] = self._head_rows(sums[part], lengths[part, None].astype(np.float32))
        return rows

    def _head_rows(self, sums: Floats, lengths: Floats) -> Floats:
        product, w = self._single, self._w
        mean = (sums + lengths * self._output_bias) / np.sqrt(lengths)
        first = np.maximum(product(mean, w["d0"]), 0)
        hidden = np.maximum(product(mean, w["p1"]) + product(first, w["d1"]), 0)
        out = product(hidden, w["p3"]) + product(np.maximum(product(hidden, w["d2"]), 0), w["d3"])
        np.tanh(out, out=out)
        norms = np.sqrt(np.maximum(np.square(out).sum(axis=1, keepdims=True), self._epsilon))
        return np.asarray(out / norms, np.float32)

    def _shared(self, pieces: Sequence[Piece]) -> Floats:
        """Feature sums of pieces whose equal tokens share their embedding and first layer."""
        flat = np.fromiter(chain.from_iterable(piece.tokens for piece in pieces), np.int64)
        numbers, kind_of = np.unique(flat, return_inverse=True)
        kinds = self._kinds(numbers)
        groups = list(blocks(pieces))
        sizes = [sum(len(piece.tokens) for piece in group) for group in groups]
        room = _Room.of(max(sizes), self._convolve)
        sums = np.empty((sum(len(piece.ranges) for piece in pieces), _FEATURES), np.float32)
        begin = row = 0
        for group, size in zip(groups, sizes, strict=True):
            self._features(kind_of[begin : begin + size], group, kinds, room)
            add_ranges(room.features, group, sums[row:])
            row += sum(len(piece.ranges) for piece in group)
            begin += size
        return self._single(sums, self._output)

    def _kinds(self, numbers: Ints) -> _Kinds:
        block = numbers % len(self._w["scale"])
        embedded = np.zeros((len(numbers) + 1, DIMENSIONS), np.float32)
        embedded[:-1] = self._table[numbers] * self._w["scale"][block, None] + self._w["lo"][block, None]
        projected = self._single(embedded, self._projection) + self._projection_bias
        projected = _layer_norm(projected, self._gain, self._bias, self._epsilon)
        projected[-1] = 0
        inputs = [np.ascontiguousarray(part) for part in np.split(projected, len(_ORDERS), axis=1)]
        products = []
        for (order, left), part, matrices in zip(_ORDERS, inputs, self._first, strict=True):
            rounded = self._convolve.rounded(part)
            products.append([self._convolve(rounded, matrix) for matrix in matrices])
            products[-1][left][:-1] += self._w[f"b1_{order}"]  # every token has itself in its window
        return _Kinds(embedded, inputs, products)

    def _features(self, kind_of: Ints, pieces: Sequence[Piece], kinds: _Kinds, room: _Room) -> None:
        """Put the features of the pieces' tokens into `room`, divided by their deviation."""
        rows = _whole_blocks(len(kind_of), self._convolve)
        window = windows(pieces, _LEFT, _WIDEST, rows)
        under = np.append(kind_of, np.full(rows + 1 - len(kind_of), len(kinds.embedded) - 1))[window]
        features, hidden, spare = room.features[:rows], room.hidden[: rows + 1], room.spare[:rows]
        features[:, :DIMENSIONS] = kinds.embedded[under[_LEFT]]
        hidden[rows] = 0
        for i, (order, left) in enumerate(_ORDERS):
            places = slice(_LEFT - left, _LEFT - left + order)
            first = _first_layer(kinds, i, under, places, hidden[:rows], spare)
            stack = room.stack[: rows * order * _WIDTH].reshape(rows, order, _WIDTH)
            np.take(self._convolve.rounded(hidden), window[places].T, axis=0, out=stack, mode="clip")
            second = features[:, DIMENSIONS + i * _WIDTH : DIMENSIONS + (i + 1) * _WIDTH]
            self._convolve(stack.reshape(rows, -1), self._second[i], out=second)
            second += self._w[f"b2_{order}"]
            np.maximum(second, 0, out=second)
            second += first
        _divide_by_deviation(features, self._epsilon)


@dataclass(frozen=True, slots=True)
class _Room:
    """Arrays that every block of tokens is computed in, since new ones each time would cost time."""

    features: Floats
    hidden: Floats
    spare: Floats
    stack: NDArray[Any]  # flat: what lies under a window, as the products take it

    @classmethod
    def of(cls, tokens: int, products: Products) -> _Room:
        rows = _whole_blocks(tokens, products)
        return cls(
            features=np.empty((rows, _FEATURES), np.float32),
            hidden=np.empty((rows + 1, _WIDTH), np.float32),
            spare=np.empty((rows, _WIDTH), np.float32),
            stack=np.empty(rows * _WIDEST * _WIDTH, products.dtype),
        )


def _first_layer(kinds: _Kinds, i: int, under: Ints, places: slice, out: Floats, spare: Floats) -> Floats:
    """Put the first layer of convolution `i` into `out`, its input added, from the kinds that lie under each window."""
    out[:] = 0
    for table, column in zip(kinds.products[i], under[places], strict=True):
        out += np.take(table, column, axis=0, out=spare, mode="clip")
    np.maximum(out, 0, out=out)
    out += np.take(kinds.inputs[i], under[_LEFT], axis=0, out=spare, mode="clip")
    return out


def _whole_blocks(rows: int, products: Products) -> int:
    return -(-rows // products.block) * products.block


def _layer_norm(rows: Floats, gain: Floats, bias: Floats, epsilon: np.float32) -> Floats:
    rows = rows - rows.mean(axis=1, keepdims=True)
    variance = np.square(rows).mean(axis=1, keepdims=True)
    return np.asarray(rows / np.sqrt(variance + epsilon) * gain + bias, np.float32)


def _divide_by_deviation(rows: Floats, epsilon: np.float32) -> None:
    """Divide each row by its standard deviation, in place; products of vectors take a fifth of the time of sums."""
    count, width = rows.shape
    squares = np.matmul(rows[:, None, :], rows[:, :, None]).reshape(count, 1)
    means = np.matmul(rows[:, None, :], np.full((width, 1), np.float32(1 / width))).reshape(count, 1)
    variances = np.maximum(squares / np.float32(width) - np.square(means), 0)
    rows /= np.sqrt(variances + epsilon)
