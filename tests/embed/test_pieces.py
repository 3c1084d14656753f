"""Pieces of text: how they are grouped, what lies around their tokens, sums over their ranges."""

from itertools import chain

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from align.embed import pieces as module
from align.embed.pieces import Piece, add_ranges, blocks, sharing, windows

TOKENS = st.lists(st.integers(0, 30), min_size=1, max_size=12)


@given(st.lists(TOKENS.map(lambda tokens: Piece(tokens, ())), max_size=9))
def test_groups_hold_every_piece_in_order_and_few_tokens(pieces: list[Piece]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_SHARED_KINDS", 10)
        patch.setattr(module, "_SHARED_TOKENS", 25)
        patch.setattr(module, "_BLOCK_TOKENS", 15)
        for groups, kinds, tokens in ((list(sharing(pieces)), 10, 25), (list(blocks(pieces)), 15, 15)):
            assert list(chain(*groups)) == pieces
            for group in groups:
                numbers = [number for piece in group for number in piece.tokens]
                assert len(group) == 1 or (len(set(numbers)) <= kinds and len(numbers) <= tokens)
                assert group


def test_a_window_ends_with_its_piece() -> None:
    pieces = [Piece([7, 7, 7], ()), Piece([7], ())]
    assert windows(pieces, 1, 3, 5).T.tolist() == [[5, 0, 1], [0, 1, 2], [1, 2, 5], [5, 3, 5], [5, 5, 5]]


def test_sums_are_over_ranges_and_the_frame() -> None:
    features = np.array([[1], [2], [4], [8], [16], [32]], np.float32)
    out = np.full((5, 1), np.nan, np.float32)
    plain, framed = Piece([0] * 2, ((0, 2), (1, 1))), Piece([0] * 4, ((1, 3), (2, 2), (0, 4)), framed=True)
    add_ranges(features, [plain, framed], out)
    assert out.ravel().tolist() == [3, 0, 24 + 36, 0, 60 + 36]
