"""Stretches of token numbers, how many of them are computed at once, and sums over them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from align.embed.products import Floats

__all__ = ["Ints", "Piece", "add_ranges", "blocks", "sharing", "windows"]

_BLOCK_TOKENS = 512  # tokens whose features are computed at once, few enough for the cache of a core
_SHARED_TOKENS = 32_768  # tokens among which equal ones share the first layer,
_SHARED_KINDS = 4096  # and how many different ones may be among them, at 15 KB each

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Piece:
    """Neighbouring token numbers, and the half-open ranges of them whose features are to be summed.

    In a `framed` piece the first and the last token are added to every sum that is not empty.
    """

    tokens: Sequence[int]
    ranges: Sequence[tuple[int, int]]
    framed: bool = False


def sharing(pieces: Sequence[Piece]) -> Iterator[Sequence[Piece]]:
    """Runs of pieces with few enough tokens, and few enough different ones, to be held side by side."""
    for group in _grouped(pieces, _SHARED_TOKENS):
        begin = 0
        kinds: set[int] = set()
        for index, piece in enumerate(group):
            if index > begin and len(kinds) + len(set(piece.tokens) - kinds) > _SHARED_KINDS:
                yield group[begin:index]
                begin, kinds = index, set()
            kinds.update(piece.tokens)
        yield group[begin:]


def blocks(pieces: Sequence[Piece]) -> Iterator[Sequence[Piece]]:
    """Runs of pieces whose features are computed at once."""
    return _grouped(pieces, _BLOCK_TOKENS)


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


def windows(pieces: Sequence[Piece], left: int, width: int, rows: int) -> Ints:
    """The tokens (width, rows) around each token of the pieces, from the one `left` places before it on.

    `rows`, which is at least the number of tokens, stands for no token.
    """
    lengths = np.array([len(piece.tokens) for piece in pieces])
    ends = np.cumsum(lengths)
    count = int(ends[-1])
    window = np.arange(count) + np.arange(-left, width - left)[:, None]
    inside = (window >= np.repeat(ends - lengths, lengths)) & (window < np.repeat(ends, lengths))
    found = np.full((width, rows), rows)
    found[:, :count] = np.where(inside, window, rows)
    return found


def add_ranges(features: Floats, pieces: Sequence[Piece], out: Floats) -> None:
    """Sum the features of the pieces' tokens over their ranges, each from its first token to its last.

    One sum at a time takes a sixth of what `np.add.reduceat` takes, which goes down the columns.
    """
    offset = row = 0
    for piece in pieces:
        own = features[offset : offset + len(piece.tokens)]
        frame = own[0] + own[-1] if piece.framed else None
        for begin, end in piece.ranges:
            np.add.reduce(own[begin:end], axis=0, out=out[row])
            if frame is not None and begin < end:
                out[row] += frame
            row += 1
        offset += len(piece.tokens)
