"""Cases as data: JSON lists of {label, comment, input, expected, expect}."""

import json
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent


def cases(name):
    """Parametrize a test over one file of cases; a case that is expected to fail must fail."""
    loaded = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    return pytest.mark.parametrize("case", [_parameter(case) for case in loaded])


def _parameter(case):
    marks = [pytest.mark.xfail(strict=True, reason=case["comment"])] if case["expect"] == "fail" else []
    return pytest.param(case, id=case["label"], marks=marks)
