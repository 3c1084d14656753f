"""Inputs that are meant to hurt: each ends in a document or a refusal with its rule, soon, and the others go on."""

import json
import os
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from align.config import IngestConfig
from align.ingest.bounds import json_excess, markup_excess
from align.ingest.html import read_markup
from align.ingest.outlets import OutletTable
from align.ingest.readers import input_files, read
from align.ingest.segments import structure
from align.records import Document, Rejected
from tests.ingest.made import packed

CONFIG = IngestConfig()
GOOD = '{"text": "Un mot."}\n'


def told(records):
    return [r.text if isinstance(r, Document) else r.rule for r in records]


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ('{"text": "' + "x" * 26_000_000 + '"}', "too-long"),
        ('{"x": ' + "[" * 100_000, "too-complex"),
        ('{"text": "a", "x": ' + '{"a":' * 100_000 + "1" + "}" * 100_001, "too-complex"),
        ('{"text": "a", "x": [' + "{}," * 600_000 + "{}]}", "too-complex"),
        ('{"text": "a\0b"}', "bad-json"),
        ('{"text": ["a"]}', "wrong-type"),
        ('{"text": {"a": 1}}', "wrong-type"),
        ('{"text": true}', "wrong-type"),
        ('{"text": "a", "url": ["u"]}', "wrong-type"),
        ('{"text": "\\u0020"}', "no-text"),
        ('{"text": "a", "n": ' + "9" * 5000 + "}", "bad-json"),
    ],
    ids=lambda value: value[:24],
)
def test_one_bad_line_between_two_good_ones(tmp_path, line, rule):
    (tmp_path / "d.jsonl").write_text(GOOD + line + "\n" + GOOD)
    assert told(read([tmp_path], CONFIG)) == ["Un mot.", rule, "Un mot."]


def test_brackets_inside_of_a_text_are_no_nesting(tmp_path):
    text = "[" * 1000 + '"' + "{," * 400_000
    assert json_excess(json.dumps({"text": text})) is None
    (tmp_path / "d.jsonl").write_text(json.dumps({"text": text}) + "\n")
    assert told(read([tmp_path], CONFIG)) == [text]


@pytest.mark.parametrize(
    ("markup", "rule"),
    [
        ("<div>" * 1_000_000, "too-deep"),
        ("<div>" * 400 + "x", "too-deep"),
        ("<p>x</p>" * 60_000, "too-complex"),
        ("<p " + " ".join(f"a{n}=1" for n in range(50_000)) + ">x</p>", "too-complex"),
        ("<p>a</p><!--" + "x" * 11_000_000 + "--><p>b</p>", "too-complex"),
        ("<p>" * 3_000, "no-text"),
        ("<" * 200_000, None),
        ("<p title='" + "x" * 5_000_000 + "'>Un mot.</p>", None),
        ("<p data-x='" + "a=1 " * 100_000 + "'>Un mot.</p>", None),
        ("<script>" + "'<div>' + " * 5_000 + "</script><p>Un mot.</p>", None),
        ("<p>&#xD800; &#0; un mot \u202egauche</p>", None),
    ],
    ids=lambda value: (value or "read")[:16],
)
def test_markup_that_hurts_parsers(markup, rule):
    record = next(read_markup(markup, "p.html", max_characters=2_000_000))
    assert (record.rule if isinstance(record, Rejected) else None) == rule


def test_legal_pages_are_not_refused():
    lists = "<ul>" + "<li>Un mot." * 5_000 + "</ul>"
    icons = "<svg>" + "<path d='M0'/><g/>" * 2_000 + "</svg>"
    assert markup_excess(lists + icons + "<div><br><img src='x'></div>" * 5_000) is None


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_a_zip_bomb_is_stopped(tmp_path, monkeypatch, suffix):
    monkeypatch.setattr("align.ingest.compressed._FREE_BYTES", 1_000_000)
    (tmp_path / f"a.jsonl{suffix}").write_bytes(packed(GOOD.encode() + b" " * 12_000_000, suffix))
    (tmp_path / f"b.csv{suffix}").write_bytes(packed(b"text\nun\n" + b"x" * 12_000_000, suffix))
    (tmp_path / f"c.txt{suffix}").write_bytes(packed(b"x" * 12_000_000, suffix))
    assert told(read([tmp_path], CONFIG)) == [
        *("Un mot.", "decompression-bomb"),
        *("un", "decompression-bomb"),
        "decompression-bomb",
    ]


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_a_packed_file_that_breaks_off(tmp_path, suffix):
    data = packed("".join(f'{{"text": "{n * 7919 % 10007} mots."}}\n' for n in range(5000)).encode(), suffix)
    (tmp_path / f"a.jsonl{suffix}").write_bytes(data[: len(data) // 2])
    (tmp_path / f"b.txt{suffix}").write_bytes(b"not packed")
    found = told(read([tmp_path], CONFIG))
    assert found[-1] == "unreadable"
    assert "unreadable" in found[:-1]


def test_a_dump_that_unpacks_to_a_lot_of_text_is_no_bomb(tmp_path):
    line = json.dumps({"text": "Un mot. " * 40})
    (tmp_path / "a.jsonl.gz").write_bytes(packed((line + "\n").encode() * 3000, ".gz"))
    assert sum(isinstance(record, Document) for record in read([tmp_path], CONFIG)) == 3000


def test_pipes_and_links_that_lead_nowhere(tmp_path):
    os.mkfifo(tmp_path / "a.jsonl")
    (tmp_path / "b.txt").symlink_to(tmp_path / "gone.txt")
    (tmp_path / "c.txt").symlink_to(tmp_path / "c.txt")
    (tmp_path / "d.csv").symlink_to("/dev/zero")
    (tmp_path / "e.txt").mkdir()
    (tmp_path / "e.txt" / "f.txt").write_text("mot")
    records = list(read([tmp_path], CONFIG))
    assert told(records) == ["not-a-file", "unreadable", "unreadable", "not-a-file", "mot"]
    assert [name for _, name in input_files([tmp_path])] == ["e.txt/f.txt"]


def test_a_folder_that_cannot_be_listed(tmp_path, monkeypatch):
    (tmp_path / "b").mkdir()
    (tmp_path / "c.txt").write_text("mot")
    scan = os.scandir

    def refuse(place):
        if str(place).endswith("b"):
            raise PermissionError(13, "Permission denied", str(place))
        return scan(place)

    monkeypatch.setattr(os, "scandir", refuse)
    assert told(read([tmp_path], CONFIG)) == ["unreadable", "mot"]


@pytest.mark.parametrize(
    "data",
    [
        '{"text": "été"}\r{"text": "b\u2028c"}\r'.encode(),
        '{"text": "été"}\r\n{"text": "b\u2028c"}\r\n'.encode("utf-16"),
        '{"text": "été"}\n{"text": "b\u2028c"}\n'.encode("utf-16-le"),
        b'\xef\xbb\xbf{"text": "\xc3\xa9t\xc3\xa9"}\n{"text": "b\\u2028c"}',
    ],
)
def test_line_ends_and_unicodes_encodings(tmp_path, data):
    (tmp_path / "d.jsonl").write_bytes(data)
    assert told(read([tmp_path], CONFIG)) == ["été", "b\u2028c"]


def test_some_nuls_in_a_dump_are_some_bad_lines(tmp_path):
    lines = [GOOD] * 100
    lines[3] = '{"text": "a\0"}\n'
    (tmp_path / "d.jsonl").write_text("".join(lines))
    found = told(read([tmp_path], CONFIG))
    assert (found.count("Un mot."), found[3]) == (99, "bad-json")


def test_an_article_of_ten_thousand_lines_takes_no_longer_than_its_length():
    outlets = OutletTable.load()
    for text in ("mot\n" * 10_000, "Un mot.\n" * 10_000):
        begun = time.process_time()
        stories, segments = structure(Document(id="d", text=text), outlets)
        assert stories and sum(len("".join(s.text.split())) for s in segments) == len("".join(text.split()))
        assert time.process_time() - begun < 5


SENTENCES = st.lists(st.sampled_from(["Le pont", "La gare", "Le vieux port"]), min_size=1, max_size=12)
VISIBLE = ["p", "div", "section", "article", "main", "blockquote", "li", "td", "figcaption", "b", "span", "h2", "pre"]


@settings(max_examples=30)
@given(SENTENCES, st.data())
def test_every_visible_sentence_is_read_or_reported(subjects, data):
    sentences = [f"{subject} numéro {n} a été rouvert samedi matin." for n, subject in enumerate(subjects)]
    pieces = []
    for sentence in sentences:
        opened = data.draw(st.lists(st.sampled_from(VISIBLE), min_size=1, max_size=4))
        body = " ".join([sentence] * data.draw(st.sampled_from([1, 1, 6])))
        pieces.append("".join(f"<{tag}>" for tag in opened) + body + "".join(f"</{tag}>" for tag in reversed(opened)))
        if data.draw(st.booleans()):
            pieces.append(
                data.draw(st.sampled_from(["<h2>Titre</h2>", "</div>", "<div class=sidebar>", "<hr>", "<table>"]))
            )
    told_of = []
    for record in read_markup("<html><body>" + "".join(pieces), "p.html", max_characters=100_000):
        if isinstance(record, Document):
            told_of += [segment.text for segment in structure(record, OutletTable.load())[1]]
        else:
            told_of.append(record.detail)
    everything = " ".join(" ".join(told_of).split())
    assert [sentence for sentence in sentences if sentence not in everything] == []


def test_long_text_in_furniture_is_reported_and_not_read():
    story = "<p>" + "Les équipes ont travaillé toute la nuit. " * 9 + "</p>"
    aside = "<p>" + "Le marché a lieu samedi sur la place. " * 9 + "</p>"
    document, note = read_markup(
        f"<article>{story}<aside>{aside}<nav>{aside}</nav></aside></article><footer>© 2022</footer>",
        "p",
        max_characters=9999,
    )
    assert "marché" not in document.text
    assert note.rule == "left-out" and note.detail.count("Le marché") == 18
    assert "2022" not in note.detail


def test_boxes_are_reported_and_not_read():
    story = "<article><p>" + "Les équipes ont travaillé toute la nuit. " * 9 + "</p></article>"
    box = "<div class='user-comments'><h2>Commentaires</h2><p>" + "Je ne suis pas d’accord. " * 12 + "</p></div>"
    document, note = read_markup(story + box, "p", max_characters=9999)
    assert "accord" not in document.text and "accord" in note.detail
