"""The guard benchmark: corruptions corrupt, the tables count, and nothing is drawn without a seed."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
sys.path.insert(0, str(SCRIPTS))

import bench_guards  # noqa: E402
from bench_guards_corruptions import CORRUPTIONS, Row  # noqa: E402

ROW = Row(
    "Selon le maire, 2 400 familles et trois écoles ont quitté « la baie » en 1994. Elles ont reçu 12 millions.",
    "According to the mayor, 2,400 families and three schools left “the bay” in 1994. They received 12 million.",
    "fr",
    "Belediye başkanına göre aileler körfezden ayrıldı.",
)
KINDS = pytest.mark.parametrize(("flag", "corrupt"), [(flag, corrupt) for flag, _, corrupt in CORRUPTIONS])


@KINDS
def test_a_corruption_changes_the_row_and_repeats_with_its_seed(flag, corrupt):
    first, again = corrupt(ROW, random.Random(3)), corrupt(ROW, random.Random(3))
    assert first == again
    assert first is None or (first.source, first.output) != (ROW.source, ROW.output)


@KINDS
def test_a_text_with_nothing_to_corrupt_is_left_alone(flag, corrupt):
    assert corrupt(Row("", "", "fr", ""), random.Random(1)) in (None, Row("", "", "fr", ""))


def test_names_of_kinds_and_flags():
    assert len({kind for _, kind, _ in CORRUPTIONS}) >= len(CORRUPTIONS) - 1
    assert {flag for flag, _, _ in CORRUPTIONS} <= set(bench_guards.FLAGS)


def test_the_tables(tmp_path, monkeypatch, capsys):
    for pair, language, source in (("fr-en", "fr", ROW.source), ("tr-en", "tr", ROW.third)):
        (tmp_path / pair).mkdir()
        (tmp_path / pair / f"news.{language}").write_text(f"{source}\n", encoding="utf-8")
        (tmp_path / pair / "news.parrot.en").write_text(f"{ROW.output}\n", encoding="utf-8")
    monkeypatch.setattr(
        sys, "argv", ["bench_guards.py", "--data", str(tmp_path), "--sets", "fr-en/news", "--cases", "1"]
    )
    monkeypatch.setattr(bench_guards, "identify", lambda text, languages=(): ("en", 1.0))
    bench_guards.main()
    table = capsys.readouterr().out
    assert "| any | 0.00 % (0 of 1) |" in table
    assert "| `number-mismatch` | a digit changed | 1 | 100.0 % | 100.0 % |" in table
    assert "| `empty` | 3 | 100.0 % | 100.0 % |" in table


def test_without_data_it_says_so(monkeypatch, capsys):
    monkeypatch.delenv("ALIGN_SHARED", raising=False)
    monkeypatch.setattr(sys, "argv", ["bench_guards.py"])
    with pytest.raises(SystemExit):
        bench_guards.main()
    assert "--data" in capsys.readouterr().err
