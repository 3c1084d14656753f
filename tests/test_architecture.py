import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"


def lint(folder):
    done = subprocess.run(
        [sys.executable, "-c", LINT, "--no-cache"], capture_output=True, text=True, cwd=folder, check=False
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def copy(tmp_path):
    """The package with its contracts."""
    for path in (ROOT / "align").rglob("*.py"):
        to = tmp_path / path.relative_to(ROOT)
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_bytes(path.read_bytes())
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    return tmp_path


def test_nothing_imports_upward_and_heavy_libraries_have_one_door_each():
    code, told = lint(ROOT)
    assert code == 0, told
    assert " 0 broken" in told


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("records.py", "import align.config", "lower floors"),
        ("text/sentences.py", "def late():\n    from align.pipeline import run", "lower floors"),
        ("export/moses.py", "from align.bitext import cost", "rooms on one floor"),
        ("embed/use.py", "def late():\n    import torch", "torch and transformers"),
        ("report/build.py", "def late():\n    import pyspark", "pyspark is imported in scale alone"),
        ("pipeline/stages.py", "def late():\n    from align.scale import cells", "lower floors"),
    ],
)
def test_a_planted_breach_is_caught(copy, module, line, contract):
    with (copy / "align" / module).open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")
    code, told = lint(copy)
    assert code == 1, told
    assert "1 broken" in told
    assert contract in told
