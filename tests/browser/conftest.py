"""Chromium for the tests that need one: `pytest -m browser`."""

import shutil

import pytest

from align.report import build_report
from tests.runs import Run

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="session")
def chromium():
    from playwright.sync_api import sync_playwright

    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    assert found, f"no Chromium here; install one of {', '.join(NAMES)}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


class Opened:
    """A page in a browser, and everything that it did which a report must not do."""

    def __init__(self, browser, path, **context):
        self.context = browser.new_context(accept_downloads=True, **context)
        self.page = self.context.new_page()
        self.page.set_default_timeout(20_000)
        self.errors, self.requests, self.dialogs = [], [], []
        self.page.on("console", lambda message: self.errors.append(message.text))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("dialog", self._dialog)
        self.address = path.as_uri()
        self.page.goto(self.address)

    def _dialog(self, dialog):
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def kept_to_itself(self):
        return (self.errors, self.dialogs, [url for url in self.requests if url != self.address]) == ([], [], [])


@pytest.fixture
def opened(chromium):
    pages = []

    def open_page(path, **context):
        pages.append(Opened(chromium, path, **context))
        return pages[-1]

    yield open_page
    for item in pages:
        item.context.close()


@pytest.fixture(scope="session")
def written(tmp_path_factory):
    """A function that writes the report of a run with some limits and returns its path."""

    def write(run=None, **options):
        place = tmp_path_factory.mktemp("page")
        page = build_report((run or Run()).write(place / "run"), **options)
        path = place / "report.html"
        path.write_text(page, encoding="utf-8")
        return path

    return write


@pytest.fixture(scope="session")
def report(written):
    return written()
