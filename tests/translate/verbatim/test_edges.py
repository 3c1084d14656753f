import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from align.translate.verbatim.edges import fit_edges

CASES = json.loads((Path(__file__).parents[2] / "cases" / "translate" / "edges.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["label"])
def test_cases(case, request):
    if case["expect"] == "fail":
        request.applymarker(pytest.mark.xfail(reason=case["comment"], strict=True))
    assert fit_edges(case["source"], case["output"]) == case["expected"]


@given(st.text(), st.text())
def test_nothing_but_a_stop_and_one_capital_changes(source, output):
    fitted = fit_edges(source, output)
    assert fitted.casefold() in (output.casefold(), output.casefold()[:-1])
    assert fit_edges(source, fitted) == fitted or output.endswith("..")
