"""What Spark tasks make of documents is what a run on one machine writes of them."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

import align
from align.config import Config
from align.errors import InputError
from align.records import Segment, Story, Translation
from align.reuse.reading.sentences import read_sentences
from align.reuse.search.columns import read_columns
from align.runfolder import RunFolder
from align.scale import articles as module
from align.scale.articles import ARTICLES, read_articles, read_rows, read_stories
from align.scale.tables import TRAITS, columns_of, lines_of, rows_of, windows_of, write_lines

SAMPLE = Path(__file__).resolve().parents[2] / "corpora" / "sample"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("sample")
    lines = (SAMPLE / "articles.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (place / "articles.jsonl").write_text("".join(lines[:8]), encoding="utf-8")
    align.run([place / "articles.jsonl"], place / "run")
    return RunFolder(place / "run")


@pytest.fixture(scope="module")
def batches(folder, tmp_path_factory):
    """The sample's documents as ARTICLES, in batches of three documents."""
    place = tmp_path_factory.mktemp("documents") / "documents"
    write_lines(folder["documents"], place)
    rows = list(rows_of(place, ["number", "line"]))
    given = [
        pa.RecordBatch.from_pylist([{"number": n, "line": line} for n, line in rows[at : at + 3]]) for at in (0, 3)
    ]
    given.append(pa.RecordBatch.from_pylist([{"number": n, "line": line} for n, line in rows[6:]]))
    return list(read_articles(given, config=Config(), cache=True))


@pytest.mark.parametrize("name", ["stories", "segments", "translations"])
def test_lines_are_those_of_the_run_folder(folder, batches, name):
    lines = [line for batch in batches for lines in batch.column(name).to_pylist() for line in lines]
    assert "".join(f"{line}\n" for line in lines) == folder[name].read_text(encoding="utf-8")


def test_units_are_whole_articles(folder, batches, monkeypatch):
    monkeypatch.setattr(module, "WORK_UNIT", 5)
    units = list(module._units([(n, [], [], ["segment"] * 3) for n in range(5)]))
    assert [[article[0] for article in unit] for unit in units] == [[0, 1], [2, 3], [4]]


def test_stories_come_with_their_text_and_their_compared_segments(folder, batches):
    stories = {story.id: story for story in folder.read("stories", Story)}
    texts = {line["id"]: line["text"] for line in map(json.loads, folder["documents"].read_text("utf-8").splitlines())}
    found = [line for batch in read_stories(batches) for line in batch.to_pylist()]
    assert [line["id"] for line in found] == list(stories)
    numbers = [line["story"] for line in found]
    assert numbers == sorted(set(numbers))
    for line in found:
        story = stories[line["id"]]
        assert json.loads(line["text"]) == story.span.of(texts[story.document_id])
        assert {json.loads(item)["story_id"] for item in line["segments"]} <= {story.id}
        assert len(line["translations"]) == len(line["segments"])


def test_sentences_are_those_of_one_machine(folder, batches):
    translations = {item.segment_id: item for item in folder.read("translations", Translation)}
    sentences = read_sentences(folder.read("segments", Segment), translations)
    numbers = {story.id: number for number, story in enumerate(folder.read("stories", Story))}
    expected = read_columns(sentences, numbers)
    table = pa.Table.from_batches(read_rows(batches, config=Config()))
    columns, stories = columns_of(table)
    assert len(columns) == len(expected)
    assert (np.diff(table.column("row").to_numpy()) > 0).all()
    assert len(stories) == len({sentence.segment.story_id for sentence in sentences})
    assert (columns.place == expected.place).all()
    assert (columns.language == expected.language).all()
    for name in TRAITS:
        assert (columns.ragged[name].values == expected.ragged[name].values).all()
        assert (columns.ragged[name].begins == expected.ragged[name].begins).all()
    windows = windows_of(table, table.column("windows").to_numpy())
    assert windows.whole(np.arange(len(columns))).shape == (len(columns), 512)


def test_a_document_of_too_many_sentences_is_told():
    assert module._numbered(3, 5) == 3 * 2**20 + 5
    with pytest.raises(InputError, match="cut it into several"):
        module._numbered(3, 2**20)


def test_lines_are_written_and_read_in_order(tmp_path, monkeypatch):
    monkeypatch.setattr("align.scale.tables._LINES", 2)
    path = tmp_path / "lines.jsonl"
    path.write_text('"a\u2028b"\n"c"\n"d"\n', encoding="utf-8")
    write_lines(path, tmp_path / "lines")
    assert [line.strip() for _, line in rows_of(tmp_path / "lines", ["number", "line"])] == ['"a\u2028b"', '"c"', '"d"']
    assert len(list((tmp_path / "lines").glob("*.parquet"))) == 3  # one is empty, so that there always is one


def test_lists_of_lines(tmp_path):
    import pyarrow.parquet as parquet

    parquet.write_table(pa.table({"lines": [["a", "b"], [], ["c"]]}), tmp_path / "part-0.parquet")
    assert list(lines_of(tmp_path, "lines")) == ["a", "b", "c"]


def test_what_articles_hold(batches):
    assert all(batch.schema.names == list(ARTICLES) for batch in batches)
