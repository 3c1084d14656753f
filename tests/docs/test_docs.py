"""The documentation says what is there: paths, links, commands, code, settings, fields, flags and rules."""

import contextlib
import io
import json
import re
import shlex
import tomllib
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

import align
from align import records
from align.cli.main import _parser
from align.config import Config, config_from
from align.ingest.aliases import ALIASES
from align.reuse.scoring.evidence import FEATURES
from align.runfolder import FILES
from align.translate.guards import FLAGS

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md")] + sorted(
    (ROOT / "docs").glob("*.md")
)
BY_PAGE = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)

_BLOCK = re.compile(r"^(?:<!-- (?P<mark>\w+) -->\n)?```(?P<kind>\w*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`([^`\n]+)`")
_PATH = re.compile(r"(?<![\w./-])(?:align|corpora|docs|scripts|tests)/[\w./-]*\w")
_MODULE = re.compile(r"(?<![\w./-])align(?:\.[a-z_]+)+(?![\w.]*\()")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_RULE = re.compile(r'"(?:read|structure|identify|translate|encode|align|reuse)",\s*"([a-z]+(?:-[a-z]+)+|unreadable)"')


def blocks(text, *kinds):
    """(mark, body) of the fenced blocks of these kinds."""
    return [(found["mark"], found["body"]) for found in _BLOCK.finditer(text) if found["kind"] in kinds]


def prose(text):
    return _BLOCK.sub("", text)


def code(text):
    """Everything that is set as code, inline or in blocks, but Python."""
    return [*_INLINE.findall(prose(text)), *(body for _, body in blocks(text, "", "bash", "console", "text"))]


def missing_paths(text):
    named = {path for piece in code(text) for path in _PATH.findall(piece)}
    return sorted(path for path in named if not (ROOT / path).exists())


def missing_modules(text):
    named = {name for piece in _INLINE.findall(prose(text)) for name in _MODULE.findall(piece)}
    return sorted(name for name in named if not _is_there(name))


def _is_there(name):
    path = ROOT / name.replace(".", "/")
    return path.is_dir() or path.with_suffix(".py").exists() or name.removeprefix("align.") in align.__all__


def anchors(page):
    heads = re.findall(r"^#+ +(.+)$", prose(page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def broken_links(page, text):
    broken = []
    for target in _LINK.findall(prose(text)):
        if target.startswith(("http:", "https:", "mailto:")):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or (anchor and anchor not in anchors(file)):
            broken.append(target)
    return broken


def commands(text):
    """The `align` command lines of shell blocks, as lists of arguments."""
    found = []
    for _, body in blocks(text, "bash", "console"):
        for line in body.replace("\\\n", " ").splitlines():
            words = shlex.split(line.removeprefix("$ "), comments=True)
            end = next((index for index, word in enumerate(words) if word in ("|", ">", "&&")), len(words))
            words = words[:end]
            if words[:1] == ["align"]:
                found.append(words[1:])
            elif words[1:3] == ["-m", "align"]:
                found.append(words[3:])
    return found


def refusal(arguments):
    """What the parser says against a command line; empty when it takes it."""
    told = io.StringIO()
    with contextlib.redirect_stderr(told), contextlib.redirect_stdout(io.StringIO()):
        try:
            _parser().parse_args(arguments)
        except SystemExit as left:
            return told.getvalue() if left.code else ""
    return ""


def text_of(name):
    return (ROOT / name).read_text(encoding="utf-8")


@BY_PAGE
def test_paths_and_modules_exist(page):
    text = page.read_text(encoding="utf-8")
    assert missing_paths(text) == []
    assert missing_modules(text) == []


@BY_PAGE
def test_links_lead_somewhere(page):
    assert broken_links(page, page.read_text(encoding="utf-8")) == []


@BY_PAGE
def test_commands_parse(page):
    for arguments in commands(page.read_text(encoding="utf-8")):
        assert refusal(arguments) == "", arguments


def test_every_command_is_in_the_readme():
    shown = {arguments[0] for arguments in commands(text_of("README.md"))}
    assert shown == {"run", "reuse", "bitext", "export", "report", "show", "evaluate", "models"}


@BY_PAGE
def test_python_compiles_and_marked_blocks_run(page, monkeypatch):
    monkeypatch.chdir(ROOT)
    for mark, body in blocks(page.read_text(encoding="utf-8"), "python"):
        program = compile(body, page.name, "exec")
        if mark == "run":
            exec(program, {"__name__": "documentation"})


@BY_PAGE
def test_toml_and_json_blocks_are_what_they_say(page):
    text = page.read_text(encoding="utf-8")
    for _, body in blocks(text, "toml"):
        tomllib.loads(body)
    for _, body in blocks(text, "json"):
        json.loads(body)


def test_some_block_runs():
    marks = [mark for page in PAGES for mark, _ in blocks(page.read_text(encoding="utf-8"), "python")]
    assert "run" in marks


def test_documented_settings_are_all_settings_with_their_defaults():
    (body,) = (body for mark, body in blocks(text_of("docs/formats.md"), "toml") if mark == "settings")
    assert config_from(tomllib.loads(body)) == Config()
    shown = {}
    for line in body.splitlines():
        if table := re.fullmatch(r"\[(\w+)\]", line):
            names = shown.setdefault(table[1], set())
        elif key := re.match(r"(?:# )?(\w+) =", line):
            names.add(key[1])
    assert shown == {stage: {item.name for item in fields(kind)} for stage, kind in get_type_hints(Config).items()}


def section(name):
    """A section of formats.md up to the next heading of its level or above."""
    text = text_of("docs/formats.md")
    found = re.search(rf"^(#+) `{re.escape(name)}`\n(.*?)(?=^#{{1,3}} )", text, re.MULTILINE | re.DOTALL)
    assert found, f"no section on {name}"
    return found[2]


@pytest.mark.parametrize("name", FILES.values())
def test_every_file_has_a_section(name):
    assert section(name)


RECORDS = [
    ("documents", [records.Document, records.Mark]),
    ("stories", [records.Story, records.OutletEvidence]),
    ("segments", [records.Segment, records.LanguageSpan]),
    ("translations", [records.Translation]),
    ("pairs", [records.Pair]),
    ("matches", [records.PassageMatch, records.Passage, records.Evidence, records.Agreement]),
    ("families", [records.WireFamily, records.FamilyMember, records.Origin, records.Claim]),
    ("substitutions", [records.Substitution]),
    ("facts", [records.Fact]),
    ("quarantine", [records.Rejected]),
]


@pytest.mark.parametrize(("name", "kinds"), RECORDS, ids=[name for name, _ in RECORDS])
def test_every_key_is_documented(name, kinds):
    written = set(re.findall(r"`([\w-]+)`", section(FILES[name])))
    for kind in kinds:
        assert is_dataclass(kind)
        keys = {item.name for item in fields(kind)}
        if "span" in keys:
            keys = (keys - {"span"}) | {"begin", "end"}
        keys = {"class" if key == "match_class" else key for key in keys}
        assert keys <= written, keys - written


def test_every_value_is_documented():
    written = set(re.findall(r"`([\w-]+)`", text_of("docs/formats.md")))
    for kind in (
        records.Role,
        records.DatePrecision,
        records.OutletEvidenceKind,
        records.Outcome,
        records.PairOrigin,
        records.MatchClass,
        records.OriginBasis,
        records.FactKind,
    ):
        assert set(get_args(kind)) <= written
    assert set(FLAGS) <= written
    assert set(FEATURES) <= written
    assert {alias.key for aliases in ALIASES.values() for alias in aliases} <= written


def test_documented_rules_of_quarantine_are_those_of_the_code():
    source = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "align").rglob("*.py")))
    used = set(_RULE.findall(source))
    assert {"no-text", "no-model", "duplicate-id"} <= used
    written = set(re.findall(r"^\| `([\w-]+)` \|", section("quarantine.jsonl"), re.MULTILINE))
    assert written - {"rule"} == used


def test_features_are_explained_with_their_sign():
    rows = re.findall(r"^\| `(\w+)` \|.*\| (for|against) \|$", text_of("docs/methods.md"), re.MULTILINE)
    assert {name: 1 if sign == "for" else -1 for name, sign in rows} == dict(FEATURES)


def test_every_room_is_on_the_plan():
    plan = text_of("docs/architecture.md")
    rooms = [path for path in (ROOT / "align").iterdir() if path.is_dir() and (path / "__init__.py").exists()]
    rooms += [path for path in (ROOT / "align").glob("*.py") if not path.name.startswith("__")]
    assert rooms
    for room in rooms:
        assert re.search(rf"^align/{re.escape(room.name)} +floor \d", plan, re.MULTILINE), room.name


def test_the_checks_can_fail():
    assert missing_paths("see `align/no_such_room.py`") == ["align/no_such_room.py"]
    assert missing_paths("```bash\npython scripts/no_such.py\n```") == ["scripts/no_such.py"]
    assert missing_modules("see `align.no_such_room`") == ["align.no_such_room"]
    assert broken_links(ROOT / "README.md", "[a](no-such.md) [b](README.md#no-such)") == [
        "no-such.md",
        "README.md#no-such",
    ]
    assert refusal(["run", "page.txt"])
    assert refusal(["run", "page.txt", "--out", "out", "--no-such"])
    assert commands("```bash\nalign run a \\\n    --out b | head  # a comment\n```") == [["run", "a", "--out", "b"]]
