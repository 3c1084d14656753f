import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from align.config import IngestConfig
from align.ingest.tables import read_csv, read_tsv
from align.records import Document, Rejected

CONFIG = IngestConfig()


def rows_of(tmp_path, data, *, name="dump.csv", config=CONFIG):
    path = tmp_path / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode("utf-8"))
    reader = read_tsv if ".tsv" in name else read_csv
    return list(reader(path, name, config))


def told(records):
    return [r.text if isinstance(r, Document) else (r.record_id, r.rule) for r in records]


def test_columns_have_the_keys_of_article_records(tmp_path):
    (record,) = rows_of(
        tmp_path, "stories_id,Title,publish_date,media_name,BODY,extra\n7,Pont,2022-05-03,Bac,Un mot.,x\n"
    )
    assert (record.id, record.title, record.published, record.outlet) == ("7", "Pont", "2022-05-03", "Bac")
    assert (record.text, record.metadata) == ("Un mot.", {"extra": "x"})


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_the_delimiter_is_read_off_the_head_line(tmp_path, sign):
    head, row = sign.join(["title", "text", "url"]), sign.join(["a", "b", "https://x.example/1"])
    (record,) = rows_of(tmp_path, f"{head}\n{row}\n")
    assert (record.title, record.text, record.id) == ("a", "b", "https://x.example/1")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_quoted_cells_hold_line_breaks_and_delimiters(tmp_path, end):
    data = f'text,title{end}"Un, ""deux"".{end}Trois.",t{end}suite,u{end}'
    assert told(rows_of(tmp_path, data)) == ['Un, "deux".\nTrois.', "suite"]


def test_a_row_without_id_is_called_by_its_first_line(tmp_path):
    records = rows_of(tmp_path, 'text\n"a\nb"\n\nc\n')
    assert [record.id for record in records] == ["dump.csv:2", "dump.csv:5"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_encodings(tmp_path, encoding):
    assert told(rows_of(tmp_path, "text,title\nété,a b c d\n".encode(encoding))) == ["été"]


def test_ragged_rows_go_to_quarantine_with_their_lines(tmp_path):
    records = rows_of(tmp_path, 'text,title\na\nb,c,d\n"e\nf",g,h\ni,j\n')
    assert told(records) == [
        ("dump.csv:2", "ragged-row"),
        ("dump.csv:3", "ragged-row"),
        ("dump.csv:4", "ragged-row"),
        "i",
    ]
    assert "3 cells under 2 names, in lines 4 to 5" in records[2].detail


def test_a_quotation_mark_that_nobody_closes_costs_one_line(tmp_path):
    data = 'title,text\na,"open\n' + "".join(f"t{n},text {n}\n" for n in range(50))
    records = rows_of(tmp_path, data)
    assert told(records) == [("dump.csv:2", "bad-table"), *(f"text {n}" for n in range(50))]
    assert "not closed" in records[0].detail
    assert told(rows_of(tmp_path, 'title,text\na,"b" c\nd,e\n')) == [("dump.csv:2", "bad-table"), "e"]


def test_a_bad_line_among_good_ones(tmp_path):
    data = b'text,title\na,b\n\xe9t\xe9,c\n"d,\n\xe9"\ne,f\n'
    assert told(rows_of(tmp_path, data)) == [
        "a",
        ("dump.csv:3", "unknown-encoding"),
        ("dump.csv:4", "bad-table"),
        ("dump.csv:5", "unknown-encoding"),
        "e",
    ]


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        ("url,title\na,b\n", "no-text"),
        ("text,text\na,b\n", "bad-table"),
        ("Text,text ,TEXT\na,b,c\n", "bad-table"),
        (b"\x7fELF\0\0\n\0\n", "binary-file"),
        (b"\xe9t\xe9,text\na,b\n", "unknown-encoding"),
    ],
)
def test_files_that_are_refused(tmp_path, data, rule):
    records = rows_of(tmp_path, data)
    assert records[0].rule == rule
    assert not any(isinstance(record, Document) for record in records)


def test_too_long_cells_and_lines(tmp_path):
    config = IngestConfig(max_characters=10)
    data = "text\n" + "x" * 11 + "\n" + "y" * 3_000_000 + "\n" + "z" * 10 + "\n"
    assert told(rows_of(tmp_path, data, config=config)) == [
        ("dump.csv:2", "too-long"),
        ("dump.csv:3", "too-long"),
        "z" * 10,
    ]


def test_a_cell_longer_than_the_csv_module_takes_by_itself(tmp_path):
    assert told(rows_of(tmp_path, "text\n" + "x" * 200_000 + "\n")) == ["x" * 200_000]


def test_tabs_with_quotation_marks_that_are_letters(tmp_path):
    data = 'title\ttext\n"a" b\t"Cité," dit-il.\nc\t"d\ne\t"f\tg"\n"h\ti"\n'
    assert told(rows_of(tmp_path, data, name="dump.tsv")) == ['"Cité," dit-il.', '"d', "f\tg", 'i"']
    assert told(rows_of(tmp_path, 'text\ttitle\n"a\nb"\tc\n', name="dump.tsv")) == ["a\nb"]


@settings(max_examples=60, deadline=None)
# without NULs: a file of a few letters with several of them is taken for a binary one, and refused whole
@given(
    st.lists(st.tuples(*[st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)] * 3), max_size=8)
)
def test_what_the_csv_module_writes_is_read_back(tmp_path_factory, rows):
    file = io.StringIO(newline="")
    csv.writer(file).writerows([("text", "title", "extra"), *rows])
    records = rows_of(tmp_path_factory.mktemp("any"), file.getvalue())
    texts = [row[0] for row in rows if row[0].strip()]
    clean = [text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n") for text in texts]
    assert [record.text for record in records if isinstance(record, Document)] == clean


@settings(max_examples=80, deadline=None)
@given(
    st.binary(max_size=200) | st.text("ab\",;\t\n\r'é", max_size=200).map(lambda text: f"text,title\n{text}".encode())
)
def test_any_bytes_give_records_and_no_line_is_lost(tmp_path_factory, data):
    for name in ("d.csv", "d.tsv"):
        records = rows_of(tmp_path_factory.mktemp("any"), data, name=name)
        assert all(isinstance(record, Document | Rejected) for record in records)
