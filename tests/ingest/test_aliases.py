import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from align.ingest.aliases import ALIASES, document_from_record, plain_json
from align.records import Document, Rejected
from tests.cases import cases

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from(sorted(alias.key for aliases in ALIASES.values() for alias in aliases)) | st.text()


@cases("ingest/aliases.json")
def test_case(case):
    record = document_from_record(case["input"], fallback_id="dump:1")
    expected = case["expected"]
    if "rule" in expected:
        assert isinstance(record, Rejected)
        assert (record.record_id, record.stage, record.rule) == ("dump:1", "read", expected["rule"])
        assert all(part in record.detail for part in expected["detail"])
    else:
        assert isinstance(record, Document), record
        fields = {field.name: getattr(record, field.name) for field in dataclasses.fields(record)}
        assert fields.pop("marks") == ()
        assert fields == expected


def test_the_value_that_is_refused_is_cut():
    rejected = document_from_record({"text": ["x" * 500]}, fallback_id="dump:1")
    assert "x" * 70 in rejected.detail and "x" * 80 not in rejected.detail


def test_one_key_does_not_stand_for_two_fields_unless_its_value_tells_which():
    keys = [(alias.key, alias.only) for aliases in ALIASES.values() for alias in aliases]
    assert len(keys) == len(set(keys))
    twice = {key for key, only in keys if [k for k, _ in keys].count(key) > 1}
    assert all(only for key, only in keys if key in twice)


@given(st.dictionaries(KEYS, VALUES, max_size=6))
def test_any_record_gives_a_document_that_can_be_written_or_a_reason(record):
    result = document_from_record(record, fallback_id="dump:1")
    if isinstance(result, Document):
        assert result.text.strip() and result.id
        assert "\0" not in result.text
        line = json.dumps([result.text, result.title, dict(result.metadata)], ensure_ascii=False, allow_nan=False)
        line.encode("utf-8")


@given(st.dictionaries(st.text(alphabet="xyz_", min_size=1), VALUES))
def test_unknown_keys_pass_through(extra):
    document = document_from_record({"text": "t", **extra}, fallback_id="dump:1")
    assert set(document.metadata) == set(extra)


def test_nesting_beyond_reason_is_refused():
    value = []
    for _ in range(100):
        value = [value]
    with pytest.raises(ValueError, match="nested deeper than 64"):
        plain_json(value)
