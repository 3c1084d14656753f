"""Memory does not grow with the input: of eight times as many records, no more is held at once."""

import gc
import json
import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from align import lookup
from align.config import Config, IngestConfig
from align.export import export_run
from align.ingest.readers import read
from align.pipeline import run as run_module
from align.pipeline import shelf, spool, stages, tracing
from align.records import (
    Agreement,
    Document,
    Evidence,
    FamilyMember,
    Origin,
    Passage,
    PassageMatch,
    Rejected,
    Segment,
    Span,
    Story,
    Translation,
    WireFamily,
)
from align.report.contents import Limits, read_contents
from align.reuse.reading.sentences import Sentence
from align.runfolder import RunFolder, write_json, write_text
from align.translate import route

FEW = 150
MANY = 8 * FEW
MOST = 0.25  # lists of spare tuples and buffers grow a little; what holds all records has 1 or more
TEXT = "The port of Valmer closed, and nobody said for how long. " * 160
PASSAGE = "The port of Valmer closed, and nobody said for how long; no ship left for the islands. " * 30
SMALL = Limits(
    matches=5,
    open_matches=2,
    candidates=5,
    families=5,
    open_families=2,
    open_maps=2,
    stories=5,
    pairs=5,
    beads=5,
    translations=5,
    quarantine=5,
)
EVIDENCE = Evidence(0.9, 0.8, Agreement(("12",)), Agreement(("valmer",)), 0.5, 0.0, 0.0, {"cosine": 0.9, "run": 0.4})
NOWHERE = Origin(None, None, "unknown", "no story credits another outlet alone")


def quiet(stage, done, total):
    pass


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    """Everything that is held in numbers of records holds few of them, so that few records are enough to tell."""
    monkeypatch.setattr(lookup, "_ROWS", 8)
    monkeypatch.setattr(shelf, "_BATCH", 8)
    monkeypatch.setattr(shelf, "_HELD", 8)
    monkeypatch.setattr(spool, "_HELD", 8)
    monkeypatch.setattr(spool, "_FILES", 16)
    monkeypatch.setattr(route, "WORK_UNIT", 8)
    monkeypatch.setattr(route, "MEMORY", 20_000)
    monkeypatch.setattr(stages, "_BATCH", 8)
    monkeypatch.setattr("align.export.selection._BATCH", 8)
    # some file systems ask for larger buffers the larger a file is
    opened = Path.open
    monkeypatch.setattr(Path, "open", lambda path, mode="r", **more: opened(path, mode, 8192, **more))


class Records:
    """The records of a run of so many documents, each of one story of one long sentence, every other one in French.

    Of two neighbours the first is copied by the second, and every pair of them is also compared with the next.
    """

    def __init__(self, count):
        self.count = count

    def documents(self):
        for n in range(self.count):
            text = f"{n} {TEXT}"
            yield Document(f"d{n}", text, f"https://quai.example/{n}", "quai", "Valmer", self.day(n), "day", "en")

    def day(self, n):
        return f"20{10 + n // 10 // 300}-{1 + n // 10 % 300 // 28:02}-{1 + n // 10 % 28:02}"

    def stories(self):
        for document in self.documents():
            n = int(document.id[1:])
            whole = Span(0, len(document.text))
            yield Story(f"d{n}:s1", f"d{n}", whole, "Valmer", f"outlet-{n % 5}", (), document.published, "day")

    def segments(self):
        for document in self.documents():
            yield self.segment(int(document.id[1:]), document.text)

    def segment(self, n, text):
        whole = Span(0, len(text))
        return Segment(f"d{n}:0", f"d{n}", f"d{n}:s1", 0, whole, text, "body", "fr" if n % 2 else "en", 0.99)

    def translations(self):
        for segment in self.segments():
            n = int(segment.document_id[1:])
            if n % 7:
                made = ("translated", "compact", "r1", -0.5) if n % 2 else ("copied",)
                yield Translation(segment.id, segment.language, "en", segment.text, *made)

    def matches(self):
        for flagged in (True, False):
            for n in range(0, self.count - 2, 2):
                yield self.match(n, n + 1 if flagged else n + 2, flagged)

    def match(self, n, other, flagged):
        sides = [
            Passage(f"d{m}", f"d{m}:s1", f"outlet-{m % 5}", Span(0, 9), PASSAGE, PASSAGE, (f"d{m}:0",))
            for m in (n, other)
        ]
        score = round((0.9 if flagged else 0.4) - n / 10**6, 6)
        kind = "rewrite" if flagged else "unrelated"
        return PassageMatch(f"d{n}:0+1~d{other}:0+1", *sides, score, flagged, kind, EVIDENCE)

    def families(self):
        for n in range(0, self.count - 2, 2):
            members = tuple(FamilyMember(f"d{m}:s1", f"outlet-{m % 5}", self.day(m)) for m in (n, n + 1))
            yield WireFamily(f"family-{n}", members, (f"d{n}:0+1~d{n + 1}:0+1",), 1, NOWHERE)

    def quarantine(self):
        for n in range(0, self.count, 3):
            yield Rejected(f"d{n}:0", "translate", "no-model", TEXT)


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """A run folder with few records, and one with many."""
    made = {}
    for count in (FEW, MANY):
        folder = RunFolder(tmp_path_factory.mktemp(f"run-{count}"))
        folder.work.mkdir()
        records = Records(count)
        for name in ("documents", "stories", "segments", "translations", "matches", "families", "quarantine"):
            folder.write(name, getattr(records, name)())
        names = " ".join(match.id for match in records.matches() if match.flagged)
        head = "outlet_a,outlet_b,words_a,words_b,count,matches\n"
        write_text(folder["substitutions"], head + f"quai,liman,loss,fall,9,{names}\n" * 5)
        write_json(folder["manifest"], {"status": "complete", "signature": "0" * 12})
        stages.pair_up(folder, [], None, quiet)
        made[count] = folder
    return made


def peak(function, *arguments):
    """The most that Python held at once while a function ran."""
    gc.collect()
    tracemalloc.start()
    try:
        function(*arguments)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def growth(function):
    """What `function` holds more for many records than for few, as a share of what the texts of these weigh."""
    function(FEW)  # what is loaded and cached for good
    return (peak(function, MANY) - peak(function, FEW)) / ((MANY - FEW) * len(TEXT))


def test_the_measure_tells_a_stage_that_holds_everything():
    assert growth(lambda count: list(Records(count).documents())) > 3 * MOST


def test_reading(tmp_path, monkeypatch):
    def records(inputs, config):
        for document in Records(inputs).documents():
            yield document
            yield Rejected(document.id, "read", "duplicate-id", TEXT)

    monkeypatch.setattr(stages, "read", records)
    folder = RunFolder(tmp_path)
    folder.work.mkdir()
    assert growth(lambda count: stages.read_inputs(folder, count, Config(), quiet)) < MOST


def test_dumps(tmp_path):
    """The ids that are taken are held, and nothing else of a record."""

    for count in (FEW, MANY):
        lines = [json.dumps({"id": item.id, "text": item.text}) + "\n" for item in Records(count).documents()]
        (tmp_path / f"{count}.jsonl").write_text("".join(lines), encoding="utf-8")

    def consume(count):
        for _ in read([tmp_path / f"{count}.jsonl"], IngestConfig()):
            pass

    assert growth(consume) < MOST


def test_structure(folders, tmp_path, monkeypatch):
    records = Records(MANY)

    def structure(document, outlets):
        n = int(document.id[1:])
        whole = Span(0, len(document.text))
        return [Story(f"d{n}:s1", f"d{n}", whole, f"{n} {TEXT}")], [records.segment(n, document.text)]

    monkeypatch.setattr(stages, "structure", structure)
    monkeypatch.setattr(stages, "identify_segments", lambda segments, config, hint: segments)
    before = {count: folder["segments"].read_bytes() for count, folder in folders.items()}
    stories = {count: folder["stories"].read_bytes() for count, folder in folders.items()}
    assert growth(lambda count: stages.split_documents(folders[count], Config(), quiet)) < MOST
    for count, folder in folders.items():
        assert folder["segments"].read_bytes() == before[count]
        folder["stories"].write_bytes(stories[count])


def test_translation(folders, tmp_path, monkeypatch):
    def translate_unit(unit, translators, *, target, identify, memory):
        return [Translation(item.id, item.language, target, item.text, "translated", "compact", "r1") for item in unit]

    def translate(count):
        folder = RunFolder(tmp_path / f"{count}")
        folder.work.mkdir(parents=True, exist_ok=True)
        if not folder["segments"].exists():
            folder["segments"].symlink_to(folders[count]["segments"])
        stages.translate_all(folder, Config(), None, quiet)

    monkeypatch.setattr(stages, "translate_unit", translate_unit)
    assert growth(translate) < MOST


class Blind:
    """An encoder that sees nothing."""

    def encode(self, texts):
        return np.zeros((len(texts), 2), np.float32)


def test_sentences_are_surveyed_and_looked_up(folders, tmp_path, monkeypatch):
    """Of what the tracer reads, a record without texts is held for each story, and numbers for each sentence."""
    short = Segment("d:0", "d", "d:s1", 0, Span(0, 1), "No ship left the port.", "body", "en")

    def read_sentences(segments, translations):
        return [Sentence(replace(short, story_id=item.story_id), 0, 0, "", False) for item in segments]

    monkeypatch.setattr(shelf, "read_sentences", read_sentences)  # what is read off long ones takes time

    def survey(count):
        stories = shelf.plain_stories(folders[count])
        with shelf.Shelf(tmp_path, stories) as held:
            columns, _ = held.survey(shelf.told_documents(folders[count]), Blind())
            assert len(columns) == count
            for number in range(0, count, 3):
                ((row, sentence),) = held.sentences(number)
                assert (row, sentence.segment.story_id) == (number, stories[number].id)

    assert growth(survey) < MOST


def test_matches_wait_on_disk(folders, tmp_path):
    def fill(count):
        found = spool.Spool(tmp_path)
        found.add(folders[count].read("matches", PassageMatch))
        assert sum(1 for _ in found) == len(found)

    assert growth(fill) < MOST


def test_flagged_matches(folders):
    """What is held of them has no texts."""

    def decide(count):
        sizes = {f"d{n}:s1": 1 for n in range(count)}
        flagged = tracing._flagged(folders[count].read("matches", PassageMatch), sizes, 0.5)
        assert len(flagged) == (count - 1) // 2

    assert growth(decide) < MOST


@pytest.mark.parametrize(
    "work",
    [
        lambda folder: stages.pair_up(folder, [], None, quiet),
        stages.gather_quarantine,
        run_module.counts_of,
        lambda folder: read_contents(folder, SMALL),
        lambda folder: export_run(folder, "jsonl", folder.path / "export"),
    ],
    ids=["pairs", "quarantine", "counts", "contents", "export"],
)
def test_what_reads_a_run_folder(folders, work):
    assert growth(lambda count: work(folders[count])) < MOST
