"""Everything that pyarrow reads: tables in Parquet and Arrow files, and Zstandard streams.

`python -m align.ingest.arrow FILE NAME LIMIT` prints the rows of a table, one JSON object a line: `record_id` and
`record`, or `record_id`, `rule` and `detail`. `ingest.columns` runs it.
"""

from __future__ import annotations

import datetime
import json
import resource
import signal
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from align.ingest.aliases import ALIASES, table_keys
from align.ingest.compressed import is_bomb
from align.records import Rejected

__all__ = ["rows_of_arrow", "rows_of_parquet", "zstandard_stream"]

Row = tuple[str, dict[str, Any]]
"""What a row is called, and its cells by the keys of article records."""

_MAX_MEMORY, _MAX_SECONDS = 8 << 30, 300  # of the process that reads a table
_ROWS = 64  # held in memory at a time
_TEXT_KEYS = frozenset(alias.key for alias in ALIASES["text"])


def zstandard_stream(raw: IO[bytes]) -> Any:
    """A Zstandard file, of one frame or several, as a stream of what was packed; its errors are OSErrors."""
    import pyarrow

    return pyarrow.CompressedInputStream(pyarrow.PythonFile(raw, mode="r"), "zstd")


def rows_of_parquet(path: Path, name: str, limit: int) -> Iterator[Row | Rejected]:
    """The rows of a Parquet file, or why one is none; a text of more than `limit` characters is refused."""
    import pyarrow
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(path) as file:
            schema, groups = file.schema_arrow, [file.metadata.row_group(n) for n in range(file.num_row_groups)]
        if refused := _refused(schema, name):
            yield refused
            return
        texts = [field.name for field in schema if _is_text(field.type)]
        # a dictionary stays one: a column that says the same thing a million times takes the room of one
        with parquet.ParquetFile(path, read_dictionary=texts) as file:
            first = 1
            for number, group in enumerate(groups):
                yield from _group(file, number, group, name, first, limit)
                first += group.num_rows
    except (pyarrow.ArrowException, OSError, ValueError, MemoryError) as error:
        yield Rejected(name, "read", "unreadable", f"not a Parquet file that can be read: {_said(error)}")


def _group(file: Any, number: int, group: Any, name: str, first: int, limit: int) -> Iterator[Row | Rejected]:
    import pyarrow

    rows = f"{name}:{first}"
    detail = f"{group.num_rows} rows from row {first}"
    packed = sum(group.column(index).total_compressed_size for index in range(group.num_columns))
    if is_bomb(packed, group.total_byte_size):
        yield Rejected(rows, "read", "decompression-bomb", f"{detail}: {packed} bytes for {group.total_byte_size}")
        return
    try:
        for batch in file.iter_batches(batch_size=_ROWS, row_groups=[number], use_threads=False):
            yield from _rows(batch, name, first, limit)
            first += batch.num_rows
    except (pyarrow.ArrowException, OSError, ValueError, MemoryError) as error:
        yield Rejected(f"{name}:{first}", "read", "unreadable", f"of {detail}, those left: {_said(error)}")


def rows_of_arrow(path: Path, name: str, limit: int) -> Iterator[Row | Rejected]:
    """The rows of an Arrow file or stream, as `datasets` saves them; as for Parquet."""
    import pyarrow

    try:
        with path.open("rb") as file:
            opened = pyarrow.ipc.open_file if file.read(6) == b"ARROW1" else pyarrow.ipc.open_stream
            file.seek(0)
            reader = opened(file)
            if refused := _refused(reader.schema, name):
                yield refused
                return
            first = 1
            for batch in _batches(reader):
                batch.validate(full=True)  # before any offset in it is believed
                yield from _rows(batch, name, first, limit)
                first += batch.num_rows
    except (pyarrow.ArrowException, OSError, ValueError, MemoryError) as error:
        yield Rejected(name, "read", "unreadable", f"the rest of the Arrow file cannot be read: {_said(error)}")


def _batches(reader: Any) -> Iterator[Any]:
    if hasattr(reader, "num_record_batches"):
        yield from (reader.get_batch(number) for number in range(reader.num_record_batches))
    else:
        yield from reader


def _refused(schema: Any, name: str) -> Rejected | None:
    """Why a table holds no articles, if it does not."""
    keys = dict(zip(table_keys(schema.names), schema.types, strict=True))
    if len(keys) < len(schema.names):
        return Rejected(name, "read", "bad-table", f"two columns of one name: {', '.join(schema.names)[:200]}")
    found = {key: kind for key, kind in keys.items() if key in _TEXT_KEYS}
    if any(_is_text(kind) for kind in found.values()):
        return None
    told = ", ".join(f"{key} ({kind})" for key, kind in (found or keys).items())[:300]
    if found:
        return Rejected(name, "read", "wrong-type", f"no column of text: {told}; allowed: string")
    hint = "; a parallel corpus is no list of articles" if "translation" in keys else ""
    return Rejected(name, "read", "no-text", f"no column of text among {told}{hint}")


def _is_text(kind: Any) -> bool:
    import pyarrow

    kind = kind.value_type if pyarrow.types.is_dictionary(kind) else kind
    tests = ("is_string", "is_large_string", "is_binary", "is_large_binary", "is_string_view")
    return any(getattr(pyarrow.types, test)(kind) for test in tests)


def _rows(batch: Any, name: str, first: int, limit: int) -> Iterator[Row | Rejected]:
    keys = table_keys(batch.schema.names)
    for index in range(batch.num_rows):
        record_id = f"{name}:{first + index}"
        try:
            record = {key: _plain(column[index]) for key, column in zip(keys, batch.columns, strict=True)}
        except UnicodeDecodeError as error:
            yield Rejected(record_id, "read", "unknown-encoding", f"a text that is not UTF-8: {error.reason}")
            continue
        if any(isinstance(cell, str) and len(cell) > limit for cell in record.values()):
            yield Rejected(record_id, "read", "too-long", f"a cell of more than {limit} characters")
        else:
            yield record_id, record


def _plain(scalar: Any) -> Any:
    """A cell as JSON would have it."""
    try:
        value = scalar.as_py()
    except UnicodeDecodeError:
        raise
    except (ValueError, OverflowError):  # a time that Python's have no room for
        return str(getattr(scalar, "value", None))
    if isinstance(value, bytes):
        return value.decode("utf-8")
    return value.isoformat() if isinstance(value, datetime.date | datetime.datetime) else value


def _said(error: BaseException) -> str:
    lines: Sequence[str] = str(error).splitlines()
    return lines[0][:200] if lines else type(error).__name__


def _main(path: str, name: str, limit: int) -> None:
    """Print the rows of a table. The system ends this process if a step takes five minutes or 8 GiB."""
    resource.setrlimit(resource.RLIMIT_AS, (_MAX_MEMORY, _MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    rows = rows_of_parquet if path.lower().endswith(".parquet") else rows_of_arrow
    found = rows(Path(path), name, limit)
    while True:
        signal.alarm(_MAX_SECONDS)
        row = next(found, None)
        signal.alarm(0)
        if row is None:
            return
        if isinstance(row, Rejected):
            line: dict[str, Any] = {"record_id": row.record_id, "rule": row.rule, "detail": row.detail}
        else:
            line = {"record_id": row[0], "record": row[1]}
        sys.stdout.write(json.dumps(line, default=str) + "\n")


if __name__ == "__main__":
    _main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
