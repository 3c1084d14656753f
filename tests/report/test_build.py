import base64
import dataclasses
import hashlib
import json
import re

import lxml.html
import pytest

from align.errors import InputError
from align.report import Limits, build_report
from align.report.safety import safe_link
from align.runfolder import RunFolder, write_text
from tests.cases import cases
from tests.runs import MANIFEST, NASTY, Run

SECTIONS = [
    "findings",
    "outlets",
    "timeline",
    "families",
    "passages",
    "maps",
    "substitutions",
    "facts",
    "stories",
    "bitext",
    "translations",
    "quarantine",
    "methods",
]
FETCHING = {"img", "link", "iframe", "object", "embed", "video", "audio", "source", "form", "base", "image", "use"}


def parsed(page):
    return lxml.html.document_fromstring(page)


@cases("report/safe_link.json")
def test_safe_link(case):
    assert safe_link(case["input"]) == case["expected"]


def test_sections_stand_in_order(page):
    assert [section.get("id") for section in parsed(page).iter("section")] == SECTIONS


def inert(page):
    tree = parsed(page)
    data, script = tree.xpath("//script")
    assert (data.attrib, script.attrib) == ({"type": "application/json", "id": "run-data"}, {})
    json.loads(data.text)
    for element in tree.iter(lxml.etree.Element):
        assert element.tag not in FETCHING, element.tag
        for name, value in element.attrib.items():
            assert not name.lower().startswith("on"), (element.tag, name)
            assert name not in ("src", "srcset", "action", "formaction", "style", "ping", "data"), name
            if name in ("href", "xlink:href"):
                assert value.startswith(("#", "http://", "https://")), value
    return tree


def test_hostile_text_stays_text(page):
    tree = inert(page)
    shown = NASTY.replace("\x07", "\ufffd")
    assert shown in tree.text_content(), "it is shown as it is, not stripped"
    assert "{{ 7*7 }}" in page, "nor is it a template"
    assert 'href="https://quai.example/port?a=1&amp;b=2"' in page


def test_hostile_text_in_every_field_stays_inert(tmp_path):
    run = Run()

    def poison(record):
        text = {
            field.name: NASTY
            for field in dataclasses.fields(record)
            if isinstance(getattr(record, field.name), str) and field.name not in ("id", "story_id", "document_id")
        }
        typed = {"role", "outcome", "origin", "match_class", "stage", "published_precision", "segment_id"}
        return dataclasses.replace(record, **{name: NASTY for name in text if name not in typed})

    for name in ("documents", "stories", "segments", "translations", "pairs", "quarantine"):
        setattr(run, name, [poison(record) for record in getattr(run, name)])
    run.pairs = [dataclasses.replace(pair, origin="bitext") for pair in run.pairs]
    run.manifest = {NASTY: NASTY, "models": [{"stage": NASTY, "name": NASTY, "notice": NASTY, "draft": True}],
                    "command": NASTY, "config": {NASTY: {NASTY: NASTY}}, "versions": [NASTY]}  # fmt: skip
    inert(build_report(run.write(tmp_path)))


def test_page_text_finds_its_own_direction(page):
    tree = parsed(page)
    for text in ("أغلقت السلطات", "javascript", "alert('x')"):
        for node in tree.xpath("//main//text()[contains(., $text)]", text=text):
            around = [node.getparent(), *node.getparent().iterancestors()]
            assert any(element.tag == "svg" or element.get("dir") == "auto" for element in around), node


def test_nothing_is_fetched_and_only_our_script_may_run(page):
    tree = parsed(page)
    policy = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for kind in ("script", "style"):
        body = re.search(f"<{kind}>(.*?)</{kind}>", page, re.DOTALL).group(1)
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
        assert "url(" not in body and "@import" not in body and "fetch(" not in body


def test_one_folder_one_page(folder, page):
    assert build_report(RunFolder(folder.path)) == page
    slower = MANIFEST | {"seconds": {"translate": 99.0}}
    assert build_report(folder, manifest=slower) == page, "how long it took is not part of the page"


def test_identifiers_are_unique_and_links_arrive(page):
    tree = parsed(page)
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    targets = [href[1:] for href in tree.xpath("//a/@href") if href.startswith("#")]
    assert set(targets) <= set(ids)


def test_what_is_cut_is_said_with_its_file(folder):
    few = Limits(matches=2, candidates=1, families=0, stories=3, pairs=0, translations=4, quarantine=1, outlets=2)
    tree = parsed(build_report(folder, limits=few))
    said = " ".join(" ".join(note.text_content().split()) for note in tree.find_class("cut"))
    for note in ("The first 2 of 5 are shown here; all of them are in matches.jsonl",
                 "The first 4 of 15 are shown here; all of them are in translations.jsonl",
                 "The first 3 of 6", "The first 1 of 2"):  # fmt: skip
        assert note in said
    cards = tree.xpath("//section[@id='passages']/div[@id='match-list']/article")
    assert [card.find_class("score")[0].text for card in cards] == ["0.95", "0.91"], "the surest stay"


def test_the_whole_page_has_no_cut(folder, page):
    assert "are shown here; all of them" not in page


def test_words_of_the_findings(page):
    said = [item.text_content() for item in parsed(page).find_class("findings")[0]]
    assert "5 pairs of passages appear to rewrite one source, of 7 compared" in said[1]
    assert any("the source appears to be quai (basis: credit)" in sentence for sentence in said)
    assert any("the dates do not tell which was first" in sentence for sentence in said)
    assert "What this does not prove" in page


def test_the_pair_view_shows_both_sides(page):
    card = parsed(page).get_element_by_id("match-2")
    originals = [quote.text_content() for quote in card.xpath(".//blockquote")]
    assert originals[0].startswith("Les autorités ont fermé")
    assert originals[2].startswith("Yetkililer, 14")
    assert "12 ≠ 14" in card.text_content()
    assert card.xpath(".//mark")
    english = parsed(page).get_element_by_id("match-1").find_class("side")[1]
    assert len(english.xpath(".//blockquote")) == 1, "what is English is shown once"


def test_draft_rows_are_marked_and_say_the_remedy(page, folder):
    rows = parsed(page).xpath("//section[@id='translations']//tbody/tr")
    marked = {row[0].text_content() for row in rows if row.xpath(".//*[@class='draft']")}
    assert marked == {"French"}
    assert "[translate.models]" in page
    assert "[translate.models]" not in build_report(folder, manifest={})


@pytest.mark.parametrize(
    "manifest", [{}, {"models": None, "counts": [], "inputs": "x", "config": 3}, {"models": [1, {}]}]
)
def test_a_manifest_may_lack_anything(folder, manifest):
    assert [s.get("id") for s in parsed(build_report(folder, manifest=manifest)).iter("section")] == SECTIONS


def test_an_empty_folder_is_a_page_that_says_so(tmp_path):
    page = build_report(RunFolder(tmp_path))
    assert "This run folder has no <code>matches.jsonl</code>" in page
    assert "This run folder has no manifest" in page


def test_a_run_without_matches(tmp_path):
    page = build_report(Run(matches=[]).write(tmp_path))
    assert "No two passages were alike enough to be compared." in page
    assert "No passage appears to be shared between outlets." in page


def test_a_damaged_file_is_refused(tmp_path):
    folder = Run().write(tmp_path)
    write_text(folder["matches"], "{}\n")
    with pytest.raises(InputError, match=r"matches\.jsonl:1: not a PassageMatch"):
        build_report(folder)


def test_unpaired_surrogates_can_be_written(tmp_path):
    run = Run()
    run.segments[2] = dataclasses.replace(run.segments[2], text="demi \ud800 mot")
    build_report(run.write(tmp_path)).encode("utf-8")
