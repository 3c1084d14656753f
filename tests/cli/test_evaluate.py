import json
from pathlib import Path

import pytest

from align.cli.main import main
from tests.evaluate.event_run import gold as gold_of_events
from tests.evaluate.event_run import write_gold, write_run
from tests.runs import MANIFEST, Run

CORPORA = Path(__file__).parents[2] / "corpora"


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    return str(Run().write(tmp_path_factory.mktemp("run")).path)


@pytest.fixture
def gold(tmp_path):
    match = Run().matches[0]
    pairs = [{"a": {"quote": match.source.text}, "b": {"quote": match.target.text}, "label": "rewrite"}]
    (tmp_path / "gold.json").write_text(json.dumps({"pairs": pairs}), encoding="utf-8")
    return str(tmp_path / "gold.json")


@pytest.fixture
def verdicts(tmp_path):
    given = {"signature": MANIFEST["signature"], "verdicts": [{"match": "m1", "verdict": "right", "note": ""}]}
    (tmp_path / "verdicts.json").write_text(json.dumps(given), encoding="utf-8")
    return str(tmp_path / "verdicts.json")


def figures(capsys, *arguments):
    assert main(["evaluate", *arguments, "--json"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return json.loads(out)


def test_a_run_against_gold_and_verdicts(finished, gold, verdicts, capsys):
    alone = figures(capsys, "reuse", finished, gold)
    assert (alone["pairs"], alone["precision"], alone["roc_auc"]) == (1, 1.0, None)
    assert alone["f1_interval"] == [1.0, 1.0]
    both = figures(capsys, "reuse", finished, gold, "--verdicts", verdicts, "--bootstrap", "0")
    assert both["verdicts"] == both["verdicts_right"] == 1
    assert not [name for name in both if name.endswith("_interval")]
    assert set(figures(capsys, "reuse", finished, "--verdicts", verdicts)) >= {"verdicts", "verdicts_precision"}


def test_figures_for_people_are_one_a_line(finished, gold, capsys):
    assert main(["evaluate", "reuse", finished, gold]) == 0
    lines = dict(line.split("\t") for line in capsys.readouterr().out.splitlines())
    assert lines["precision_interval"] == "1.0000 1.0000"
    assert lines["roc_auc"] == "undefined"
    assert lines["pairs"] == "1"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "expected GOLD, --verdicts FILE or both"),
        (("none.json",), "none.json: not a gold file"),
        (("--verdicts", "none.json"), "none.json: not a file of verdicts"),
    ],
)
def test_nothing_to_hold_it_against_ends_with_2(finished, capsys, arguments, said):
    assert main(["evaluate", "reuse", finished, *arguments]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("resamples", ["1", "-3"])
def test_a_number_of_resamples_that_is_none_ends_with_2(finished, gold, capsys, resamples):
    assert main(["evaluate", "reuse", finished, gold, "--bootstrap", resamples]) == 2
    assert "allowed: 0, or 2 and more" in capsys.readouterr().err


def test_beads_get_intervals_and_folders_are_added_up(tmp_path, capsys):
    gold = CORPORA / "parallel" / "parallel.gold"
    one = figures(capsys, "bitext", str(gold), str(gold))
    assert (one["strict_f1"], one["strict_f1_interval"]) == (1.0, [1.0, 1.0])
    for side in ("given", "gold"):
        (tmp_path / side).mkdir()
        for name in ("a", "b"):
            target = 1 if (side, name) == ("given", "b") else 0
            (tmp_path / side / f"{name}.{'gold' if side == 'gold' else 'txt'}").write_text(f"[0]:[{target}]\n")
    both = figures(capsys, "bitext", str(tmp_path / "given"), str(tmp_path / "gold"), "--bootstrap", "0")
    assert both["strict_precision"] == 0.5
    assert "strict_f1_interval" not in both


def test_a_run_without_a_parallel_text_ends_with_2(finished, capsys):
    assert main(["evaluate", "bitext", finished, str(CORPORA / "parallel" / "parallel.gold")]) == 2
    assert "no single parallel text to evaluate" in capsys.readouterr().err


def test_translations_get_intervals_when_asked(tmp_path, capsys):
    (tmp_path / "hyp").write_text("the port was shut on Thursday\nnobody was hurt at all there\n" * 4)
    (tmp_path / "ref").write_text("the port was closed on Thursday\nnobody was hurt in the accident\n" * 4)
    files = str(tmp_path / "hyp"), str(tmp_path / "ref")
    assert set(figures(capsys, "mt", *files)) == {"bleu", "bleu_signature", "chrf2", "chrf2_signature"}
    spread = figures(capsys, "mt", *files, "--bootstrap", "20")
    assert spread["bleu_interval"][0] <= spread["bleu"] <= spread["bleu_interval"][1]
    assert "bs:20" in spread["bleu_signature"]


@pytest.fixture(scope="module")
def events(tmp_path_factory):
    folder = tmp_path_factory.mktemp("events")
    return str(write_run(folder / "run").path), str(write_gold(folder / "gold.json", gold_of_events()))


def test_a_gold_of_articles_is_scored_by_article_too(events, capsys):
    found = figures(capsys, "reuse", *events, "--split", "dev")
    assert found["pairs"] == found["articles"]["pairs"] == 5
    assert found["articles"]["confusion"]["rewrite"]["unrelated"] == 1
    assert found["origins"]["by_basis"] == {"credit": {"families": 1, "found": 1, "right": 1}}
    assert set(found) >= {"by_label", "by_languages", "calibration_error", "passages", "families", "boilerplate"}
    assert figures(capsys, "reuse", *events)["pairs"] == 6


def test_figures_inside_others_have_their_whole_name(events, capsys):
    assert main(["evaluate", "reuse", *events, "--split", "dev", "--bootstrap", "0"]) == 0
    lines = dict(line.split("\t") for line in capsys.readouterr().out.splitlines())
    assert lines["by_label.same-event.flagged"] == "1"
    assert lines["articles.by_match.f1"] == "0.6667"
    assert lines["events.mean_error"] == "1.0000"


def test_a_gold_of_quotations_alone_has_no_figures_of_articles(finished, gold, capsys):
    assert "articles" not in figures(capsys, "reuse", finished, gold)


def test_a_split_of_nothing_ends_with_2(finished, events, verdicts, capsys):
    assert main(["evaluate", "reuse", *events, "--split", "none"]) == 2
    assert "no pair to evaluate against in the split 'none'" in capsys.readouterr().err
    assert main(["evaluate", "reuse", finished, "--verdicts", verdicts, "--split", "dev"]) == 2
    assert "expected GOLD" in capsys.readouterr().err
