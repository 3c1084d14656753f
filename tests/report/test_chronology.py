from align.records import FamilyMember
from align.report.chronology import earliest, parse_published, spoken_date
from tests.cases import cases


@cases("report/parse_published.json")
def test_parse_published(case):
    published = parse_published(case["input"])
    found = published and [published.begin.isoformat(), published.end.isoformat(), published.precision]
    assert found == case["expected"]


@cases("report/earliest.json")
def test_earliest(case):
    members = [FamilyMember(f"s{i}", f"o{i}", date) for i, date in enumerate(case["input"])]
    for order in (members, members[::-1]):
        found = earliest(order)
        assert (found and found.published) == case["expected"]


def test_a_date_is_spoken_with_its_precision():
    assert spoken_date("2020-02") == "February 2020 (day not stated)"
    assert spoken_date("2020-02-09") == "9 February 2020"
    assert spoken_date("2020-02-09T08:05+03:00") == "9 February 2020, 05:05"
    assert spoken_date(None) == "no date"
    assert spoken_date("soon") == "date not understood: soon"
