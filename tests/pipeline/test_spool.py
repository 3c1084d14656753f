"""Matches that wait on disk."""

import random

import pytest

from align.pipeline import spool as module
from align.pipeline.spool import Spool
from tests.reuse.stories import match, passage


def matches(count):
    chance = random.Random(count)
    scores = [chance.randrange(5) / 5 for _ in range(count)]  # many are equal
    return [
        match(passage("a", n), passage("b", n, text=f"Line\u2028{n} \ud83d"), score) for n, score in enumerate(scores)
    ]


@pytest.mark.parametrize(("held", "files"), [(100, 64), (3, 64), (3, 2), (1, 2), (7, 3)])
def test_they_come_out_best_first_however_many_files_there_are(held, files, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_HELD", held)
    monkeypatch.setattr(module, "_FILES", files)
    given = matches(40)
    spool = Spool(tmp_path)
    for at in range(0, 40, 8):
        spool.add(given[at : at + 8])
    assert len(spool) == 40
    expected = sorted(given, key=lambda item: (-item.score, item.id))
    assert [item.id for item in spool] == [item.id for item in expected]
    assert list(spool) == expected  # and once more
    written = list(tmp_path.iterdir())
    assert len(written) == 0 if held == 100 else len(written) <= 40 // held // files + files


def test_nothing_comes_out_of_nothing(tmp_path):
    spool = Spool(tmp_path)
    spool.add([])
    assert (len(spool), list(spool)) == (0, [])
