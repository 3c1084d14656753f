"""The event set holds what its README says: exact passages, closed splits, all languages and classes, sound labels."""

import json
import re
from collections import Counter
from itertools import combinations, pairwise
from pathlib import Path

import pytest

from align.config import IngestConfig
from align.evaluate.reuse import read_quote_pairs
from align.ingest.outlets import OutletTable
from align.ingest.readers import read
from align.records import Document

EVENTS = Path(__file__).resolve().parents[2] / "corpora" / "events"
README = (EVENTS / "README.md").read_text(encoding="utf-8")
GOLD = json.loads((EVENTS / "gold.json").read_text(encoding="utf-8"))
ARTICLES = [json.loads(line) for line in (EVENTS / "articles.jsonl").read_text(encoding="utf-8").splitlines()]
TEXTS = {article["id"]: article["text"] for article in ARTICLES}
DOCUMENTS = {document["id"]: document for document in GOLD["documents"]}

LANGUAGES = ("fr", "tr", "en", "ru", "ar")
SPLITS = ("dev", "test")
CLASSES = ("verbatim", "rewrite", "passage", "same-event", "unrelated")
RETOLD = ("verbatim", "rewrite", "passage")
LABELS = ("rewrite", "same-event", "unrelated")
ROLES = ("dispatch", "rewrite", "independent", "look-alike")
BASES = ("credit", "dateline", "earliest", "unknown")
AGENCIES = {
    "Agence Norda": "norda",
    "Pusula Haber Ajansı": "pusula",
    "Meridian Wire": "meridian",
    "Агентство «Волна»": "volna",
    "وكالة سهيل": "suhail",
}


def sides(pair: dict) -> tuple[dict, dict]:
    return pair["a"], pair["b"]


def test_ids_are_unique_and_the_documents_are_the_articles_in_order():
    assert len(TEXTS) == len(ARTICLES) == len(DOCUMENTS) == len(GOLD["documents"])
    assert [document["line"] for document in GOLD["documents"]] == list(range(1, len(ARTICLES) + 1))
    for document, article in zip(GOLD["documents"], ARTICLES, strict=True):
        for key in ("id", "outlet", "language", "published", "event"):
            assert document[key] == article[key], document["id"]
    for kind in ("events", "families", "article_pairs", "pairs", "boilerplate"):
        ids = [item["id"] for item in GOLD[kind]]
        assert len(set(ids)) == len(ids), kind


def test_no_text_and_no_title_equals_another():
    assert len(set(TEXTS.values())) == len(TEXTS)
    assert len({article["title"] for article in ARTICLES}) == len(ARTICLES)


def test_the_reader_takes_every_article_as_it_stands():
    records = list(read([EVENTS / "articles.jsonl"], IngestConfig()))
    assert [record for record in records if not isinstance(record, Document)] == []
    for record, document in zip(records, GOLD["documents"], strict=True):
        assert isinstance(record, Document)
        assert (record.id, record.text) == (document["id"], TEXTS[document["id"]])
        assert (record.outlet, record.language) == (document["outlet"], document["language"])
        assert (record.published, record.published_precision) == (
            document["published"],
            document["published_precision"],
        )
        assert record.metadata == {"event": document["event"]}


def test_articles_are_in_the_script_of_their_language():
    for name, text in TEXTS.items():
        letters = re.findall(r"[^\W\d_]", text)
        cyrillic = sum("\u0400" <= letter <= "\u04ff" for letter in letters) / len(letters)
        arabic = sum("\u0600" <= letter <= "\u06ff" for letter in letters) / len(letters)
        language = DOCUMENTS[name]["language"]
        assert (cyrillic > 0.9) == (language == "ru"), name
        assert (arabic > 0.9) == (language == "ar"), name


def test_sentences_cover_the_text_in_order_and_are_four_to_nine():
    for document in GOLD["documents"]:
        text, spans = TEXTS[document["id"]], document["sentences"]
        assert len(spans) == len(document["kinds"]) == len(document["retells"])
        assert spans[0][0] == 0
        assert spans[-1][1] == len(text)
        assert all(text[left[1] : right[0]] in (" ", "\n\n") for left, right in pairwise(spans))
        assert 4 <= sum(kind != "credit" for kind in document["kinds"]) <= 9, document["id"]
        for kind, told in zip(document["kinds"], document["retells"], strict=True):
            assert kind in ("wire", "own", "credit", "boilerplate")
            assert bool(told) == (kind == "wire"), document["id"]


@pytest.mark.parametrize("event", GOLD["events"], ids=lambda event: event["id"])
def test_an_event_has_a_dispatch_rewrites_and_an_independent_report(event):
    assert len(event["rewrites"]) >= 2
    assert len(event["independent"]) >= 1
    roles = {event["dispatch"]: "dispatch"}
    roles |= dict.fromkeys(event["rewrites"], "rewrite") | dict.fromkeys(event["independent"], "independent")
    roles |= dict.fromkeys(event["look_alikes"], "look-alike")
    own = {name for name, document in DOCUMENTS.items() if name.startswith(event["id"] + "-")}
    assert set(roles) == own
    for name, role in roles.items():
        assert DOCUMENTS[name]["role"] == role
        assert DOCUMENTS[name]["split"] == event["split"]
        assert (DOCUMENTS[name]["event"] == event["id"]) == (role != "look-alike")
    outlets = [DOCUMENTS[name]["outlet"] for name in (event["dispatch"], *event["rewrites"])]
    assert len(set(outlets)) == len(outlets)


def test_a_passage_occurs_once_and_is_the_sentences_it_says():
    for pair in GOLD["pairs"]:
        assert pair["label"] in LABELS
        assert pair["why"]
        for side in sides(pair):
            text, spans = TEXTS[side["document"]], DOCUMENTS[side["document"]]["sentences"]
            assert text.count(side["quote"]) == 1, pair["id"]
            assert text[side["begin"] : side["end"]] == side["quote"] == side["quote"].strip(), pair["id"]
            first, last = side["sentences"]
            assert (side["begin"], side["end"]) == (spans[first - 1][0], spans[last - 1][1]), pair["id"]


def test_no_pair_is_given_twice_and_none_joins_an_article_with_itself():
    passages = [frozenset((side["document"], side["quote"]) for side in sides(pair)) for pair in GOLD["pairs"]]
    assert len(set(passages)) == len(passages)
    for kind, names in (
        ("pairs", [{side["document"] for side in sides(pair)} for pair in GOLD["pairs"]]),
        ("article_pairs", [{pair["a"], pair["b"]} for pair in GOLD["article_pairs"]]),
    ):
        assert all(len(pair) == 2 for pair in names), kind
    joined = [frozenset((pair["a"], pair["b"])) for pair in GOLD["article_pairs"]]
    assert len(set(joined)) == len(joined)


def test_pairs_cross_events_only_where_marked_and_never_splits():
    for pair in GOLD["pairs"]:
        check_borders(pair, [side["document"] for side in sides(pair)])
    for pair in GOLD["article_pairs"]:
        check_borders(pair, [pair["a"], pair["b"]])


def check_borders(pair: dict, names: list[str]) -> None:
    events = [DOCUMENTS[name]["event"] for name in names]
    assert ("crosses" in pair) == (events[0] != events[1]), pair["id"]
    assert pair.get("crosses", events[1]) == events[1], pair["id"]
    assert pair.get("label", "unrelated") == "unrelated" or "crosses" not in pair, pair["id"]
    assert {DOCUMENTS[name]["split"] for name in names} == {pair["split"]}, pair["id"]


def test_splits_are_sixty_and_forty():
    counted = Counter(event["split"] for event in GOLD["events"])
    assert sum(counted.values()) >= 40
    assert counted["dev"] / sum(counted.values()) == pytest.approx(0.6, abs=0.02)
    assert set(counted) == set(SPLITS)


def test_every_pair_of_articles_within_an_event_has_a_class():
    classes = {frozenset((pair["a"], pair["b"])): pair["class"] for pair in GOLD["article_pairs"]}
    families = [set(family["members"]) for family in GOLD["families"]]
    for event in GOLD["events"]:
        family = [event["dispatch"], *event["rewrites"]]
        for names in combinations([*family, *event["independent"]], 2):
            together = any(set(names) <= members for members in families)
            assert classes[frozenset(names)] in (RETOLD if together else ("same-event",)), names
        for look_alike in event["look_alikes"]:
            for name in (*family, *event["independent"]):
                assert classes[frozenset((name, look_alike))] == "unrelated"


def test_article_pairs_and_their_passages_agree():
    pairs = {pair["id"]: pair for pair in GOLD["pairs"]}
    listed = [name for pair in GOLD["article_pairs"] for name in pair["pairs"]]
    assert sorted(listed) == sorted(pairs)
    for article_pair in GOLD["article_pairs"]:
        names = [article_pair["a"], article_pair["b"]]
        assert article_pair["class"] in CLASSES
        assert article_pair["languages"] == "-".join(DOCUMENTS[name]["language"] for name in names)
        retold = [pairs[name] for name in article_pair["pairs"] if pairs[name]["label"] == "rewrite"]
        assert bool(retold) == bool(article_pair["passages"]) == (article_pair["class"] in RETOLD), names
        for name in article_pair["pairs"]:
            assert [side["document"] for side in sides(pairs[name])] == names
            assert pairs[name]["article_pair"] == article_pair["id"]
        for pair in retold:
            assert any(
                all(block[side][0] <= pair[side]["sentences"][0] for side in "ab")
                and all(pair[side]["sentences"][1] <= block[side][1] for side in "ab")
                for block in article_pair["passages"]
            ), pair["id"]


def test_rewritten_sentences_tell_the_same_numbered_statements():
    for pair in GOLD["pairs"]:
        told = [told_in(side) for side in sides(pair)]
        if pair["label"] == "rewrite":
            assert told[0] & told[1], pair["id"]
        elif pair["label"] == "same-event":
            assert not (told[0] and told[1] and same_family(pair)), pair["id"]


def told_in(side: dict) -> set[int]:
    first, last = side["sentences"]
    return {number for told in DOCUMENTS[side["document"]]["retells"][first - 1 : last] for number in told}


def same_family(pair: dict) -> bool:
    names = {side["document"] for side in sides(pair)}
    return any(names <= set(family["members"]) for family in GOLD["families"])


def test_a_passage_pair_takes_less_of_the_dispatch_than_a_rewrite():
    shares = {"rewrite": [], "passage": []}
    for event in GOLD["events"]:
        said = sum(bool(told) for told in DOCUMENTS[event["dispatch"]]["retells"])
        for name in event["rewrites"]:
            pair = next(p for p in GOLD["article_pairs"] if (p["a"], p["b"]) == (event["dispatch"], name))
            told = {number for numbers in DOCUMENTS[name]["retells"] for number in numbers}
            own = DOCUMENTS[name]["kinds"].count("own") / len(DOCUMENTS[name]["kinds"])
            if pair["class"] == "passage":
                assert own > 0.3, name
            if pair["class"] in shares:
                shares[pair["class"]].append(len(told) / said)
    assert min(shares["rewrite"]) > 0.5
    assert max(shares["passage"]) < 0.7


def test_a_verbatim_copy_is_word_for_word():
    for pair in GOLD["article_pairs"]:
        copied = [p["why"] == "verbatim-copy" for p in GOLD["pairs"] if p["article_pair"] == pair["id"]]
        assert (pair["class"] == "verbatim") == (bool(copied) and all(copied)), pair["id"]


def test_families_name_a_member_an_agency_or_nothing_as_origin():
    for family in GOLD["families"]:
        members = set(family["members"])
        assert members <= set(DOCUMENTS)
        assert len(members) == len(family["members"]) >= 2
        assert family["dispatch"] == family["members"][0]
        assert not members & {*family["same_event"], *family["look_alikes"]}
        assert family["basis"] in BASES
        assert (family["origin_outlet"] is None) == (family["basis"] == "unknown")
        if family["origin"] is not None:
            assert family["origin"] in members
            assert DOCUMENTS[family["origin"]]["outlet"] == family["origin_outlet"]
        named = [DOCUMENTS[name]["named_as"] for name in family["members"]]
        assert (family["basis"] == "credit") == bool({"credit", "citation"} & set(named))
        if family["basis"] in ("earliest", "unknown"):
            assert named == [None] * len(named)


def test_the_earliest_is_earlier_whatever_the_precision():
    for family in GOLD["families"]:
        dates = [DOCUMENTS[name]["published"] for name in family["members"]]
        if family["basis"] == "earliest":
            assert all(dates[0][: len(date)] < date[: len(dates[0])] for date in dates[1:]), family["id"]


def test_independent_origins_count_families_and_lone_reports():
    seconds = Counter(family["event"] for family in GOLD["families"]) - Counter(e["id"] for e in GOLD["events"])
    for event in GOLD["events"]:
        extra = sum(len(f["members"]) - 1 for f in GOLD["families"] if f["id"] == event["id"] + "-second")
        assert event["independent_origins"] == 1 + len(event["independent"]) - extra
        assert bool(extra) == bool(seconds[event["id"]])


def test_the_outlet_file_reads_every_agency_that_the_gold_says_is_named():
    table = OutletTable.load(EVENTS / "outlets.toml")
    for name, document in DOCUMENTS.items():
        found = {key for _, key in table.find_names(TEXTS[name], ambiguous=True)} & set(AGENCIES.values())
        named = AGENCIES.get(document["names_agency"])
        assert (named is None) == (document["named_as"] is None)
        assert found == ({named} if named else set()), name


def test_boilerplate_recurs_word_for_word_in_one_outlet_and_in_unrelated_events():
    for item in GOLD["boilerplate"]:
        names = [place["document"] for place in item["places"]]
        assert len({DOCUMENTS[name]["outlet"] for name in names}) == 1, item["id"]
        assert len({name.split("-")[0] for name in names}) >= 3, item["id"]
        for place in item["places"]:
            assert TEXTS[place["document"]][place["begin"] : place["end"]] == item["text"]
    listed = {(place["document"], place["begin"]) for item in GOLD["boilerplate"] for place in item["places"]}
    for name, document in DOCUMENTS.items():
        for (begin, _), kind, before in zip(
            document["sentences"], document["kinds"], ["", *document["kinds"]], strict=False
        ):
            if kind == "boilerplate" and before != kind:
                assert (name, begin) in listed


def test_every_class_and_label_is_in_both_splits():
    for split in SPLITS:
        assert {pair["class"] for pair in GOLD["article_pairs"] if pair["split"] == split} == set(CLASSES)
        assert {pair["label"] for pair in GOLD["pairs"] if pair["split"] == split} == set(LABELS)
        assert {family["basis"] for family in GOLD["families"] if family["split"] == split} == set(BASES)


def dispatch_languages(split: str | None = None) -> Counter:
    return Counter(
        (DOCUMENTS[event["dispatch"]]["language"], DOCUMENTS[name]["language"])
        for event in GOLD["events"]
        for name in event["rewrites"]
        if split in (None, event["split"])
    )


def test_every_ordered_pair_of_languages_occurs_four_times_and_in_both_splits():
    for pair in ((left, right) for left in LANGUAGES for right in LANGUAGES):
        assert dispatch_languages()[pair] >= 4, pair
        assert all(dispatch_languages(split)[pair] >= 1 for split in SPLITS), pair


def test_the_evaluation_reads_the_pairs():
    pairs = read_quote_pairs(EVENTS / "gold.json")
    assert len(pairs) == len(GOLD["pairs"])
    assert Counter(pair.label for pair in pairs) == Counter(pair["label"] for pair in GOLD["pairs"])


def rows(head: str) -> dict[str, list[str]]:
    """The rows under a table's head line in the README, by their first cell."""
    table = README.split(head, 1)[1].split("\n\n", 1)[0].splitlines()[2:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table]
    return {row[0]: row[1:] for row in cells}


def counted(split: str | None) -> dict[str, int]:
    def of(items: list[dict]) -> list[dict]:
        return [item for item in items if split in (None, item["split"])]

    documents, families, pairs = of(GOLD["documents"]), of(GOLD["families"]), of(GOLD["pairs"])
    article_pairs = of(GOLD["article_pairs"])
    places = [place for item in GOLD["boilerplate"] for place in item["places"]]
    bases = Counter(family["basis"] for family in families)
    return {
        "events": len(of(GOLD["events"])),
        "articles": len(documents),
        **{role: sum(d["role"] == role for d in documents) for role in ROLES},
        **{f"articles in {tag}": sum(d["language"] == tag for d in documents) for tag in LANGUAGES},
        "families": len(families),
        **{("origin unknown" if basis == "unknown" else f"origin by {basis}"): bases[basis] for basis in BASES},
        "article pairs": len(article_pairs),
        **{f"article pairs, {name}": sum(p["class"] == name for p in article_pairs) for name in CLASSES},
        "pairs of quotations": len(pairs),
        **{f"pairs of quotations, {name}": sum(p["label"] == name for p in pairs) for name in LABELS},
        "boilerplate places": sum(split in (None, DOCUMENTS[place["document"]]["split"]) for place in places),
    }


def test_the_counts_are_those_of_the_readme():
    columns = [counted(split) for split in (*SPLITS, None)]
    assert rows("| counts | dev | test | all |") == {
        key: [str(column[key]) for column in columns] for key in columns[0]
    }


def test_the_language_tables_are_those_of_the_readme():
    both, test = dispatch_languages(), dispatch_languages("test")
    assert rows("| dispatch in | fr | tr | en | ru | ar |") == {
        left: [f"{both[left, right]} ({test[left, right]})" for right in LANGUAGES] for left in LANGUAGES
    }
    classes = Counter((frozenset(pair["languages"].split("-")), pair["class"]) for pair in GOLD["article_pairs"])
    assert rows("| languages | verbatim | rewrite | passage | same-event | unrelated |") == {
        f"{left}-{right}": [str(classes[frozenset((left, right)), name]) for name in CLASSES]
        for number, left in enumerate(LANGUAGES)
        for right in LANGUAGES[number:]
    }


def test_the_counts_in_the_gold_are_those_of_its_lists():
    counts = GOLD["counts"]
    for key in ("events", "families", "article_pairs", "pairs"):
        assert counts[key] == len(GOLD[key])
    assert counts["articles"] == len(ARTICLES)
    assert counts["languages"] == Counter(article["language"] for article in ARTICLES)
    for split in SPLITS:
        classes = Counter(pair["class"] for pair in GOLD["article_pairs"] if pair["split"] == split)
        assert counts["splits"][split]["classes"] == classes
