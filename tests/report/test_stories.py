"""What is taken down of stories: no more lines than are wanted, and dates that are cut where there are many."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from align.records import Document, Span, Story
from align.report import Limits, build_report
from align.report.contents import read_contents
from align.report.stories import Dates, StoryLines
from align.runfolder import write_text
from tests.runs import Run


def days(count):
    return [(date(2019, 1, 1) + timedelta(days=number)).isoformat() for number in range(count)]


def test_few_dates_are_counted_as_they_are_stated():
    dates = Dates()
    for published in ["2021-03-04", "2021-03", "2021-03-04", "2021-03-04T06:30", "2021"]:
        dates.add(published)
    assert dates.counts == {"2021-03-04": 2, "2021-03": 1, "2021-03-04T06:30": 1, "2021": 1}
    assert not dates.coarse


@pytest.mark.parametrize(
    ("published", "some"),
    [
        ([f"{day}T{hour:02}:15" for day in days(300) for hour in range(4)], ("2019-01-01", 4)),
        (days(1000), ("2019-01", 31)),
        ([f"{year}-{month:02}" for year in range(1900, 2020) for month in range(1, 13)], ("1900", 12)),
    ],
    ids=["days", "months", "years"],
)
def test_many_dates_are_cut_and_none_is_lost(published, some):
    dates = Dates()
    for value in published:
        dates.add(value)
    assert dates.coarse
    assert len(dates.counts) <= 400
    assert sum(dates.counts.values()) == len(published)
    assert next(iter(dates.counts.items())) == some
    assert {dates.name(value) for value in published} == set(dates.counts)


def test_lines_are_held_of_those_that_are_wanted_and_of_the_first():
    stories = StoryLines({"d7:s1"})
    given = [Story(f"d{n}:s1", f"d{n}", Span(0, 9), published="2021" if n else "soon") for n in range(10)]
    assert list(stories.noting(given, 2)) == given
    assert list(stories.lines) == ["d0:s1", "d1:s1", "d7:s1"]
    assert stories.undated == 1
    assert {name: dates.counts for name, dates in stories.dates.items()} == {"unknown outlet": {"2021": 9}}
    documents = [Document(f"d{n}", "text", f"https://quai.example/{n}") for n in range(10)]
    assert stories.address(documents) == 10
    assert [line.url for line in stories.lines.values()] == [f"https://quai.example/{n}" for n in (0, 1, 7)]


def test_the_page_says_that_dates_are_drawn_together(tmp_path, monkeypatch):
    monkeypatch.setattr("align.report.stories._MOST_DATES", 1)
    run = Run()
    told = "with more dates than can be told apart"
    assert told not in build_report(run.write(tmp_path / "one"))
    run.stories[1] = replace(run.stories[1], outlet=run.stories[0].outlet, published="2021-05-06")
    assert f"1 outlet {told}" in build_report(run.write(tmp_path / "two"))


def test_a_ledger_may_name_more_matches_than_a_cell_usually_holds(tmp_path):
    """A word that two outlets exchange in thousands of passages: the page holds those of them that it shows."""
    run = Run()
    many = " ".join(f"other-{number}" for number in range(20_000))
    folder = run.write(tmp_path)
    head = "outlet_a,outlet_b,words_a,words_b,count,matches\n"
    write_text(folder["substitutions"], f"{head}quai,liman,loss,fell,20001,{many} m1\n")
    (line,) = read_contents(folder, Limits()).substitutions.shown
    assert (line.count, line.matches) == (20_001, ("m1",))
