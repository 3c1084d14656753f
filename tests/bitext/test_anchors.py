"""The longest chain against every chain; anchors in shuffled and partial texts."""

from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from align.bitext import anchors as anchors_module
from align.bitext.anchors import find_anchors, longest_chain, mutual_neighbours

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


@given(POINTS, st.integers(0, 6))
def test_a_chain_that_jumps_back_pays_for_it(points: list[tuple[int, int]], jump: int) -> None:
    pairs = np.array([(i, j) for i, (j, _) in enumerate(points)], np.int64).reshape(-1, 2)
    weights = np.array([w for _, w in points], np.float64)

    def value(chain: tuple[int, ...]) -> float:
        falls = sum(pairs[a][1] >= pairs[b][1] for a, b in pairwise(chain))
        return float(weights[list(chain)].sum()) - jump * falls

    every = (c for size in range(len(points) + 1) for c in combinations(range(len(points)), size))
    assert value(tuple(longest_chain(pairs, weights, jump=jump))) == max(map(value, every))


@given(st.integers(0, 10**6), st.integers(1, 12), st.integers(1, 12), st.sampled_from([1, 24, 1000]))
def test_mutual_neighbours_are_those_of_the_whole_matrix(seed: int, n: int, m: int, cells: int) -> None:
    random = np.random.default_rng(seed)
    rows = [random.standard_normal((count, 3)).astype(np.float32) for count in (n, m)]
    source, target = (side / np.linalg.norm(side, axis=1, keepdims=True) for side in rows)
    cosines = (source @ target.T).astype(np.float64)
    expected = []
    for i, j in np.ndindex(n, m):
        row, column = np.delete(cosines[i], j), np.delete(cosines[:, j], i)
        second = [max(0.0, other.max(initial=-2)) for other in (row, column)]
        margin = cosines[i, j] - sum(second) / 2
        best = cosines[i, j] > max(row.max(initial=-2), column.max(initial=-2))
        if best and margin > anchors_module._MIN_MARGIN + 1e-5 and cosines[i, j] > anchors_module._MIN_COSINE + 1e-5:
            expected.append((i, j))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(anchors_module, "_BLOCK_CELLS", cells)
        found = [(int(i), int(j)) for i, j in mutual_neighbours(source, target)[0]]
    assert set(expected) <= set(found)
    assert len(found) <= len(expected) + 1


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
