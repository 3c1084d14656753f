import io
import json
import re
import sys
from pathlib import Path

import numpy as np
import pytest

from align.bitext import explain
from align.bitext.explain import Explanation
from align.bitext.sentences import Alignment
from align.cli.main import main
from align.pipeline import bitext, models
from align.records import Bead
from tests.fakes import TrigramEncoder

ROOT = Path(__file__).parents[2]
PARALLEL = ROOT / "corpora" / "parallel"
TEXT = "Un port.\nDeux quais.\nTrois bateaux au large.\n"


@pytest.fixture
def beside(tmp_path, monkeypatch):
    monkeypatch.setattr(models, "load_encoder", lambda config: TrigramEncoder())
    monkeypatch.chdir(tmp_path)
    for name in ("source.txt", "target.txt"):
        (tmp_path / name).write_text(TEXT, encoding="utf-8")
    return ["source.txt", "target.txt"]


@pytest.fixture
def aligned(monkeypatch):
    """Puts an alignment in the place of the aligner's."""

    def put(beads, method="vectors", anchors=()):
        monkeypatch.setattr(bitext, "align_with", lambda *texts, **given: Alignment(beads, method, list(anchors)))

    return put


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(models, "load_encoder", lambda config: TrigramEncoder())
    monkeypatch.chdir(tmp_path)
    for name in ("a.fr.txt", "a.en.txt", "b.fr", "b.en", "fr/c.txt", "en/c.txt"):
        path = tmp_path / "texts" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(TEXT, encoding="utf-8")
    return ["texts", "--source-language", "fr", "--target-language", "en", "--out", "out"]


def told(capsys):
    captured = capsys.readouterr()
    return captured.out, captured.err


def test_beads_come_as_lines_of_tab_separated_values(beside, capsys):
    assert main(["bitext", *beside]) == 0
    out, err = told(capsys)
    rows = [line.split("\t") for line in out.splitlines()]
    assert all(len(row) == 5 for row in rows)
    assert [row[:2] for row in rows] == [["[0]", "[0]"], ["[1]", "[1]"], ["[2]", "[2]"]]
    assert rows[0][3:] == ["Un port.", "Un port."]
    assert err == (
        "source.txt: 3 sentences, one a line (assumed; --lines or --split decides)\n"
        "target.txt: 3 sentences, one a line (assumed; --lines or --split decides)\n"
        "3 beads pair 3 and 3 sentences\n"
    )


def test_beads_come_as_json_lines(beside, capsys):
    assert main(["bitext", *beside, "--format", "jsonl"]) == 0
    beads = [json.loads(line) for line in told(capsys)[0].splitlines()]
    assert beads[2]["source"] == ["Trois bateaux au large."]
    assert set(beads[0]) == {"source_indices", "target_indices", "shape", "score", "method", "source", "target"}
    assert all(0 <= bead["score"] <= 1 and bead["method"] == "vectors" for bead in beads)


@pytest.mark.parametrize("format", ["vecalign", "ladder", "tsv", "jsonl"])
def test_what_is_printed_can_be_scored(beside, capsys, format):
    assert main(["bitext", *beside, "--format", format, "--out", "beads"]) == 0
    assert told(capsys)[0] == ""
    Path("gold").write_text("[0]:[0]\n[1]:[1]\n[2]:[2]\n", encoding="utf-8")
    assert main(["evaluate", "bitext", "beads", "gold", "--json"]) == 0
    assert json.loads(told(capsys)[0])["strict_f1"] == 1.0


def test_hunalign_s_two_forms_are_as_its_readers_expect_them(beside, aligned, capsys):
    aligned([Bead((0, 2), (0, 1), 0.9), Bead((2, 3), (1, 3), 0.8)])
    assert main(["bitext", *beside, "--format", "ladder"]) == 0
    assert told(capsys)[0] == "0\t0\t0.9000\n2\t1\t0.8000\n3\t3\t0.0000\n"
    assert main(["bitext", *beside, "--format", "hunalign"]) == 0
    assert told(capsys)[0].splitlines()[0] == "Un port. ~~~ Deux quais.\tUn port.\t0.9000"


@pytest.mark.parametrize(
    ("format", "files"),
    [
        ("moses", {"source.en-fr.en", "source.en-fr.fr", "source.en-fr.ids"}),
        ("tmx", {"source.en-fr.tmx"}),
        ("csv", {"source.csv"}),
    ],
)
def test_a_corpus_is_written_as_an_export_writes_it(beside, capsys, format, files):
    languages = ["--source-language", "en", "--target-language", "fr"]
    assert main(["bitext", *beside, *languages, "--format", format, "--out", "corpus"]) == 0
    assert {path.name for path in Path("corpus").iterdir()} == files
    assert {Path(line).name for line in told(capsys)[0].splitlines()} == files
    assert "Trois bateaux au large." in "".join(path.read_text(encoding="utf-8") for path in Path("corpus").iterdir())


def test_languages_of_a_corpus_are_told_from_the_texts(beside, capsys):
    Path("target.txt").write_text("The port is closed.\nTwo quays stay open.\nThree boats.\n", encoding="utf-8")
    Path("source.txt").write_text("Le port est fermé.\nDeux quais restent ouverts.\nTrois bateaux.\n", encoding="utf-8")
    assert main(["bitext", *beside, "--format", "moses", "--out", "corpus"]) == 0
    assert "languages: fr and en (assumed; --source-language and --target-language decide)\n" in told(capsys)[1]
    assert (Path("corpus") / "source.fr-en.fr").exists()
    Path("source.txt").write_text("1 2 3\n4 5\n", encoding="utf-8")
    assert main(["bitext", *beside, "--format", "moses", "--out", "corpus"]) == 2
    assert "source.txt: cannot tell its language; remedy: --source-language" in told(capsys)[1]


def test_doubtful_beads_are_left_out_and_counted(beside, aligned, capsys):
    aligned([Bead((0, 1), (0, 1), 0.9), Bead((1, 2), (1, 2), 0.4), Bead((2, 3), (2, 3), 0.5)])
    assert main(["bitext", *beside, "--min-score", "0.5", "--format", "vecalign"]) == 0
    out, err = told(capsys)
    assert out == "[0]:[0]:0.1000\n[2]:[2]:0.5000\n"
    assert "2 beads pair 3 and 3 sentences; 1 below the least confidence left out\n" in err


def test_the_output_says_that_lengths_decided(beside, aligned, capsys):
    aligned([Bead((0, 3), (0, 3), 0.6)], method="lengths")
    assert main(["bitext", *beside, "--format", "jsonl"]) == 0
    out, err = told(capsys)
    assert json.loads(out)["method"] == "lengths"
    assert "lengths alone decided, since the vectors put the texts into no order\n" in err


def test_reorder_reaches_the_aligner(beside, monkeypatch, capsys):
    given = []

    def align(source, target, **options):
        given.append(options["reorder"])
        return Alignment([], "vectors", [])

    monkeypatch.setattr(bitext, "align_with", align)
    assert main(["bitext", *beside, "--reorder"]) == 0
    assert main(["bitext", *beside]) == 0
    assert given == [True, False]


def test_moved_blocks_do_not_fit_a_ladder(beside, aligned, capsys):
    aligned([Bead((0, 1), (1, 3), 0.9), Bead((1, 3), (0, 1), 0.8)])
    assert main(["bitext", *beside, "--format", "ladder", "--out", "beads"]) == 2
    assert "a ladder holds every sentence, in order" in told(capsys)[1]
    assert not Path("beads").exists()


def test_a_reason_is_shown_beside_each_bead(beside, aligned, monkeypatch, capsys):
    beads = [Bead((0, 3), (0, 3), 0.6)]
    aligned(beads)
    explanation = Explanation(beads[0], {"cosine": 2.0}, 1.5, ((0, 1), (0, 3)))
    monkeypatch.setattr(bitext, "explain_beads", lambda *texts, **given: [explanation])
    assert main(["bitext", *beside, "--explain"]) == 0
    assert told(capsys)[0].rstrip("\n").split("\t")[5] == "close vectors +2.0; 1.5 ahead of [0]:[0, 1, 2]"
    assert main(["bitext", *beside, "--explain", "--format", "ladder"]) == 0
    assert "[0, 1, 2]:[0, 1, 2]\tclose vectors +2.0; 1.5 ahead of" in told(capsys)[1]
    assert main(["bitext", *beside, "--explain", "--format", "jsonl"]) == 0
    assert json.loads(told(capsys)[0])["explanation"]["contributions"] == {"cosine": 2.0}
    assert explain.Explanation is Explanation


def test_a_text_may_come_from_stdin(beside, monkeypatch, capsys):
    class Piped:
        buffer = io.BytesIO(TEXT.encode("utf-16"))

    monkeypatch.setattr(sys, "stdin", Piped())
    assert main(["bitext", "-", beside[1]]) == 0
    out, err = told(capsys)
    assert out.count("\n") == 3
    assert err.startswith("stdin: 3 sentences, one a line (assumed")


LAYOUTS = [
    ("Un. Deux.\nTrois. Quatre.\n", [], "4 sentences, split from running text (assumed; --lines or --split decides)"),
    ("Un. Deux.\nTrois. Quatre.\n", ["--lines"], "2 sentences, one a line\n"),
    ("Un.\n\nDeux.\n", [], "2 sentences, one a line (assumed; --lines or --split decides); 1 blank lines passed over"),
    ("Un.\n\nDeux.\n", ["--lines"], "3 sentences, one a line\n"),
    ("Un port\nau large.\nDeux.\n", ["--split"], "2 sentences, split from running text\n"),
    ("Un seul.", [], "1 sentence, split from running text"),
]


@pytest.mark.parametrize(("text", "option", "message"), LAYOUTS)
def test_what_was_taken_for_a_sentence_is_said(beside, capsys, text, option, message):
    Path("source.txt").write_text(text, encoding="utf-8")
    assert main(["bitext", *beside, *option]) == 0
    assert f"source.txt: {message}" in told(capsys)[1]


def test_vectors_may_take_the_encoder_s_place(beside, capsys):
    np.save("s.npy", np.eye(3))
    np.save("t.npy", np.eye(3))
    assert main(["bitext", *beside, "--vectors", "s.npy", "t.npy", "--format", "vecalign"]) == 0
    assert [line.rsplit(":", 1)[0] for line in told(capsys)[0].splitlines()] == ["[0]:[0]", "[1]:[1]", "[2]:[2]"]
    np.save("t.npy", np.eye(2))
    assert main(["bitext", *beside, "--vectors", "s.npy", "t.npy"]) == 2
    assert "target_vectors: 2 rows for 3 texts" in told(capsys)[1]
    Path("t.npy").write_text("1 2 3", encoding="utf-8")
    assert main(["bitext", *beside, "--vectors", "s.npy", "t.npy"]) == 2
    assert "t.npy: not an array in numpy's format" in told(capsys)[1]


def test_an_encoder_of_the_user_s_choice_needs_its_library(beside, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    assert main(["bitext", *beside, "--encoder", "models/labse"]) == 1
    assert "pip install 'sentence-transformers" in told(capsys)[1]


def test_a_plot_is_drawn_beside_the_beads(beside, monkeypatch, capsys):
    assert main(["bitext", *beside, "--plot", "path.svg"]) == 0
    assert "source.txt : target.txt" in Path("path.svg").read_text(encoding="utf-8")
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    assert told(capsys)[0].count("\n") == 3
    assert main(["bitext", *beside, "--plot", "path.png"]) == 1
    assert told(capsys) == (
        "",
        "align: a plot as PNG needs a library that is not installed; remedy: pip install 'resvg-py>=0.5', "
        "or give the plot a name that ends in .svg\n",
    )


WRONG = [
    (["source.txt"], "--out is missing; a folder of pairs needs it"),
    (["source.txt", "none.txt"], "none.txt: cannot read: No such file"),
    (["-", "-"], "both texts are -; only one can come from stdin"),
    (["--format", "pdf"], "unknown format 'pdf'; allowed: tsv, jsonl, vecalign, ladder, hunalign, csv, "),
    (["--format", "tmx"], "--out is missing; --format tmx writes files below a folder"),
    (["--min-score", "1.5"], "min_score: 1.5 is no confidence; allowed: 0 to 1"),
    (["--min-score", "nan"], "min_score: nan is no confidence"),
    (["--min-score", "0.5", "--format", "ladder"], "a ladder holds every sentence"),
    (["--plot", "x.pdf"], "--plot: 'x.pdf' is neither .svg nor .png"),
    (["--plot", "none/x.svg"], "--plot: none is no folder to write x.svg in"),
    (["--out", "none/x.tsv"], "--out: none is no folder to write x.tsv in"),
    (["--source-language", "fr"], "go together; one of them is missing"),
    (["--source-language", "f r", "--target-language", "en"], "--source-language: not a language code: 'f r'"),
]


@pytest.mark.parametrize(("arguments", "message"), WRONG)
def test_wrong_usage_ends_with_2_and_writes_nothing(beside, capsys, arguments, message):
    before = sorted(Path().iterdir())
    texts = [] if not arguments[0].startswith("--") else beside
    assert main(["bitext", *texts, *arguments]) == 2
    out, err = told(capsys)
    assert out == ""
    assert message in err
    assert sorted(Path().iterdir()) == before


@pytest.mark.parametrize("options", [["--lines", "--split"], ["--encoder", "m", "--vectors", "a", "b"]])
def test_options_that_exclude_each_other_are_refused(beside, options, capsys):
    with pytest.raises(SystemExit) as left:
        main(["bitext", *beside, *options])
    assert left.value.code == 2
    assert "not allowed with" in told(capsys)[1]


@pytest.mark.parametrize("text", ["", " \n"])
def test_a_text_without_a_sentence_ends_with_2(beside, capsys, text):
    Path(beside[1]).write_text(text, encoding="utf-8")
    assert main(["bitext", *beside]) == 2
    assert told(capsys) == (
        "",
        f"align: {beside[1]}: no text in the file; expected one sentence a line, or running text\n",
    )


def test_a_folder_of_pairs_is_aligned_pair_by_pair(folder, capsys):
    assert main(["bitext", *folder]) == 0
    out, err = told(capsys)
    assert out == ""
    assert err == "3 pairs of files aligned, 9 beads pair their sentences, 0 records quarantined -> out\n"
    assert {path.name for path in Path("out").iterdir()} == {
        *("a.tsv", "b.tsv", "c.tsv"),
        *("index.jsonl", "quarantine.jsonl", "settings.json"),
    }
    assert Path("out/c.tsv").read_text(encoding="utf-8").count("\n") == 3


def test_a_broken_pair_does_not_stop_the_others(folder, capsys):
    Path("texts/a.en.txt").write_bytes(b"\x00\x01\x02\xff" * 40)
    Path("texts/d.fr.txt").write_text(TEXT, encoding="utf-8")
    assert main(["bitext", *folder]) == 3
    err = told(capsys)[1]
    assert "a: texts/a.en.txt: binary-file" in err
    assert "d.fr.txt: no file in 'en' called 'd' like it\n" in err
    assert "2 pairs of files aligned, 6 beads pair their sentences, 2 records quarantined -> out\n" in err
    rules = [json.loads(line) for line in Path("out/quarantine.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(line["record_id"], line["rule"]) for line in rules] == [
        ("d.fr.txt", "unpaired-file"),
        ("a", "unreadable-pair"),
    ]


def test_a_folder_becomes_one_corpus(folder, capsys):
    assert main(["bitext", *folder, "--format", "moses", "--plot", "plots"]) == 0
    assert Path("out/align.fr-en.fr").read_text(encoding="utf-8") == TEXT * 3
    assert Path("out/align.fr-en.ids").read_text(encoding="utf-8").startswith("bitext:a:0\nbitext:a:1\n")
    assert (Path("out/beads/a.jsonl")).exists()
    assert {path.name for path in Path("plots").iterdir()} == {"a.svg", "b.svg", "c.svg"}


FOLDER_WRONG = [
    (["--target-language", "fr"], "both languages are 'fr'"),
    (["--target-language", "tr"], "no pair of files; expected NAME.fr.txt and NAME.tr.txt"),
    (["--out", "texts/out"], "lies inside the folder that is read"),
    (["--vectors", "a.npy", "b.npy"], "a folder of pairs needs an encoder"),
    (["--format", "pdf"], "unknown format 'pdf'"),
    (["--format", "ladder", "--min-score", "0.1"], "a ladder holds every sentence"),
    (["texts/a.fr.txt"], "texts is a folder, so texts/a.fr.txt has no place"),
]


@pytest.mark.parametrize(("arguments", "message"), FOLDER_WRONG)
def test_a_folder_that_cannot_be_aligned_ends_with_2(folder, capsys, arguments, message):
    position = 0 if arguments[0].startswith("--") else 1
    given = [*folder, *arguments] if position == 0 else [folder[0], *arguments, *folder[1:]]
    assert main(["bitext", *given]) == 2
    assert message in told(capsys)[1]
    assert not Path("out").exists()


def test_the_sample_is_aligned_from_a_folder_of_its_own(tmp_path, capsys, monkeypatch):
    (tmp_path / "texts").mkdir()
    for language in ("fr", "en"):
        text = (PARALLEL / f"parallel.{language}.txt").read_bytes()
        (tmp_path / "texts" / f"sample.{language}.txt").write_bytes(text)
    languages = ["--source-language", "fr", "--target-language", "en"]
    arguments = [str(tmp_path / "texts"), *languages, "--out", str(tmp_path / "out"), "--format", "vecalign"]
    assert main(["bitext", *arguments]) == 0
    told(capsys)
    gold = str(PARALLEL / "parallel.gold")
    assert main(["evaluate", "bitext", str(tmp_path / "out" / "sample.vecalign"), gold, "--json"]) == 0
    assert json.loads(told(capsys)[0])["strict_f1"] > 0.9


def test_help_names_every_format(capsys):
    from align.bitext.formats import LINE_FORMATS

    with pytest.raises(SystemExit):
        main(["bitext", "--help"])
    out = told(capsys)[0]
    assert all(re.search(rf"\b{name}\b", out) for name in LINE_FORMATS)
