import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import align.reuse.scoring.score as module
from align.errors import ConfigError
from align.records import Agreement
from align.reuse.scoring.evidence import FEATURES
from align.reuse.scoring.score import ReuseModel, Weights, classify, log_odds, shipped_model
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


WAYS = pytest.mark.parametrize("way", ["within", "across"])


def changed(way, **weights):
    """The shipped entry for one way with other weights."""
    return {way: {**STORED[way], "weights": {**STORED[way]["weights"], **weights}}}


@WAYS
def test_the_shipped_weights_fit_the_features(way):
    weights = getattr(shipped_model(), way).features
    assert set(weights) == set(FEATURES)
    assert all(weight * FEATURES[name] >= 0 for name, weight in weights.items())
    assert set(FEATURES.values()) == {1, -1}
    assert shipped_model().provenance


@pytest.mark.parametrize("across", [0.0, 1.0])
def test_the_shipped_model_flags_nothing_that_has_no_evidence(across):
    assert shipped_model().score(evidence(across=across, alone=1.0)) < 0.25


@pytest.mark.parametrize("across", [0.0, 1.0])
@pytest.mark.parametrize("name", FEATURES)
def test_more_of_a_feature_moves_the_score_in_its_direction(name, across):
    model = shipped_model()
    less, more = (model.score(evidence(across=across, **{name: value})) for value in (0.1, 0.9))
    assert (more - less) * FEATURES[name] >= 0
    weights = model.across if across else model.within
    assert (more != less) == (weights.features[name] != 0)


def test_two_languages_have_weights_of_their_own():
    zero = dict.fromkeys(FEATURES, 0.0)
    model = ReuseModel(Weights(1.0, {**zero, "run": 2.0}), Weights(-1.0, {**zero, "run": 3.0}), "made up")
    assert log_odds(model.score(evidence(run=1.0))) == pytest.approx(3)
    assert log_odds(model.score(evidence(run=1.0, across=1.0))) == pytest.approx(2)
    assert model.contributions(evidence(run=1.0, across=1.0))["run"] == 3


def test_one_model_for_both():
    model = ReuseModel.alike(1.0, {"run": 2.0}, "made up")
    assert model.within == model.across == Weights(1.0, {"run": 2.0})


def test_a_file_as_shipped_is_taken(file):
    file()
    model = shipped_model()
    for way in ("within", "across"):
        assert getattr(model, way) == Weights(STORED[way]["intercept"], STORED[way]["weights"])


@WAYS
@pytest.mark.parametrize(("name", "weight"), [("cosine", -0.1), ("numbers_different", 0.1), ("order", math.nan)])
def test_a_weight_of_the_wrong_sign_is_refused(file, way, name, weight):
    file(**changed(way, **{name: weight}))
    with pytest.raises(ConfigError, match=f"{way}: {name}.*wrong sign"):
        shipped_model()


@WAYS
def test_a_missing_feature_is_refused(file, way):
    entry = changed(way)
    del entry[way]["weights"]["quote"]
    file(**entry)
    with pytest.raises(ConfigError, match=f"{way}.*quote"):
        shipped_model()


@WAYS
def test_a_feature_that_nobody_computes_is_refused(file, way):
    file(**changed(way, mood=0.2))
    with pytest.raises(ConfigError, match="mood"):
        shipped_model()


@WAYS
def test_a_file_without_weights_or_intercept_is_refused(file, way):
    file(**{way: {"intercept": 0.0}})
    with pytest.raises(ConfigError, match="cosine"):
        shipped_model()
    file(**{way: {"weights": STORED[way]["weights"]}})
    with pytest.raises(ConfigError, match=f"{way}: no intercept"):
        shipped_model()


@pytest.mark.parametrize("part", ["within", "across", "provenance"])
def test_a_file_without_one_of_its_parts_is_refused(file, tmp_path, part):
    kept = {name: value for name, value in STORED.items() if name != part}
    (tmp_path / "weights.json").write_text(json.dumps(kept), encoding="utf-8")
    with pytest.raises(ConfigError, match=f"{part}.*missing"):
        shipped_model()


@given(st.floats(0, 1))
def test_log_odds_undo_a_probability(probability):
    odds = log_odds(probability)
    assert 1 / (1 + math.exp(-max(odds, -700))) == pytest.approx(probability, abs=1e-9)


@given(st.floats(-1e4, 1e4), st.floats(-1e4, 1e4))
def test_a_score_is_a_probability_and_contributions_are_its_parts(intercept, weight):
    model = ReuseModel.alike(intercept, {"cosine": weight, "run": 1.0}, "made up")
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
        (evidence(run=0.79), 0.9, 0.5, "rewrite"),
        (evidence(run=0.1), 0.5, 1.0, "rewrite"),
        (evidence(run=0.1), 0.9, 0.49, "passage"),
        (evidence(cosine=0.55), 0.49, 1.0, "same-event"),
        (evidence(cosine=0.2, numbers=NUMBER, names=NAME), 0.1, 1.0, "same-event"),
        (evidence(cosine=0.2, numbers=NUMBER), 0.1, 1.0, "unrelated"),
        (evidence(cosine=0.2, names=NAME), 0.1, 1.0, "unrelated"),
        (evidence(cosine=0.54, run=1.0), 0.49, 1.0, "unrelated"),
    ],
)
def test_classes(held, score, shared, kind):
    assert classify(held, score, 0.5, shared=shared) == kind
