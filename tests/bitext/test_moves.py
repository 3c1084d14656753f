"""Parts that changed place: found, cut at the right sentence, and never invented."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from align.bitext.anchors import mutual_neighbours
from align.bitext.moves import find_parts


def vectors(count: int, seed: int = 0) -> np.ndarray:
    rows = np.random.default_rng(seed).standard_normal((count, 64)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def ranges(source: np.ndarray, target: np.ndarray) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    parts = find_parts(*mutual_neighbours(source, target), source, target)
    return [(part.source, part.target) for part in parts]


def test_swapped_halves_are_two_parts() -> None:
    rows = vectors(60)
    assert ranges(rows, np.concatenate([rows[35:], rows[:35]])) == [((0, 35), (25, 60)), ((35, 60), (0, 25))]


def test_each_swapped_block_is_a_part() -> None:
    rows = vectors(80)
    order = [*range(20, 40), *range(20), *range(60, 80), *range(40, 60)]
    assert [target for _, target in ranges(rows, rows[order])] == [(20, 40), (0, 20), (60, 80), (40, 60)]


def test_texts_in_order_stay_whole() -> None:
    rows = vectors(60)
    assert ranges(rows, rows) == []
    assert ranges(rows, rows[20:]) == []
    assert ranges(rows, np.concatenate([rows[:20], vectors(50, seed=1), rows[20:]])) == []


def test_a_few_sentences_that_moved_are_no_part() -> None:
    rows = vectors(60)
    assert ranges(rows, rows[[*range(4, 40), *range(4), *range(40, 60)]]) == []
    assert ranges(rows[:8], rows[:8][::-1]) == []


def test_sentences_between_parts_go_to_the_part_they_belong_to() -> None:
    rows = vectors(60)
    source, target = rows.copy(), np.concatenate([rows[30:], rows[:30]])
    blurred = rows[28:32] + 0.5 * vectors(4, seed=1) + 0.3 * rows[27:31]
    source[28:32] = blurred / np.linalg.norm(blurred, axis=1, keepdims=True)
    assert ranges(source, target) == [((0, 30), (30, 60)), ((30, 60), (0, 30))]


@given(st.integers(0, 10**6), st.lists(st.integers(0, 40), min_size=0, max_size=6))
def test_parts_hold_every_sentence_once(seed: int, cuts: list[int]) -> None:
    random = np.random.default_rng(seed)
    rows = vectors(40, seed)
    blocks = [block for block in np.split(np.arange(40), sorted(cuts)) if len(block)]
    order = np.concatenate([blocks[k] for k in random.permutation(len(blocks))])
    found = ranges(rows, rows[order])
    for side in (0, 1):
        ends = sorted(part[side] for part in found)
        assert not ends or [0, *(end for _, end in ends)] == [*(begin for begin, _ in ends), 40]
    assert found == sorted(found)
