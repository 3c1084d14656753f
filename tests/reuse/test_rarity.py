import pytest
from hypothesis import given
from hypothesis import strategies as st

from align.reuse.rarity import Rarity

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
