"""The shipped score on stories that translation systems retold, which it was fitted on: a floor, no forecast."""

import json
import os
from pathlib import Path

import pytest

from align.config import ReuseConfig
from align.evaluate.matches import score_matches
from tests.reuse.stories import Page

FAMILIES = 20


def families():
    rows = {}
    path = Path(os.environ["ALIGN_SHARED"]) / "data/reuse/retold_fr_dev.jsonl"
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            rows.setdefault(row["family"], {})[row["role"]] = row
    whole = [rows[name] for name in sorted(rows) if {"src", "full"} <= set(rows[name])]
    assert len(whole) >= FAMILIES
    return whole[:FAMILIES]


@pytest.mark.data
def test_french_originals_against_their_english_retellings(use_m3):
    page = Page()
    for number, family in enumerate(families()):
        page.add(f"{number}/src", family["src"]["sents"], language="fr", outlet="src")
        page.add(f"{number}/full", family["full"]["sents"], outlet="full")
    matches = page.trace(use_m3, ReuseConfig(window_days=0), model=None)
    pairs = [match for match in matches if len(match.source.segments) == len(match.target.segments) == 1]
    truth = [place(match.source) == place(match.target) for match in pairs]
    scores = score_matches([match.score for match in pairs], truth)
    print(scores)
    assert scores.positives >= 100
    assert scores.roc_auc >= 0.95
    assert scores.precision >= 0.8
    assert scores.recall >= 0.7


def place(passage):
    """The family and the sentence's number in it."""
    story, number = passage.segments[0].rsplit(":", 1)
    return story.split("/")[0], number
