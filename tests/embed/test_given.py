import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from align.embed.given import VectorEncoder
from align.errors import InputError

TEXTS = ["un port", "deux quais", "trois"]


def test_rows_come_back_by_their_texts_and_of_length_1():
    encoder = VectorEncoder(TEXTS, [[3, 4], [0, -2], [1, 0]])
    rows = encoder.encode(["trois", "un port", "trois"])
    assert rows.dtype == np.float32
    np.testing.assert_allclose(rows, [[1, 0], [0.6, 0.8], [1, 0]], atol=1e-7)


def test_a_text_that_is_given_twice_has_the_mean_of_its_rows():
    encoder = VectorEncoder(["a", "a", "b"], [[1, 0], [0, 5], [0, 1]])
    np.testing.assert_allclose(encoder.encode(["a"]), [[0.5**0.5, 0.5**0.5]], atol=1e-7)


def test_a_run_has_the_vector_of_its_joined_string_or_the_weighted_mean():
    encoder = VectorEncoder(["a", "bbbb", "c", "a bbbb"], [[1, 0], [0, 1], [1, 0], [-1, 0]])
    runs = encoder.encode_runs(["a", "bbbb", "c"], 4)
    assert runs.shape == (4, 3, 2)
    np.testing.assert_allclose(runs[0], [[1, 0], [0, 1], [1, 0]])
    np.testing.assert_allclose(runs[1, 0], [-1, 0])  # given
    np.testing.assert_allclose(runs[1, 1], np.array([1, 2]) / 5**0.5, atol=1e-6)  # weights 1 and 2, by length
    np.testing.assert_allclose(runs[2, 0], np.array([2, 2]) / 8**0.5, atol=1e-6)
    assert not runs[1, 2].any()
    assert not runs[3].any()


def test_no_text_at_all_is_no_error():
    encoder = VectorEncoder([], np.zeros((0, 3)))
    assert encoder.encode([]).shape == (0, 3)
    assert encoder.encode_runs([], 2).shape == (2, 0, 3)


@given(vectors=arrays(np.float64, (3, 4), elements=st.floats(-1e300, 1e300)))
def test_any_finite_row_has_length_1_or_is_refused(vectors):
    zero = [not row.any() for row in vectors]
    if any(zero):
        with pytest.raises(InputError, match=f"row {zero.index(True)} is zero"):
            VectorEncoder(TEXTS, vectors)
    else:
        np.testing.assert_allclose(np.linalg.norm(VectorEncoder(TEXTS, vectors).encode(TEXTS), axis=1), 1, atol=1e-6)


NAN, INF = float("nan"), float("inf")
WRONG = [
    ([[1, 2], [3, 4]], r"2 rows for 3 texts"),
    ([1, 2, 3], r"shape \(3,\); expected \(3, d\)"),
    (np.ones((3, 0)), r"shape \(3, 0\)"),
    (np.ones((3, 2, 2)), r"shape \(3, 2, 2\)"),
    ([[1, 2], [NAN, 1], [INF, 0]], "row 1 is not finite; 2 such rows"),
    ([[1, 2], [1, 1], [0, 0]], "row 2 is zero, of 'trois'; 1 such rows"),
    ([["a", "b"]] * 3, "not real numbers: <U1"),
    ([[1j, 2]] * 3, "not real numbers: complex128"),
    ([[True, False]] * 3, "not real numbers: bool"),
    ([[1], [1, 2], [3]], "not an array"),
    (None, "not real numbers: object"),
]


@pytest.mark.parametrize(("vectors", "message"), WRONG)
def test_vectors_that_do_not_fit_are_refused(vectors, message):
    with pytest.raises(InputError, match=message) as error:
        VectorEncoder(TEXTS, vectors, name="source_vectors")
    assert str(error.value).startswith("source_vectors: ")


def test_a_text_of_white_space_may_have_no_direction():
    assert not VectorEncoder(["a", " "], [[1, 0], [0, 0]]).encode([" "]).any()


@pytest.mark.parametrize("texts", ["abc", [1, 2, 3]])
def test_texts_that_are_none_are_refused(texts):
    with pytest.raises(InputError, match="expected a list of texts"):
        VectorEncoder(texts, np.ones((3, 2)))


def test_a_text_without_a_vector_is_named():
    with pytest.raises(InputError, match="given vectors: no vector for text 1: 'quatre'"):
        VectorEncoder(TEXTS, np.ones((3, 2))).encode(["trois", "quatre"])
