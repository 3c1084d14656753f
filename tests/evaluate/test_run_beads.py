import json

import pytest

from align.errors import InputError
from align.evaluate.run_beads import beads_against_gold, beads_of_run
from align.records import Pair
from tests.runs import Run


def pair(number, text, source, target):
    sides = tuple(f"a.fr:{n}" for n in source), tuple(f"a.en:{n}" for n in target)
    return Pair(f"bitext:{text}:a.fr.txt:{number}", "fr", "en", "x", "y", *sides, "1-1", 0.5, "bitext")


@pytest.fixture
def folder(tmp_path):
    def write(*pairs):
        run = Run()
        run.pairs = [*run.pairs, *pairs]
        return run.write(tmp_path / "run")

    return write


def test_the_beads_of_a_parallel_text(folder):
    given = folder(pair(0, 1, [0], [0, 1]), pair(1, 1, [2, 3], [2]))
    assert beads_of_run(given) == [((0,), (0, 1)), ((2, 3), (2,))]
    assert beads_of_run(given, 1) == beads_of_run(given)


def test_one_of_several_texts_must_be_chosen(folder):
    given = folder(pair(0, 1, [0], [0]), pair(0, 2, [5], [5]))
    assert beads_of_run(given, 2) == [((5,), (5,))]
    for text in (None, 3):
        with pytest.raises(InputError, match="no single parallel text to evaluate; texts: 1, 2; remedy: --text"):
            beads_of_run(given, text)


def test_a_run_without_a_parallel_text_is_told(folder):
    with pytest.raises(InputError, match="texts: none"):
        beads_of_run(folder())


def test_segments_without_a_number_are_refused(folder):
    odd = Pair("bitext:1:a:0", "fr", "en", "x", "y", ("a:b",), ("a:0",), "1-1", 0.5, "bitext")
    with pytest.raises(InputError, match="not a sentence of a parallel text: 'a:b'"):
        beads_of_run(folder(odd))


def test_folders_go_name_by_name(tmp_path):
    for side, line in (("given", "[0]:[0]:0.1\n"), ("gold", "[0]:[1]\n")):
        (tmp_path / side).mkdir()
        for name in ("b", "a"):
            (tmp_path / side / f"{name}.{'gold' if side == 'gold' else 'beads'}").write_text(line)
    assert beads_against_gold(tmp_path / "given", tmp_path / "gold") == [([((0,), (0,))], [((0,), (1,))])] * 2
    (tmp_path / "gold" / "a.gold").unlink()
    with pytest.raises(InputError, match="without counterpart: a"):
        beads_against_gold(tmp_path / "given", tmp_path / "gold")
    with pytest.raises(InputError, match="neither a run folder nor a folder of alignments"):
        beads_against_gold(tmp_path / "given", tmp_path / "nowhere")


def test_a_file_is_read_by_whoever_knows_how(tmp_path):
    (tmp_path / "gold").write_text("[0]:[0]\n")
    (tmp_path / "given").write_text(json.dumps({"any": "thing"}))
    read = lambda path: [((0,), (0,))]  # noqa: E731
    assert beads_against_gold(tmp_path / "given", tmp_path / "gold", read=read) == [([((0,), (0,))], [((0,), (0,))])]
