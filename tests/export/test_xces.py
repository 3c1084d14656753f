import zipfile
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from lxml import etree
from opustools import OpusRead

from align.errors import InputError
from align.export import Place, Recipe, SourcedPair, export_run
from align.export.lines import safe_name
from align.export.xces import write_xces
from align.records import Pair
from tests.export.nasty import LISTS, plain
from tests.export.test_tmx import holdable

PARSER = etree.XMLParser(huge_tree=True)


def read(corpus):
    """Every link of a corpus: pair id -> (certainty, the sentences of each side)."""
    links = {}
    for path in sorted((corpus / "xml").glob("*.xml")):
        for group in etree.parse(path, PARSER).getroot().iterfind("linkGrp"):
            assert group.get("targType") == "s"
            documents = [corpus / "raw" / group.get(name) for name in ("fromDoc", "toDoc")]
            sentences = [
                {s.get("id"): s.text or "" for s in etree.parse(document, PARSER).getroot().iterfind("s")}
                for document in documents
            ]
            for link in group.iterfind("link"):
                sides = [side.split() for side in link.get("xtargets").split(";")]
                texts = [[known[name] for name in ids] for known, ids in zip(sentences, sides, strict=True)]
                links[link.get("id")] = (link.get("certainty"), texts, sides)
    return links


def test_links_of_a_run_lead_to_its_sentences(run_folder, tmp_path):
    summary = export_run(run_folder, "xces", tmp_path, name="valmer")
    links = read(tmp_path / "valmer")
    pairs = {pair.id: pair for pair in run_folder.read("pairs", Pair)}
    assert summary.left_out == {"empty side": 1}
    assert set(links) == {name for name in pairs if name != "r3"}
    for name, (certainty, texts, _) in links.items():
        pair = pairs[name]
        assert certainty == (None if pair.score is None else f"{pair.score:g}")
        assert texts[0] == [holdable(pair.source)]
        assert texts[1] == [holdable(pair.target)]


def test_what_a_machine_wrote_is_in_a_document_of_its_own(run_folder, tmp_path):
    export_run(run_folder, "xces", tmp_path)
    names = {str(path.relative_to(tmp_path / "align")) for path in (tmp_path / "align").rglob("*.xml")}
    assert {"raw/fr/page-1.xml", "raw/en/page-1.mt.xml", "raw/en/page-3.xml", "xml/fr-en.xml"} <= names
    assert "raw/en/page-1.xml" not in names


def test_several_sentences_of_a_side_are_linked_one_by_one(tmp_path):
    pair = Pair("b1", "fr", "en", "Un. Deux.", "One, two.", ("d:4", "d:5"), ("e:2",), "2-1", 0.875, "bitext")
    sourced = SourcedPair(pair, source_sentences=("Un.", "Deux."), target_sentences=("One, two.",))
    again = SourcedPair(
        Pair("b2", "fr", "en", "Deux.", "Two.", ("d:5",), ("e:9",), "1-1", None, "bitext"),
        source_sentences=("Deux.",),
        target_sentences=("Two.",),
    )
    write_xces([sourced, again], tmp_path, Recipe())
    links = read(tmp_path / "align")
    assert links["b1"] == ("0.875", [["Un.", "Deux."], ["One, two."]], [["s4", "s5"], ["s2"]])
    assert links["b2"] == (None, [["Deux."], ["Two."]], [["s5"], ["s9"]])
    assert (tmp_path / "align/raw/fr/d.xml").read_text(encoding="utf-8").count("<s ") == 2


def test_a_sentence_told_in_two_ways_keeps_both(tmp_path):
    pairs = [plain(text, name=f"p{n}", source_segments=("d:0",)) for n, text in enumerate(("Un.", "Une."))]
    write_xces(pairs, tmp_path, Recipe())
    assert [links[1][0] for links in read(tmp_path / "align").values()] == [["Un."], ["Une."]]


@settings(max_examples=40)
@given(LISTS)
def test_every_text_comes_back_as_xml_can_hold_it(pairs):
    pairs = [replace(row, pair=replace(row.pair, id=f"p{number}")) for number, row in enumerate(pairs)]
    with TemporaryDirectory() as folder:
        summary = write_xces(pairs, Path(folder), Recipe())
        kept = {p.pair.id: p.pair for p in pairs if p.pair.source.strip() and p.pair.target.strip()}
        links = read(Path(folder) / "align")
        assert summary.rows == len(kept) == len(links)
        for name, pair in kept.items():
            assert links[name][1] == [[holdable(pair.source)], [holdable(pair.target)]]


@pytest.mark.parametrize(
    "name", ["page-1", "a/b", "https://x.example/?q=1", "..", "", "Ümlaut", "Case", "x" * 300, "\ud800"]
)
def test_any_document_id_gives_a_file_name(name):
    assert safe_name(name) == safe_name(name)
    assert len(safe_name(name)) < 100
    assert "/" not in safe_name(name)
    assert not safe_name(name).startswith(".")
    assert safe_name(name).lower() != safe_name(name + "x").lower()


def test_documents_whose_names_differ_in_case_alone_are_two(tmp_path):
    pairs = [SourcedPair(plain("un", name=f"p{n}").pair, Place(name)) for n, name in enumerate(("doc", "DOC", "Doc"))]
    write_xces(pairs, tmp_path, Recipe())
    assert len({path.name.lower() for path in (tmp_path / "align/raw/fr").iterdir()}) == 3


def test_opustools_reads_it(run_folder, tmp_path):
    export_run(run_folder, "xces", tmp_path)
    for language in ("fr", "en"):
        with zipfile.ZipFile(tmp_path / f"{language}.zip", "w") as archive:
            for path in (tmp_path / "align/raw" / language).iterdir():
                archive.write(path, f"{language}/{path.name}")
    OpusRead(
        directory="align",
        source="fr",
        target="en",
        alignment_file=str(tmp_path / "align/xml/fr-en.xml"),
        source_zip=str(tmp_path / "fr.zip"),
        target_zip=str(tmp_path / "en.zip"),
        preprocess="raw",
        write_mode="moses",
        write=[str(tmp_path / "out.fr"), str(tmp_path / "out.en")],
        suppress_prompts=True,
    ).printPairs()
    read = (tmp_path / "out.fr").read_text(encoding="utf-8")
    assert len(read.splitlines()) >= 6
    assert "Le port est resté fermé jeudi : douze conteneurs étaient tombés à l’eau.\n" in read


def test_a_language_that_is_no_tag_is_refused(tmp_path):
    with pytest.raises(InputError, match="not a language tag"):
        write_xces([plain("un", languages=("fr", "e/n"))], tmp_path, Recipe())
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
