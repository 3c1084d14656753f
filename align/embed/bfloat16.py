"""Matrix products in bfloat16, in a fraction of the time where the processor has instructions for them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from align.embed.products import Floats

__all__ = ["Bfloat16Products"]


class Bfloat16Products:
    """Factors and results rounded to bfloat16, what lies between them in float32, through torch.

    The order in which torch adds up hangs on the number of rows, so that is always the same.
    """

    block = 256
    dtype = np.uint16  # the bits, since numpy does not know bfloat16

    def __init__(self) -> None:
        import torch

        self._torch = torch

    def matrix(self, weights: Floats) -> Any:
        """The weights as a tensor in bfloat16."""
        return self._torch.from_numpy(np.ascontiguousarray(weights, np.float32)).bfloat16()

    def rounded(self, rows: Floats) -> NDArray[np.uint16]:
        """The bits of the rows in bfloat16."""
        bits = self._torch.from_numpy(rows).bfloat16().view(self._torch.uint16)
        return np.asarray(bits.numpy(), np.uint16)

    def __call__(self, rows: NDArray[Any], matrix: Any, out: Floats | None = None) -> Floats:
        """`rows @ matrix`."""
        torch = self._torch
        if out is None:
            out = np.empty((len(rows), matrix.shape[1]), np.float32)
        result, given = torch.from_numpy(out), torch.from_numpy(rows)
        given = given.view(torch.bfloat16) if given.dtype == torch.uint16 else given.bfloat16()
        for at in range(0, len(rows), self.block):
            part = given[at : at + self.block]
            missing = self.block - len(part)
            if missing:
                part = torch.cat([part, part.new_zeros((missing, part.shape[1]))])
            result[at : at + self.block] = (part @ matrix)[: len(rows) - at]
        return out
