from hypothesis import given
from hypothesis import strategies as st

from align.records import Agreement, Evidence
from align.report.compare import compare_words, mark_signs, plain_run
from tests.cases import cases

texts = st.lists(st.sampled_from(["port", "closed", "The", "a", "12", ",", " ", "\n", "été", "«"])).map(" ".join)


@cases("report/compare_words.json")
def test_compare_words(case):
    sides = compare_words(*case["input"])
    assert [[list(run[:2]) for run in side if run.kind != "plain"] for side in sides] == case["expected"]


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


def evidence(numbers, names):
    return Evidence(
        0.0, 0.0, *(Agreement(**{k: tuple(v) for k, v in x.items()}) for x in (numbers, names)), 0.0, 0.0, 0.0
    )


@cases("report/mark_signs.json")
def test_mark_signs(case):
    given = case["input"]
    runs = mark_signs(plain_run(given["text"]), given["language"], evidence(given["numbers"], given["names"]))
    assert [[run.text, run.sign] for run in runs if run.sign] == case["expected"]
    assert "".join(run.text for run in runs) == given["text"]


@given(texts, texts)
def test_signs_cut_runs_and_lose_nothing(a, b):
    found = evidence({"same": ["12 port"]}, {"same": ["closed"], "different": ["ete"]})
    before = compare_words(a, b)[0]
    after = mark_signs(before, "en", found)
    assert "".join(run.text for run in after) == a
    kinds = [(letter, run.kind) for run in before for letter in run.text]
    assert [(letter, run.kind) for run in after for letter in run.text] == kinds
