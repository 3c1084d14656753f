"""The dynamic programme and its posteriors against every path there is."""

import math
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from align.bitext.band import Band
from align.bitext.posterior import path_scores, row_posteriors
from align.bitext.rivals import best_rivals
from align.bitext.search import Lattice, backward, best_path, forward

SHAPES = [(1, 1), (1, 2), (2, 1), (2, 2), (3, 1)]


def lattice(seed: int, n: int, m: int, shapes: list[tuple[int, int]], corner: int) -> Lattice:
    """Random scores; `corner` cells are cut from the band's two far corners, if a 1-1 can step around them."""
    corner *= bool(shapes)
    random = np.random.default_rng(seed)
    rows = np.arange(n + 1)
    low, high = np.clip(rows - (n - corner), 0, m), np.clip(m - corner + rows, 0, m)
    low[0], high[-1] = 0, m
    low[1:] = np.minimum(low[1:], high[:-1])
    band = Band(low, high)
    beads = [random.normal(-1, 2, (width, len(shapes))).astype(np.float32) for width in band.widths]
    return Lattice(band, shapes, beads, random.normal(-1, 1, n), random.normal(-1, 1, m), -1.5, -0.25)


def paths(lat: Lattice, i: int = 0, j: int = 0, last: str = "b") -> Iterator[tuple[float, list[tuple[int, int]]]]:
    """Every path from (i, j) to the end with its score, by plain recursion."""
    n, m = lat.size
    if (i, j) == (n, m):
        yield 0.0, []
        return
    moves = []
    for number, (x, y) in enumerate(lat.shapes):
        if i + x <= n and lat.band.low[i + x] <= j + y <= lat.band.high[i + x]:
            moves.append((x, y, float(lat.beads[i + x][j + y - lat.band.low[i + x], number]), "b"))
    if last != "i" and i < n and lat.band.low[i + 1] <= j <= lat.band.high[i + 1]:
        moves.append((1, 0, lat.deletions[i] + (lat.extend if last == "d" else lat.open), "d"))
    if j < lat.band.high[i]:
        moves.append((0, 1, lat.insertions[j] + (lat.extend if last == "i" else lat.open), "i"))
    for x, y, score, kind in moves:
        for rest, steps in paths(lat, i + x, j + y, kind):
            yield score + rest, [(x, y), *steps]


def identities(steps: list[tuple[int, int]]) -> list[tuple[object, ...]]:
    """A name for each step; a sentence without a partner is the same wherever it stands in the other text."""
    out, i, j = [], 0, 0
    for x, y in steps:
        out.append(("d", i) if (x, y) == (1, 0) else ("i", j) if (x, y) == (0, 1) else (i, j, x, y))
        i, j = i + x, j + y
    return out


SIZES = st.tuples(st.integers(0, 10**6), st.integers(1, 4), st.integers(1, 4), st.integers(0, 5), st.integers(0, 2))


@settings(max_examples=30, deadline=None)
@given(SIZES)
def test_best_path_and_sums_equal_those_of_every_path(drawn: tuple[int, int, int, int, int]) -> None:
    seed, n, m, shapes, corner = drawn
    lat = lattice(seed, n, m, SHAPES[:shapes], corner)
    every = list(paths(lat))
    best_score, best = max(every, key=lambda item: item[0])
    assert best_path(lat) == best
    log_total = math.log(sum(math.exp(score - best_score) for score, _ in every)) + best_score
    assert list(backward(lat))[-1][0, 0] == pytest.approx(log_total)
    last_row = list(forward(lat, np.logaddexp))[-1][0]
    assert np.logaddexp.reduce(last_row[:, -1]) == pytest.approx(log_total)


@settings(max_examples=20, deadline=None)
@given(SIZES)
def test_scores_are_shares_of_all_paths(drawn: tuple[int, int, int, int, int]) -> None:
    seed, n, m, shapes, corner = drawn
    lat = lattice(seed, n, m, SHAPES[:shapes], corner)
    every = list(paths(lat))
    top = max(score for score, _ in every)
    total = sum(math.exp(score - top) for score, _ in every)

    steps = best_path(lat)
    shares: dict[tuple[object, ...], float] = {}
    for score, path in every:
        for identity in identities(path):
            shares[identity] = shares.get(identity, 0) + math.exp(score - top) / total
    assert path_scores(lat, steps) == [pytest.approx(shares[one], abs=1e-6) for one in identities(steps)]


@settings(max_examples=20, deadline=None)
@given(SIZES)
def test_rivals_are_the_best_paths_without_each_step(drawn: tuple[int, int, int, int, int]) -> None:
    seed, n, m, shapes, corner = drawn
    lat = lattice(seed, n, m, SHAPES[:shapes], corner)
    every = [(score, set(identities(steps))) for score, steps in paths(lat)]
    top = max(score for score, _ in every)
    steps = best_path(lat)
    for identity, (margin, place) in zip(identities(steps), best_rivals(lat, steps), strict=True):
        without = [score for score, others in every if identity not in others]
        assert (place is None) == (not without)
        assert margin == pytest.approx(top - max(without) if without else 0, abs=1e-4)


def test_every_sentence_has_probability_one_in_all() -> None:
    lat = lattice(3, 6, 7, SHAPES, 2)
    source = np.zeros(7)
    for i, row in enumerate(row_posteriors(lat)):
        for number, (x, _) in enumerate(lat.shapes):
            source[i - x : i] += row.beads[:, number].sum() if i >= x else 0
        source[i] += (row.deletion_opened + row.deletion_extended).sum()
    assert source[:6] == pytest.approx(np.ones(6))


def test_ties_go_to_the_shape_listed_first() -> None:
    beads = [np.zeros((3, 2), np.float32) for _ in range(3)]
    band = Band(np.zeros(3, np.int64), np.full(3, 2))
    zeros = np.full(2, -9.0)
    assert best_path(Lattice(band, [(2, 2), (1, 1)], beads, zeros, zeros, -1, -1)) == [(2, 2)]
    assert best_path(Lattice(band, [(1, 1), (2, 2)], beads, zeros, zeros, -1, -1)) == [(1, 1), (1, 1)]
