import random
import re
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings

from align.bitext import png
from align.bitext.dotplot import dotplot_svg
from align.bitext.sentences import Alignment
from align.errors import MissingDependencyError
from align.records import Bead
from tests.strategies import TEXTS

SVG = "{http://www.w3.org/2000/svg}"
SHAPES = [(1, 1)] * 8 + [(2, 1), (1, 2), (3, 1), (2, 2), (1, 0), (0, 1)]


def walk(count, seed=0):
    """An alignment of about `count` sentences with every kind of bead."""
    chance = random.Random(seed)
    beads, anchors, i, j = [], [], 0, 0
    while i < count:
        x, y = chance.choice(SHAPES)
        beads.append(Bead((i, i + x), (j, j + y), round(chance.random(), 3)))
        if (x, y) == (1, 1):
            anchors.append((i, j))
        i, j = i + x, j + y
    return Alignment(beads, "vectors", anchors)


def drawn(alignment, **names):
    return ElementTree.fromstring(dotplot_svg(alignment, **names))


def said(root):
    return [text.text for text in root.iter(f"{SVG}text")]


def test_each_bead_of_a_short_text_is_the_rectangle_that_it_covers():
    beads = [
        Bead((0, 1), (0, 1), 0.95),
        Bead((1, 3), (1, 2), 0.3),
        Bead((3, 4), (2, 2), 0.8),
        Bead((4, 5), (2, 4), 0.6),
    ]
    root = drawn(Alignment(beads, "vectors", [(0, 0)]), source="a.fr", target="a.en")
    boxes = [box for box in root.iter(f"{SVG}rect") if box.find(f"{SVG}title") is not None]
    assert [box.get("class") for box in boxes] == ["box c3", "box c0", "box c1"]
    assert [box.find(f"{SVG}title").text for box in boxes] == ["[0]:[0] 0.95", "[1, 2]:[1] 0.30", "[4]:[2, 3] 0.60"]
    x, y, width, height = (float(boxes[1].get(name)) for name in ("x", "y", "width", "height"))
    assert width == pytest.approx(2 * height, abs=2)
    assert x == pytest.approx(y, abs=0.1)
    (gap,) = (path for path in root.iter(f"{SVG}path") if path.find(f"{SVG}title") is not None)
    assert (gap.get("class"), gap[0].text) == ("line gap", "[3]:[] 0.80")


def test_the_picture_says_in_words_what_it_shows():
    beads = [Bead((0, 1), (0, 1), 0.95), Bead((1, 2), (1, 1), 0.8), Bead((2, 3), (1, 2), 0.75)]
    root = drawn(Alignment(beads, "lengths", []), source="a.fr", target="a.en")
    assert root.get("role") == "img"
    assert root.find(f"{SVG}title").text == "a.fr : a.en"
    words = root.find(f"{SVG}desc").text
    assert words == (
        "2 beads pair 3 and 2 sentences; median confidence 0.85; lengths alone decided; "
        "without a partner: 1 of the source, 0 of the target"
    )
    shown = said(root)
    assert "sentence of a.fr" in shown
    assert "without a partner (1)" in shown
    assert not any("anchor" in text for text in shown)


@pytest.mark.parametrize("count", [1, 2, 7, 60, 150, 1000, 50_000])
def test_a_picture_is_whole_and_small_for_any_length(count):
    alignment = walk(count)
    text = dotplot_svg(alignment)
    assert len(text.encode()) < 300_000
    root = ElementTree.fromstring(text)
    width, height = float(root.get("width")), float(root.get("height"))
    for number in re.findall(r"M(-?[\d.]+) (-?[\d.]+)", text):
        assert -20 <= float(number[0]) <= width
        assert -20 <= float(number[1]) <= height
    assert any(path.get("class") == "anchor" for path in root.iter(f"{SVG}path")) == bool(alignment.anchors)


def test_sentences_in_no_order_at_all_are_thinned_out():
    order = list(range(20_000))
    random.Random(1).shuffle(order)
    beads = [Bead((i, i + 1), (j, j + 1), 0.5) for i, j in enumerate(order)]
    text = dotplot_svg(Alignment(beads, "vectors", list(enumerate(order))))
    assert len(text.encode()) < 300_000
    places = {(float(x) // 64, float(y) // 64) for x, y in re.findall(r"M([\d.]+) ([\d.]+)l", text)}
    assert len(places) >= 100  # every part of the plane still has some


def test_a_moved_block_breaks_the_path():
    straight = [Bead((i, i + 1), (i, i + 1), 1.0) for i in range(2001)]
    moved = [Bead((i, i + 1), ((i + 1000) % 2001, (i + 1000) % 2001 + 1), 1.0) for i in range(2001)]
    lengths = []
    for beads in (straight, moved):
        path = dotplot_svg(Alignment(beads, "vectors", []))
        strokes = re.findall(r"l(-?[\d.]+) (-?[\d.]+)", re.search(r'class="line c3" d="([^"]+)"', path)[1])
        lengths.append(max(abs(float(number)) for stroke in strokes for number in stroke))
    assert max(lengths) < 10  # no stroke runs from one block to the other


@pytest.mark.parametrize("beads", [[], [Bead((0, 0), (j, j + 1), 1.0) for j in range(3)]])
def test_an_empty_side_is_drawn_too(beads):
    root = drawn(Alignment(beads, "lengths", []))
    assert f"0 beads pair 0 and {len(beads)} sentences" in root.find(f"{SVG}desc").text


def test_sides_of_very_different_length_keep_room_for_their_labels():
    beads = [Bead((i, i + 1), (min(i, 1), min(i, 1)), 1.0) if i else Bead((0, 1), (0, 1), 1.0) for i in range(3000)]
    root = drawn(Alignment(beads, "vectors", []))
    assert 300 < float(root.get("height")) < 500


@given(name=TEXTS)
@settings(max_examples=60)
def test_a_name_may_be_anything(name):
    root = drawn(walk(5), source=name, target=name, title=name)
    assert all(len(text or "") <= 90 for text in said(root))
    assert root.find(f"{SVG}title").text is None or "\n" not in root.find(f"{SVG}title").text


def test_the_same_alignment_gives_the_same_bytes():
    assert dotplot_svg(walk(3000, 5)) == dotplot_svg(walk(3000, 5))


def test_a_picture_without_its_library_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "resvg_py", None)
    with pytest.raises(MissingDependencyError, match=r"pip install 'resvg-py>=0.5'.*ends in \.svg"):
        png.png_renderer()


def test_the_library_draws_what_it_is_given(monkeypatch):
    calls = []

    class Resvg:
        @staticmethod
        def svg_to_bytes(**given):
            calls.append(given)
            return [137, 80]

    monkeypatch.setitem(__import__("sys").modules, "resvg_py", Resvg)
    assert png.png_renderer()("<svg/>") == b"\x89P"
    assert calls == [{"svg_string": "<svg/>", "zoom": 2.0}]
