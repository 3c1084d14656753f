"""align_sentences: cover, order, and the shapes that translators make."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from align.bitext.sentences import SHAPES, align_sentences, align_texts
from align.embed.use import UseM3
from align.errors import InputError
from align.evaluate.alignment_sets import read_documents
from align.evaluate.beads import read_gold, score_beads, score_documents
from align.records import Bead

PARALLEL = Path(__file__).parents[2] / "corpora" / "parallel"
WORDS = st.sampled_from(["harbour", "storm", "mayor", "boat", "night", "radio", "crew", "."])
SENTENCES = st.lists(st.lists(WORDS, max_size=6).map(" ".join), max_size=9)


def shapes(beads: list[Bead]) -> list[str]:
    return [bead.shape for bead in beads]


def assert_covers(beads: list[Bead], n: int, m: int) -> None:
    """Every sentence once, in order, and no bead without a sentence."""
    i = j = 0
    for bead in beads:
        assert (bead.source[0], bead.target[0]) == (i, j)
        i, j = bead.source[1], bead.target[1]
        assert bead.shape != "0-0"
        assert 0 <= bead.score <= 1
    assert (i, j) == (n, m)


@settings(max_examples=25, deadline=None)
@given(source=SENTENCES, target=SENTENCES)
def test_every_sentence_is_covered_once_in_order(source: list[str], target: list[str], words) -> None:
    beads = align_sentences(source, target, encoder=words)
    assert_covers(beads, len(source), len(target))
    allowed = {f"{x}-{y}" for x, y in (*SHAPES, (1, 0), (0, 1))}
    assert set(shapes(beads)) <= allowed


@settings(max_examples=10, deadline=None)
@given(source=SENTENCES, target=SENTENCES)
def test_one_input_gives_one_answer(source: list[str], target: list[str], words) -> None:
    assert align_sentences(source, target, encoder=words) == align_sentences(source, target, encoder=words)


def test_equal_texts_align_one_to_one(story: list[str], words) -> None:
    beads = align_sentences(story, story, encoder=words)
    assert shapes(beads) == ["1-1"] * len(story)
    assert min(bead.score for bead in beads) > 0.9


def test_merged_and_split_sentences_are_found(story: list[str], words) -> None:
    target = [*story[:5], story[5] + " " + story[6], *story[7:20], *story[20].replace("x4 ", "x4 | ").split(" | ")]
    target += [" ".join(story[21:24]), *story[24:]]
    beads = align_sentences(story, target, encoder=words)
    assert Bead((5, 7), (5, 6), 0).source in [bead.source for bead in beads if bead.shape == "2-1"]
    assert [bead.source for bead in beads if bead.shape == "1-2"] == [(20, 21)]
    assert [bead.source for bead in beads if bead.shape == "3-1"] == [(21, 24)]


def test_a_part_that_is_missing_in_the_middle_is_left_out(story: list[str], words) -> None:
    beads = align_sentences(story, story[:20] + story[45:], encoder=words)
    assert [bead.source[0] for bead in beads if bead.shape == "1-0"] == list(range(20, 45))
    assert shapes(beads).count("1-1") == 35


def test_swapped_sides_give_swapped_beads(story: list[str], words) -> None:
    target = [*story[:9], story[9] + " " + story[10], *story[12:30], "strange things entirely.", *story[30:]]
    there = align_sentences(story, target, encoder=words)
    back = align_sentences(target, story, encoder=words)
    turned = {(bead.target, bead.source): bead.score for bead in back if "0" not in bead.shape}
    assert {(bead.source, bead.target) for bead in there if "0" not in bead.shape} == set(turned)
    for bead in there:
        if "0" not in bead.shape:
            assert bead.score == pytest.approx(turned[bead.source, bead.target], abs=1e-4)


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [([], [], []), (["a"], [], ["1-0"]), ([], ["a", "b"], ["0-1", "0-1"]), (["a b c"], ["a b c"], ["1-1"])],
)
def test_small_and_empty_sides(source: list[str], target: list[str], expected: list[str], words) -> None:
    assert shapes(align_sentences(source, target, encoder=words)) == expected


def test_only_the_allowed_shapes_occur(story: list[str], words) -> None:
    merged = [" ".join(story[i : i + 2]) for i in range(0, 60, 2)]
    assert set(shapes(align_sentences(story, merged, encoder=words))) == {"2-1"}
    assert set(shapes(align_sentences(story, merged, encoder=words, shapes=[(1, 1)]))) <= {"1-1", "1-0", "0-1"}
    assert set(shapes(align_sentences(["a"], ["a"], encoder=words, shapes=[]))) == {"1-0", "0-1"}


def test_lengths_decide_where_the_vectors_say_nothing(words) -> None:
    lengths = [20, 180, 45, 90, 300, 60, 130, 33, 250, 75] * 4
    source = [chr(97 + i % 26) * length for i, length in enumerate(lengths)]
    target = [chr(0x3B1 + i % 20) * (length + i % 3) for i, length in enumerate(lengths)]
    target[10:12] = [target[10] + " " + target[11]]
    beads = align_sentences(source, target, encoder=words)
    gold = [((i,), (i - (i > 10),)) for i in range(40) if i not in (10, 11)] + [((10, 11), (10,))]
    assert score_beads(beads, gold).strict_f1 > 0.9


@pytest.mark.parametrize(
    ("source", "target", "options", "message"),
    [
        ("one text", ["a"], {}, "source: expected a list of sentences"),
        (["a"], ["b", None], {}, "target: sentence 1 is not a string: None"),
        (["a"], ["b"], {"shapes": [(0, 2)]}, r"shape \(0, 2\) is not allowed"),
        (["a"], ["b"], {"shapes": [(4, 5)]}, r"shape \(4, 5\) is not allowed"),
    ],
)
def test_bad_arguments_are_refused(source: object, target: object, options: dict, message: str, words) -> None:
    with pytest.raises(InputError, match=message):
        align_sentences(source, target, encoder=words, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("sides", "gold", "floor"),
    [
        (("parallel.fr.txt", "parallel.en.txt"), "parallel.gold", 0.9),
        (("parallel.tr.txt", "parallel-tr.en.txt"), "parallel-tr.gold", 0.9),
    ],
)
def test_the_sample_corpus(sides: tuple[str, str], gold: str, floor: float, use_m3: UseM3) -> None:
    texts = [(PARALLEL / name).read_text(encoding="utf-8").splitlines() for name in sides]
    beads = align_sentences(*texts, encoder=use_m3)
    assert score_beads(beads, read_gold(PARALLEL / gold)).strict_f1 >= floor


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "strict", "lax"),
    [("ted-tr-en", 0.98, 0.99), ("textberg-dev", 0.90, 0.99), ("transread-en-fr", 0.955, 0.99)],
)
def test_hand_aligned_documents(name: str, strict: float, lax: float, use_m3: UseM3) -> None:
    """Floors a little below what was measured; the weights were fitted to these documents (docs/benchmarks.md)."""
    documents = read_documents(Path(os.environ["ALIGN_SHARED"]) / "data" / "alignment")
    some = [document for document in documents if document.name.startswith(name)]
    pairs = [(align_sentences(d.source, d.target, encoder=use_m3, reorder=True), d.gold) for d in some]
    scores = score_documents(pairs)
    assert scores.strict_f1 >= strict
    assert scores.lax_f1 >= lax


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ([""], [""]),
        (["", "", ""], ["", ""]),
        (["a b c", "", "d e f"], ["", "a b c", "d e f", ""]),
        (["same words"] * 30, ["same words"] * 25),
        ([" ".join(f"w{i}" for i in range(5000))], ["w1 w2", "w3", "w4"]),
        (["."] * 4, ["!"] * 90),
        (["a\nb", "\u2028", "\x00"], ["a b", "c"]),
    ],
)
@pytest.mark.parametrize("reorder", [False, True])
def test_degenerate_texts_are_covered(source: list[str], target: list[str], reorder: bool, words) -> None:
    assert_covers(align_sentences(source, target, encoder=words, reorder=reorder), len(source), len(target))
    assert_covers(align_sentences(target, source, encoder=words, reorder=reorder), len(target), len(source))


def test_equal_sentences_stand_one_to_one(words) -> None:
    assert shapes(align_sentences(["same words here"] * 12, ["same words here"] * 12, encoder=words)) == ["1-1"] * 12


def test_one_giant_sentence_stands_for_all_of_a_short_text(words) -> None:
    story = [" ".join(f"word{i}x{k}" for k in range(9)) + "." for i in range(5)]
    assert shapes(align_sentences(story, [" ".join(story)], encoder=words)) == ["5-1"]


def test_swapped_halves_are_found_on_request(story: list[str], words) -> None:
    target = [*story[30:], "an addition of the translator.", *story[:30]]
    found = align_texts(story, target, encoder=words, reorder=True)
    pairs = [(bead.source[0], bead.target[0]) for bead in found.beads if bead.shape == "1-1"]
    assert pairs == [(i, (i + 31) % 61) for i in range(60)]
    assert sorted(j for bead in found.beads for j in range(*bead.target)) == list(range(61))
    assert [bead.source for bead in found.beads] == sorted(bead.source for bead in found.beads)
    assert set(found.anchors) <= set(pairs)
    in_order = align_texts(story, target, encoder=words)
    assert_covers(in_order.beads, 60, 61)


def test_reorder_changes_nothing_in_texts_in_order(story: list[str], words) -> None:
    target = [*story[:9], story[9] + " " + story[10], *story[12:40], "strange things entirely.", *story[45:]]
    assert align_texts(story, target, encoder=words, reorder=True) == align_texts(story, target, encoder=words)


@settings(max_examples=15, deadline=None)
@given(source=SENTENCES, target=SENTENCES)
def test_small_texts_of_common_words_are_not_moved(source: list[str], target: list[str], words) -> None:
    assert_covers(align_sentences(source, target, encoder=words, reorder=True), len(source), len(target))


def test_the_alignment_says_what_decided(story: list[str], words) -> None:
    found = align_texts(story, story, encoder=words)
    assert (found.method, found.anchors) == ("vectors", [(i, i) for i in range(60)])
    strangers = [" ".join(f"other{i}y{k}" for k in range(9)) + "." for i in range(60)]
    without = align_texts(story, strangers, encoder=words)
    assert (without.method, without.anchors) == ("lengths", [])
    assert align_texts([], story, encoder=words).method == "lengths"


_THREADS = """
from align.bitext.sentences import align_texts
from align.embed.use import UseM3
text = [f"Chapter {i}: the {'red green blue'.split()[i % 3]} boat {i * 7} left harbour {i % 11}." for i in range(150)]
found = align_texts(text, [*text[:70], text[70] + " " + text[71], *text[75:]], encoder=UseM3(), reorder=True)
print(found)
"""


def test_the_number_of_threads_does_not_show() -> None:
    answers = {
        subprocess.run(
            [sys.executable, "-c", _THREADS],
            env=os.environ | {"OPENBLAS_NUM_THREADS": count, "OMP_NUM_THREADS": count},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for count in ("1", "2")
    }
    assert len(answers) == 1


def test_shapes_without_one_to_one_still_cover_all(story: list[str], words) -> None:
    beads = align_sentences(story, story[10:], encoder=words, shapes=[(2, 2)])
    assert_covers(beads, 60, 50)
    assert "2-2" in shapes(beads)
