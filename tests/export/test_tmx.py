import re
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from lxml import etree

from align.errors import InputError
from align.export import Recipe, export_run
from align.export.tmx import write_tmx
from tests.export.nasty import LISTS, TEXTS, plain

# The part of TMX 1.4 that exports use: which elements stand where, in which order, and which attributes they need.
DTD = """
<!ELEMENT tmx (header, body)>
<!ATTLIST tmx version CDATA #FIXED "1.4">
<!ELEMENT header (note | prop)*>
<!ATTLIST header
  creationtool CDATA #REQUIRED
  creationtoolversion CDATA #REQUIRED
  segtype (block | paragraph | sentence | phrase) #REQUIRED
  o-tmf CDATA #REQUIRED
  adminlang CDATA #REQUIRED
  srclang CDATA #REQUIRED
  datatype CDATA #REQUIRED>
<!ELEMENT body (tu*)>
<!ELEMENT tu ((note | prop)*, tuv+)>
<!ATTLIST tu tuid CDATA #IMPLIED segtype (block | paragraph | sentence | phrase) #IMPLIED>
<!ELEMENT tuv ((note | prop)*, seg)>
<!ATTLIST tuv xml:lang CDATA #REQUIRED>
<!ELEMENT note (#PCDATA)>
<!ELEMENT prop (#PCDATA)>
<!ATTLIST prop type CDATA #REQUIRED>
<!ELEMENT seg (#PCDATA)>
"""
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@pytest.fixture(scope="module")
def dtd():
    return etree.DTD(StringIO(DTD))


def holdable(text):
    """What XML 1.0 can hold of a text, read off the standard and not off the writer."""
    good = lambda c: c in "\t\n\r" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c >= "\U00010000"  # noqa: E731
    return "".join(c if good(c) else "\ufffd" for c in text)


def units(path):
    root = etree.parse(path, etree.XMLParser(huge_tree=True)).getroot()
    for unit in root.iterfind("body/tu"):
        yield unit, {variant.get(LANG): variant.find("seg").text or "" for variant in unit.iterfind("tuv")}


def test_a_run_gives_valid_files(run_folder, tmp_path, dtd):
    summary = export_run(run_folder, "tmx", tmp_path, name="valmer")
    assert "valmer.fr-en.tmx" in {path.name for path in summary.files}
    for path in summary.files:
        tree = etree.parse(path)
        assert dtd.validate(tree), dtd.error_log
        assert tree.getroot().find("header").get("srclang") == path.name.split(".")[1].split("-")[0]
    assert summary.left_out == {"empty side": 1}
    assert sum(summary.changed.values()) >= 1


def test_the_check_can_fail(dtd):
    for broken in (
        '<tmx version="1.4"><header/><body/></tmx>',
        '<tmx version="1.4"><body/></tmx>',
        '<tmx version="1.3"><header/></tmx>',
    ):
        assert not dtd.validate(etree.fromstring(broken))


def test_provenance_is_in_properties(run_folder, tmp_path):
    export_run(run_folder, "tmx", tmp_path)
    by_id = {unit.get("tuid"): unit for unit, _ in units(tmp_path / "align.tr-en.tmx")}
    own = {prop.get("type"): prop.text for prop in by_id["p8"].iterfind("prop")}
    assert own == {
        "score-machine-translation": "-0.25",
        "type": "1:1",
        "origin": "machine-translation",
        "model": "compact",
        "revision": "r1",
        "flag": "low-score",  # the last of the two
    }
    side = {prop.get("type"): prop.text for prop in by_id["p8"].find("tuv").iterfind("prop")}
    assert side["source-document"] == "https://liman.example/haber/17"
    assert side["outlet"] == "liman"
    assert re.fullmatch("[0-9a-f]{16}", side["checksum-seg"])
    block = next(unit for unit, _ in units(tmp_path / "align.fr-en.tmx") if unit.get("tuid") == "b1")
    assert block.get("segtype") == "block"


@settings(max_examples=50)
@given(LISTS)
def test_every_text_comes_back_as_xml_can_hold_it(dtd, pairs):
    with TemporaryDirectory() as folder:
        summary = write_tmx(pairs, Path(folder), Recipe())
        found = []
        for path in summary.files:
            assert dtd.validate(etree.parse(path, etree.XMLParser(huge_tree=True))), dtd.error_log
            found += [(unit.get("tuid"), *sides.values()) for unit, sides in units(path)]
        kept = [row.pair for row in pairs if row.pair.source.strip() and row.pair.target.strip()]
        same = [pair for pair in kept if pair.source_language == pair.target_language]
        wanted = [tuple(map(holdable, (pair.id, pair.source, pair.target))) for pair in kept if pair not in same]
        assert sorted(row for row in found if len(row) == 3) == sorted(wanted)
        assert summary.rows == len(kept)
        assert sum(summary.changed.values()) == sum(
            (pair.source, pair.target) != (holdable(pair.source), holdable(pair.target)) for pair in kept
        )


def test_a_translation_memory_tool_reads_it(tmp_path):
    from translate.storage import factory

    texts = [text for text in TEXTS if text.strip()]
    write_tmx([plain(text, f"target {n}", name=f"p{n}") for n, text in enumerate(texts)], tmp_path, Recipe())
    store = factory.getobject(str(tmp_path / "align.fr-en.tmx"))
    read = [(unit.source, unit.target) for unit in store.units]
    assert [target for _, target in read] == [f"target {n}" for n in range(len(texts))]
    for (source, _), text in zip(read, texts, strict=True):
        assert source == holdable(text), repr(text[:40])


def test_an_empty_export_is_no_file_at_all(tmp_path):
    assert write_tmx([], tmp_path, Recipe()).files == ()


def test_a_language_that_is_no_tag_is_refused(tmp_path):
    with pytest.raises(InputError, match="not a language tag"):
        write_tmx([plain("un", languages=("../x", "en"))], tmp_path, Recipe())
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
