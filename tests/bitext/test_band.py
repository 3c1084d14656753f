"""The band joins both ends, holds its anchors, and stays small."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from align.bitext.band import band_around


@given(st.integers(1, 30), st.integers(1, 30), st.data())
def test_bands_are_passable_and_hold_their_anchors(n: int, m: int, data: st.DataObject) -> None:
    size = data.draw(st.integers(0, min(n, m)))
    i, j = (sorted(data.draw(st.sets(st.integers(0, end - 1), min_size=size, max_size=size))) for end in (n, m))
    anchors = list(zip(i, j, strict=True))
    cells = data.draw(st.sampled_from([1, 20, 1000]))
    margin = data.draw(st.integers(0, 3))
    band = band_around(anchors, n, m, margin=margin, max_cells=cells)
    assert band.low[0] == 0
    assert band.high[-1] == m
    assert (np.diff(band.low) >= 0).all()
    assert (np.diff(band.high) >= 0).all()
    assert (band.low <= band.high).all()
    assert (band.low[1:] <= band.high[:-1]).all()
    assert all(band.low[a + 1] <= b + 1 <= band.high[a + 1] for a, b in anchors)


def test_a_large_plane_without_anchors_is_cut_to_a_corridor() -> None:
    band = band_around([], 5000, 7000, max_cells=1_000_000)
    assert band.widths.sum() < 1_300_000


def test_a_missing_part_keeps_its_whole_rectangle() -> None:
    band = band_around([(9, 9), (10, 110)], 20, 120)
    assert band.low[10] <= 10
    assert band.high[10] >= 110
