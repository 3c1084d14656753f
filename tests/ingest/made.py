"""Files made for the tests: tables, archives, packed files."""

import gzip
import io

import pyarrow
from pyarrow import parquet

MARK = b"WARC/1.0\r\n"


def packed(data, suffix):
    """`data` as a file that ends in `suffix` holds it; an empty suffix packs nothing."""
    if suffix == ".gz":
        return gzip.compress(data, mtime=0)
    return pyarrow.Codec("zstd").compress(data, asbytes=True) if suffix == ".zst" else data


def parquet_of(columns, **options):
    table = columns if isinstance(columns, pyarrow.Table) else pyarrow.table(columns)
    file = io.BytesIO()
    parquet.write_table(table, file, **options)
    return file.getvalue()


def arrow_of(columns, *, stream=True):
    table = columns if isinstance(columns, pyarrow.Table) else pyarrow.table(columns)
    file = io.BytesIO()
    with (pyarrow.ipc.new_stream if stream else pyarrow.ipc.new_file)(file, table.schema) as writer:
        writer.write_table(table, max_chunksize=100)
    return file.getvalue()


def warc_of(
    page, address="https://x.example/page", *, kind="response", content="text/html", status="200 OK", body=None
):
    """One record of a web archive."""
    response = f"HTTP/1.1 {status}\r\nContent-Type: {content}\r\n\r\n".encode() + page if body is None else body
    head = f"WARC-Type: {kind}\r\nWARC-Target-URI: {address}\r\nWARC-Date: 2022-05-03T08:15:00Z\r\n"
    head += "WARC-Record-ID: <urn:uuid:1>\r\nContent-Type: application/http; msgtype=response\r\n"
    return MARK + f"{head}Content-Length: {len(response)}\r\n\r\n".encode() + response + b"\r\n\r\n"
