"""Plain text pages: the whole file is the document."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from align.config import IngestConfig
from align.ingest.dates import find_page_date
from align.ingest.encoding import encoding_metadata, read_file
from align.records import Document, Rejected

__all__ = ["read_page"]


def read_page(path: Path, name: str, config: IngestConfig) -> Iterator[Document | Rejected]:
    """The page at `path` as one Document called `name`, dated by the date line at its head, or why it is none."""
    decoded = read_file(path, name, max_characters=config.max_characters)
    if isinstance(decoded, Rejected):
        yield decoded
        return
    found = find_page_date(decoded.text)
    published, precision = found[:2] if found else (None, None)
    yield Document(
        id=name,
        text=decoded.text,
        published=published,
        published_precision=precision,
        metadata=encoding_metadata(decoded),
    )
