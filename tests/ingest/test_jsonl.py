import gzip
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from align.config import IngestConfig
from align.ingest.jsonl import read_json, read_jsonl
from align.records import Document, Rejected

CONFIG = IngestConfig()


def lines_of(tmp_path, data, *, name="dump.jsonl", config=CONFIG, reader=read_jsonl):
    path = tmp_path / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode("utf-8"))
    return list(reader(path, name, config))


def told(record):
    return record.text if isinstance(record, Document) else (record.record_id, record.rule)


def test_a_bad_line_does_not_stop_the_others(tmp_path):
    data = '{"text": "a"}\n{"text": "b\n\n[1]\n"x"\n{"text": 5}\n{"title": "t"}\n{"text": "c"}'
    assert [told(record) for record in lines_of(tmp_path, data)] == [
        "a",
        ("dump.jsonl:2", "bad-json"),
        ("dump.jsonl:4", "not-an-object"),
        ("dump.jsonl:5", "not-an-object"),
        ("dump.jsonl:6", "wrong-type"),
        ("dump.jsonl:7", "no-text"),
        "c",
    ]


def test_ids_fall_back_to_url_and_line(tmp_path):
    data = '{"text": "a", "id": 3}\n{"text": "b", "url": "https://x.example/b"}\n\n{"text": "c"}\n'
    assert [record.id for record in lines_of(tmp_path, data)] == ["3", "https://x.example/b", "dump.jsonl:4"]


def test_windows_newlines_and_mark(tmp_path):
    assert [told(r) for r in lines_of(tmp_path, b'\xef\xbb\xbf{"text": "a"}\r\n{"text": "b"}\r\n')] == ["a", "b"]


def test_utf_16_with_mark(tmp_path):
    assert [told(r) for r in lines_of(tmp_path, '{"text": "é"}\n{"text": "b"}\n'.encode("utf-16"))] == ["é", "b"]


def test_utf_16_cut_in_the_middle(tmp_path):
    records = lines_of(tmp_path, '{"text": "é"}\n'.encode("utf-16") + b"a")
    assert records[-1].rule == "unknown-encoding"


def test_a_line_in_another_encoding(tmp_path):
    data = b'{"text": "\xe9t\xe9"}\n{"text": "b"}\n'
    assert [told(record) for record in lines_of(tmp_path, data)] == [("dump.jsonl:1", "unknown-encoding"), "b"]


def test_line_separators_inside_a_text_do_not_end_the_line(tmp_path):
    assert [told(r) for r in lines_of(tmp_path, '{"text": "a\u2028b\u0085c"}\n')] == ["a\u2028b\u0085c"]


def test_binary_file_is_one_refusal(tmp_path):
    assert [told(r) for r in lines_of(tmp_path, b"\x7fELF\0\0\n\0\n\0\n")] == [("dump.jsonl", "binary-file")]


def test_lone_surrogates_and_pairs(tmp_path):
    (record,) = lines_of(tmp_path, r'{"text": "a\ud800b \ud83d\ude00 \u0000"}')
    assert record.text == "a\ufffdb 😀 \ufffd"


def test_numbers_that_are_not_finite_become_null(tmp_path):
    (record,) = lines_of(tmp_path, '{"text": "a", "x": NaN, "y": [-Infinity, 1e999], "date": NaN}')
    assert record.metadata == {"x": None, "y": [None, None]}


@pytest.mark.parametrize(
    "bomb", ['{"text": "a", "x": ' + "[" * 100_000, '{"text": "a", "x": ' + "[" * 90 + "]" * 90 + "}"]
)
def test_nesting_bombs(tmp_path, bomb):
    assert [told(r) for r in lines_of(tmp_path, bomb + '\n{"text": "b"}')] == [("dump.jsonl:1", "too-complex"), "b"]


def test_an_integer_too_long_to_convert(tmp_path):
    assert told(lines_of(tmp_path, '{"text": "a", "x": ' + "9" * 5000 + "}")[0]) == ("dump.jsonl:1", "bad-json")


def test_too_long_texts_and_lines(tmp_path):
    config = IngestConfig(max_characters=10)
    data = '{"text": "' + "x" * 11 + '"}\n{"text": "' + "y" * 3_000_000 + '"}\n{"text": "' + "z" * 10 + '"}\n'
    told_of = [told(record) for record in lines_of(tmp_path, data, config=config)]
    assert told_of == [("dump.jsonl:1", "too-long"), ("dump.jsonl:2", "too-long"), "z" * 10]


def test_one_line_at_a_time(tmp_path):
    path = tmp_path / "dump.jsonl"
    path.write_bytes(b'{"text": "a"}\n' * 50_000)
    records = read_jsonl(path, "dump.jsonl", CONFIG)
    next(records)
    with path.open("r+b") as file:  # what lies beyond the buffer is read when it is asked for, not before
        file.truncate(350_000)
    assert sum(1 for _ in records) < 30_000


def test_gzip_and_its_damage(tmp_path):
    data = gzip.compress(b'{"text": "a"}\n' * 5_000, mtime=0)
    assert len(lines_of(tmp_path, data, name="d.jsonl.gz")) == 5_000
    cut = lines_of(tmp_path, data[: len(data) // 2], name="d.jsonl.gz")
    assert told(cut[-1]) == ("d.jsonl.gz", "unreadable")
    assert all(isinstance(record, Document) for record in cut[:-2])
    assert told(lines_of(tmp_path, b"no gzip", name="d.jsonl.gz")[0]) == ("d.jsonl.gz", "unreadable")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ([{"text": "a"}, 5, {"text": "b"}], ["a", ("d.json:2", "not-an-object"), "b"]),
        ({"text": "a"}, ["a"]),
        ([], []),
        (7, [("d.json:1", "not-an-object")]),
    ],
)
def test_a_json_file(tmp_path, value, expected):
    data = json.dumps(value, indent=1)
    assert [told(r) for r in lines_of(tmp_path, data, name="d.json", reader=read_json)] == expected


def test_a_json_file_too_long_or_in_another_encoding(tmp_path):
    config = IngestConfig(max_characters=1)
    (refused,) = lines_of(tmp_path, "[" + " " * 4_100_000 + "]", name="d.json", reader=read_json, config=config)
    assert refused.rule == "too-long" and "JSON Lines" in refused.detail
    (record,) = lines_of(tmp_path, '{"text": "L’été, déjà"}'.encode("cp1252"), name="d.json", reader=read_json)
    assert (record.text, record.metadata) == ("L’été, déjà", {"encoding": "cp1252"})


def test_json_lines_under_the_name_of_json(tmp_path):
    data = '{"text": "a"}\n{"text": "b"}\n'
    assert [told(r) for r in lines_of(tmp_path, data, name="d.json", reader=read_json)] == ["a", "b"]


def test_a_json_file_that_breaks_off(tmp_path):
    data = '[{"text": "a"}, {"te'
    assert [told(r) for r in lines_of(tmp_path, data, name="d.json", reader=read_json)] == [("d.json", "bad-json")]


@settings(max_examples=60)
@given(st.binary(max_size=300) | st.text().map(lambda text: json.dumps({"text": text}).encode()))
def test_any_bytes_give_records(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("any")
    for name, reader in (("d.jsonl", read_jsonl), ("d.jsonl.gz", read_jsonl), ("d.json", read_json)):
        records = lines_of(folder, data, name=name, reader=reader)
        assert all(isinstance(record, Document | Rejected) for record in records)
