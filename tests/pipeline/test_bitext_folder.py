import json

import pytest

from align.bitext.bead_files import read_beads
from align.errors import InputError
from align.pipeline import bitext_folder
from align.pipeline.bitext import Wish, align_two
from align.pipeline.bitext_folder import FolderJob, align_folder
from align.pipeline.file_pairs import find_pairs
from tests.fakes import TrigramEncoder

TEXT = "Un port.\nDeux quais.\nTrois bateaux au large.\n"
CODES = ("fr", "en")


@pytest.fixture
def texts(tmp_path):
    folder = tmp_path / "texts"
    for name in ("a", "b", "c"):
        put(folder / f"{name}.fr.txt")
        put(folder / f"{name}.en.txt")
    return folder


def put(path, text=TEXT):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def start(texts, *, overwrite=False, encoder=None, **given):
    told = []
    wish = given.pop("wish", Wish(languages=CODES))
    job = FolderJob(texts, texts.parent / "out", CODES, wish, **given)
    progress = []
    summary = align_folder(
        job,
        encoder or TrigramEncoder(),
        overwrite=overwrite,
        progress=lambda *step: progress.append(step),
        told=told.append,
    )
    assert progress[-1] == ("align", progress[-1][2], progress[-1][2])
    return summary, told


def tree(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


NAMES = [
    (["x.fr.txt", "x.en.txt"], ["x"]),
    (["x.fr", "x.en"], ["x"]),
    (["x.fr", "x.en.txt"], ["x"]),
    (["fr/x.txt", "en/x.txt"], ["x"]),
    (["fr/x", "en/x.txt"], ["x"]),
    (["2020/fr/deep/x.txt", "2020/en/deep/x.txt"], ["2020/deep/x"]),
    (["2020/x.fr.txt", "2020/x.en.txt", "2021/x.fr", "2021/x.en"], ["2020/x", "2021/x"]),
    (["un. deux.fr.txt", "un. deux.en.txt"], ["un. deux"]),
    (["x.fr.txt", "x.en.txt", "readme.txt", ".hidden.fr.txt", ".git/y.fr", "x.frx"], ["x"]),
]


@pytest.mark.parametrize(("files", "names"), NAMES)
def test_files_are_paired_by_name(tmp_path, files, names):
    for name in files:
        put(tmp_path / name)
    pairs, rejected = find_pairs(tmp_path, CODES)
    assert [pair.name for pair in pairs] == names
    assert rejected == []
    assert all(pair.source != pair.target for pair in pairs)


UNPAIRED = [
    (["x.fr.txt", "y.en.txt"], [("x.fr.txt", "called 'x' like it"), ("y.en.txt", "called 'y' like it")]),
    (["x.fr", "x.fr.txt", "x.en"], [("x.fr.txt", "x.fr has its place")]),
    (["1/x.fr", "2/x.en"], [("1/x.fr", "called '1/x'"), ("2/x.en", "called '2/x'")]),
]


@pytest.mark.parametrize(("files", "expected"), UNPAIRED)
def test_files_without_a_counterpart_are_named(tmp_path, files, expected):
    for name in [*files, "ok.fr", "ok.en"]:
        put(tmp_path / name)
    pairs, rejected = find_pairs(tmp_path, CODES)
    assert "ok" in [pair.name for pair in pairs]
    assert [item.record_id for item in rejected] == [name for name, _ in expected]
    assert all(part in item.detail for item, (_, part) in zip(rejected, expected, strict=True))
    assert {(item.stage, item.rule) for item in rejected} == {("align", "unpaired-file")}


def test_a_folder_without_a_pair_is_refused(tmp_path):
    put(tmp_path / "x.fr")
    with pytest.raises(
        InputError, match=r"expected NAME\.fr\.txt and NAME\.en\.txt, NAME\.fr and NAME\.en, or fr/NAME"
    ):
        find_pairs(tmp_path, CODES)
    with pytest.raises(InputError, match="not a folder"):
        find_pairs(tmp_path / "x.fr", CODES)


def test_a_job_that_was_stopped_goes_on_and_ends_with_the_same_bytes(texts, monkeypatch):
    whole, _ = start(texts)
    expected = tree(texts.parent / "out")
    assert (whole.resumed, [item.name for item in whole.done]) == (0, ["a", "b", "c"])

    class Killed(BaseException):
        pass

    def dying(source, *given):
        if source.name.endswith("b.fr.txt"):
            raise Killed
        return align_two(source, *given)

    for path in sorted((texts.parent / "out").rglob("*"), reverse=True):
        path.unlink()
    monkeypatch.setattr(bitext_folder, "align_two", dying)
    with pytest.raises(Killed):
        start(texts)
    assert set(tree(texts.parent / "out")) == {"a.tsv", "index.jsonl", "settings.json"}
    monkeypatch.undo()
    with (texts.parent / "out" / "index.jsonl").open("ab") as index:
        index.write(b'{"name": "b", "sour')  # as a kill may leave it
    again, _ = start(texts)
    assert again.resumed == 1
    assert tree(texts.parent / "out") == expected


def test_what_is_done_is_not_done_again_unless_it_changed(texts):
    start(texts)
    put(texts / "b.en.txt", TEXT + "Fin.\n")
    (texts.parent / "out" / "c.tsv").unlink()
    summary, _ = start(texts)
    assert summary.resumed == 1
    assert len(read_beads(texts.parent / "out" / "b.tsv")) >= 3
    assert summary.done[1].target_sentences == 4
    assert (texts.parent / "out" / "c.tsv").exists()


def test_other_settings_need_another_folder_or_a_word(texts):
    start(texts)
    with pytest.raises(InputError, match="holds results of other settings; --overwrite to replace them"):
        start(texts, wish=Wish(min_score=0.9, languages=CODES))
    summary, _ = start(texts, wish=Wish(min_score=1.0, languages=CODES), overwrite=True)
    assert summary.resumed == 0
    assert sum(item.left_out for item in summary.done) > 0


def test_a_folder_with_something_else_in_it_is_left_alone(texts):
    put(texts.parent / "out" / "letters.txt", "mine")
    with pytest.raises(InputError, match="holds something else"):
        start(texts)
    assert tree(texts.parent / "out") == {"letters.txt": b"mine"}
    put(texts.parent / "file")
    with pytest.raises(InputError, match="not a folder"):
        align_folder(
            FolderJob(texts, texts.parent / "file", CODES, Wish()),
            TrigramEncoder(),
            progress=lambda *step: None,
            told=print,
        )


def test_a_pair_that_cannot_be_read_is_quarantined_and_tried_again(texts):
    put(texts / "b.en.txt", " \n")
    summary, told = start(texts)
    assert [item.name for item in summary.done] == ["a", "c"]
    assert [(item.record_id, item.rule) for item in summary.rejected] == [("b", "unreadable-pair")]
    assert "no text in the file" in told[0]
    assert not (texts.parent / "out" / "b.tsv").exists()
    put(texts / "b.en.txt")
    summary, told = start(texts)
    assert (summary.resumed, summary.rejected, told) == (2, (), [])
    assert (texts.parent / "out" / "quarantine.jsonl").read_bytes() == b""


def test_an_error_of_another_kind_is_not_swallowed(texts, monkeypatch):
    def broken(*given):
        raise RuntimeError("a bug")

    monkeypatch.setattr(bitext_folder, "align_two", broken)
    with pytest.raises(RuntimeError, match="a bug"):
        start(texts)


def test_a_corpus_says_where_its_pairs_come_from(texts):
    put(texts / "deep" / "d.fr.txt")
    put(texts / "deep" / "d.en.txt")
    summary, _ = start(texts, format="jsonl")
    line = json.loads((texts.parent / "out" / "deep" / "d.jsonl").read_text(encoding="utf-8").split("\n")[0])
    assert (line["source_language"], line["target_language"]) == CODES
    assert summary.export is None
    summary, _ = start(texts, format="tmx", overwrite=True)
    assert summary.export is not None
    assert [path.name for path in summary.export.files] == ["align.fr-en.tmx"]
    assert summary.export.rows == 12
    text = (texts.parent / "out" / "align.fr-en.tmx").read_text(encoding="utf-8")
    assert "bitext:deep/d:2" in text


def test_the_index_tells_of_every_pair(texts):
    start(texts)
    lines = [
        json.loads(line) for line in (texts.parent / "out" / "index.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert [line["name"] for line in lines] == ["a", "b", "c"]
    assert lines[0]["method"] == "vectors"
    assert (lines[0]["source"], lines[0]["source_sentences"], lines[0]["paired"]) == ("a.fr.txt", 3, 3)
