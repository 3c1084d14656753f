"""Articles nobody thinks of, from the file to the run folder: kept, compared, and said to be odd where they are so."""

import json

import numpy as np
import pytest

from align.config import Config, IngestConfig
from align.errors import UnsupportedLanguageError
from align.pipeline.run import run
from align.records import Document, PassageMatch, Rejected, Segment, Story, WireFamily
from align.runfolder import RunFolder
from tests.fakes import TrigramEncoder

COPY = "The old timber dam above Orvanne broke shortly before nine on Monday evening, the prefecture said."
OWN = [
    "Barley growers around Lindow complain about the rising price of seed.",
    "A choir from Zarnek will sing in the municipal park on Sunday.",
    "Nobody at Tirlemont remembers another winter without any snow.",
    "The ferry company hires two more captains for the summer season.",
]
WORDS = ["weir", "harbour", "barge", "captain", "flood", "mayor", "bridge", "lantern", "quarry", "orchard", "mill"]


def no_translator(language):
    raise UnsupportedLanguageError(f"no model for {language}")


@pytest.fixture
def traced(tmp_path):
    """Runs a dump of records and gives its folder."""

    def start(*records, **config):
        dump = tmp_path / "dump.jsonl"
        lines = [json.dumps({"language": "en", **record}, ensure_ascii=False) + "\n" for record in records]
        dump.write_text("".join(lines), encoding="utf-8")
        out = tmp_path / "run"
        summary = run([dump], out, Config(**config), encoder=TrigramEncoder(), translator_of=no_translator)
        assert summary.report.exists()
        return RunFolder(out)

    return start


def record(key, lines, *, outlet=None, date=None):
    """An article of an outlet; what is None is not even a field."""
    given = {"id": key, "text": "\n".join(lines), "sitename": outlet, "date": date}
    return {name: value for name, value in given.items() if value is not None}


def copies(folder):
    """The flagged matches of the sentence that everybody copied, by story."""
    matches = [match for match in folder.read("matches", PassageMatch) if match.flagged]
    assert all(match.source.text == match.target.text == COPY for match in matches)
    return {frozenset((match.source.story_id, match.target.story_id)): match for match in matches}


def test_articles_of_one_id_are_all_kept_and_said_to_be_so(traced):
    records = [record("wire", [COPY, OWN[number]], outlet=f"Outlet {number}", date="2021-03-04") for number in range(3)]
    folder = traced(*records)
    names = ["wire", "wire#2", "wire#3"]
    assert [document.id for document in folder.read("documents", Document)] == names
    rejected = list(folder.read("quarantine", Rejected))
    assert [(item.record_id, item.stage, item.rule) for item in rejected] == [
        (name, "read", "duplicate-id") for name in names[1:]
    ]
    assert set(copies(folder)) == {
        frozenset((f"{one}:s1", f"{other}:s1")) for one, other in zip(names, names[1:] + names[:1], strict=True)
    }
    (family,) = folder.read("families", WireFamily)
    assert [member.story_id for member in family.members] == [f"{name}:s1" for name in names]


def test_articles_without_a_date_are_compared_with_all(traced):
    folder = traced(
        record("a", [COPY, OWN[0]], outlet="Quai"),
        record("b", [COPY, OWN[1]], outlet="Phare"),
        record("c", [COPY, OWN[2]], outlet="Vigie", date="2021-03-04"),
        record("d", [COPY, OWN[3]], outlet="Liman", date="2019-03-04"),
    )
    assert [story.published for story in folder.read("stories", Story)] == [None, None, "2021-03-04", "2019-03-04"]
    pairs = [("a", "b"), ("a", "c"), ("a", "d"), ("b", "c"), ("b", "d")]  # two years lie between the others
    assert set(copies(folder)) == {frozenset((f"{one}:s1", f"{other}:s1")) for one, other in pairs}


def test_articles_without_an_outlet_are_compared_with_all(traced):
    folder = traced(
        record("a", [COPY, OWN[0]], date="2021-03-04"),
        record("b", [COPY, OWN[1]], date="2021-03-04"),
        record("c", [COPY, OWN[2]], outlet="Vigie", date="2021-03-05"),
        record("d", [COPY, OWN[3]], outlet="Vigie", date="2021-03-05"),
    )
    assert [story.outlet is None for story in folder.read("stories", Story)] == [True, True, False, False]
    found = copies(folder)
    pairs = [("a", "b"), ("a", "c"), ("a", "d"), ("b", "c"), ("b", "d")]  # one outlet is not compared with itself
    assert set(found) == {frozenset((f"{one}:s1", f"{other}:s1")) for one, other in pairs}
    match = found[frozenset(("a:s1", "b:s1"))]
    assert match.source.outlet is match.target.outlet is None
    (family,) = folder.read("families", WireFamily)
    assert {member.outlet is None for member in family.members} == {True, False}


def test_articles_of_one_line(traced):
    folder = traced(
        record("a", [COPY], outlet="Quai"),
        record("b", [COPY], outlet="Phare"),
        record("short", ["No."], outlet="Vigie"),
        record("other", [OWN[0]], outlet="Liman"),
    )
    assert len(list(folder.read("stories", Story))) == 4
    assert set(copies(folder)) == {frozenset(("a:s1", "b:s1"))}
    (family,) = folder.read("families", WireFamily)
    assert family.independent_origins == 1


def test_nothing_but_one_article_of_one_line(traced):
    folder = traced(record("a", [COPY]))
    assert len(list(folder.read("segments", Segment))) == 1
    assert [list(folder.read(name, kind)) for name, kind in (("matches", PassageMatch), ("families", WireFamily))] == [
        [],
        [],
    ]


def test_an_article_without_text_is_turned_away_and_the_rest_goes_on(traced):
    folder = traced(record("none", []), record("a", [COPY], outlet="Quai"), record("b", [COPY], outlet="Phare"))
    assert [item.stage for item in folder.read("quarantine", Rejected)] == ["read"]
    assert set(copies(folder)) == {frozenset(("a:s1", "b:s1"))}


def many_lines(count):
    """Lines that are all different, none a copy of another."""
    random = np.random.default_rng(7)
    return [
        f"The {WORDS[one]} near the {WORDS[two]} of street {number} was closed by {WORDS[three]} number {number}."
        for number, (one, two, three) in enumerate(random.integers(0, len(WORDS), (count, 3)).tolist())
    ]


@pytest.mark.parametrize("count", [1000, pytest.param(10_000, marks=pytest.mark.slow)])
def test_an_article_of_very_many_lines(traced, count):
    lines = many_lines(count)
    lines[count // 2] = COPY
    folder = traced(
        record("long", lines, outlet="Quai", date="2021-03-04"),
        record("short", [OWN[0], COPY], outlet="Phare", date="2021-03-05"),
    )
    segments = list(folder.read("segments", Segment))
    assert sum(segment.document_id == "long" for segment in segments) >= count
    (match,) = copies(folder).values()
    assert {match.source.document_id, match.target.document_id} == {"long", "short"}


def test_an_article_that_is_too_long_is_turned_away_and_the_rest_goes_on(traced):
    folder = traced(
        record("long", many_lines(100)),
        record("a", [COPY], outlet="Quai"),
        record("b", [COPY], outlet="Phare"),
        ingest=IngestConfig(max_characters=2000),
    )
    assert [(item.record_id, item.stage, item.rule) for item in folder.read("quarantine", Rejected)] == [
        ("dump.jsonl:1", "read", "too-long")
    ]
    assert set(copies(folder)) == {frozenset(("a:s1", "b:s1"))}
