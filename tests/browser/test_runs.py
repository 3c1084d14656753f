"""The reports of real runs: the bundled sample, and a page from the development data."""

import os
from pathlib import Path

import pytest

import align
from align.pipeline.parallel import ParallelText
from tests.browser.test_report import DESK, PHONE, texts_of
from tests.report.test_build import SECTIONS

pytestmark = pytest.mark.browser

CORPORA = Path(__file__).parents[2] / "corpora"


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    sides = (CORPORA / "parallel" / f"parallel.{language}.txt" for language in ("fr", "en"))
    out = tmp_path_factory.mktemp("sample")
    return align.run([CORPORA / "sample"], out, parallel=[ParallelText(*sides)], cache=False).report


def check(at):
    page = at.page
    ids = page.eval_on_selector_all("main > section", "found => found.map((item) => item.id)")
    assert ids == SECTIONS
    for section in page.locator("main > section").all():
        section.scroll_into_view_if_needed()
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    page.locator("#family-list summary").first.click()
    assert page.locator("#family-list .body").first.is_visible()
    page.locator("#match-1 .judge").get_by_role("button", name="Right").click()
    with page.expect_download():
        page.get_by_role("button", name="Download verdicts").click()
    assert at.errors == at.dialogs == []
    assert {url for url in at.requests if not url.startswith("blob:")} == {at.address}


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_sample_is_shown(opened, sample, size):
    at = opened(sample, **size)
    check(at)
    at.page.locator("#family-filters").get_by_label("sorted by").select_option(label="outlets, A to Z")
    names = texts_of(at.page, "#family-list .who bdi:first-child")
    assert len(names) > 2 and names == sorted(names)
    assert at.page.locator("svg.dotplot .bead").count() > 30


@pytest.mark.data
def test_a_page_of_the_development_data_is_shown(opened, tmp_path):
    summary = align.run([Path(os.environ["ALIGN_SHARED"]) / "seeds"], tmp_path / "run", cache=False)
    check(opened(summary.report, **DESK))
