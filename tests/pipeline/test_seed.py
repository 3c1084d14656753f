"""A real page that compiles the stories of several outlets; it does not come with the project."""

import os
from pathlib import Path

import pytest

import align
from align.records import PassageMatch, Segment, Story, Translation
from align.runfolder import FILES

pytestmark = pytest.mark.data

# Words that stand in both tellings of one communique, and in no other pair of passages.
REWRITES = {
    "one tank, six infantry fighting vehicles": (
        "détruit un char, six véhicules",
        "détruisant un char et six véhicules",
    ),
    "four wounded soldiers": ("quatre militaires syriens", "quatre blessés syriens"),
    "two killed, five wounded": ("deux militaires turcs", "deux soldats turcs"),
    "shelling stopped once Ankara was told": ("avait informé Ankara", "Moscou a contacté Ankara"),
    "the call to stop backing militants": ("nous exhortons la partie turque", "appelé Ankara à cesser son soutien"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    (page,) = Path(os.environ["ALIGN_SHARED"], "seeds").glob("*.txt")
    out = tmp_path_factory.mktemp("seed") / "run"
    align.run([page], out)
    return align.RunFolder(out)


def test_every_file_of_the_contract_is_written(folder):
    assert {path.name for path in folder.path.iterdir()} == set(FILES.values())


def test_five_stories_with_the_outlets_of_their_credits(folder):
    assert [story.outlet for story in folder.read("stories", Story)] == [None, None, "sana", "sputnik", "rt"]


def test_the_post_is_turkish_and_everything_else_french(folder):
    segments = list(folder.read("segments", Segment))
    assert {segment.language for segment in segments if segment.role == "post"} == {"tr"}
    assert {segment.language for segment in segments if segment.role != "post"} == {"fr"}
    assert sum(segment.role == "post" for segment in segments) == 3
    assert all(item.outcome == "translated" for item in folder.read("translations", Translation))


@pytest.mark.parametrize("words", REWRITES.values(), ids=REWRITES)
def test_the_rewrites_of_one_communique_are_flagged(folder, words):
    assert _holding(folder, words).flagged


def test_they_rank_above_everything_outside_the_two_tellings(folder):
    lowest = min(_holding(folder, words).score for words in REWRITES.values())
    tellings = {story.id for story in list(folder.read("stories", Story))[:2]}
    others = [m for m in folder.read("matches", PassageMatch) if {m.source.story_id, m.target.story_id} != tellings]
    assert others
    assert max(match.score for match in others) < lowest
    assert all(match.source.story_id != match.target.story_id for match in others)


def _holding(folder, words):
    found = [m for m in folder.read("matches", PassageMatch) if words[0] in m.source.text and words[1] in m.target.text]
    return max(found, key=lambda match: match.score)
