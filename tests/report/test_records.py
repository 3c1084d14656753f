"""Families, maps and the data that comes with the page."""

import dataclasses
import json
import re

import lxml.html
import pytest

from align.errors import InputError
from align.records import Agreement, Claim, Evidence, FamilyMember, MatchRun, Origin, WireFamily
from align.report import Limits, build_report
from align.report.contents import read_contents
from align.report.embedded import as_script_data
from align.report.passages import StoryNumbers, match_records
from align.report.recurrence import story_maps
from align.runfolder import write_text
from tests.runs import NASTY, Run


@dataclasses.dataclass(frozen=True, slots=True)
class LaterEvidence(Evidence):
    """Evidence with parts that this report has never heard of."""

    boilerplate: bool = False
    sentences: tuple[str, ...] = ()
    rarity: float = 0.0
    places: Agreement = dataclasses.field(default_factory=Agreement)


def data_of(page):
    tree = lxml.html.document_fromstring(page)
    return json.loads(tree.get_element_by_id("run-data").text)


def test_data_cannot_end_its_element_and_comes_back_as_it_was():
    value = {"text": f"</script><!--{NASTY}\u2028\u0085\x7f & é", "list": [0.123456, None, True, ("x",)]}
    text = as_script_data(value)
    assert not re.search(r"[<>&\x00-\x1f\x7f-\x9f\u2028]", text)
    back = json.loads(text)
    assert back["text"] == value["text"]
    assert back["list"] == [0.1235, None, True, ["x"]]


def test_the_page_carries_what_it_does_not_lay_out(folder):
    whole = data_of(build_report(folder))
    few = build_report(folder, limits=Limits(open_matches=1, open_families=0, open_maps=0))
    assert data_of(few) == whole
    assert len(whole["matches"]) == 5 and len(whole["families"]) == 1
    tree = lxml.html.document_fromstring(few)
    assert len(tree.xpath("//*[@id='match-list']/article")) == 1
    notes = [" ".join(note.text_content().split()) for note in tree.find_class("no-script")]
    assert notes[1].startswith("The first 1 of 5 are laid out.")
    assert set(tree.xpath("//a/@href[starts-with(., '#')]")) <= {f"#{name}" for name in tree.xpath("//@id")}


def test_a_family_is_told_with_its_first_date_and_languages(folder):
    family = data_of(build_report(folder))["families"][0]
    assert (family["size"], len(family["outlets"])) == (5, 5)
    assert (family["date"], family["dated"]) == ("2021-03-04T00:00:00", "4 March 2021")
    assert set(family["languages"]) >= {"fr", "tr"}
    assert family["most"] == 0.95 and family["matches"] == [1, 2, 3, 4]


def test_each_family_keeps_its_best_match_however_low(tmp_path):
    run = Run()
    best, low = run.matches[0], dataclasses.replace(run.matches[0], id="low", score=0.5)
    run.matches = [*(dataclasses.replace(best, id=f"x{n}", score=0.9) for n in range(9)), low]
    members = (FamilyMember("page-1#1", "quai", None), FamilyMember("page-2#1", "liman", None))
    run.families = [WireFamily("f", members, ("low",), 1, Origin(None, None, "unknown", "no date"))]
    shown = read_contents(run.write(tmp_path), Limits(matches=3)).flagged
    assert [match.id for match in shown.shown] == ["x0", "x1", "low"]
    assert shown.total == 10


def test_long_texts_leave_fewer_matches_and_rows(tmp_path):
    run = Run()
    long = "word " * 4000
    run.matches = [
        dataclasses.replace(match, source=dataclasses.replace(match.source, text=long)) for match in run.matches
    ]
    run.translations = [dataclasses.replace(item, text=long) for item in run.translations]
    folder = run.write(tmp_path)
    contents = read_contents(folder, Limits(match_characters=100_000, characters=100_000))
    assert len(contents.flagged.shown) == 2
    assert len(contents.translations.shown) == 2 and contents.translations.total == 15
    page = build_report(folder, limits=Limits(match_characters=100_000, characters=100_000))
    assert "The first 2 of 5 are shown here; all of them are in <code>matches.jsonl" in page


def test_a_page_that_is_too_large_is_made_again_with_less(tmp_path):
    run = Run()
    long = dataclasses.replace(run.stories[0], title="a title " * 20_000)
    run.stories = [dataclasses.replace(long, id=story.id, document_id=story.document_id) for story in run.stories]
    folder = run.write(tmp_path)
    whole, cut = build_report(folder), build_report(folder, limits=Limits(size=1_000_000))
    assert len(cut.encode()) <= 1_000_000 < len(whole.encode())
    assert [s.get("id") for s in lxml.html.document_fromstring(cut).iter("section")][:3] == [
        "findings",
        "outlets",
        "timeline",
    ]


def test_maps_show_a_passage_in_both_its_stories(folder):
    contents = read_contents(folder, Limits())
    numbers = StoryNumbers()
    records = match_records(contents.flagged.shown, contents, numbers, {})
    stories = [{"begin": contents.stories[name].begin, "length": contents.stories[name].length} for name in numbers.ids]
    maps = story_maps(records, stories)
    assert sum(item["passages"] for item in maps) == 2 * len(records)
    assert maps[0]["passages"] == 4 == max(item["passages"] for item in maps)
    for item in maps:
        for row in item["rows"]:
            for _, x, width, score in row["blocks"]:
                assert 0 <= x <= 994 and 6 <= width <= 1000 and score >= 0.5


def test_a_map_survives_offsets_that_do_not_fit():
    sides = [{"story": 0, "begin": 900, "end": 950}, {"story": 1, "begin": 0, "end": 10}]
    maps = story_maps(
        [{"number": 1, "score": 0.9, "sides": sides}], [{"begin": 0, "length": 0}, {"begin": 5, "length": 9}]
    )
    (first,), (second,) = ([block for row in item["rows"] for block in row["blocks"]] for item in maps)
    assert first[1:3] == [994.0, 6.0]
    assert second[1:3] == [0.0, 555.6]


def test_parts_of_the_evidence_that_came_later_are_shown(folder):
    contents = read_contents(folder, Limits())
    match = contents.flagged.shown[0]
    known = {field.name: getattr(match.evidence, field.name) for field in dataclasses.fields(match.evidence)}
    later = LaterEvidence(**known, boilerplate=True, sentences=("a", "b"), rarity=0.3, places=Agreement(("Valmer",)))
    (record,) = match_records([dataclasses.replace(match, evidence=later)], contents, StoryNumbers(), {})
    assert record["notes"] == [["Boilerplate", "yes"], ["Sentences", "a, b"]]
    assert ["Places", ["Valmer"], [], []] in record["agreements"]
    assert record["parts"][-1][:2] == ["rarity", 0.3]


def test_words_exchanged_lead_to_their_passages(folder):
    tree = lxml.html.document_fromstring(build_report(folder))
    row = tree.xpath("//section[@id='substitutions']//tbody/tr")[0]
    assert [cell.text_content().strip() for cell in row] == ["quai", "loss", "liman", "fell", "1", "2"]
    assert row.xpath(".//a/@href") == ["#match-2"]


def test_a_defused_cell_is_shown_as_it_was_written(tmp_path):
    run = Run()
    run.substitutions = "outlet_a,outlet_b,words_a,words_b,count,matches\na,b,'=1+1,'til,2,m1 m3\n"
    contents = read_contents(run.write(tmp_path), Limits())
    assert (contents.substitutions.shown[0].words_a, contents.substitutions.shown[0].words_b) == ("=1+1", "'til")


@pytest.mark.parametrize("table", ["a,b\n1,2\n", "outlet_a,outlet_b,words_a,words_b,count,matches\na,b,c,d,many,m1\n"])
def test_a_damaged_ledger_is_refused(tmp_path, table):
    folder = Run().write(tmp_path)
    write_text(folder["substitutions"], table)
    with pytest.raises(InputError, match=r"substitutions\.csv: not a table of substitutions"):
        build_report(folder)


def test_what_one_tells_leads_to_its_passages(tmp_path):
    run = Run()
    run.facts = "outlet,other,kind,fact,count,matches\nquai,<b>x,claimant,'=1+1,1,m3 m1 gone\na,b,name,c,1,gone\n"
    tree = lxml.html.document_fromstring(build_report(run.write(tmp_path)))
    first, second = tree.xpath("//section[@id='facts']//tbody/tr")
    assert [cell.text_content().strip() for cell in first] == ["quai", "=1+1", "claimant", "<b>x", "1", "1 2"]
    assert first.xpath(".//a/@href") == ["#match-1", "#match-2"]
    assert second[-1].text_content() == "not shown"


@pytest.mark.parametrize(
    "table",
    [
        "a,b\n1,2\n",
        "outlet,other,kind,fact,count,matches\na,b,rumour,c,1,m1\n",
        "outlet,other,kind,fact,count,matches\na,b,name,c,x,\n",
    ],
)
def test_a_damaged_table_of_facts_is_refused(tmp_path, table):
    folder = Run().write(tmp_path)
    write_text(folder["facts"], table)
    with pytest.raises(InputError, match=r"facts\.csv: not a table of facts"):
        build_report(folder)


def test_a_run_without_facts_says_so(tmp_path):
    run = Run()
    run.facts = "outlet,other,kind,fact,count,matches\n"
    folder = run.write(tmp_path)
    assert "Nothing was found that one passage states" in build_report(folder)
    folder["facts"].unlink()
    assert "This run folder has no <code>facts.csv</code>" in build_report(folder)
    assert "shown here; all of them are in <code>facts.csv" in build_report(
        Run().write(tmp_path), limits=Limits(facts=0)
    )


def test_claims_say_how_many_tell_and_how_many_origins_are_seen(folder):
    page = build_report(folder)
    said = [
        " ".join(item.text_content().split())
        for item in lxml.html.document_fromstring(page).xpath("//ul[@class='claims']/li")
    ]
    assert said == [
        "12 containers stated by 5 stories, 2 origins seen here",
        "51 stated by 2 stories, 1 origin seen here",
    ]
    assert data_of(page)["families"][0]["claims"] == [["12 containers", 5, 2], ["51", 2, 1]]


def test_many_claims_are_cut_and_hostile_ones_stay_text(tmp_path):
    run = Run()
    claims = tuple(Claim(NASTY, NASTY, ("page-1#1", NASTY), 1) for _ in range(33))
    run.families = [dataclasses.replace(run.families[0], claims=claims)]
    page = build_report(run.write(tmp_path))
    tree = lxml.html.document_fromstring(page)
    assert len(tree.xpath("//ul[@class='claims']/li")) == 30
    assert "3 more numbers in" in tree.get_element_by_id("family-1").text_content()
    assert not tree.xpath("//img")


def test_a_longer_passage_and_boilerplate_are_said(tmp_path):
    run = Run()
    ids = tuple(match.id for match in run.matches[:3])
    for at in range(3):
        match = run.matches[at]
        whole = MatchRun("r", match.source.span, match.target.span, (*ids, *(f"gone{n}" for n in range(12))), 0.95)
        run.matches[at] = dataclasses.replace(match, run=whole)
    run.matches[5] = dataclasses.replace(run.matches[5], boilerplate=True, score=0.99)
    page = build_report(run.write(tmp_path))
    assert data_of(page)["matches"][0]["run"] == [2, 3]
    tree = lxml.html.document_fromstring(page)
    said = " ".join(tree.get_element_by_id("match-1").find_class("id")[0].text_content().split())
    assert said.endswith("one longer passage with 2 3 and 2 more")
    assert "1 pair put aside as boilerplate" in page
    assert "Boilerplate" in tree.xpath("//article[starts-with(@id, 'candidate')]")[-1].text_content()
    assert "Boilerplate" not in tree.get_element_by_id("candidate-1").text_content(), (
        "what is near the threshold goes first"
    )
