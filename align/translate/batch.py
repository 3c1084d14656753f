"""Batches of similar length, so that little of the work is spent on padding."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["token_batches"]


def token_batches(lengths: Sequence[int], budget: int) -> list[list[int]]:
    """Indices of `lengths` cut into batches, longest first, each index in exactly one.

    A batch's padded size, its longest length times its number of texts, stays within `budget` tokens; a text that is
    longer than the budget travels alone. Ties keep the order of the input, so equal input gives equal batches.

    Raises ValueError for a budget below 1 or a negative length.
    """
    if budget < 1:
        raise ValueError(f"not a batch budget: {budget!r}; expected at least 1 token")
    if any(length < 0 for length in lengths):
        raise ValueError(f"negative length: {min(lengths)!r}")
    batches: list[list[int]] = []
    for index in sorted(range(len(lengths)), key=lambda item: (-lengths[item], item)):
        if batches and lengths[batches[-1][0]] * (len(batches[-1]) + 1) <= budget:
            batches[-1].append(index)
        else:
            batches.append([index])
    return batches
