"""Dumps of articles as Parquet and Arrow files, read in a process of their own.

Arrow is written in C++, and some damaged files make it abort, which no handler in Python can catch. A process that
dies takes its file with it, and nothing else.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from align.config import IngestConfig
from align.ingest.aliases import bounded_document
from align.ingest.lines import max_line
from align.records import Document, Rejected

__all__ = ["read_columns"]


def read_columns(path: Path, name: str, config: IngestConfig) -> Iterator[Document | Rejected]:
    """One Document for each row of a Parquet or Arrow file, or why that row gives none; a few rows in memory at a time.

    Columns have the keys of article records; a row is called `name:number`, from 1. A file without a column of text
    is refused whole, and so is a row group that cannot be read.
    """
    place = str(Path(__file__).parents[2])
    known = os.environ.get("PYTHONPATH")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([place, known] if known else [place])}
    command = [sys.executable, "-P", "-m", "align.ingest.arrow", str(path), name, str(max_line(config.max_characters))]
    with subprocess.Popen(  # noqa: S603 -- this very Python, and arguments that no shell sees
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
    ) as process:
        assert process.stdout
        rows = 0
        try:
            for line in process.stdout:
                if not line.endswith(b"\n"):
                    break  # torn, as the process died
                rows += 1
                yield _record(json.loads(line, parse_constant=lambda _: None), name, config.max_characters)
            code = process.wait()
        finally:
            process.kill()
    if code:
        died = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        detail = f"its reader died of {died} after {rows} records; the file is damaged, or asks for too much memory"
        yield Rejected(name, "read", "unreadable", detail)


def _record(line: dict[str, object], name: str, max_characters: int) -> Document | Rejected:
    if "rule" in line:
        return Rejected(str(line["record_id"]), "read", str(line["rule"]), str(line["detail"]))
    record, record_id = line["record"], str(line["record_id"])
    assert isinstance(record, dict)
    try:
        return bounded_document(record, record_id, max_characters)
    except (ValueError, RecursionError) as error:
        return Rejected(record_id, "read", "too-complex", str(error))
