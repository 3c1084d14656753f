from pathlib import Path
from xml.etree import ElementTree

import pytest

from align import plot
from align.errors import InputError, MissingDependencyError
from align.records import Pair
from tests.runs import NASTY, Run

FIGURES = [plot.heatmap, plot.timeline, plot.dotplot]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    run = Run()
    for i in range(3):
        places = (f"{NASTY}:{i}",), (f"b:{i}",)
        run.pairs.append(Pair(f"bitext:1:{NASTY}:{i}", "fr", "en", "x", "y", *places, "1-1", 0.9, "bitext"))
    return run.write(tmp_path_factory.mktemp("run"))


@pytest.mark.parametrize("figure", FIGURES)
def test_a_figure_is_a_file_of_its_own(folder, figure):
    svg = figure(folder)
    tree = ElementTree.fromstring(svg)
    assert tree.tag == "{http://www.w3.org/2000/svg}svg"
    assert "prefers-color-scheme:dark" in tree[0].text
    assert "var(" not in svg and "<script" not in svg
    assert figure(folder.path) == figure(str(folder.path)) == svg


def test_every_class_that_a_figure_uses_has_a_colour(folder):
    for figure in FIGURES:
        tree = ElementTree.fromstring(figure(folder))
        style = tree[0].text
        for item in tree.iter():
            if item.tag.endswith(("}rect", "}line", "}circle")) and item.get("class"):
                assert all(f".{name}" in style for name in item.get("class").split()), item.attrib


@pytest.mark.parametrize("figure", FIGURES)
def test_a_folder_without_a_run_is_refused(tmp_path, figure):
    with pytest.raises(InputError, match="not a run folder"):
        figure(tmp_path)


@pytest.mark.parametrize(
    ("figure", "said"), [(plot.heatmap, "no passage is flagged"), (plot.dotplot, "no parallel text 1")]
)
def test_what_cannot_be_drawn_is_said(tmp_path, figure, said):
    with pytest.raises(InputError, match=said):
        figure(Run(matches=[]).write(tmp_path))


def test_a_run_without_dates_has_no_timeline(tmp_path):
    run = Run()
    run.stories = [type(story)(story.id, story.document_id, story.span) for story in run.stories]
    with pytest.raises(InputError, match="no page states when"):
        plot.timeline(run.write(tmp_path))


def test_png_names_its_remedy(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "resvg_py", None)
    with pytest.raises(MissingDependencyError, match="pip install"):
        plot.png("<svg/>")


def test_the_example_of_the_docstring_names_what_is_there():
    assert "align.plot.heatmap" in plot.__doc__ and Path(plot.__file__).name == "plot.py"
