import datetime

import pyarrow
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from align.config import IngestConfig
from align.ingest.arrow import rows_of_arrow, rows_of_parquet
from align.ingest.columns import read_columns
from align.ingest.readers import read
from align.records import Document, Rejected
from tests.ingest.made import arrow_of, parquet_of

CONFIG = IngestConfig()
LIMIT = 1000
BOTH = pytest.mark.parametrize(("make", "reader"), [(parquet_of, rows_of_parquet), (arrow_of, rows_of_arrow)])


def rows_of(tmp_path, data, reader):
    path = tmp_path / "d.table"
    path.write_bytes(data)
    return list(reader(path, "d", LIMIT))


def told(records):
    """Texts, of documents or rows, and what was refused by which rule."""
    return [
        (r.record_id, r.rule) if isinstance(r, Rejected) else r.text if isinstance(r, Document) else r[1]["text"]
        for r in records
    ]


@pytest.mark.parametrize(("make", "suffix"), [(parquet_of, ".parquet"), (arrow_of, ".arrow")])
def test_rows_are_articles(tmp_path, make, suffix):
    path = tmp_path / f"d{suffix}"
    path.write_bytes(
        make(
            {
                "text": ["a", None, "c" * 20],
                "Title": ["t", "u", "v"],
                "date": [datetime.date(2022, 5, 3)] * 3,
                "n": [1.0, float("nan"), 3],
                "tags": [["x"], [], None],
                "kind": pyarrow.array(["k"] * 3).dictionary_encode(),
            }
        )
    )
    records = list(read_columns(path, "d", IngestConfig(max_characters=10)))
    assert told(records) == ["a", ("d:2", "no-text"), ("d:3", "too-long")]
    assert (records[0].id, records[0].title, records[0].published) == ("d:1", "t", "2022-05-03")
    assert records[0].metadata == {"n": 1, "tags": ["x"], "kind": "k"}


def test_a_reader_that_dies_takes_its_file_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (tmp_path / "pyarrow.py").write_text("import os\nos.abort()")
    (tmp_path / "d.parquet").write_bytes(parquet_of({"text": ["a"]}))
    (tmp_path / "e.txt").write_text("b")
    records = list(read([tmp_path], CONFIG))
    assert told(records) == [("d.parquet", "unreadable"), "b"]
    assert "SIGABRT" in records[0].detail


def test_a_reader_is_stopped_when_nobody_listens(tmp_path):
    (tmp_path / "d.arrow").write_bytes(arrow_of({"text": ["a"] * 100_000}))
    records = read([tmp_path / "d.arrow"], CONFIG)
    next(records)
    records.close()


@BOTH
@pytest.mark.parametrize(
    ("columns", "rule", "said"),
    [
        ({"translation": [{"fr": "a", "en": "b"}]}, "no-text", "parallel corpus"),
        ({"text": [{"fr": "a", "en": "b"}]}, "wrong-type", "struct<"),
        ({"text": [["a"]]}, "wrong-type", "list<"),
        ({"n": [1]}, "no-text", "n (int64)"),
        ({"Text": ["a"], "text": ["b"]}, "bad-table", "two columns"),
    ],
)
def test_tables_that_are_refused_once(tmp_path, make, reader, columns, rule, said):
    (refused,) = rows_of(tmp_path, make(columns), reader)
    assert (refused.record_id, refused.rule) == ("d", rule)
    assert said in refused.detail


@BOTH
def test_text_that_is_not_utf_8(tmp_path, make, reader):
    data = make({"text": pyarrow.array([b"a", b"\xe9t\xe9", b"c"], pyarrow.binary())})
    assert told(rows_of(tmp_path, data, reader)) == ["a", ("d:2", "unknown-encoding"), "c"]


def test_times_out_of_range(tmp_path):
    table = pyarrow.table({"text": ["a"], "date": pyarrow.array([2**62], pyarrow.timestamp("us"))})
    assert told(rows_of(tmp_path, arrow_of(table), rows_of_arrow)) == ["a"]


@BOTH
def test_damage_is_reported_and_what_came_before_stays(tmp_path, make, reader):
    data = make({"text": [f"text {n}" * 50 for n in range(300)] + ["x" * 2000]})
    records = rows_of(tmp_path, data[: len(data) // 2], reader)
    assert records[-1].rule == "unreadable"
    assert told(rows_of(tmp_path, b"no table", reader)) == [("d", "unreadable")]


def test_a_row_group_that_is_damaged_does_not_stop_the_rest(tmp_path):
    data = bytearray(
        parquet_of(
            {"text": [f"text {n}" for n in range(300)]}, row_group_size=100, compression="gzip", use_dictionary=False
        )
    )
    page = parquet.ParquetFile(pyarrow.BufferReader(bytes(data))).metadata.row_group(1).column(0).data_page_offset
    data[page + 60 : page + 80] = b"\xff" * 20
    records = rows_of(tmp_path, bytes(data), rows_of_parquet)
    assert ("d:101", "unreadable") in told(records)
    assert {"text 0", "text 99", "text 200", "text 299"} <= set(told(records))


def test_a_row_group_that_unpacks_to_far_too_much(tmp_path, monkeypatch):
    monkeypatch.setattr("align.ingest.compressed._FREE_BYTES", 1_000_000)
    bomb = pyarrow.table({"text": ["x" * 1_000_000, "y" * 1_000_000, "mot"]})
    data = parquet_of(bomb, compression="zstd", use_dictionary=False, row_group_size=2)
    assert told(rows_of(tmp_path, data, rows_of_parquet)) == [("d:1", "decompression-bomb"), "mot"]


def test_a_folder_that_datasets_saved(tmp_path):
    (tmp_path / "data-00000-of-00001.arrow").write_bytes(arrow_of({"text": ["a", "b"]}))
    (tmp_path / "dataset_info.json").write_text('{"features": {}}')
    (tmp_path / "state.json").write_text('{"_data_files": []}')
    assert told(read([tmp_path], CONFIG)) == ["a", "b"]


def test_an_arrow_file_and_an_arrow_stream(tmp_path):
    for stream in (True, False):
        assert told(rows_of(tmp_path, arrow_of({"text": ["a"]}, stream=stream), rows_of_arrow)) == ["a"]


def damaged(whole, changes):
    """`whole` with some of its bytes changed."""
    found = bytearray(whole)
    for place, byte in changes:
        found[place % len(found)] = byte
    return bytes(found)


CHANGES = st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=4)


@settings(max_examples=60, deadline=None)
@given(CHANGES)
def test_any_damage_to_an_arrow_stream_gives_rows(tmp_path_factory, changes):
    whole = arrow_of({"text": ["Un mot.", "deux", None], "n": [1, 2, 3]})
    for row in rows_of(tmp_path_factory.mktemp("any"), damaged(whole, changes), rows_of_arrow):
        assert isinstance(row, tuple | Rejected)


@settings(max_examples=3, deadline=None)
@given(CHANGES)
def test_any_damage_to_a_parquet_file_gives_records(tmp_path_factory, changes):
    path = tmp_path_factory.mktemp("any") / "d.parquet"
    path.write_bytes(damaged(parquet_of({"text": ["Un mot.", "deux", None], "n": [1, 2, 3]}), changes))
    assert all(isinstance(record, Document | Rejected) for record in read_columns(path, "d", CONFIG))
