from hypothesis import given
from hypothesis import strategies as st

from align.report.compare import compare_words
from tests.cases import cases

texts = st.lists(st.sampled_from(["port", "closed", "The", "a", "12", ",", " ", "\n", "été", "«"])).map(" ".join)


@cases("report/compare_words.json")
def test_compare_words(case):
    sides = compare_words(*case["input"])
    assert [[list(run) for run in side if run.kind != "plain"] for side in sides] == case["expected"]


@given(texts | st.text(), texts | st.text())
def test_runs_join_to_their_text(a, b):
    left, right = compare_words(a, b)
    assert "".join(run.text for run in left) == a
    assert "".join(run.text for run in right) == b


@given(texts)
def test_a_text_agrees_with_itself(text):
    left, right = compare_words(text, text)
    assert left == right
    assert not {run.kind for run in left} & {"moved", "differ"}


def test_long_texts_are_left_plain():
    text = "word " * 601
    assert [run.kind for run in compare_words(text, text)[0]] == ["plain"]
