import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import align.reuse.score as module
from align.errors import ConfigError
from align.records import Agreement
from align.reuse.evidence import FEATURES
from align.reuse.score import ReuseModel, classify, shipped_model
from tests.reuse.stories import evidence

STORED = json.loads((Path(module.__file__).parent / "weights.json").read_text(encoding="utf-8"))


@pytest.fixture
def file(tmp_path, monkeypatch):
    """Puts another file in the place of the shipped one."""

    def put(**changed):
        (tmp_path / "weights.json").write_text(json.dumps({**STORED, **changed}), encoding="utf-8")

    monkeypatch.setattr(module, "files", lambda package: tmp_path)
    shipped_model.cache_clear()
    yield put
    shipped_model.cache_clear()


def test_the_shipped_weights_fit_the_features():
    model = shipped_model()
    assert set(model.weights) == set(FEATURES)
    assert all(weight * FEATURES[name] >= 0 for name, weight in model.weights.items())
    assert set(FEATURES.values()) == {1, -1}
    assert model.provenance


def test_the_shipped_model_flags_nothing_that_has_no_evidence():
    assert shipped_model().score(evidence()) < 0.05


@pytest.mark.parametrize("name", FEATURES)
def test_more_of_a_feature_moves_the_score_in_its_direction(name):
    model = shipped_model()
    less, more = (model.score(evidence(**{name: value})) for value in (0.1, 0.9))
    assert (more - less) * FEATURES[name] >= 0
    assert (more != less) == (model.weights[name] != 0)


def test_a_file_as_shipped_is_taken(file):
    file()
    assert shipped_model().weights == STORED["weights"]


@pytest.mark.parametrize(("name", "weight"), [("cosine", -0.1), ("numbers_different", 0.1), ("order", math.nan)])
def test_a_weight_of_the_wrong_sign_is_refused(file, name, weight):
    file(weights={**STORED["weights"], name: weight})
    with pytest.raises(ConfigError, match=f"{name}.*wrong sign"):
        shipped_model()


def test_a_missing_feature_is_refused(file):
    file(weights={name: weight for name, weight in STORED["weights"].items() if name != "quote"})
    with pytest.raises(ConfigError, match="quote"):
        shipped_model()


def test_a_feature_that_nobody_computes_is_refused(file):
    file(weights={**STORED["weights"], "mood": 0.2})
    with pytest.raises(ConfigError, match="mood"):
        shipped_model()


def test_a_file_without_weights_or_intercept_is_refused(file, tmp_path):
    file(weights={})
    with pytest.raises(ConfigError, match="cosine"):
        shipped_model()
    (tmp_path / "weights.json").write_text(json.dumps({"weights": STORED["weights"], "provenance": "x"}))
    with pytest.raises(ConfigError, match="intercept"):
        shipped_model()


@given(st.floats(-1e4, 1e4), st.floats(-1e4, 1e4))
def test_a_score_is_a_probability_and_contributions_are_its_parts(intercept, weight):
    model = ReuseModel(intercept, {"cosine": weight, "run": 1.0}, "made up")
    held = evidence(cosine=0.5, run=0.25)
    score = model.score(held)
    assert 0 <= score <= 1
    total = intercept + sum(model.contributions(held).values())
    if abs(total) < 30:
        assert math.log(score / (1 - score)) == pytest.approx(total, abs=1e-3)


NUMBER, NAME = Agreement(same=("22 boat",)), Agreement(same=("valmer",))


@pytest.mark.parametrize(
    ("held", "score", "shared", "kind"),
    [
        (evidence(run=0.8), 0.9, 0.1, "verbatim"),
        (evidence(run=0.79), 0.9, 1 / 3, "rewrite"),
        (evidence(run=0.1), 0.5, 1.0, "rewrite"),
        (evidence(run=0.1), 0.9, 0.33, "passage"),
        (evidence(cosine=0.55), 0.49, 1.0, "same-event"),
        (evidence(cosine=0.2, numbers=NUMBER, names=NAME), 0.1, 1.0, "same-event"),
        (evidence(cosine=0.2, numbers=NUMBER), 0.1, 1.0, "unrelated"),
        (evidence(cosine=0.2, names=NAME), 0.1, 1.0, "unrelated"),
        (evidence(cosine=0.54, run=1.0), 0.49, 1.0, "unrelated"),
    ],
)
def test_classes(held, score, shared, kind):
    assert classify(held, score, 0.5, shared=shared) == kind
