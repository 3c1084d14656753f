"""The bundled sample says of itself what is true: quotes, beads, roles, families and counts."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

CORPORA = Path(__file__).resolve().parents[2] / "corpora"
SAMPLE = CORPORA / "sample"
ERRORS = CORPORA / "errors"
ROLES = {"body", "heading", "quote", "post", "caption", "byline", "dateline", "attribution", "boilerplate"}
LABELS = {"rewrite", "same-event", "unrelated"}
BASES = {"credit", "dateline", "earliest", "containment", "unknown"}
PARALLEL = [
    ("parallel.fr.txt", "parallel.en.txt", "parallel.gold"),
    ("parallel.tr.txt", "parallel-tr.en.txt", "parallel-tr.gold"),
]


def read(name: str) -> str:
    if name.startswith("parallel"):
        return (CORPORA / "parallel" / name).read_text(encoding="utf-8")
    return (SAMPLE / name).read_text(encoding="utf-8")


GOLD = json.loads((CORPORA / "gold.json").read_text(encoding="utf-8"))
PAGE = read("page.txt")
ARTICLES = [json.loads(line) for line in read("articles.jsonl").splitlines()]


def text_of(document: dict) -> str:
    if document["file"] != "articles.jsonl":
        return read(document["file"])
    return ARTICLES[document["line"] - 1][document["text_key"]]


TEXTS = {document["id"]: text_of(document) for document in GOLD["documents"]}


def test_every_document_is_listed_once_and_found_by_its_address():
    listed = [document for document in GOLD["documents"] if document["file"] == "articles.jsonl"]
    assert [document["line"] for document in listed] == list(range(1, len(ARTICLES) + 1))
    assert len(TEXTS) == len(GOLD["documents"])
    assert len({document["url"] for document in listed}) == len(listed)
    for document, article in zip(listed, ARTICLES, strict=True):
        assert document["url"] in (article.get("url"), article.get("source"))
        assert document.get("record_id") == article.get("id")


def test_articles_come_in_several_languages_outlets_and_date_precisions():
    articles = [document for document in GOLD["documents"] if document["file"] == "articles.jsonl"]
    assert {document["language"] for document in articles} == {"fr", "tr", "en"}
    assert len({document["outlet"] for document in articles}) >= 7
    assert {document["published_precision"] for document in articles} == {"day", "month", None}
    lengths = {"day": 10, "month": 7}
    for document in articles:
        published, precision = document["published"], document["published_precision"]
        assert published is None if precision is None else len(published) == lengths[precision]


@pytest.mark.parametrize("pair", GOLD["pairs"], ids=lambda pair: pair["id"])
def test_quotes_are_exact_and_occur_once(pair):
    assert pair["label"] in LABELS
    assert pair["why"]
    for side in (pair["a"], pair["b"]):
        assert TEXTS[side["document"]].count(side["quote"]) == 1
        assert side["quote"] == side["quote"].strip()


def test_no_pair_is_given_twice():
    sides = [frozenset((s["document"], s["quote"]) for s in (pair["a"], pair["b"])) for pair in GOLD["pairs"]]
    assert len(set(sides)) == len(sides)
    assert all(len(pair) == 2 for pair in sides)


def test_there_are_enough_positives_and_hard_negatives():
    labels = Counter(pair["label"] for pair in GOLD["pairs"])
    assert labels["rewrite"] >= 30
    assert labels["same-event"] + labels["unrelated"] >= 30


def test_rewrites_lie_inside_a_family_and_negatives_do_not_join_retold_passages():
    families = [set(family["members"]) for family in GOLD["families"]]
    for pair in GOLD["pairs"]:
        units = {side.get("story", side["document"]) for side in (pair["a"], pair["b"])}
        if pair["label"] == "rewrite":
            assert any(units <= members for members in families), pair["id"]
        elif any(units <= members for members in families):
            assert pair["why"] in ("common-background", "same-place-other-fact"), pair["id"]


def test_passages_of_the_page_name_the_story_they_lie_in():
    lines = PAGE.split("\n")
    for pair in GOLD["pairs"]:
        for side in (pair["a"], pair["b"]):
            if side["document"] != "page":
                assert "story" not in side
                continue
            line = PAGE[: PAGE.index(side["quote"])].count("\n") + 1
            story = next(story for story in GOLD["stories"] if story["first_line"] <= line <= story["last_line"])
            assert side["story"] == story["id"]
            assert side["quote"] in lines[line - 1]


def test_stories_follow_one_another_and_begin_as_said():
    lines = PAGE.split("\n")
    end = 0
    for story in GOLD["stories"]:
        assert story["first_line"] > end
        end = story["last_line"]
        assert story["title"] is None or lines[story["first_line"] - 1] == story["title"]
        own = "\n".join(lines[story["first_line"] - 1 : end])
        assert own.count(story["first_words"]) == 1
        for evidence in story["outlet_evidence"]:
            assert evidence["text"] in own
        kinds = {evidence["kind"] for evidence in story["outlet_evidence"]}
        assert (story["outlet"] is None) == (kinds <= {"photo-credit"})


def test_every_paragraph_of_the_page_has_one_legal_role():
    lines = PAGE.split("\n")
    assert [p["line"] for p in GOLD["paragraphs"]] == [n for n, line in enumerate(lines, 1) if line.strip()]
    for paragraph in GOLD["paragraphs"]:
        line = lines[paragraph["line"] - 1].strip()
        parts = paragraph.get("parts", [{"text": line, "role": paragraph["role"]}])
        assert line.startswith(paragraph["prefix"])
        assert sum(other.strip().startswith(paragraph["prefix"]) for other in lines) == 1
        assert paragraph["language"] in {"fr", "tr"}
        assert {paragraph["role"]} | {part["role"] for part in parts} <= ROLES
        assert paragraph["role"] in {part["role"] for part in parts}
        assert " ".join(part["text"] for part in parts) == line
    for story in GOLD["stories"]:
        if story["title"]:
            roles = {p["line"]: p["role"] for p in GOLD["paragraphs"]}
            assert roles[story["first_line"]] == "heading"


def test_families_refer_to_what_is_there():
    known = set(TEXTS) | {story["id"] for story in GOLD["stories"]}
    for family in GOLD["families"]:
        members = set(family["members"])
        assert len(members) == len(family["members"]) >= 2
        assert members | set(family["same_event"]) | set(family["look_alikes"]) <= known
        assert not members & (set(family["same_event"]) | set(family["look_alikes"]))
        assert family["origin"] is None or family["origin"] in members
        assert family["basis"] in BASES


@pytest.mark.parametrize(("source", "target", "gold"), PARALLEL)
def test_beads_cover_each_side_once_in_order(source, target, gold):
    sides: tuple[list[int], list[int]] = ([], [])
    shapes = set()
    for line in read(gold).splitlines():
        assert re.fullmatch(r"\[(\d+(, \d+)*)?\]:\[(\d+(, \d+)*)?\]", line)
        left, right = (json.loads(part) for part in line.split(":"))
        assert left or right
        sides[0].extend(left)
        sides[1].extend(right)
        shapes.add((len(left), len(right)))
    for name, indices in zip((source, target), sides, strict=True):
        sentences = read(name).splitlines()
        assert indices == list(range(len(sentences)))
        assert all(sentence.strip() for sentence in sentences)
    assert shapes == {(1, 1), (2, 1), (1, 2), (1, 0), (0, 1)}


def test_counts_are_those_of_the_lists_and_of_the_readme():
    labels = Counter(pair["label"] for pair in GOLD["pairs"])
    counted = {key: len(GOLD[key]) for key in ("documents", "stories", "paragraphs", "pairs", "families")}
    counted |= {"articles": len(ARTICLES), **labels}
    assert GOLD["counts"] == counted
    readme = (CORPORA / "README.md").read_text(encoding="utf-8")
    assert {key: int(n) for key, n in re.findall(r"^\| ([a-z-]+) \| (\d+) \|$", readme, re.MULTILINE)} == counted


def test_every_file_is_named_in_the_readme():
    readme = (CORPORA / "README.md").read_text(encoding="utf-8")
    for path in sorted([*SAMPLE.iterdir(), *ERRORS.iterdir()]):
        assert path.name in readme, path


def test_bad_inputs_are_bad_in_the_way_they_say():
    assert (ERRORS / "empty.txt").read_bytes() == b""
    binary = (ERRORS / "binary.txt").read_bytes()
    assert len(binary) == 2048
    assert b"\0" in binary
    latin = (ERRORS / "latin9.txt").read_bytes()
    assert {"€", "œ"} <= set(latin.decode("iso-8859-15"))
    unknown = (ERRORS / "unknown-encoding.txt").read_bytes()
    assert b"\0" not in unknown
    for data in (binary, latin, unknown):
        with pytest.raises(UnicodeDecodeError):
            data.decode("utf-8")
    outcomes = []
    for line in (ERRORS / "truncated.jsonl").read_text(encoding="utf-8").splitlines():
        try:
            outcomes.append(isinstance(json.loads(line), dict))
        except json.JSONDecodeError:
            outcomes.append(False)
    assert outcomes == [True, True, False, True]
