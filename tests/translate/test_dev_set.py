"""Both engines over a development set of real sentences, with the embedded model."""

import os
from pathlib import Path

import pytest

from align.translate.engine import Decoding
from align.translate.store.resolve import COMPACT_FOLDER
from align.translate.vocabulary import Vocabulary
from tests.translate.conftest import opened

pytestmark = pytest.mark.data


@pytest.fixture(scope="module", params=["fr", "tr"])
def sources(request):
    path = Path(os.environ["ALIGN_SHARED"]) / "data" / "mt-dev" / f"flores-dev.{request.param}"
    vocabulary = Vocabulary(COMPACT_FOLDER)
    return [vocabulary.encode(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("beams", [1, 4])
def test_single_precision_says_the_same_through_both_engines_token_for_token(sources, beams):
    fast = opened(COMPACT_FOLDER, precision="float32")._engine.decode(sources, Decoding(beams))
    slow = opened(COMPACT_FOLDER, engine="transformers")._engine.decode(sources, Decoding(beams))
    assert len(fast) == 997
    assert [one.pieces for one in fast] == [other.pieces for other in slow]
    assert [one.log_probability for one in fast] == pytest.approx([other.log_probability for other in slow], abs=0.01)


@pytest.mark.parametrize("beams", [1, 4])
def test_eight_bits_say_the_same_alone_and_in_company_to_the_last_bit(sources, beams):
    engine = opened(COMPACT_FOLDER)._engine
    together = engine.decode(sources, Decoding(beams))
    assert together == [engine.decode([source], Decoding(beams))[0] for source in sources]
    assert together == engine.decode(sources[::-1], Decoding(beams))[::-1]
