from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from align.errors import InputError
from align.export import PairFilter, Split, Treatment, export_pairs, export_run
from align.export.beads import read_pairs
from align.export.jsonl import read_lines
from align.export.split import DocumentGroups, groups_of_run
from align.records import FamilyMember, Origin, WireFamily
from tests.export.nasty import plain
from tests.runs import Run

THIRDS = Treatment(split=Split((1, 1, 1)))


def parts(folder, name="align"):
    """document -> the parts that its pairs are in."""
    found = defaultdict(set)
    for path in folder.glob(f"{name}.*.jsonl"):
        for row in read_pairs(path):
            for segment in (*row.pair.source_segments, *row.pair.target_segments):
                found[segment.rpartition(":")[0]].add(path.name.split(".")[1])
    return found


def test_a_document_is_in_one_part_alone(tmp_path):
    pairs = [plain(f"s{n}", name=f"p{n}", source_segments=(f"d{n % 30}:{n}",)) for n in range(300)]
    summary = export_pairs(pairs, "jsonl", tmp_path, treatment=THIRDS)
    found = parts(tmp_path)
    assert len(found) == 30
    assert all(len(names) == 1 for names in found.values())
    assert set.union(*found.values()) == {"train", "validation", "test"}
    assert sum(summary.splits.values()) == 300


def test_the_documents_of_a_pair_are_in_one_part(tmp_path):
    pairs = [
        plain(f"s{n}", name=f"p{n}", source_segments=(f"a{n}:0",), target_segments=(f"b{n}:0",)) for n in range(40)
    ]
    export_pairs(pairs, "jsonl", tmp_path, treatment=THIRDS)
    found = parts(tmp_path)
    assert all(found[f"a{n}"] == found[f"b{n}"] for n in range(40))
    assert len(set(map(frozenset, found.values()))) == 3


def test_a_part_does_not_depend_on_order_or_on_other_documents():
    split = Split((80, 10, 10))
    assert [split.part(f"d{n}") for n in range(8)] == [split.part(f"d{n}") for n in range(8)]
    counted = defaultdict(int)
    for n in range(10_000):
        counted[split.part(f"document-{n}")] += 1
    assert counted["train"] == pytest.approx(8000, abs=200)
    assert counted["test"] == pytest.approx(1000, abs=120)
    assert split.part("a known document") == "train"
    assert Split((1, 0, 0)).part("anything") == "train"


def test_a_run_keeps_families_and_matches_together(tmp_path):
    run = Run()
    folder = run.write(tmp_path / "run")
    groups = groups_of_run(folder)
    # the flagged matches of this run join pages 1 to 5
    assert {groups.group(f"page-{n}") for n in range(1, 6)} == {"page-1"}
    run.matches = []
    run.pairs = [pair for pair in run.pairs if pair.origin == "machine-translation"]
    run.families = []
    groups = groups_of_run(run.write(tmp_path / "alone"))
    assert {groups.group(f"page-{n}") for n in range(1, 6)} == {f"page-{n}" for n in range(1, 6)}
    members = tuple(FamilyMember(f"page-{n}#1", None, None) for n in (2, 4))
    run.families = [WireFamily("f1", members, (), 1, Origin(None, None, "unknown", ""))]
    groups = groups_of_run(run.write(tmp_path / "family"))
    assert groups.group("page-4") == groups.group("page-2") == "page-2"
    assert groups.group("page-3") == "page-3"


def test_a_filter_moves_nothing_to_another_part(tmp_path):
    run = Run()
    run.matches, run.families = [], []
    folder = run.write(tmp_path / "run")
    export_run(folder, "jsonl", tmp_path / "all", treatment=THIRDS)
    export_run(folder, "jsonl", tmp_path / "some", PairFilter(languages=frozenset({"fr"})), treatment=THIRDS)
    everything, some = parts(tmp_path / "all"), parts(tmp_path / "some")
    assert some
    assert all(everything[document] == names for document, names in some.items())


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=12))
def test_groups_are_the_connected_ones_whatever_the_order(edges):
    one, other = DocumentGroups(), DocumentGroups()
    for a, b in edges:
        one.join((f"d{a}", f"d{b}"))
    for a, b in reversed(edges):
        other.join((f"d{b}", None, f"d{a}"))
    near = {n: {n} for n in range(10)}  # an oracle: closure by brute force
    for _ in range(10):
        for a, b in edges:
            near[a] = near[b] = near[a] | near[b]
    near = {n: {m for m in range(10) if near[n] & near[m]} | near[n] for n in near}
    for n in range(10):
        assert one.group(f"d{n}") == other.group(f"d{n}")
    for a, b in edges:
        assert one.group(f"d{a}") == one.group(f"d{b}") == min(one.group(f"d{a}"), f"d{a}", f"d{b}")


@pytest.mark.parametrize("shares", [(), (1, 2), (1, 1, 1, 1), (0, 1, 1), (-1, 1, 1), (1, -1, 1), (float("nan"),) * 3])
def test_what_is_no_split_is_refused(shares):
    with pytest.raises(InputError, match="not the shares of a split"):
        Split(shares)


def test_every_format_names_the_parts(run_folder, tmp_path):
    pairs = [plain(f"s{n}", name=f"p{n}", source_segments=(f"d{n}:{n}",)) for n in range(30)]
    names = {
        "csv": "align.test.csv",
        "tsv": "align.test.tsv",
        "jsonl": "align.test.jsonl",
        "moses": "align.test.fr-en.fr",
        "tmx": "align.test.fr-en.tmx",
        "xces": "align.test/xml/fr-en.xml",
        "hf": "fr-en/test-00000-of-00001.parquet",
    }
    for format, name in names.items():
        summary = export_pairs(pairs, format, tmp_path / format, treatment=THIRDS)
        assert (tmp_path / format / name) in summary.files
        assert sum(summary.splits.values()) == 30
    export_pairs(pairs, "standoff", tmp_path, treatment=THIRDS)
    told = {line["split"] for _, line in read_lines(tmp_path / "align.standoff.jsonl")}
    assert told == {"train", "validation", "test"}
