import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from align.ingest.outlets import OutletTable
from align.ingest.segments import structure
from align.records import Document, Mark, Span

OUTLETS = OutletTable.load()
SAMPLE = Path(__file__).resolve().parents[2] / "corpora" / "sample"


def page(path):
    document = Document("page", path.read_text(encoding="utf-8"))
    return document, *structure(document, OUTLETS)


def words(text):
    return " ".join(text.split())


def gold():
    return json.loads((SAMPLE.parent / "gold.json").read_text(encoding="utf-8"))


def test_the_sample_page_has_the_stories_of_its_gold():
    document, stories, segments = page(SAMPLE / "page.txt")
    expected = [story for story in gold()["stories"] if story["id"].startswith("page-")]
    lines = document.text.split("\n")
    assert len(stories) == len(expected) == 5
    for story, known in zip(stories, expected, strict=True):
        for field in ("title", "outlet", "published", "published_precision"):
            assert getattr(story, field) == known[field], field
        found = [{"kind": item.kind, "text": item.text} for item in story.outlet_evidence]
        assert [item for item in known["outlet_evidence"] if item not in found] == []
        own = "\n".join(lines[known["first_line"] - 1 : known["last_line"]])
        assert story.span.of(document.text) == own.strip()
        assert any(item.text.startswith(known["first_words"][:20]) for item in segments if item.story_id == story.id)


def test_the_sample_page_has_the_roles_of_its_gold():
    document, _, segments = page(SAMPLE / "page.txt")
    lines = document.text.split("\n")
    begins = [0]
    for line in lines:
        begins.append(begins[-1] + len(line) + 1)
    for known in gold()["paragraphs"]:
        inside = [item for item in segments if begins[known["line"] - 1] <= item.span.begin < begins[known["line"]]]
        parts = known.get("parts") or [{"text": words(lines[known["line"] - 1]), "role": known["role"]}]
        for part in parts:
            own = [item for item in inside if words(item.text) in words(part["text"])]
            assert own, part
            assert {item.role for item in own} == {part["role"]}, part
        assert sum(len(part["text"].split()) for part in parts) == sum(len(item.text.split()) for item in inside)


def test_ids_are_made_of_the_document_s():
    stories, segments = structure(Document("a/b.txt", "Un. Deux.\n\nTrois."), OUTLETS)
    assert [story.id for story in stories] == ["a/b.txt:s1"]
    assert [(item.id, item.index, item.paragraph, item.text) for item in segments] == [
        ("a/b.txt:0", 0, 0, "Un."),
        ("a/b.txt:1", 1, 0, "Deux."),
        ("a/b.txt:2", 2, 1, "Trois."),
    ]
    assert {(item.language, item.language_score) for item in segments} == {("und", 0.0)}


@pytest.mark.parametrize("text", ["", " \n\t\n\u2028 "])
def test_a_document_without_text_has_no_story(text):
    assert structure(Document("d", text), OUTLETS) == ([], [])


def test_a_heading_is_one_segment():
    text = "Feu au port. Deux entrepôts détruits. Enquête ouverte\n\nLe feu est éteint."
    marks = (Mark(Span(0, 53), "heading"),)
    _, segments = structure(Document("d", text, marks=marks), OUTLETS)
    assert [item.role for item in segments] == ["heading", "body"]


PIECES = (
    "Un incendie ravage deux entrepôts du port de Valmer",
    "Valmer – ",
    "VALMER (AFP) - ",
    "Les pompiers sont là.",
    "« Merci », a-t-il dit.",
    "Source: AFP",
    "(Reuters)",
    "© Sputnik / X",
    "@nom Replying to @x",
    "Lina",
    "date 2020-02 ",
    "Lire aussi",
    "\n\n",
    "\n",
    " ",
    "\u200b",
    "منذ",
    "!",
)
TEXTS = st.text() | st.lists(st.sampled_from(PIECES), max_size=25).map("".join)
SPANS = st.tuples(st.integers(0, 80), st.integers(0, 40)).map(lambda pair: Span(pair[0], pair[0] + pair[1]))
ROLES = st.sampled_from(
    ["body", "heading", "quote", "post", "caption", "byline", "dateline", "attribution", "boilerplate"]
)
DOCUMENTS = st.builds(
    Document,
    id=st.just("d"),
    text=TEXTS,
    url=st.none() | st.just("https://www.rt.com/1") | st.text(max_size=8),
    outlet=st.none() | st.just("Le Monde") | st.text(max_size=8),
    title=st.none() | st.sampled_from(PIECES),
    marks=st.lists(st.builds(Mark, SPANS, ROLES), max_size=4).map(tuple),
)


@given(DOCUMENTS)
def test_segments_and_stories_cover_the_text_once_and_in_order(document):
    stories, segments = structure(document, OUTLETS)
    text = document.text
    position = 0
    for index, segment in enumerate(segments):
        assert segment.index == index
        assert segment.text == segment.span.of(text)
        assert not text[position : segment.span.begin].strip()
        assert position <= segment.span.begin < segment.span.end
        position = segment.span.end
    assert not text[position:].strip()
    order = [story.id for story in stories]
    assert [item.story_id for item in segments] == sorted((item.story_id for item in segments), key=order.index)
    for story in stories:
        own = [item for item in segments if item.story_id == story.id]
        assert story.span == Span(own[0].span.begin, own[-1].span.end)
        for item in story.outlet_evidence:
            assert item.span is None or (story.span.contains(item.span) and item.span.of(text) == item.text)
    assert structure(document, OUTLETS) == (stories, segments)


@pytest.mark.data
def test_the_seed_page_is_five_stories():
    (path,) = sorted((Path(os.environ["ALIGN_SHARED"]) / "seeds").glob("*.txt"))
    document, stories, segments = page(path)
    assert [story.outlet for story in stories] == [None, None, "sana", "sputnik", "rt"]
    assert [(story.published, story.published_precision) for story in stories] == [("2020-02", "month")] * 5
    assert stories[0].title is None
    assert [story.title.split()[:2] for story in stories[1:]] == [
        ["Les", "frappes"], ["L’armée", "repousse"], ["Situation", "à"], ["Le", "Pentagone"]
    ]  # fmt: skip
    kinds = [{item.kind for item in story.outlet_evidence} for story in stories]
    assert kinds == [
        {"citation"}, {"photo-credit"}, {"dateline", "self-reference", "byline"}, {"credit"}, {"self-reference"}
    ]  # fmt: skip
    post = [item for item in segments if item.role == "post"]
    assert {item.story_id for item in post} == {stories[0].id}
    assert len({item.paragraph for item in post}) == 1
    assert post[0].text.startswith("T.C.")
    assert post[-1].text.endswith("dileriz.")
    by_role = {
        role: [item.text for item in segments if item.role == role] for role in ("byline", "heading", "attribution")
    }
    assert by_role["byline"] == ["Shaza"]
    assert len(by_role["heading"]) == 5
    assert by_role["attribution"] == ["Source: Sputnik News – France"]
    assert next(item for item in segments if "©" in item.text).text.startswith("PHOTO DE FICHIER")
    assert sum(item.role == "quote" for item in segments) == 3
    assert document.text.count("Les masques tombent!") == 1
