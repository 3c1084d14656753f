import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from align.reuse.scoring import rarity as module
from align.reuse.scoring.rarity import Rarity
from align.reuse.search.columns import hashed
from tests.reuse.stories import rarities, sentence

STEMS = st.lists(st.sampled_from("abcdefg"), max_size=6)


@given(st.lists(STEMS, max_size=8), STEMS, STEMS)
def test_the_rarity_share_is_a_symmetric_share(texts, first, second):
    rarity = Rarity.of(texts)
    assert 0 <= rarity.share(first, second) <= 1
    assert rarity.share(first, second) == pytest.approx(rarity.share(second, first))
    assert rarity.share(first, first) == pytest.approx(1.0 if first else 0.0)
    assert all(rarity(stem) > 0 for stem in "abcdefgz")


def test_a_rare_stem_in_common_says_more_than_a_frequent_one():
    rarity = Rarity.of([["boat"]] * 20 + [["lighthouse"]])
    assert rarity.share(["boat", "dog"], ["boat", "cat"]) < rarity.share(["lighthouse", "dog"], ["lighthouse", "cat"])


@given(st.lists(STEMS, max_size=8), st.integers(1, 4))
def test_a_weight_is_the_smoothed_inverse_share_of_sentences(texts, values):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_VALUES", values)  # counted some values at a time
        rarity = Rarity.of(texts)
    for stem in "abcdefgz":
        count = sum(stem in text for text in texts)
        assert rarity(stem) == pytest.approx(math.log((len(texts) + 2) / (count + 1)))
    hashes = np.array([hashed(stem) for stem in "zgfa"], np.uint64)
    assert rarity.weights(hashes).tolist() == [rarity(stem) for stem in "zgfa"]


def test_words_names_and_english_are_counted_by_themselves():
    french = sentence("Le vieux barrage de Valmer a cédé.", "fr", "The old dam of Valmer broke.")
    turkish = sentence("Baraj Valmer yakınında çöktü.", "tr", "The dam near Valmer collapsed.")
    found = rarities([french, turkish])
    assert found.names("valmer") < found.names("orvanne")
    assert found.english("dam") < found.english("broke") < found.english("barrag")
    assert found.own("barrag") == found.own("baraj") < found.own("dam")


def test_nothing_counted_is_nothing_known():
    assert Rarity.of([])("dam") == pytest.approx(math.log(2))
    assert Rarity.of([[], []]).share(["dam"], ["dam"]) == 1
    assert len(Rarity.of([["dam"]]).weights(np.zeros(0, np.uint64))) == 0
