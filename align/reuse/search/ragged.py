"""Rows of numbers that differ in length, in memory or on disk, and what pairs of rows have in common."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from align.reuse.search.ordering import order_within

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["FileRows", "Ragged", "RaggedFile", "Rows", "common", "in_parts", "part_of"]

_BITS = np.uint64(40)
_READ = 2**22  # values that are read at a time


class Rows(Protocol):
    """An array, or what is read from a file as one is."""

    def __getitem__(self, key: Any, /) -> Any: ...

    def __len__(self) -> int: ...


class FileRows:
    """Rows of a file of numbers, read when they are asked for.

    The file is mapped for the length of one call, so that what was read does not stay in memory.
    """

    def __init__(self, path: Path, dtype: Any, width: int | None = None) -> None:
        self._path, self._dtype = path, np.dtype(dtype)
        self._shape: tuple[int, ...] = (width,) if width else ()
        self._count: int = path.stat().st_size // (self._dtype.itemsize * (width or 1))

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, key: Any) -> NDArray[Any]:
        shape = (self._count, *self._shape)
        rows = np.memmap(self._path, self._dtype, "r", shape=shape) if self._count else np.zeros(shape, self._dtype)
        return np.array(rows[key])


@dataclass(frozen=True, slots=True)
class Ragged:
    """Row `i` is `values[begins[i]:begins[i + 1]]`; there is one more begin than rows."""

    values: Rows
    begins: NDArray[np.int64]

    @classmethod
    def of(cls, values: NDArray[np.uint64], owner: NDArray[np.int64], count: int) -> Ragged:
        """Values by the row that each belongs to, in memory: in each of `count` rows every value once, rising."""
        order = order_within(owner, values)
        values, owner = values[order], owner[order]
        new = np.ones(len(values), np.bool_)
        new[1:] = (values[1:] != values[:-1]) | (owner[1:] != owner[:-1])
        sizes = np.bincount(owner[new], minlength=count)
        return cls(values[new], np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)]).astype(np.int64))

    def __len__(self) -> int:
        return len(self.begins) - 1

    def take(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
        """The values of some rows, one row after the other, and for each the place in `rows` that it belongs to."""
        begins, sizes = self.begins[rows], self.sizes(rows)
        owner = np.repeat(np.arange(len(rows)), sizes)
        inside = np.arange(len(owner)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        return self.values[begins[owner] + inside], owner

    def sizes(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """How many values each of some rows has."""
        sizes: NDArray[np.int64] = self.begins[rows + 1] - self.begins[rows]
        return sizes


class RaggedFile:
    """A `Ragged` that is written to a file row by row, and read from there."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("wb")
        self._sizes: list[NDArray[np.int32]] = []

    def add(self, rows: Ragged) -> None:
        """Append rows."""
        self._sizes.append(np.diff(rows.begins).astype(np.int32))
        self._file.write(rows.values[:].tobytes())

    def close(self) -> None:
        """No more rows will come."""
        self._file.close()

    def rows(self) -> Ragged:
        """What was written, to be read."""
        self.close()
        sizes = np.concatenate([np.zeros(1, np.int32), *self._sizes])
        return Ragged(FileRows(self._path, np.uint64), np.cumsum(sizes, dtype=np.int64))


def common(
    first: tuple[NDArray[np.uint64], NDArray[np.int64]], second: tuple[NDArray[np.uint64], NDArray[np.int64]]
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Of two lists of (values, owners) what both have, with its owner.

    Values are hashes, told apart by their first 40 bits; each stands once in its owner's row. Owners and values rise.

    The `take` of one `Ragged` for the first of some pairs, and for their second, gives what each pair shares.
    """
    ours, theirs = (
        owners.astype(np.uint64) << _BITS | values >> (np.uint64(64) - _BITS) for values, owners in (first, second)
    )
    both = np.sort(np.concatenate([ours, theirs]))
    twice = both[1:][both[1:] == both[:-1]]
    place = np.searchsorted(ours, twice)
    # two hashes of one row may agree in their first bits, and then stand there without the other side
    place = place[np.take(ours, place, mode="clip") == twice] if len(ours) else place[:0]
    return first[0][place], first[1][place]


def part_of(
    columns: Sequence[Ragged], part: np.uint64, parts: np.uint64
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """The values whose remainder by `parts` is `part`, and the row that each stands in.

    So columns can be joined a part at a time, when all of their values would not fit into memory.
    """
    keys, rows = [np.zeros(0, np.uint64)], [np.zeros(0, np.int64)]
    for column in columns:
        for at in range(0, len(column.values), _READ):
            values = column.values[at : at + _READ]
            chosen = np.flatnonzero(values % parts == part)
            keys.append(values[chosen])
            rows.append(np.searchsorted(column.begins, chosen + at, side="right") - 1)
    return np.concatenate(keys), np.concatenate(rows)


def in_parts(columns: Sequence[Ragged], most: int) -> Iterator[tuple[NDArray[np.uint64], NDArray[np.int64]]]:
    """All of `part_of` columns, one part after the other, each with about `most` values; one part at least."""
    parts = np.uint64(max(-(-sum(len(column.values) for column in columns) // most), 1))
    for part in range(int(parts)):
        yield part_of(columns, np.uint64(part), parts)
