"""What is written of traced rewrites, from stored segments and translations."""

import csv
from collections import Counter

from align.pipeline.tracing import write_traced
from align.records import WireFamily
from align.runfolder import RunFolder
from tests.reuse.stories import Page, match, passage


def traced(path, page, matches, threshold=0.5):
    path.mkdir()
    folder = RunFolder(path)
    for name, records in (
        ("stories", page.stories),
        ("segments", page.segments),
        ("translations", page.translations.values()),
    ):
        folder.write(name, records)
    sizes = Counter(segment.story_id for segment in page.segments)
    write_traced(folder, matches, sizes, threshold)
    return folder


def rows(folder):
    with folder["facts"].open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_facts_and_claims_of_a_small_page(tmp_path):
    page = Page().add("a", ["The flood took 14 barns and 230 sheep."], outlet="=quai", published="2021-03-04")
    page.add("b", ["La crue a pris 14 granges."], language="fr", english=["The flood took 14 barns."], outlet="phare")
    sides = (passage(key, 0, outlet=outlet) for key, outlet in (("a", "=quai"), ("b", "phare")))
    found = match(*sides, 0.95)
    folder = traced(tmp_path / "run", page, [found])
    assert rows(folder) == [
        ["outlet", "other", "kind", "fact", "count", "matches"],
        ["'=quai", "phare", "number", "230 sheep", "1", found.id],
    ]
    (family,) = folder.read("families", WireFamily)
    assert [(claim.value, claim.what, claim.stories, claim.independent_origins) for claim in family.claims] == [
        ("14", "barns", ("a", "b"), 1)
    ]


def test_another_threshold_leaves_nothing(tmp_path):
    page = Page().add("a", ["The flood took 14 barns."]).add("b", ["The flood came by night."])
    found = match(passage("a", 0), passage("b", 0), 0.6)
    assert len(rows(traced(tmp_path / "low", page, [found], 0.5))) == 2
    high = traced(tmp_path / "high", page, [found], 0.7)
    assert len(rows(high)) == 1
    assert list(high.read("families", WireFamily)) == []
