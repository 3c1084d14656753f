import gzip
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from align.config import IngestConfig
from align.errors import MissingDependencyError
from align.ingest.readers import read
from align.ingest.warc import read_warc
from align.records import Document, Rejected
from tests.ingest.made import warc_of

CONFIG = IngestConfig()
PACKED = pytest.mark.parametrize(
    "pack", [bytes, lambda record: gzip.compress(record, mtime=0)], ids=["plain", "packed"]
)


def page(name):
    return f"<html><body><p>Page {name} a été lue.</p></body></html>".encode()


def records_of(tmp_path, data, config=CONFIG):
    path = tmp_path / "d.warc"
    path.write_bytes(data)
    return list(read_warc(path, "d.warc", config))


def told(records):
    return [r.id if isinstance(r, Document) else (r.record_id, r.rule) for r in records]


@PACKED
def test_pages_among_other_records(tmp_path, pack):
    records = [
        warc_of(b"", kind="warcinfo", body=b"software: x\r\n"),
        warc_of(b"", kind="request", body=b"GET / HTTP/1.1\r\n\r\n"),
        warc_of(page("un"), "https://www.x.example/1"),
        warc_of(b"\x89PNG", "https://x.example/2", content="image/png"),
        warc_of(page("gone"), "https://x.example/3", status="404 Not Found"),
        warc_of(page("deux"), "https://x.example/4", content="text/html; charset=UTF-8"),
    ]
    found = records_of(tmp_path, b"".join(pack(record) for record in records))
    assert told(found) == ["https://www.x.example/1", "https://x.example/4"]
    assert (found[0].text, found[0].url, found[0].outlet) == ("Page un a été lue.", found[0].id, "x.example")
    assert (found[0].published, found[0].metadata["warc-date"]) == (None, "2022-05-03T08:15:00Z")


def test_the_charset_of_the_response_goes_before_the_pages(tmp_path):
    body = '<meta charset="utf-8"><p>Şehir köprüsü, ığdır yolunda.</p>'.encode("cp1254")
    (record,) = records_of(tmp_path, warc_of(body, content='text/html; charset="windows-1254"'))
    assert (record.text, record.metadata["encoding"]) == ("Şehir köprüsü, ığdır yolunda.", "cp1254")


def test_a_body_that_is_packed_and_chunked(tmp_path):
    packed = gzip.compress(page("un"), mtime=0)
    body = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
    body += f"{len(packed):x}\r\n".encode() + packed + b"\r\n0\r\n\r\n"
    (record,) = records_of(tmp_path, warc_of(b"", body=body))
    assert record.text == "Page un a été lue."


@PACKED
def test_the_five_hundredth_record_being_bad_does_not_stop_the_rest(tmp_path, pack):
    kinds = ["text/html" if n in (0, 498, 499, 500, 519) else "image/png" for n in range(520)]
    records = [bytearray(pack(warc_of(page(n), f"https://x.example/{n}", content=kinds[n]))) for n in range(520)]
    records[499][20:60] = b"\xff" * 40
    found = records_of(tmp_path, b"".join(records))
    documents = [record.id for record in found if isinstance(record, Document)]
    assert documents == [f"https://x.example/{n}" for n in (0, 498, 500, 519)]
    offset = sum(map(len, records[:499]))
    assert [told([record])[0] for record in found if isinstance(record, Rejected)] == [(f"d.warc@{offset}", "bad-warc")]


def test_a_length_that_would_swallow_the_next_record(tmp_path):
    records = [warc_of(page(n), f"https://x.example/{n}") for n in range(4)]
    stated = b"Content-Length: %d" % len(warc_of(page(1)).partition(b"\r\n\r\n")[2].removesuffix(b"\r\n\r\n"))
    assert stated in records[1]
    records[1] = records[1].replace(stated, b"Content-Length: 500")
    found = records_of(tmp_path, b"".join(records))
    assert [r.id[-1] if isinstance(r, Document) else r.rule for r in found] == ["0", "bad-warc", "2", "3"]


@PACKED
def test_a_record_cut_short(tmp_path, pack):
    whole = [pack(warc_of(page(n), f"https://x.example/{n}")) for n in range(2)]
    found = records_of(tmp_path, whole[0] + whole[1][:-40])
    assert told(found) == ["https://x.example/0", (f"d.warc@{len(whole[0])}", "bad-warc")]


def test_a_bomb_and_a_record_that_is_too_long(tmp_path, monkeypatch):
    monkeypatch.setattr("align.ingest.compressed._FREE_BYTES", 3_000_000)
    config = IngestConfig(max_characters=1000)
    bomb = gzip.compress(warc_of(b"x" * 9_000_000), mtime=0)
    long = gzip.compress(warc_of(b"y" * 1_000_000), mtime=0)
    good = gzip.compress(warc_of(page("un")), mtime=0)
    found = records_of(tmp_path, bomb + long + good, config)
    assert [r.rule if isinstance(r, Rejected) else r.text for r in found] == [
        "decompression-bomb",
        "too-long",
        "Page un a été lue.",
    ]


@PACKED
def test_damage_at_the_head_of_the_file(tmp_path, pack):
    records = [pack(warc_of(page(n), f"https://x.example/{n}")) for n in range(3)]
    found = records_of(tmp_path, b"\xb0" + records[0][1:] + records[1] + records[2])
    assert told(found) == [("d.warc@0", "bad-warc"), "https://x.example/1", "https://x.example/2"]


def test_garbage_is_one_refusal(tmp_path):
    assert [r.rule for r in records_of(tmp_path, b"no archive " * 20_000)] == ["bad-warc"]
    assert records_of(tmp_path, b"") == []


def test_without_warcio_the_command_that_helps_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "warcio", None)
    (tmp_path / "d.warc").write_bytes(warc_of(page("un")))
    with pytest.raises(MissingDependencyError, match=r"pip install 'wire-align\[warc\]'"):
        read([tmp_path], CONFIG)


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_any_damage_gives_records(tmp_path_factory, data):
    pack = data.draw(st.sampled_from([bytes, lambda record: gzip.compress(record, mtime=0)]))
    whole = bytearray(pack(warc_of(page("un"))) + pack(warc_of(page("deux"), "https://x.example/2")))
    for place, byte in data.draw(st.lists(st.tuples(st.integers(0, len(whole) - 1), st.integers(0, 255)), max_size=6)):
        whole[place] = byte
    records = records_of(tmp_path_factory.mktemp("any"), bytes(whole))
    assert all(isinstance(record, Document | Rejected) for record in records)
