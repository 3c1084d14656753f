"""The alignment benchmark and the fit run on a small folder, and read what the other writes."""

import json
from pathlib import Path

import pytest

from align.bitext import sentences
from scripts import bench_align, train_aligner

NOUNS = [
    "mayor",
    "harbour",
    "bridge",
    "doctor",
    "winter",
    "letter",
    "garden",
    "soldier",
    "river",
    "baker",
    "window",
    "sea",
]
VERBS = ["saw", "lost", "built", "wanted", "painted", "found", "sold", "opened", "remembered", "closed"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two documents of English against English with a merged sentence each."""
    (tmp_path / "set").mkdir()
    for number in range(2):
        text = [
            f"The {NOUNS[i % 12]} {VERBS[(i + number) % 10]} the {NOUNS[(i * 5 + 3) % 12]} in {1900 + 7 * i}."
            for i in range(40)
        ]
        target = [*text[:10], f"{text[10]} {text[11]}", *text[12:]]
        gold = [([i], [i - (i > 11)]) for i in range(40) if i not in (10, 11)]
        lines = sorted([*gold, ([10, 11], [10])])
        (tmp_path / "set" / f"doc{number}.aa").write_text("\n".join(text) + "\n", encoding="utf-8")
        (tmp_path / "set" / f"doc{number}.bb").write_text("\n".join(target) + "\n", encoding="utf-8")
        gold_text = "".join(f"{a}:{b}\n" for a, b in lines)
        (tmp_path / "set" / f"doc{number}.gold").write_text(gold_text, encoding="utf-8")
    return tmp_path


def test_fit_and_bench_go_together(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    held = tmp_path / "held"
    monkeypatch.setattr("sys.argv", ["fit", str(folder), "--out", str(held), "--leave-one-out", "--steps", "3"])
    train_aligner.main()
    content = json.loads((held / "doc1.json").read_text(encoding="utf-8"))
    assert content["provenance"].startswith("scripts/train_aligner.py on set (1)")
    assert "cosine" in content["vectors"]["beads"]
    assert "cosine" not in content["lengths"]["beads"]
    before = sentences.VECTORS, sentences.LENGTHS
    arguments = ["bench", str(folder), "--weights", str(held), "--parts", "sets", "damaged", "confidence"]
    monkeypatch.setattr("sys.argv", arguments)
    try:
        bench_align.main()
    finally:
        sentences.VECTORS, sentences.LENGTHS = before
    out = capsys.readouterr().out
    assert "| align | set | 2 |" in out
    assert "| halves swapped |" in out
    assert "expected calibration error" in out


def test_pairs_become_beads_that_fit_them() -> None:
    pairs = [(f"a{i}", f"b{i}") for i in range(500)]
    found = bench_align._from_pairs(pairs, 400)
    assert 400 <= len(found.source) <= 401
    for source, target in found.gold:
        if source and target:
            words = [" ".join(found.source[i] for i in source), " ".join(found.target[j] for j in target)]
            assert words[0].replace("a", "b") == words[1]
    shapes = {(len(source), len(target)) for source, target in found.gold}
    assert shapes == {(1, 1), (1, 2), (2, 1), (0, 1), (1, 0)}


def test_vecalign_gets_a_row_for_each_sentence_and_size(use_m3_meter: bench_align.Metered) -> None:
    texts = (["one boat.", "two boats.", "three."], ["un bateau.", "deux."])
    overlaps = bench_align._Overlaps(use_m3_meter, texts)
    shapes = [overlaps.encode([]).shape for _ in range(16)]
    assert shapes == [(3, 512)] * 8 + [(2, 512)] * 8


@pytest.fixture(scope="module")
def use_m3_meter() -> bench_align.Metered:
    return bench_align.Metered(keep=True)
