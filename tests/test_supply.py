"""Nothing that is read can run: no pickles, no code of models, no archive unpacked blindly. The lock file is whole."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted(path for room in ("align", "scripts") for path in (ROOT / room).rglob("*.py"))
# Modules whose readers run what they read; `pickle` itself is named for its error alone.
PICKLES = {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "shelve", "marshal", "joblib", "jsonpickle"}
ENTITIES = {"xml.sax", "xml.dom.pulldom", "xml.dom.minidom", "xml.dom.expatbuilder"}


def _name(node):
    """The dotted name of an expression, as far as it is one."""
    if isinstance(node, ast.Attribute):
        return f"{_name(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def _given(call, name):
    return next((keyword.value for keyword in call.keywords if keyword.arg == name), None)


def _is(node, value):
    return isinstance(node, ast.Constant) and node.value is value


def breaches(source):
    """What a program does that this project does not do, with the lines."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
            imported = {alias.name for alias in node.names}
            found += [(node.lineno, f"imports {name}") for name in names if name in ENTITIES]
            found += [
                (node.lineno, f"imports {name}")
                for name in names
                if name.split(".")[0] in PICKLES - {"pickle"} or (isinstance(node, ast.ImportFrom) and name == "pickle")
                if imported != {"UnpicklingError"}
            ]
        if isinstance(node, ast.Attribute) and _name(node).startswith("pickle.") and node.attr != "UnpicklingError":
            found.append((node.lineno, _name(node)))
        if isinstance(node, ast.Call):
            found += [(node.lineno, problem) for problem in _call_problems(node)]
    return found


def _call_problems(call):
    name = _name(call.func)
    last = name.rsplit(".", 1)[-1]
    if name in ("torch.load", "load_state_dict_from_url") and not _is(_given(call, "weights_only"), True):
        yield f"{name} without weights_only=True"
    if (remote := _given(call, "trust_remote_code")) and not _is(remote, False):
        yield "trust_remote_code"
    if last in ("load", "read_pickle") and (allowed := _given(call, "allow_pickle")) and not _is(allowed, False):
        yield "allow_pickle"
    if last == "read_pickle":
        yield name
    if last in ("extractall", "extract") and not _given(call, "filter"):
        yield f"{name} without a filter"
    if last == "unpack_archive":
        yield name
    if name in ("eval", "exec", "os.system", "yaml.load", "os.popen"):
        yield name
    if (shell := _given(call, "shell")) and not _is(shell, False):
        yield f"{name} through a shell"
    if last == "XMLParser" and not _is(_given(call, "resolve_entities"), False):
        yield f"{name} that resolves entities"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_that_is_read_can_run(path):
    assert breaches(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "line",
    [
        "import dill",
        "from pickle import load",
        "import pickle\npickle.loads(b'')",
        "torch.load(path)",
        "torch.load(path, weights_only=False)",
        "AutoModel.from_pretrained(path, trust_remote_code=True)",
        "AutoModel.from_pretrained(path, trust_remote_code=chosen)",
        "np.load(path, allow_pickle=True)",
        "pd.read_pickle(path)",
        "tar.extractall(folder)",
        "shutil.unpack_archive(path)",
        "subprocess.run(line, shell=True)",
        "eval(text)",
        "etree.XMLParser()",
        "from xml.sax import parse",
    ],
)
def test_a_planted_breach_is_seen(line):
    assert breaches(line)


@pytest.mark.parametrize(
    "line",
    [
        "torch.load(path, weights_only=True)",
        "np.load(path, allow_pickle=False)",
        "tar.extractall(folder, filter='data')",
        "import pickle\ntry: f()\nexcept pickle.UnpicklingError: pass",
    ],
)
def test_what_is_safe_passes(line):
    assert breaches(line) == []


def locked():
    """The lock file's packages: their versions and how many hashes they have."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    found = re.findall(
        r"^([a-z0-9][a-z0-9._-]*)==(\S+) \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", text, re.MULTILINE
    )
    return {name: (version, hashes.count("--hash=")) for name, version, hashes in found}


def test_the_lock_file_names_every_dependency_with_its_hashes():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [
        *project["dependencies"],
        *(line for extra in project["optional-dependencies"].values() for line in extra),
    ]
    names = {re.match(r"[A-Za-z0-9._-]+", line)[0].lower().replace("_", "-").replace(".", "-") for line in wanted}
    assert {name for name in names if not name.startswith("wire-align")} <= set(locked())
    assert all(count for _, count in locked().values())


def test_the_lock_file_names_no_place():
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    assert all(re.match(r"#|    #|    --hash=sha256:|[a-z0-9._-]+==\S+(?: ; .*)? \\$", line) for line in lines if line)
    assert not any("://" in line or line.startswith("-") or "/" in line.partition("#")[0] for line in lines)
