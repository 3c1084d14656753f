"""What numbers and names two passages agree on, what clashes, and what only one of them has."""

from __future__ import annotations

from collections.abc import Collection

from align.records import Agreement
from align.reuse.reading.names import may_be_in, name_keys, same_name
from align.reuse.reading.sides import SMALL, Count, Side, telling

__all__ = ["compare_names", "compare_numbers", "number_weight", "share_missing"]


def share_missing(agreement: Agreement, first: Collection[object], second: Collection[object]) -> float:
    """The share of items that only one side has; 0 where a side has none, since a retelling may leave them out."""
    if not first or not second:
        return 0.0
    missing = len(agreement.missing)
    total = 2 * len(agreement.same) + 2 * len(agreement.different) + missing
    return missing / total if total else 0.0


def compare_names(first: frozenset[str], second: frozenset[str]) -> Agreement:
    """Names that both have, by whatever spelling, and those of one side only.

    Of two spellings of one name the first in the alphabet stands for both, whichever side has it.
    """
    left, right = first - second, second - first
    if not (left or right):
        return Agreement(same=tuple(sorted(first)))
    near, far = _spellings(left, second), _spellings(right, first)
    missing = [*(left - near.keys()), *(right - far.keys())]
    return Agreement(
        same=tuple(sorted((first & second).union(near.values(), far.values()))), missing=tuple(sorted(missing))
    )


def _spellings(names: frozenset[str], others: frozenset[str]) -> dict[str, str]:
    """Those of `names` that are the same name as some of `others`, each with the spelling that stands for it."""
    keys = name_keys(others)
    found = {}
    for name in names:
        same = [other for other in others if same_name(name, other)] if may_be_in(name, keys) else []
        if same:
            found[name] = min(name, *same)
    return found


def compare_numbers(first: Side, second: Side) -> Agreement:
    """Numbers of both sides: the same value; the same thing counted differently; or on one side only.

    Values alone agree, since what is counted is worded freely ("soldats", "militaires"). Two different values clash
    only where the same word follows both, and neither value stands on the other side.
    """
    ours, theirs = first.counts, second.counts
    if not (ours or theirs):
        return Agreement()
    same = [value for value in ours if value in theirs]
    left = [value for value in ours if value not in theirs]
    right = [value for value in theirs if value not in ours]
    different = []
    for value in list(left):
        rival = next((other for other in right if value[1] == other[1] and ours[value] & theirs[other]), None)
        if rival is not None:
            different.append(f"{_plain(value)} / {_plain(rival)} {sorted(ours[value] & theirs[rival])[0]}")
            left.remove(value)
            right.remove(rival)
    return Agreement(
        same=tuple(_spoken(value, ours[value] & theirs[value]) for value in same),
        different=tuple(different),
        missing=tuple(_plain(value) for value in [*left, *right]),
    )


def _spoken(count: Count, counted: frozenset[str]) -> str:
    return f"{_plain(count)} {' '.join(sorted(counted))}".strip()


def _plain(count: Count) -> str:
    """A value with all its digits: 1250000, not 1.25e+06; a share with its sign."""
    return f"{count[0]:.15g}{'%' if count[1] else ''}"


def number_weight(item: str, alike: bool) -> float:
    """How telling a number in common is, by its value and by what it counts.

    In one language, a small number that counts other things on each side ("cinq chars", "cinq blessés") says nearly
    nothing; across languages what is counted cannot be held together, and the value speaks alone.
    """
    value, _, counted = item.partition(" ")
    if value.endswith("%"):
        return telling(float(value[:-1])) + 0.3
    if alike and not counted and float(value) <= SMALL:
        return 0.1
    return telling(float(value)) + (0.3 if counted else 0.0)
