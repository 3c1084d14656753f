"""How large the report of a big run is, how long it takes to write, and how long a browser takes to open and use it.

    OMP_NUM_THREADS=1 python scripts/bench_report.py [--families 200 2000 10000] [--keep FOLDER]

Made-up runs: each family has three stories of twelve sentences from three of sixty outlets, in French, Turkish and
English, and six flagged pairs of passages of 15 to 35 words. `write` is the CPU time of `build_report`. `open` is from
the request to the end of the load event in headless Chromium, scripts included, `paint` to the first contentful paint;
`sort`, `filter` and `jump` are from the input to the second frame after it: families by date, passages by two words
typed in full (with the 180 ms for which the page waits for more letters), and a link to the last passage. Medians of
five. Chromium is driven by playwright, which comes with the development tools.
"""

from __future__ import annotations

import argparse
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from align.records import (
    Agreement,
    Document,
    Evidence,
    FamilyMember,
    Origin,
    Passage,
    PassageMatch,
    Segment,
    Span,
    Story,
    Translation,
    WireFamily,
)
from align.report import build_report
from align.runfolder import RunFolder, write_json, write_text

LANGUAGES = ("fr", "tr", "en")
WORDS = {
    "fr": ["le", "port", "autorité", "fermé", "jeudi", "après", "perte", "conteneur", "île", "marin", "ministre"],
    "tr": ["liman", "yetkili", "kapattı", "perşembe", "sonra", "konteyner", "ada", "denizci", "bakan", "açıkladı"],
    "en": ["the", "port", "authority", "closed", "Thursday", "after", "loss", "container", "island", "sailor"],
}
SENTENCES = 12
REPEATS = 5
NAVIGATION = "performance.getEntriesByType('navigation')[0].loadEventEnd"
PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"

USE = """([find, value]) => new Promise((done) => {
  const input = find && document.querySelector(find), begin = performance.now();
  if (input) {
    input.value = value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  } else location.hash = value;
  const look = () => requestAnimationFrame(() => requestAnimationFrame(() => done((performance.now() - begin) / 1000)));
  setTimeout(look, find === "#filters input" ? 190 : 0); // typing is waited for
})"""


class Made:
    """The records of a run of so many families, the same for the same number."""

    def __init__(self, families: int) -> None:
        self.chance = random.Random(0)
        self.documents: list[Document] = []
        self.stories: list[Story] = []
        self.segments: list[Segment] = []
        self.translations: list[Translation] = []
        self.matches: list[PassageMatch] = []
        self.families = [self._family(number) for number in range(families)]

    def _family(self, number: int) -> WireFamily:
        outlets = self.chance.sample(range(60), 3)
        stories = [self._story(number, place, f"outlet-{outlet}") for place, outlet in enumerate(outlets)]
        found = []
        for one, other in ((0, 1), (0, 2), (1, 2)):
            for index in self.chance.sample(range(1, SENTENCES), 2):
                found.append(self._match(stories[one], stories[other], index))
        members = tuple(FamilyMember(story.id, story.outlet, story.published) for story in stories)
        origin = Origin(stories[0].id, stories[0].outlet, "credit", f"2 stories name {stories[0].outlet} in a credit")
        return WireFamily(f"family-{number + 1}", members, tuple(found), 1 + number % 2, origin)

    def _story(self, number: int, place: int, outlet: str) -> Story:
        language = LANGUAGES[place]
        name = f"https://{outlet}.example/2021/{number}"
        text = ""
        for index in range(SENTENCES):
            words = self.chance.choices(WORDS[language], k=self.chance.randrange(15, 35))
            sentence = " ".join([*words, str(self.chance.randrange(1000))]) + "."
            begin = len(text)
            text += sentence + " "
            segment_id = f"{name}:{index}"
            self.segments.append(
                Segment(
                    segment_id, name, f"{name}:s1", index, Span(begin, len(text) - 1), sentence, "body", language, 0.99
                )
            )
            english = " ".join(self.chance.choices(WORDS["en"], k=len(words)))
            made = (english, "translated", "compact", "r1", -0.4) if language != "en" else (sentence, "copied")
            self.translations.append(Translation(segment_id, language, "en", *made))
        published = f"20{10 + number % 15}-{1 + number % 12:02}-{1 + number % 28:02}"
        title = " ".join(self.chance.choices(WORDS[language], k=7))
        story = Story(f"{name}:s1", name, Span(0, len(text)), title, outlet, (), published, "day")
        self.documents.append(Document(name, text, name, outlet, title, published, "day", language))
        self.stories.append(story)
        return story

    def _match(self, one: Story, other: Story, index: int) -> str:
        sides = self._passage(one, index), self._passage(other, index)
        score = round(0.5 + self.chance.random() / 2, 4)
        features = {f"feature_{n}": round(self.chance.random(), 4) for n in range(16)}
        numbers = Agreement((str(index),), (f"{index} / {index + 1} port",), ("7",))
        evidence = Evidence(score, score / 2, numbers, Agreement(("orsel",)), 0.5, 0.0, 1.0, features)
        match = PassageMatch(
            f"{one.document_id}:{index}+1~{other.document_id}:{index}+1", *sides, score, True, "rewrite", evidence
        )
        self.matches.append(match)
        return match.id

    def _passage(self, story: Story, index: int) -> Passage:
        at = len(self.segments) - 1
        while self.segments[at].story_id != story.id or self.segments[at].index != index:
            at -= 1
        segment = self.segments[at]
        english = self.translations[at].text
        return Passage(segment.document_id, story.id, story.outlet, segment.span, segment.text, english, (segment.id,))

    def write(self, path: Path) -> RunFolder:
        """Write the run folder, the report excepted."""
        path.mkdir(parents=True, exist_ok=True)
        folder = RunFolder(path)
        for name in ("documents", "stories", "segments", "translations", "matches", "families"):
            folder.write(name, getattr(self, name))
        folder.write("pairs", [])
        folder.write("quarantine", [])
        write_text(folder["substitutions"], "outlet_a,outlet_b,words_a,words_b,count,matches\n")
        write_json(folder["manifest"], {"status": "complete", "signature": "0" * 12})
        return folder


@dataclass(frozen=True, slots=True)
class Figures:
    """One row of the table; times in seconds, size in MB."""

    families: int
    matches: int
    size: float
    write: float
    times: dict[str, float]

    def __str__(self) -> str:
        used = " | ".join(f"{self.times[name]:.2f}" for name in ("open", "paint", "sort", "filter", "jump"))
        return f"| {self.families:,} | {self.matches:,} | {self.size:.1f} | {self.write:.1f} | {used} |"


def measure(families: int, place: Path, browser: Any) -> Figures:
    """Write a run of so many families and its report, and open that in a browser of playwright's."""
    made = Made(families)
    folder = made.write(place / f"run-{families}")
    begin = time.process_time()
    page = build_report(folder)
    spent = time.process_time() - begin
    write_text(folder["report"], page)
    times = open_report(folder["report"], browser)
    return Figures(families, len(made.matches), len(page.encode()) / 1e6, spent, times)


def open_report(report: Path, browser: Any) -> dict[str, float]:
    """Median seconds of opening a report and of using it."""
    found: dict[str, list[float]] = {name: [] for name in ("open", "paint", "sort", "filter", "jump")}
    for _ in range(REPEATS):
        page = browser.new_page()
        page.goto(report.absolute().as_uri())
        found["open"].append(page.evaluate(NAVIGATION) / 1000)
        found["paint"].append(page.evaluate(PAINT) / 1000)
        for name, seconds in _used(page):
            found[name].append(seconds)
        page.close()
    return {name: statistics.median(times) for name, times in found.items()}


def _used(page: Any) -> Iterator[tuple[str, float]]:
    last = page.evaluate("JSON.parse(document.getElementById('run-data').textContent).matches.length")
    for name, arguments in (
        ("sort", ["#family-filters label:nth-child(4) select", "last"]),
        ("filter", ["#filters input", "konteyner outlet-7"]),
        ("jump", ["", f"#match-{last}"]),
    ):
        yield name, page.evaluate(USE, arguments)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--families", type=int, nargs="+", default=[200, 2000, 10000])
    parser.add_argument("--chromium", help="the browser's path")
    parser.add_argument("--keep", type=Path, help="a folder for the runs, which are thrown away otherwise")
    options = parser.parse_args()
    from playwright.sync_api import sync_playwright

    path = options.chromium or shutil.which("chromium") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory() as spare, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        print("| families | flagged pairs | MB | write, s | open, s | paint, s | sort, s | filter, s | jump, s |")
        print("|---|---|---|---|---|---|---|---|---|")
        for families in options.families:
            print(measure(families, options.keep or Path(spare), browser), flush=True)
        browser.close()


if __name__ == "__main__":
    main()
