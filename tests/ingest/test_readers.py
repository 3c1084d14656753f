import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from align.config import IngestConfig
from align.errors import InputError
from align.ingest.readers import SUFFIXES, read
from align.records import Document, Rejected
from tests.ingest.made import arrow_of, packed, parquet_of, warc_of

CONFIG = IngestConfig()
CORPORA = Path(__file__).parents[2] / "corpora"


def told(records):
    return [r.id if isinstance(r, Document) else (r.record_id, r.rule) for r in records]


def test_a_folder_is_read_whole_in_sorted_order(tmp_path):
    folder = tmp_path / "in"
    (folder / "b").mkdir(parents=True)
    (folder / ".hidden").mkdir()
    (folder / "b" / "page.TXT").write_text("text")
    (folder / "b.txt").write_text("text")
    (folder / "a.jsonl").write_text('{"text": "x"}\n{"text": "y", "id": "own"}\n')
    for passed_over in (".hidden/c.txt", ".d.txt", "picture.png", "notes.md"):
        (folder / passed_over).write_text("text")
    assert told(read([folder], CONFIG)) == ["a.jsonl:1", "own", "b/page.TXT", "b.txt"]


def test_ids_do_not_depend_on_where_the_folder_lies(tmp_path):
    for place in ("one", "two/deeper"):
        (tmp_path / place / "x").mkdir(parents=True)
        (tmp_path / place / "x" / "page.txt").write_text("text")
    first, second = (list(read([tmp_path / place], CONFIG)) for place in ("one", "two/deeper"))
    assert first == second


def test_every_suffix_has_a_reader(tmp_path):
    data = {".html": b"<p>text</p>", ".htm": b"<p>text</p>", ".xhtml": b"<p>text</p>", ".txt": b"text"}
    data |= {".csv": b"text\ntext\n", ".tsv": b"text\ntext\n", ".warc": warc_of(b"<p>text</p>")}
    data |= {".parquet": parquet_of({"text": ["text"]}), ".arrow": arrow_of({"text": ["text"]})}
    for suffix in SUFFIXES:
        plain = suffix.removesuffix(".gz").removesuffix(".zst")
        content = data.get(plain, b'{"text": "text"}')
        (tmp_path / f"file{suffix}").write_bytes(packed(content, suffix.removeprefix(plain)))
    records = list(read([tmp_path], CONFIG))
    # both archives have the page from one address
    assert [record.rule for record in records if isinstance(record, Rejected)] == ["duplicate-id"]
    assert [record.text for record in records if isinstance(record, Document)] == ["text"] * len(SUFFIXES)


def test_a_repeated_id_is_renamed_and_reported(tmp_path):
    path = tmp_path / "dump.jsonl"
    ids = ["a", "a", "a#2", "a", "b"]
    path.write_text("".join(json.dumps({"id": name, "text": f"text {n}"}) + "\n" for n, name in enumerate(ids)))
    records = list(read([path], CONFIG))
    documents = [record for record in records if isinstance(record, Document)]
    assert [document.id for document in documents] == ["a", "a#2", "a#2#2", "a#3", "b"]
    assert [document.text for document in documents] == [f"text {n}" for n in range(5)]
    assert told(records)[1:3] == ["a#2", ("a#2", "duplicate-id")]


def test_two_files_of_one_name(tmp_path):
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "page.txt").write_text(folder)
    paths = [tmp_path / "one" / "page.txt", tmp_path / "two" / "page.txt"]
    assert told(read(paths, CONFIG)) == ["page.txt", "page.txt#2", ("page.txt#2", "duplicate-id")]


@pytest.mark.parametrize(
    ("name", "data", "rule"),
    [
        ("empty.txt", b"", "empty-file"),
        ("blank.html", b" \n", "empty-file"),
        ("empty.jsonl", b"", "empty-file"),
        ("empty.json", b"[]", "empty-file"),
        ("binary.txt", b"a\0\0b\0", "binary-file"),
        ("odd.txt", b"\x81\x8d\x02\x8f\x90\x9d\x0e\xc1\x80\xf5\xfe" * 20, "unknown-encoding"),
        ("picture.png", b"\x89PNG", "unknown-format"),
        ("nosuffix", b"text", "unknown-format"),
    ],
)
def test_a_named_file_that_gives_nothing_goes_to_quarantine_and_the_others_on(tmp_path, name, data, rule):
    (tmp_path / name).write_bytes(data)
    (tmp_path / "good.txt").write_text("text")
    assert told(read([tmp_path / name, tmp_path / "good.txt"], CONFIG)) == [(name, rule), "good.txt"]


def test_a_path_that_does_not_exist_is_refused_before_anything_is_read(tmp_path):
    (tmp_path / "good.txt").write_text("text")
    with pytest.raises(InputError, match=r"gone\.txt: cannot be read: no such file.*\*\.jsonl\.gz"):
        read([tmp_path / "good.txt", tmp_path / "gone.txt"], CONFIG)


def test_a_folder_without_a_file_to_read(tmp_path):
    (tmp_path / "picture.png").write_bytes(b"x")
    with pytest.raises(InputError, match=r"no file to read.*\.txt"):
        read([tmp_path], CONFIG)


def test_a_path_that_no_system_takes():
    with pytest.raises(InputError):
        read([Path("a\0b.txt")], CONFIG)


def test_a_page_is_kept_to_the_character(tmp_path):
    text = " date 2020-02 Image\u202f: d’archives\n\nUn texte\u00a0«\u202foù\u202f»  rien ne bouge.\n"
    (tmp_path / "page.txt").write_bytes(text.replace("\n", "\r\n").encode("utf-8"))
    (document,) = read([tmp_path / "page.txt"], CONFIG)
    assert document.text == text
    assert (document.published, document.published_precision, document.title) == ("2020-02", "month", None)
    assert document.metadata == {}


def test_the_encoding_goes_into_the_metadata(tmp_path):
    (tmp_path / "page.txt").write_bytes(
        "L’été a été très sec dans la vallée, où l’on économise l’eau.".encode("cp1252")
    )
    (document,) = read([tmp_path / "page.txt"], CONFIG)
    assert document.metadata == {"encoding": "cp1252"}


def test_bundled_sample():
    records = list(read([CORPORA / "sample" / "articles.jsonl", CORPORA / "sample" / "page.html"], CONFIG))
    assert all(isinstance(record, Document) for record in records)
    assert all(record.outlet and record.title for record in records)


def test_bundled_errors():
    rules = {r.record_id: r.rule for r in read([CORPORA / "errors"], CONFIG) if isinstance(r, Rejected)}
    assert rules == {
        "binary.txt": "binary-file",
        "empty.txt": "empty-file",
        "nested.jsonl:2": "too-complex",
        "no-text.jsonl:1": "no-text",
        "no-text.jsonl:2": "no-text",
        "no-text.jsonl:3": "no-text",
        "ragged.csv:3": "ragged-row",
        "ragged.csv:4": "bad-table",
        "truncated.jsonl:3": "bad-json",
        "unknown-encoding.txt": "unknown-encoding",
        "wrong-type.jsonl:1": "wrong-type",
        "wrong-type.jsonl:2": "wrong-type",
        "wrong-type.jsonl:3": "wrong-type",
        "wrong-type.jsonl:4": "not-an-object",
    }


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_under_any_suffix(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("any")
    suffixes = [suffix for suffix in SUFFIXES if suffix not in (".parquet", ".arrow")]  # slow: test_arrow has them
    for suffix in suffixes:
        (folder / f"file{suffix}").write_bytes(data)
    records = list(read([folder], CONFIG))
    assert len(records) >= len(suffixes)
    for record in records:
        if isinstance(record, Document):
            assert record.text.strip() and "\0" not in record.text
            json.dumps(dict(record.metadata), allow_nan=False)
            assert all(mark.span.of(record.text).strip() for mark in record.marks)
