import csv
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from align.export import Recipe, export_run
from align.export.provenance import COLUMNS
from align.export.tables import (
    TABLE_COLUMNS,
    defused,
    escaped,
    listed,
    refused,
    unescaped,
    unlisted,
    write_csv,
    write_tsv,
)
from tests.cases import cases
from tests.export.nasty import ANY, IDS, LISTS, TEXTS, plain

RUN = "=+-@\t\r\n＝＋－＠"


def holdable(text):
    return "".join("\ufffd" if "\ud800" <= c <= "\udfff" or c == "\0" else c for c in text)


def value(kind, cell):
    """What a cell says, by the rules that docs/formats.md gives."""
    if kind is list:
        return unlisted(refused(cell))
    if cell == "":
        return None
    return refused(cell) if kind is str else kind(cell)


def rows_of(table):
    """The rows of a table of cells, each as {column: value}."""
    head, *lines = table
    assert tuple(head) == TABLE_COLUMNS
    kinds = {"source": str, "target": str, **{name: kind for name, (kind, _) in COLUMNS.items()}}
    return [{name: value(kinds[name], cell) for name, cell in zip(head, line, strict=True)} for line in lines]


def wanted(sourced):
    row = {"source": sourced.pair.source, "target": sourced.pair.target}
    row |= {name: column(sourced) for name, (_, column) in COLUMNS.items()}
    for name, cell in row.items():
        if isinstance(cell, tuple):
            row[name] = tuple(map(holdable, cell))
        elif isinstance(cell, str):
            row[name] = holdable(cell) or None  # a table does not tell an empty text from none
    return row


def read_csv(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def read_tsv(path):
    lines = path.read_bytes().decode("utf-8").removesuffix("\n").split("\n")
    return [[unescaped(cell) for cell in line.split("\t")] for line in lines]


WRITERS = pytest.mark.parametrize(
    ("write", "name", "read"), [(write_csv, "align.csv", read_csv), (write_tsv, "align.tsv", read_tsv)]
)


@pytest.fixture(autouse=True, scope="module")
def long_cells():
    before = csv.field_size_limit(10**7)
    yield
    csv.field_size_limit(before)


@WRITERS
@settings(max_examples=50)
@given(pairs=LISTS)
def test_every_value_comes_back(write, name, read, pairs):
    with TemporaryDirectory() as folder:
        summary = write(pairs, Path(folder), Recipe())
        assert rows_of(read(Path(folder) / name)) == [wanted(row) for row in pairs]
        assert summary.rows == len(pairs)


@WRITERS
@settings(max_examples=50)
@given(pairs=LISTS)
def test_no_cell_of_text_can_be_run(write, name, read, pairs):
    with TemporaryDirectory() as folder:
        write(pairs, Path(folder), Recipe())
        for row in read(Path(folder) / name)[1:]:
            for column, cell in zip(TABLE_COLUMNS, row, strict=True):
                if column not in COLUMNS or COLUMNS[column][0] in (str, list):
                    assert not cell.lstrip().startswith(tuple(RUN))
                    assert not cell.startswith(tuple(RUN))


@cases("export/defused.json")
def test_defused(case):
    assert defused(case["input"]) == case["expected"]
    assert refused(defused(case["input"])) == case["input"]


@given(ANY)
def test_defusing_and_escaping_are_exact(text):
    assert refused(defused(text)) == text
    assert unescaped(escaped(text)) == text
    assert not set("\t\n\r") & set(escaped(text))


@given(st.lists(IDS, max_size=4).map(tuple))
def test_a_list_of_ids_is_one_cell(ids):
    assert unlisted(listed(ids)) == ids


def test_pandas_reads_csv(tmp_path):
    pairs = [plain(text, f"target {n}", name=f"p{n}") for n, text in enumerate(TEXTS)]
    write_csv(pairs, tmp_path, Recipe())
    table = pandas.read_csv(tmp_path / "align.csv", keep_default_na=False, dtype={"source": str})
    assert list(table.columns) == list(TABLE_COLUMNS)
    assert table["target"].tolist() == [f"target {n}" for n in range(len(TEXTS))]
    assert table["score"].tolist() == [0.5] * len(TEXTS)
    assert [refused(cell) for cell in table["source"]] == [holdable(text) for text in TEXTS]


def test_pandas_reads_tsv(tmp_path):
    pairs = [plain(text, f"target {n}", name=f"p{n}") for n, text in enumerate(TEXTS)]
    write_tsv(pairs, tmp_path, Recipe())
    table = pandas.read_csv(tmp_path / "align.tsv", sep="\t", quoting=csv.QUOTE_NONE, keep_default_na=False)
    assert [refused(unescaped(cell)) for cell in table["source"]] == [holdable(text) for text in TEXTS]


def test_a_run_gives_real_columns(run_folder, tmp_path):
    summary = export_run(run_folder, "csv", tmp_path)
    rows = {row["id"]: row for row in rows_of(read_csv(tmp_path / "align.csv"))}
    assert len(rows) == summary.rows == 17
    assert rows["p8"]["flags"] == ("number-mismatch", "low-score")
    assert rows["p8"]["source_url"] == "https://liman.example/haber/17"
    assert rows["b1"]["source"] == "Un.\nDeux."
    assert summary.changed == {"NUL and lone surrogates, which readers of tables stumble over, became U+FFFD": 1}
