from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from align.report.chronology import parse_published
from align.report.figures import Lane, Mark, bar_svg, heatmap_svg, timeline_svg
from tests.runs import NASTY


def drawn(svg):
    return ElementTree.fromstring(svg)


def rectangles(svg, kind):
    return [item for item in drawn(svg).iter("rect") if item.get("class") == kind]


def test_heatmap_is_symmetric_and_shows_each_number():
    svg = heatmap_svg(["rt", "sana", "anka"], {(0, 1): 4, (1, 0): 1, (2, 2): 2}, title="passages")
    numbers = [text.text for text in drawn(svg).iter("text") if text.text.isdigit()]
    assert sorted(numbers) == ["2", "5", "5"]
    shades = [float(item.get("fill-opacity")) for item in rectangles(svg, "heat")]
    assert shades[0] == shades[1] > shades[2] > 0
    assert len(rectangles(svg, "track")) == 9


def test_figures_escape_their_labels():
    nasty = NASTY.replace("\x07", "")
    marks = [Mark(parse_published("2020-02"), nasty)]
    for svg in (heatmap_svg([nasty], {(0, 0): 1}, title=nasty), timeline_svg([Lane(nasty, marks)], title=nasty)):
        assert {item.tag for item in drawn(svg).iter()} <= {"svg", "g", "title", "text", "rect", "line", "circle"}
        assert drawn(svg).get("aria-label") == nasty.replace("\t", " ")


def test_a_day_is_a_dot_and_a_month_is_a_bar():
    lanes = [Lane(name, [Mark(parse_published(name), name)]) for name in ("2020-02", "2020-02-20", "2020-02-21T09:00")]
    tree = drawn(timeline_svg(lanes, title="dates"))
    assert len(list(tree.iter("circle"))) == 2
    assert len(list(tree.iter("rect"))) == 1
    first, second = (float(dot.get("cx")) for dot in tree.iter("circle"))
    assert first < second


dates = st.dates().map(str) | st.dates().map(lambda date: str(date)[:7]) | st.datetimes().map(lambda t: t.isoformat())


@given(st.lists(dates, max_size=5))
def test_every_date_is_drawn_inside_the_figure(given_dates):
    found = [(date, parse_published(date)) for date in given_dates]
    lanes = [Lane("outlet", [Mark(published, date)]) for date, published in found if published]
    tree = drawn(timeline_svg(lanes, title="dates"))
    for dot in tree.iter("circle"):
        assert 0 <= float(dot.get("cx")) <= 960
    for bar in tree.iter("rect"):
        assert float(bar.get("x")) >= 0 and float(bar.get("x")) + float(bar.get("width")) <= 960


def test_a_bar_starts_at_zero_and_stays_on_its_track():
    positive, negative, beyond = (drawn(bar_svg(value, -1.0))[1] for value in (0.5, -0.5, 7.0))
    assert (positive.get("x"), positive.get("width")) == ("60.0", "30.0")
    assert (negative.get("x"), negative.get("width"), negative.get("class")) == ("30.0", "30.0", "bar below")
    assert beyond.get("width") == "60.0"
