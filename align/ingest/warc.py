"""Web archives: the pages among the responses of a WARC file, plain or packed record by record."""

from __future__ import annotations

import io
import logging
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from align.config import IngestConfig
from align.errors import MissingDependencyError
from align.ingest.encoding import clean_text, encoding_metadata, text_of
from align.ingest.html import MARKUP_FACTOR, read_markup
from align.ingest.html_metadata import declared_charset
from align.ingest.warc_records import split_records
from align.records import Document, Rejected

__all__ = ["read_warc", "require_warcio"]

_HEADS = 1 << 17  # room for the heads of a record and of the response in it
_KINDS = ("response", "request", "warcinfo", "metadata", "resource", "revisit", "conversion", "continuation")
_PAGES = ("text/html", "application/xhtml+xml")


def require_warcio() -> None:
    """Raise MissingDependencyError, with the command that helps, unless warcio is there."""
    try:
        import warcio  # noqa: F401
    except ImportError as error:
        raise MissingDependencyError("WARC files are read by warcio; pip install 'wire-align[warc]'") from error


def read_warc(path: Path, name: str, config: IngestConfig) -> Iterator[Document | Rejected]:
    """One Document for each response of status 200 that is an HTML page; it is called after the address it came from.

    Other records are passed over: requests, images, redirects, revisits. A record that cannot be read is called
    `name@offset`, with its offset in bytes, and costs nothing but itself: reading goes on where the next one begins.
    """
    # the page's longest markup in four-byte characters, and the two heads
    limit = 4 * MARKUP_FACTOR * config.max_characters + _HEADS
    try:
        with path.open("rb") as file:
            for record in split_records(file, name, limit):
                if isinstance(record, Rejected):
                    yield record
                else:
                    yield from _pages(*record, name, config.max_characters)
    except OSError as error:
        yield Rejected(name, "read", "unreadable", f"the rest of the archive cannot be read: {error}")


def _pages(offset: int, data: bytes, name: str, limit: int) -> Iterator[Document | Rejected]:
    """The page that a record holds, if it is one."""
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed

    record_id = f"{name}@{offset}"
    logging.getLogger("warcio").setLevel(logging.CRITICAL)  # what is wrong with a record is said in quarantine
    try:
        for item in ArchiveIterator(io.BytesIO(data)):
            if item.rec_type not in _KINDS or (item.rec_type == "response" and not item.http_headers):
                raise ValueError(f"a record of type {item.rec_type!r} without its headers")
            if _is_page(item):
                address = clean_text(item.rec_headers.get_header("WARC-Target-URI") or "").strip("<> \n") or record_id
                body = item.content_stream().read(4 * MARKUP_FACTOR * limit + 5)
                yield from _page(body, address, item, limit)
    except (ArchiveLoadFailed, ValueError, LookupError, AttributeError, OSError, EOFError, zlib.error) as error:
        told = (str(error).splitlines() or [""])[0][:200] or type(error).__name__
        yield Rejected(record_id, "read", "bad-warc", f"not a WARC record: {told}")


def _is_page(item: Any) -> bool:
    if item.rec_type != "response" or item.http_headers.get_statuscode() != "200":
        return False
    return _content_type(item).partition(";")[0].strip().lower() in _PAGES


def _content_type(item: Any) -> str:
    return item.http_headers.get_header("Content-Type") or ""


def _page(data: bytes, address: str, item: Any, limit: int) -> Iterator[Document | Rejected]:
    charset = re.search(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", _content_type(item), re.IGNORECASE)
    declared = charset[1] if charset else declared_charset(data)
    decoded = text_of(data, address, max_characters=MARKUP_FACTOR * limit, declared=declared)
    if isinstance(decoded, Rejected):
        yield decoded
        return
    metadata = encoding_metadata(decoded)
    if captured := item.rec_headers.get_header("WARC-Date"):
        metadata["warc-date"] = captured
    yield from read_markup(decoded.text, address, max_characters=limit, metadata=metadata, address=address)
