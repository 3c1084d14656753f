"""The longest chain against every chain; anchors in shuffled and partial texts."""

from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from align.bitext.anchors import find_anchors, longest_chain

POINTS = st.lists(st.tuples(st.integers(0, 7), st.integers(1, 9)), max_size=8)


def rising(pairs: np.ndarray) -> bool:
    return all(pairs[a][1] < pairs[b][1] for a, b in zip(range(len(pairs)), range(1, len(pairs)), strict=False))


@given(POINTS)
def test_longest_chain_is_the_heaviest(points: list[tuple[int, int]]) -> None:
    pairs = np.array([(i, j) for i, (j, _) in enumerate(points)], np.int64).reshape(-1, 2)
    weights = np.array([w for _, w in points], np.float64)
    chain = longest_chain(pairs, weights)
    every = (c for size in range(len(points) + 1) for c in combinations(range(len(points)), size))
    heaviest = max(weights[list(c)].sum() for c in every if rising(pairs[list(c)]))
    assert chain == sorted(set(chain))
    assert rising(pairs[chain])
    assert weights[chain].sum() == heaviest


def vectors(count: int, seed: int = 0) -> np.ndarray:
    rows = np.random.default_rng(seed).standard_normal((count, 64)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_equal_texts_anchor_every_sentence() -> None:
    rows = vectors(30)
    assert find_anchors(rows, rows) == ([(i, i) for i in range(30)], 1.0)


def test_a_missing_part_shifts_the_anchors() -> None:
    rows = vectors(40)
    anchors, share = find_anchors(rows, rows[15:])
    assert anchors == [(i, i - 15) for i in range(15, 40)]
    assert share == 1.0


def test_a_sentence_far_from_its_neighbours_is_no_anchor() -> None:
    rows = vectors(60)
    other = rows.copy()
    other[20:40] = vectors(20, seed=1)
    other[39] = rows[20]
    assert (20, 39) not in find_anchors(rows, other)[0]


def test_strangers_have_few_anchors() -> None:
    anchors, share = find_anchors(vectors(200), vectors(200, seed=1))
    assert len(anchors) < 20
    assert share < 0.5


def test_zero_rows_are_no_anchors() -> None:
    zeros = np.zeros((3, 4), np.float32)
    assert find_anchors(zeros, zeros) == ([], 1.0)
