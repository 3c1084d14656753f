"""Matrix products whose rows do not depend on what stands beside them."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["Floats", "Products", "SingleProducts"]

Floats = NDArray[np.float32]


class Products(Protocol):
    """How the network multiplies, and in what precision.

    A row of a product has the same bits whatever the other rows are, however many they are, and in whatever order.
    """

    @property
    def block(self) -> int:
        """Rows that are multiplied at once; of a number that it does not divide, some are multiplied for nothing."""
        ...

    @property
    def dtype(self) -> type[np.generic]:
        """The type of what `rounded` gives."""
        ...

    def matrix(self, weights: Floats) -> Any:
        """A matrix as `__call__` takes it."""
        ...

    def rounded(self, rows: Floats) -> NDArray[Any]:
        """Rows in the products' own precision: what is gathered from them need not be rounded again and again."""
        ...

    def __call__(self, rows: NDArray[Any], matrix: Any, out: Floats | None = None) -> Floats:
        """`rows @ matrix` in float32, of rows in float32 or as `rounded` gives them."""
        ...


class SingleProducts:
    """In float32 through numpy.

    BLAS picks another kernel, with other rounding, for few rows, so each product is of whole blocks of rows. Matrices
    of less than 256 x 256 would need larger blocks: for small products, of a million multiplications or less, BLAS has
    kernels of their own.
    """

    block = 64
    dtype = np.float32

    def matrix(self, weights: Floats) -> Floats:
        """The weights as they are."""
        return np.ascontiguousarray(weights, np.float32)

    def rounded(self, rows: Floats) -> Floats:
        """The same rows."""
        return rows

    def __call__(self, rows: NDArray[Any], matrix: Floats, out: Floats | None = None) -> Floats:
        """`rows @ matrix`."""
        if out is None:
            out = np.empty((len(rows), matrix.shape[1]), np.float32)
        whole = len(rows) // self.block * self.block
        np.matmul(rows[:whole], matrix, out=out[:whole])
        if whole < len(rows):
            last = np.zeros((self.block, rows.shape[1]), np.float32)
            last[: len(rows) - whole] = rows[whole:]
            out[whole:] = (last @ matrix)[: len(rows) - whole]
        return out
