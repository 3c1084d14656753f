import importlib.util
import sys
from pathlib import Path

import pytest

from align.evaluate.calibration import expected_calibration_error

SCRIPT = Path(__file__).parents[2] / "scripts" / "train_reuse.py"


@pytest.fixture(scope="module")
def trainer():
    spec = importlib.util.spec_from_file_location("train_reuse", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_scores_that_are_sure_and_right_show_no_error_by_chance(trainer):
    assert trainer.chance_calibration_error([0.0] * 30 + [1.0] * 30) == (0.0, 0.0)


def test_one_doubtful_pair_is_off_by_a_half_whatever_its_label(trainer):
    assert trainer.chance_calibration_error([0.5]) == (0.5, 0.5)


def test_fewer_pairs_are_further_off_by_chance(trainer):
    values = [(number + 0.5) / 50 for number in range(50)]
    few, many = trainer.chance_calibration_error(values), trainer.chance_calibration_error(values * 16)
    assert few[0] > 2 * many[0] > 0
    assert few[1] > few[0]
    assert many[1] > many[0]


def test_the_draws_are_the_same_each_time(trainer):
    values = [0.1, 0.4, 0.4, 0.9] * 10
    assert trainer.chance_calibration_error(values) == trainer.chance_calibration_error(values)


def test_scores_that_are_too_sure_are_further_off_than_chance_allows(trainer):
    values = [0.05] * 100 + [0.95] * 100
    labels = ([True] * 30 + [False] * 70) + ([True] * 70 + [False] * 30)
    assert expected_calibration_error(values, labels) > trainer.chance_calibration_error(values)[1]


def test_a_fifth_of_the_events_is_scored_by_weights_that_never_saw_it(trainer, monkeypatch):
    flat = {**dict.fromkeys(trainer.FEATURES, 0.0), "across": 0.0}
    examples = [trainer.Example(flat, number % 2 == 0, 1.0, f"event {number // 2}") for number in range(20)]
    seen = []

    def fitted(sets):
        seen.append({example.group for example in sets["events"]})
        return {"within": (0.0, flat), "across": (0.0, flat)}

    monkeypatch.setattr(trainer, "fit_both", fitted)
    assert trainer.left_out({"events": examples}, "events").tolist() == [0.5] * 20
    assert len(seen) == 5
    assert all(len(groups) == 8 for groups in seen)
    assert set.intersection(*seen) == set()
