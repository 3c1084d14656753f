"""Arrow tables and Parquet files on the driver's and the workers' side: records as lines, sentences as columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from align.lookup import batches
from align.reuse.search.columns import Columns
from align.reuse.search.ragged import Ragged
from align.reuse.search.windows import Windows

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "TRAITS",
    "VECTORS",
    "array_of",
    "columns_of",
    "lines_of",
    "lists_of",
    "ragged_of",
    "rows_of",
    "schema_of",
    "table_of",
    "whole_table",
    "windows_of",
    "write_lines",
]

TRAITS = ("runs", "long_runs", "english_runs", "stems", "english_stems", "names", "counts", "figures")
"""The ragged columns of a sentence, each a list of 64-bit hashes; Spark has no unsigned numbers, so as signed ones."""

VECTORS = np.float16
"""How vectors are kept, as on one machine."""

_LINES = 1_000  # documents in one file, which is one task


def write_lines(path: Path, folder: Path) -> None:
    """Write the lines of a JSON Lines file as Parquet files of (number, line), 1,000 lines a file."""
    import pyarrow as pa
    import pyarrow.parquet as parquet

    folder.mkdir(parents=True, exist_ok=True)
    with path.open("rb") as file:
        parts = chain([[]], batches(enumerate(file), _LINES))  # one file at least, which tells the columns
        for number, part in enumerate(parts):
            numbers = pa.array([at for at, _ in part], pa.int64())
            lines = pa.array([line.decode("utf-8") for _, line in part], pa.large_string())
            parquet.write_table(pa.table({"number": numbers, "line": lines}), folder / f"part-{number:06}.parquet")
    (folder / "_SUCCESS").touch()


def rows_of(folder: Path, names: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """Some columns of the rows of a folder of Parquet files, file by file in the order of their names."""
    import pyarrow.parquet as parquet

    for path in sorted(folder.glob("*.parquet")):
        with parquet.ParquetFile(path) as file:
            for batch in file.iter_batches(columns=list(names)):
                yield from zip(*(batch.column(name).to_pylist() for name in names), strict=True)


def lines_of(folder: Path, name: str) -> Iterator[str]:
    """The lines of a column of lists of lines, row by row."""
    for (lines,) in rows_of(folder, [name]):
        yield from lines


def table_of(columns: Mapping[str, Any], schema: Mapping[str, str]) -> Any:
    """An Arrow record batch of lists and arrays, in the types of a Spark schema."""
    import pyarrow as pa

    kinds = {
        "long": pa.int64(),
        "double": pa.float64(),
        "boolean": pa.bool_(),
        "string": pa.string(),
        "binary": pa.binary(),
        "array<string>": pa.list_(pa.string()),
        "array<long>": pa.list_(pa.int64()),
        "array<double>": pa.list_(pa.float64()),
        "array<boolean>": pa.list_(pa.bool_()),
    }
    arrays = [
        columns[name] if isinstance(columns[name], pa.Array) else pa.array(columns[name], kinds[kind])
        for name, kind in schema.items()
    ]
    return pa.RecordBatch.from_arrays(arrays, names=list(schema))


def whole_table(columns: Mapping[str, Any], schema: Mapping[str, str]) -> Any:
    """The same as a table."""
    import pyarrow as pa

    return pa.Table.from_batches([table_of(columns, schema)])


def schema_of(schema: Mapping[str, str]) -> str:
    """A schema as Spark reads it."""
    return ", ".join(f"{name} {kind}" for name, kind in schema.items())


def array_of(table: Any, name: str) -> NDArray[Any]:
    """A column of numbers."""
    column = table.column(name)
    found: NDArray[Any] = column.to_numpy() if hasattr(column, "num_chunks") else column.to_numpy(zero_copy_only=False)
    return found


def lists_of(rows: Ragged) -> Any:
    """A ragged column as a list array."""
    import pyarrow as pa

    return pa.ListArray.from_arrays(
        pa.array(rows.begins.astype(np.int32), pa.int32()), pa.array(rows.values[:].view(np.int64), pa.int64())
    )


def ragged_of(table: Any, name: str) -> Ragged:
    """A list column as a ragged one."""
    column = table.column(name)
    column = column.combine_chunks() if hasattr(column, "num_chunks") else column
    sizes = column.value_lengths().to_numpy(zero_copy_only=False)
    begins = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes, dtype=np.int64)])
    values: NDArray[np.int64] = column.flatten().to_numpy(zero_copy_only=False)
    return Ragged(values.astype(np.int64).view(np.uint64), begins)


def columns_of(table: Any, traits: Sequence[str] = TRAITS) -> tuple[Columns, NDArray[np.int64]]:
    """The columns of sentences in the order of a table, stories numbered from 0 in rising order, and their own numbers.

    `traits` are those of the ragged columns that the table has; the others are empty.
    """
    stories, story = np.unique(array_of(table, "story"), return_inverse=True)
    nothing = Ragged(np.zeros(0, np.uint64), np.zeros(table.num_rows + 1, np.int64))
    ragged = {name: ragged_of(table, name) if name in traits else nothing for name in TRAITS}
    columns = Columns(story.astype(np.int64), array_of(table, "place"), array_of(table, "language"), ragged)
    return columns, stories


def windows_of(table: Any, sizes: NDArray[np.int64]) -> Windows:
    """The vectors of the sentences of a table, from a column of bytes: so many of each."""
    flat = np.frombuffer(b"".join(_items(table, "vectors")), VECTORS)
    begins = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes, dtype=np.int64)])
    return Windows(flat.reshape(int(begins[-1]), -1 if len(flat) else 1), begins)


def _items(table: Any, name: str) -> Iterable[Any]:
    column = table.column(name)
    chunks = column.chunks if hasattr(column, "num_chunks") else [column]
    return (item.as_buffer() for chunk in chunks for item in chunk)
