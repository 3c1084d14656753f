"""The weights file: read by name, and refused when it is not one."""

import json

import pytest

from align.bitext.cost import BEAD_FEATURES, GAP_FEATURES
from align.bitext.weights import LENGTHS, VECTORS, parse_weights
from align.errors import ConfigError

EMPTY = {"beads": {}, "gaps": {}}


def test_shipped_weights_have_one_number_a_feature() -> None:
    for weights in (VECTORS, LENGTHS):
        assert (len(weights.beads), len(weights.gaps)) == (len(BEAD_FEATURES), len(GAP_FEATURES))
    named = dict(zip(BEAD_FEATURES, LENGTHS.beads, strict=True))
    assert named["length-deviation"] > 0
    assert all(value == 0 for name, value in named.items() if "cosine" in name)


def test_weights_are_read_by_name() -> None:
    content = {"vectors": {"beads": {"size": -1, "cosine": 2}, "gaps": {"extend": 3}}, "lengths": EMPTY}
    vectors, lengths = parse_weights(json.dumps(content), "w.json")
    assert vectors.beads[BEAD_FEATURES.index("cosine")] == 2
    assert sum(vectors.beads) == 1
    assert vectors.gaps[1] == 3
    assert not any(lengths.beads)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "w.json: not the aligner's weights"),
        ("[]", "w.json: not the aligner's weights"),
        (json.dumps({"vectors": EMPTY}), "w.json: not the aligner's weights: KeyError.'lengths'"),
        (json.dumps({"vectors": {"beads": {"cosinus": 1}, "gaps": {}}, "lengths": EMPTY}), "'cosinus' is no feature"),
        (json.dumps({"vectors": {"beads": {"cosine": "x"}, "gaps": {}}, "lengths": EMPTY}), "not the aligner's"),
    ],
)
def test_other_files_are_refused(text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        parse_weights(text, "w.json")
