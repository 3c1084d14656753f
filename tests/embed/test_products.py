"""Products: right, and each row by itself."""

import numpy as np
import pytest

from align.embed.bfloat16 import Bfloat16Products
from align.embed.products import Products, SingleProducts

ROWS = np.random.default_rng(5).standard_normal((700, 256)).astype(np.float32)
WEIGHTS = np.random.default_rng(6).standard_normal((256, 320)).astype(np.float32)


@pytest.fixture(params=[SingleProducts, Bfloat16Products])
def products(request: pytest.FixtureRequest) -> Products:
    made: Products = request.param()
    return made


@pytest.mark.parametrize("count", [0, 1, 63, 64, 65, 256, 257, 700])
def test_a_row_is_the_same_however_many_there_are(products: Products, count: int) -> None:
    matrix = products.matrix(WEIGHTS)
    whole = products(ROWS, matrix)
    assert products(ROWS[:count], matrix).tobytes() == whole[:count].tobytes()
    assert products(ROWS[::-1].copy(), matrix)[::-1].tobytes() == whole.tobytes()
    room = np.empty((count, 330), np.float32)
    assert products(ROWS[:count], matrix, out=room[:, 5:325]).tobytes() == whole[:count].tobytes()


def test_rounded_rows_give_what_the_rows_give(products: Products) -> None:
    matrix = products.matrix(WEIGHTS)
    rounded = products.rounded(ROWS)
    assert rounded.dtype == products.dtype
    assert np.array_equal(products(rounded, matrix), products(ROWS, matrix))


def test_products_are_those_of_their_precision(products: Products) -> None:
    exact = ROWS.astype(np.float64) @ WEIGHTS
    difference = np.abs(products(ROWS, products.matrix(WEIGHTS)) - exact).max()
    low, high = (0, 1e-4) if isinstance(products, SingleProducts) else (1e-2, 0.5)
    assert low < difference < high
