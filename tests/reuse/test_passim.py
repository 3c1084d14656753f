from dataclasses import replace

from align.records import Span
from align.reuse.families import gather_families
from align.reuse.passim import passim_lines
from tests.reuse.stories import match, passage, story

TEXT = "0123456789" * 10


def side(key, begin, end):
    return replace(passage(key, begin), document_id=key, span=Span(begin, end))


def test_each_passage_of_a_family_is_a_line():
    stories = [replace(story(f"s{n}", outlet=f"o{n}", published="2021-03-01"), document_id=f"s{n}") for n in range(2)]
    matches = [
        match(side("s0", 0, 10), side("s1", 40, 55), 0.9),
        match(side("s0", 5, 20), side("s1", 70, 80), 0.9),
        match(side("s0", 90, 95), side("s1", 0, 5), 0.1),
    ]
    families = gather_families(stories, matches, {"s0": 3, "s1": 3})
    lines = list(passim_lines(families, matches, stories, {"s0": TEXT, "s1": TEXT}))
    assert [(line["id"], line["begin"], line["end"]) for line in lines] == [
        ("s0", 0, 20),
        ("s1", 40, 55),
        ("s1", 70, 80),
    ]
    assert {(line["cluster"], line["size"], line["date"]) for line in lines} == {(1, 3, "2021-03-01")}
    assert all(line["text"] == TEXT[line["begin"] : line["end"]] for line in lines)
    assert [line["series"] for line in lines] == ["o0", "o1", "o1"]
    assert len({line["uid"] for line in lines}) == 3


def test_no_family_no_line():
    assert list(passim_lines([], [], [], {})) == []
