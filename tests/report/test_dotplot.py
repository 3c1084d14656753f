from xml.etree import ElementTree

import pytest

from align.records import Pair
from align.report.dotplot import BeadPlace, bead_place, dotplot_svg


def pair(name="bitext:1:a.fr:3", source=("a.fr:7", "a.fr:8"), target=("a.en:5",), score=0.8):
    return Pair(name, "fr", "en", "x", "y", source, target, "2-1", score, "bitext")


def beads(svg):
    return [item for item in ElementTree.fromstring(svg).iter("rect") if item.get("class").startswith("bead")]


def test_a_pair_says_which_text_and_sentences_it_is():
    assert bead_place(pair()) == ("1:a.fr", BeadPlace((7, 9), (5, 6), 0.8))
    assert bead_place(pair("bitext:2:a:b:0", score=None)) == ("2:a:b", BeadPlace((7, 9), (5, 6), 0.0))


@pytest.mark.parametrize("odd", [pair(source=()), pair(target=("no number",))])
def test_a_pair_without_numbers_has_no_place(odd):
    assert bead_place(odd) == ("1:a.fr", None)


def test_beads_lie_where_their_sentences_are_and_tell_their_confidence():
    places = [BeadPlace((0, 1), (0, 2), 0.95), BeadPlace((1, 2), (2, 3), 0.7), BeadPlace((3, 4), (3, 4), 0.1)]
    found = beads(dotplot_svg(places, title="x"))
    assert [item.get("class") for item in found] == ["bead sure", "bead likely", "bead doubtful"]
    assert float(found[0].get("height")) > 1.5 * float(found[0].get("width"))
    assert found[0][0].text == "0 : 0–1, confidence 0.95"
    across = [float(item.get("x")) for item in found]
    assert across[2] - across[1] == pytest.approx(2 * (across[1] - across[0]), abs=0.2), "the gap stays a gap"


def test_a_long_text_is_still_drawn_and_an_empty_one_too():
    svg = dotplot_svg([BeadPlace((i, i + 1), (i, i + 1), 1.0) for i in range(5000)], title='<long> & "quoted"')
    tree = ElementTree.fromstring(svg)
    assert float(tree.get("width")) < 700
    assert min(float(item.get("width")) for item in beads(svg)) >= 2
    assert ElementTree.fromstring(dotplot_svg([], title="none")).tag == "svg"
