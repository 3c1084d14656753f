import json
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings

from align.errors import InputError
from align.export import Recipe, Split, Treatment, export_pairs, export_run
from align.export.standoff import Rebuilder, text_hash, write_standoff
from align.records import Document
from align.runfolder import RunFolder
from tests.export.nasty import LISTS
from tests.runs import Run


@pytest.fixture
def standoff(run_folder, tmp_path):
    export_run(run_folder, "standoff", tmp_path / "out", name="valmer")
    return tmp_path / "out" / "valmer.standoff.jsonl"


def test_no_text_is_passed_on(run_folder, standoff):
    written = "".join(path.read_text(encoding="utf-8") for path in standoff.parent.iterdir())
    run = Run()
    texts = {word for segment in run.segments for word in segment.text.split() if len(word) > 6}
    texts |= {word for item in run.translations for word in item.text.split() if len(word) > 6}
    ids = " ".join(
        [*(d.id for d in run.documents), *(str(d.url) for d in run.documents), *(str(s.outlet) for s in run.stories)]
    )
    leaked = {word for word in texts if word in written and word not in ids}
    assert leaked == set()
    lines = [json.loads(line) for line in standoff.read_text(encoding="utf-8").splitlines()]
    assert not any({"source", "target"} & set(line) for line in lines)


def test_the_same_run_gives_back_the_same_bytes(run_folder, standoff, tmp_path):
    rebuilder = Rebuilder(standoff, run_folder)
    export_pairs(rebuilder.pairs(), "jsonl", tmp_path / "again")
    export_run(run_folder, "jsonl", tmp_path / "direct")
    assert (tmp_path / "again/align.jsonl").read_bytes() == (tmp_path / "direct/align.jsonl").read_bytes()
    assert not rebuilder.missing


def test_parts_of_a_split_are_kept(run_folder, tmp_path):
    treatment = Treatment(split=Split((1, 1, 1)))
    export_run(run_folder, "standoff", tmp_path, treatment=treatment)
    rebuilt = list(Rebuilder(tmp_path / "align.standoff.jsonl", run_folder).pairs())
    assert {row.split for row in rebuilt} <= {"train", "validation", "test"}
    assert None not in {row.split for row in rebuilt}


def other_copy(tmp_path, change):
    """A run of someone else's copies: other ids, no pairs of their own, documents changed."""
    run = Run()
    run.documents = [change(document) for document in run.documents]
    run.pairs = []
    return run.write(tmp_path / "theirs")


def rebuilt_from(standoff, folder):
    rebuilder = Rebuilder(standoff, folder)
    return {row.pair.id: row.pair for row in rebuilder.pairs()}, rebuilder.missing


def test_other_names_are_found_by_hash(run_folder, standoff, tmp_path):
    found, _ = rebuilt_from(standoff, other_copy(tmp_path, lambda d: replace(d, id=f"my/{d.id}.html", url=None)))
    assert found["p8"].source == "@valmerliman Liman yarın açılacak."
    assert found["p8"].target == "@valmerliman The port will open tomorrow."


def test_a_text_that_moved_is_found_again_and_one_that_changed_is_not(run_folder, standoff, tmp_path):
    def change(document: Document) -> Document:
        text = document.text.replace("yarın açılacak", "bugün açılacak")
        return replace(document, text="A line that was put in.\n" + text)

    found, missing = rebuilt_from(standoff, other_copy(tmp_path, change))
    assert "p8" not in found
    assert found["p7"].source.startswith("Yetkililer, 14 konteynerin")
    assert missing["source not in this run"] >= 1


def test_a_document_that_is_not_there_is_told(run_folder, standoff, tmp_path):
    found, missing = rebuilt_from(standoff, other_copy(tmp_path, lambda d: replace(d, text="nothing", url=None)))
    assert set(found) <= {"p11"}, "whose text is its own translation, which the run still has"
    assert sum(missing.values()) + len(found) == standoff.read_bytes().count(b"\n")


@settings(max_examples=40)
@given(LISTS)
def test_whatever_the_text_a_line_holds_its_hash_alone(pairs):
    with TemporaryDirectory() as folder:
        summary = write_standoff(pairs, Path(folder), Recipe())
        lines = [json.loads(line) for line in summary.files[1].read_bytes().splitlines()]
        assert [line["source_sha256"] for line in lines] == [text_hash(row.pair.source) for row in pairs]
        assert [line["target_characters"] for line in lines] == [len(row.pair.target) for row in pairs]


@pytest.mark.parametrize("text", ["{}\n", "[]\n", "no json\n", '{"source_sha256": 3}\n', b"\xff\n".decode("latin-1")])
def test_a_line_that_is_no_standoff_pair_is_named(run_folder, tmp_path, text):
    (tmp_path / "x.standoff.jsonl").write_text(text, encoding="latin-1")
    with pytest.raises(InputError, match=r"x\.standoff\.jsonl:1: not"):
        list(Rebuilder(tmp_path / "x.standoff.jsonl", run_folder).pairs())


def test_a_part_that_is_none_names_no_file(run_folder, standoff):
    lines = [json.loads(line) for line in standoff.read_text(encoding="utf-8").splitlines()]
    standoff.write_text("".join(json.dumps({**line, "split": "../../x"}) + "\n" for line in lines), encoding="utf-8")
    with pytest.raises(InputError, match=r"not a part of a split: '\.\./\.\./x'"):
        list(Rebuilder(standoff, run_folder).pairs())


def test_a_missing_file_is_told(run_folder, tmp_path):
    with pytest.raises(InputError, match="cannot read"):
        list(Rebuilder(tmp_path / "none", run_folder).pairs())
    with pytest.raises(InputError, match="cannot read"):
        (tmp_path / "x").write_text("")
        list(Rebuilder(tmp_path / "x", RunFolder(tmp_path)).pairs())
