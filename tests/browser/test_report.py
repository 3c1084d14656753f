"""The report in a real browser: it runs, stays inside itself, and does what it offers."""

import dataclasses
import json
import re

import pytest

from align.evaluate.verdicts import read_verdicts
from align.records import Claim, FamilyMember, MatchRun, Origin, WireFamily
from align.report import Limits
from tests.report.test_build import SECTIONS
from tests.runs import NASTY, Run

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
DESK = {"viewport": {"width": 1280, "height": 900}}
HOSTILE = (
    NASTY,
    "<script>window.ran = 1</script>",
    "</script><script>window.ran = 2</script><!--",
    "<svg onload=\"window.ran=3\"><a xlink:href='javascript:window.ran=4'>x</a></svg>",
    '"><img src=x onerror=\'window.ran=5\'><iframe srcdoc="<script>parent.ran=6</script>"></iframe>',
    "javascript:window.ran=7",
    "data:text/html,<script>parent.ran=8</script>",
    "\ud800 alone, \u202egnirts desrever\u202c, \u0000 nul, \uffff, \u2028 line, ]]>, ${window.ran=9}, {{7*7}}",
    'https://quai.example/"onmouseover="window.ran=10',
)


def many_families(count=130):
    """A run whose matches are in families of their own, more than the page lays out."""
    run = Run(matches=[])
    base = Run().matches[0]
    for number in range(1, count + 1):
        score = 0.5 + (number * 37 % 100) / 200
        match = dataclasses.replace(base, id=f"x{number}", score=score)
        run.matches.append(match)
        year = f"{2000 + number % 20}-03-04"
        members = tuple(
            FamilyMember(side.story_id, f"outlet{number % 7}" if place else side.outlet, year)
            for place, side in enumerate((match.source, match.target))
        )
        run.families.append(WireFamily(f"f{number}", members, (match.id,), 1, Origin(None, None, "unknown", "no date")))
    return run


def hostile_run():
    """A run in which every free text is meant to break out of its place."""
    run, kept = Run(), {"id", "story_id", "document_id", "segment_id", "role", "outcome", "stage", "match_class"}
    kept |= {"origin", "published_precision"}
    texts = iter(HOSTILE * 200)

    def poison(record):
        names = [field.name for field in dataclasses.fields(record) if field.name not in kept]
        new = {name: next(texts) for name in names if isinstance(getattr(record, name), str)}
        return dataclasses.replace(record, **new)

    for name in ("documents", "stories", "segments", "translations", "pairs", "quarantine"):
        setattr(run, name, [poison(record) for record in getattr(run, name)])
    run.pairs = [
        dataclasses.replace(pair, origin="bitext", id=f"bitext:1:{NASTY}:{i}") for i, pair in enumerate(run.pairs)
    ]
    run.matches = [
        dataclasses.replace(
            match, id=f"{match.id}{next(texts)}", source=poison(match.source), target=poison(match.target)
        )
        for match in run.matches
    ]
    joined = MatchRun(
        "r", run.matches[0].source.span, run.matches[0].target.span, tuple(m.id for m in run.matches), 0.9
    )
    run.matches = [dataclasses.replace(match, run=joined) for match in run.matches]
    family = run.families[0]
    origin = Origin("page-1#1", next(texts), "credit", next(texts))
    members = tuple(poison(member) for member in family.members)
    run.families = [
        dataclasses.replace(
            family,
            members=members,
            origin=origin,
            matches=tuple(m.id for m in run.matches),
            claims=(Claim(next(texts), next(texts), (next(texts),), 1),),
        )
    ]
    run.substitutions = f'outlet_a,outlet_b,words_a,words_b,count,matches\r\n<b>x,"{HOSTILE[1]}",=1+1,x,2,m1\r\n'
    run.facts = f'outlet,other,kind,fact,count,matches\r\n<b>x,x,name,"{HOSTILE[1]}",2,m1\r\n'
    run.manifest["signature"] = HOSTILE[2]
    run.manifest["command"] = HOSTILE[2]
    return run


def texts_of(page, selector):
    return page.eval_on_selector_all(selector, "found => found.map((item) => item.textContent.trim())")


def test_it_opens_by_itself_with_every_section(opened, report):
    at = opened(report, **DESK)
    ids = at.page.eval_on_selector_all("main > section", "found => found.map((item) => item.id)")
    assert ids == SECTIONS
    assert at.page.locator("svg.heatmap, svg.timeline").count() == 2
    at.page.locator("section").last.scroll_into_view_if_needed()
    assert at.kept_to_itself(), (at.errors, at.requests)


@pytest.mark.parametrize(
    "limits", [Limits(), Limits(open_matches=0, open_families=0, open_maps=0)], ids=["laid out", "on demand"]
)
def test_hostile_text_renders_inert(opened, written, limits):
    at = opened(written(hostile_run(), limits=limits), **DESK)
    for summary in at.page.locator("summary").all():
        summary.click()
    at.page.mouse.move(400, 400)
    assert at.page.evaluate("window.ran") is None
    found = at.page.evaluate(
        "Array.from(document.querySelectorAll('*'))"
        ".filter((item) => ['IMG', 'IFRAME', 'OBJECT', 'FORM'].includes(item.tagName)"
        " || Array.from(item.attributes)"
        ".some((one) => /^on/i.test(one.name) || /^(href|src)$/i.test(one.name) && !/^(#|https?:)/.test(one.value))"
        ").map((item) => item.outerHTML)"
    )
    assert found == []
    assert "window.ran = 2" in at.page.locator("main").inner_text(), "it is shown as the text that it is"
    assert at.kept_to_itself(), (at.errors, at.dialogs, at.requests)


def test_the_policy_stops_a_script_that_comes_in(opened, report):
    at = opened(report)
    at.page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.ran=1'}))"
    )
    assert at.page.evaluate("window.ran") is None
    assert any("Content Security Policy" in error for error in at.errors)


SHAPE = """(id) => {
  const shape = (node) => {
    if (node.nodeType === 3) return node.textContent.replace(/\\s+/g, " ").trim();
    if (node.classList.contains("judge") || node.classList.contains("more")) return "";
    const named = Array.from(node.attributes).filter((one) => one.name !== "open")
      .map((one) => one.name + "=" + one.value).sort();
    return [node.tagName, named, Array.from(node.childNodes).map(shape).filter((child) => child !== "")];
  };
  return shape(document.getElementById(id));
}"""


@pytest.mark.parametrize("make", [Run, hostile_run], ids=["run", "hostile"])
def test_the_script_lays_out_what_the_page_does(opened, written, make):
    laid_out = opened(written(make())).page
    on_demand = opened(written(make(), limits=Limits(open_matches=0, open_families=0, open_maps=0))).page
    ids = laid_out.eval_on_selector_all(
        "#match-list > *, #family-list > *, #map-list > *", "found => found.map((item) => item.id)"
    )
    assert len(ids) > 8
    for page in (laid_out, on_demand):
        for summary in page.locator("#family-list summary").all():
            summary.click()
        # a browser tells of an opened family in its own time
        page.wait_for_function(
            "[...document.querySelectorAll('#family-list > details')].every((family) => family.children.length > 1)"
        )
    for name in ids:
        assert on_demand.evaluate(SHAPE, name) == laid_out.evaluate(SHAPE, name), name


def test_without_scripts_everything_is_readable(opened, report):
    at = opened(report, java_script_enabled=False)
    assert at.page.locator("#match-list .match").count() == 5
    at.page.locator("#family-1 > summary").click()
    assert at.page.locator("#family-1 .body").is_visible()
    assert at.page.locator(".filters").first.is_hidden()


def test_families_are_sorted_and_filtered(opened, written):
    at = opened(written(many_families()), **DESK)
    page = at.page
    bar = page.locator("#family-filters")
    assert bar.locator("output").inner_text() == "130 of 130"
    bar.get_by_label("sorted by").select_option(label="highest score")
    scores = [float(text) for text in texts_of(page, "#family-list .top")]
    assert scores == sorted(scores, reverse=True) and len(scores) == 50
    bar.get_by_label("sorted by").select_option(label="first date, earliest first")
    dates = [int(text[-4:]) for text in texts_of(page, "#family-list .when")]
    assert dates == sorted(dates) and dates[0] == 2000
    bar.get_by_label("With").select_option(label="outlet3")
    assert bar.locator("output").inner_text() == f"{sum(n % 7 == 3 for n in range(1, 131))} of 130"
    bar.get_by_label("highest score from").fill("0.9")
    left = texts_of(page, "#family-list .top")
    assert left and all(float(text) >= 0.9 for text in left)
    bar.get_by_label("in", exact=True).select_option(label="French")
    assert texts_of(page, "#family-list .top") == left
    page.evaluate("location.hash = '#family-1'")
    assert page.locator("#family-1 .body").is_visible(), "a link to a family that is filtered away shows it"


def test_a_long_list_grows_when_asked(opened, written):
    page = opened(written(many_families(), limits=Limits(open_matches=20, open_families=20))).page
    assert page.locator("#match-list > .match").count() == 50
    page.locator("#passages > .more:visible").click()
    assert page.locator("#match-list > .match").count() == 100
    page.evaluate("location.hash = '#match-130'")
    page.locator("#match-130").wait_for()
    assert page.locator("#passages > .more:visible").first.inner_text() == "Show those before"
    page.locator("#family-list > details").nth(30).locator("summary").click()
    page.locator("#family-list > details[open] .more").click()
    assert page.locator("#match-list > .match").count() == 1


def test_tables_are_sorted(opened, report):
    page = opened(report).page
    table = page.locator("#stories table")
    table.get_by_role("button", name="Published").click()
    dates = page.eval_on_selector_all("#stories tbody td[data-sort]", "found => found.map((item) => item.dataset.sort)")
    assert dates == sorted(dates)
    assert table.locator("th[aria-sort=ascending]").inner_text().startswith("Published")


def test_lines_are_filtered_and_sorted(opened, report):
    page = opened(report, **DESK).page
    section = page.locator("#facts")
    box = section.get_by_label("Show only facts with")
    box.fill("VALMÉR liman")
    assert section.locator("tbody tr:visible").count() == 1
    assert section.locator("output").inner_text() == "1 of 2"
    box.fill("")
    section.get_by_role("button", name="Pairs of stories").click()
    assert texts_of(page, "#facts tbody td:first-child") == ["liman", "quai"]
    section.get_by_role("link", name="2", exact=True).first.click()
    assert page.locator("#match-2").is_visible()


def test_passages_are_filtered_and_stepped_through(opened, report):
    page = opened(report, **DESK).page
    box = page.get_by_label("Show only passages with")
    box.fill("VERBATIM")
    assert page.locator("#match-list > .match").count() == 1
    box.fill("türkish kapattı")
    assert all("Turkish" in text for text in texts_of(page, "#match-list > .match"))
    box.fill("")
    page.locator("h1").click()
    for key, at in (("j", "match-1"), ("j", "match-2"), ("k", "match-1")):
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement.id") == at
    box.fill("jjk")
    assert box.input_value() == "jjk", "keys are letters in a field"


def test_verdicts_are_downloaded_as_evaluate_reads_them(opened, report, tmp_path):
    at = opened(report, **DESK)
    page = at.page
    save = page.get_by_role("button", name="Download verdicts")
    assert save.is_disabled()
    first, second, third = (page.locator(f"#match-{n} .judge") for n in (1, 2, 3))
    first.get_by_role("button", name="Right").click()
    second.get_by_role("button", name="Wrong").click()
    second.get_by_label("Note").fill("an agency's “boilerplate” <b>")
    third.get_by_role("button", name="Right").click()
    third.get_by_role("button", name="Right").click()
    assert page.locator("#filters").get_by_text("2 verdicts").is_visible()
    with page.expect_download() as download:
        save.click()
    path = tmp_path / "verdicts.json"
    download.value.save_as(path)
    signature, verdicts = read_verdicts(path)
    assert download.value.suggested_filename == "verdicts.json"
    assert signature == "0123456789ab"
    assert [(item.match, item.right) for item in verdicts] == [("m3", True), ("m1", False)]
    assert json.loads(path.read_text(encoding="utf-8"))["verdicts"][1]["note"] == "an agency's “boilerplate” <b>"
    again = opened(report)
    again.page.locator("input[type=file]").set_input_files(path)
    assert again.page.locator("#match-2 .judge [aria-pressed=true]").text_content() == "Wrong"  # which waits for it
    path.write_text(json.dumps({"signature": "another", "verdicts": []}), encoding="utf-8")
    again.page.locator("input[type=file]").set_input_files(path)
    again.page.get_by_text("they are of another run").wait_for(state="visible")  # a file is read in its own time
    assert again.kept_to_itself() and at.errors == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_axe_finds_no_fault(opened, report, scheme, size):
    from axe_playwright_python.sync_playwright import Axe

    page = opened(report, color_scheme=scheme, **size).page
    for summary in page.locator("summary:visible").all():
        summary.click()
    page.evaluate("document.querySelectorAll('.match').forEach((card) => (card.style.contentVisibility = 'visible'))")
    found = Axe().run(page).response["violations"]
    assert [(item["id"], item["impact"], item["nodes"][0]["html"][:120]) for item in found] == []


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_nothing_is_wider_than_the_screen(opened, written, size):
    for run in (Run(), hostile_run()):
        page = opened(written(run), **size).page
        assert page.evaluate("document.documentElement.scrollWidth") <= size["viewport"]["width"]


def test_on_paper_families_are_open(opened, written, tmp_path):
    page = opened(written(limits=Limits(open_families=0))).page
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator("#family-1 .body").is_visible()
    assert page.locator("#filters").is_hidden()
    assert re.match(rb"%PDF-", page.pdf())
