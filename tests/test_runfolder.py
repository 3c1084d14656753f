import dataclasses
import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from align.errors import InputError, OutputError
from align.records import (
    Agreement,
    Document,
    Evidence,
    OutletEvidence,
    Passage,
    PassageMatch,
    Rejected,
    Segment,
    Span,
    Story,
    Translation,
)
from align.runfolder import (
    FILES,
    RunFolder,
    dump,
    from_json,
    read_records,
    to_json,
    write_json,
    write_records,
    write_text,
)
from tests.strategies import RECORDS, TEXTS

QUICK = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
REJECTED = Rejected("r1", "read", "empty-file", "no text")
KEYS = {
    "documents": "id text url outlet title published published_precision language metadata marks sha256",
    "stories": "id document_id begin end title outlet outlet_evidence published published_precision",
    "segments": "id document_id story_id index begin end text role language language_score paragraph language_spans",
    "translations": "segment_id source_language target_language text outcome model revision score flags",
    "pairs": "id source_language target_language source target source_segments target_segments shape score origin",
    "matches": "id source target score flagged class evidence boilerplate run",
    "families": "id members matches independent_origins origin claims",
    "quarantine": "record_id stage rule detail",
}


@pytest.mark.parametrize("name", sorted(RECORDS))
@QUICK
@given(data=st.data())
def test_a_record_comes_back_from_its_line(name, data):
    record = data.draw(RECORDS[name])
    line = dump(to_json(record))
    line.encode("utf-8")
    assert "\n" not in line
    assert from_json(type(record), json.loads(line)) == record


@pytest.mark.parametrize("name", sorted(RECORDS))
@settings(QUICK, max_examples=10)
@given(data=st.data())
def test_a_line_has_exactly_these_keys_in_this_order(name, data):
    assert " ".join(to_json(data.draw(RECORDS[name]))) == KEYS[name]


def test_keys_inside_a_line_stand_in_the_order_of_the_contract():
    passage = Passage("d", "s", "quai", Span(1, 2), "x", "y", ("g",))
    evidence = Evidence(0.5, 0.5, Agreement(), Agreement(), 0.0, 0.0, 0.0)
    line = to_json(PassageMatch("m", passage, passage, 0.5, True, "rewrite", evidence))
    assert " ".join(line["source"]) == "document_id story_id outlet begin end text english segments"
    assert " ".join(line["evidence"]) == "cosine lexical numbers names order quote attribution features"
    assert " ".join(line["evidence"]["numbers"]) == "same different missing"
    assert " ".join(to_json(OutletEvidence("credit", "Quai", "quai", Span(0, 4)))) == "kind begin end text outlet"
    assert to_json(OutletEvidence("url", "quai.example"))["begin"] is None


@settings(QUICK, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(TEXTS, max_size=5))
def test_text_of_any_kind_survives_the_file(tmp_path, texts):
    written = [Rejected(str(number), "read", "rule", text) for number, text in enumerate(texts)]
    assert write_records(tmp_path / "file.jsonl", written) == len(texts)
    assert (tmp_path / "file.jsonl").read_bytes().count(b"\n") == len(texts)
    assert list(read_records(tmp_path / "file.jsonl", Rejected)) == written


def test_floats_are_written_to_six_decimals_and_metadata_as_it_came():
    translation = Translation("s", "fr", "en", "x", "translated", score=-0.12345678901)
    assert to_json(translation)["score"] == -0.123457
    features = Evidence(1 / 3, 0.5, Agreement(), Agreement(), 0.0, 0.0, 0.0, {"length": 2 / 3})
    assert to_json(features)["features"] == {"length": 0.666667}
    metadata = {"latitude": 35.12345678901, "nested": {"x": [0.1234567891]}}
    assert to_json(Document("d", "", metadata=metadata))["metadata"] == metadata


def test_the_hash_of_a_document_is_written_and_not_read():
    line = to_json(Document("d", "text\ud800"))
    assert re.fullmatch("[0-9a-f]{64}", line["sha256"])
    assert from_json(Document, {**line, "sha256": "wrong", "later": 1}) == Document("d", "text\ud800")


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_what_json_cannot_hold_is_not_written(tmp_path, number):
    with pytest.raises(ValueError, match="JSON"):
        write_records(tmp_path / "x.jsonl", [Translation("s", "fr", "en", "x", "translated", score=number)])
    assert list(tmp_path.iterdir()) == []


def failing():
    yield REJECTED
    raise RuntimeError("half-way")


def test_a_writer_that_fails_leaves_nothing(tmp_path):
    with pytest.raises(RuntimeError, match="half-way"):
        write_records(tmp_path / "x.jsonl", failing())
    assert list(tmp_path.iterdir()) == []


def test_a_writer_that_fails_leaves_the_earlier_file(tmp_path):
    write_records(tmp_path / "x.jsonl", [REJECTED])
    before = (tmp_path / "x.jsonl").read_bytes()
    with pytest.raises(RuntimeError, match="half-way"):
        write_records(tmp_path / "x.jsonl", failing())
    with pytest.raises(UnicodeEncodeError):
        write_text(tmp_path / "x.jsonl", "\ud800")
    assert [path.name for path in tmp_path.iterdir()] == ["x.jsonl"]
    assert (tmp_path / "x.jsonl").read_bytes() == before


def test_a_file_has_no_name_before_it_is_complete(tmp_path):
    seen = []

    def looking():
        yield REJECTED
        seen.append((tmp_path / "x.jsonl").exists())
        yield REJECTED

    assert write_records(tmp_path / "x.jsonl", looking()) == 2
    assert seen == [False]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"", "Expecting value"),
        (b"{", "Expecting"),
        (b"[]", "not a Rejected"),
        (b"null", "not a Rejected"),
        (b"\xff", "utf-8"),
        (b'{"record_id": "r1", "stage": "read", "rule": "x"}', "detail"),
        (b'{"record_id": null, "stage": "read", "rule": "x", "detail": "x"}', r"str @ \$\.record_id"),
        (b'{"record_id": "r1", "stage": "read", "rule": 7, "detail": "x"}', r"str @ \$\.rule"),
        (b'{"record_id": "r1", "stage": "lunch", "rule": "x", "detail": "x"}', "lunch"),
        (b'{"record_id": ' + b"[" * 100_000, ""),
    ],
)
def test_a_damaged_line_is_told_by_path_and_number(tmp_path, line, message):
    path = tmp_path / "quarantine.jsonl"
    write_records(path, [REJECTED])
    path.write_bytes(path.read_bytes() + line + b"\n")
    records = read_records(path, Rejected)
    assert next(records) == REJECTED
    with pytest.raises(InputError, match=rf"^{re.escape(str(path))}:2: .*{message}"):
        next(records)


@pytest.mark.parametrize(
    ("cls", "change"),
    [
        (Translation, {"flags": "low-score"}),
        (Translation, {"score": "-1"}),
        (Translation, {"score": True}),
        (Segment, {"index": "0"}),
        (Segment, {"index": 1.5}),
        (Segment, {"begin": 5, "end": 4}),
        (Segment, {"begin": -1}),
        (Segment, {"role": "title"}),
        (Document, {"metadata": [1]}),
        (Document, {"text": 17}),
        (Story, {"outlet_evidence": {"kind": "credit"}}),
        (Story, {"begin": None, "end": None}),
    ],
)
def test_a_value_of_the_wrong_type_is_refused_not_bent(cls, change):
    good = {
        Translation: Translation("s", "fr", "en", "x", "translated"),
        Segment: Segment("g", "d", "s", 0, Span(0, 1), "x", "body"),
        Document: Document("d", "x"),
        Story: Story("s", "d", Span(0, 1)),
    }[cls]
    line = to_json(good)
    assert from_json(cls, line) == good
    with pytest.raises(InputError, match=f"^not a {cls.__name__}: "):
        from_json(cls, {**line, **change})


def test_a_whole_number_passes_as_a_score():
    line = {**to_json(Translation("s", "fr", "en", "x", "translated")), "score": -1}
    assert from_json(Translation, line).score == -1


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(InputError, match=r"documents\.jsonl: cannot read: "):
        list(RunFolder(tmp_path).read("documents", Document))


def test_a_folder_knows_its_files(tmp_path):
    folder = RunFolder(tmp_path)
    assert {name: folder[name] for name in FILES} == {name: tmp_path / file for name, file in FILES.items()}
    with pytest.raises(KeyError):
        folder["segment"]


def test_a_manifest_is_read_or_empty_or_refused(tmp_path):
    folder = RunFolder(tmp_path)
    assert folder.manifest() == {}
    write_json(folder["manifest"], {"command": "caf\udce9", "status": "running"})
    assert folder.manifest() == {"command": "caf\udce9", "status": "running"}
    for data in (b"[]", b"{", b"\xff"):
        folder["manifest"].write_bytes(data)
        with pytest.raises(InputError, match="not a manifest"):
            folder.manifest()


def test_a_second_run_into_a_folder_is_refused(tmp_path):
    folder = RunFolder(tmp_path / "run")
    with folder.locked():
        with pytest.raises(InputError, match="another run is writing"), RunFolder(tmp_path / "run").locked():
            raise AssertionError("never reached")
        assert folder.work.is_dir()
    with folder.locked():
        pass


def test_a_lock_that_is_given_up_leaves_work_but_no_empty_folder(tmp_path):
    folder = RunFolder(tmp_path)
    with pytest.raises(RuntimeError), folder.locked():
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []
    with folder.locked():
        (folder.work / "translations.part").write_bytes(b"")
    assert (folder.work / "translations.part").exists()


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputError, match="cannot write the run folder"), RunFolder(tmp_path / "file").locked():
        pass


def test_every_record_of_a_file_is_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        REJECTED.rule = "other"
