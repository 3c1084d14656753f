import importlib.util
import sys
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"


@pytest.fixture(scope="module")
def bench():
    pytest.importorskip("sklearn")
    sys.path.insert(0, str(SCRIPTS))
    spec = importlib.util.spec_from_file_location("bench_reuse_likeness", SCRIPTS / "bench_reuse_likeness.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    sys.path.remove(str(SCRIPTS))


class Recorder:
    """Stands for the regression: remembers what it was fitted on, and says the first feature, or twice its opposite."""

    fits: ClassVar[list] = []

    def __init__(self, rising):
        pass

    def fit(self, features, likeness, weights):
        self.fits.append((features[:, 0].tolist(), weights.tolist()))
        return self

    def predict(self, features):
        return np.stack([features[:, 0], -2 * features[:, 0]])


@pytest.fixture
def recorder(bench, monkeypatch):
    monkeypatch.setattr(Recorder, "fits", [])
    monkeypatch.setattr(bench, "Regression", Recorder)
    return Recorder


def numbered(count, first=0):
    values = np.arange(first, first + count, dtype=float)
    return values[:, None], values


def test_no_pair_is_in_the_fit_that_predicts_it(bench, recorder):
    both = bench.joint(numbered(10), [numbered(3, 100)], [True])
    assert both.tolist() == [list(range(10)), [-2 * value for value in range(10)]]
    assert [sorted(set(range(10)) - set(fitted)) for fitted, _ in recorder.fits] == [[n, n + 5] for n in range(5)]


def test_pairs_of_other_languages_weigh_half(bench, recorder):
    bench.joint(numbered(10), [numbered(3, 100)], [True])
    assert all(weights == [1.0] * 8 + [0.5] * 3 for _, weights in recorder.fits)


def test_what_predicts_a_fold_is_chosen_without_that_fold(bench, recorder):
    own = numbered(15)
    found = bench.chosen(np.stack([own[1], -2 * own[1]]), own, [], [True])
    assert found.tolist() == own[1].tolist()
    assert len(recorder.fits) == 15
    for number, (fitted, _) in enumerate(recorder.fits):
        assert all(value % 5 != number // 3 for value in fitted)


def test_the_way_that_does_best_elsewhere_is_taken_even_where_it_fails(bench, recorder):
    matrix, likeness = numbered(20)
    likeness = np.where(np.arange(20) % 5 == 0, -likeness, likeness)  # the first fold goes the other way
    found = bench.chosen(np.stack([matrix[:, 0], -2 * matrix[:, 0]]), (matrix, likeness), [], [True])
    assert found[0::5].tolist() == matrix[0::5, 0].tolist()


def test_shuffled_pairs_keep_their_grades(bench, recorder, monkeypatch):
    monkeypatch.setattr(Recorder, "predict", lambda self, features: np.stack([features[:, 0]] * 2))
    assert bench.shuffled(numbered(12), [], [True]) == pytest.approx([1.0] * 4)
    assert len({tuple(fitted) for fitted, _ in recorder.fits}) == 20


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [({}, {}, (0.0, 0.0, 0.0)), ({"a": 1}, {"b": 1}, (0.0, 0.0, 0.0)), ({"a": 2}, {"a": 2}, (1.0, 1.0, 1.0))],
)
def test_nothing_in_common_and_all_in_common(bench, first, second, expected):
    assert bench._in_common(first, second, {"a": 1.0, "b": 3.0}) == pytest.approx(expected)


def test_a_title_is_held_against_the_other_text_and_against_its_own(bench):
    east, north = np.array([1.0, 0.0]), np.array([0.0, 1.0])
    # The first pair: a text that has nothing of its title, which is what the other text tells. The second: two alike.
    titles = np.stack([east, -north, east, east, -east, -east])
    bodies = np.stack([-east, east, east, east, -east, -east])
    found = bench._titles(titles, bodies)
    assert found["own_title"][0] < -0.9 < 0.9 < found["own_title"][1]
    assert found["either_best"].min() > 0.9
    assert found["either_second"][0] < 0.9 < found["either_second"][1]
