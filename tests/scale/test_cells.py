"""Every two stories that may share a source meet in one cell, and in one only."""

from collections import Counter
from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from align.config import ReuseConfig
from align.records import Span, Story
from align.reuse.search.comparable import Comparable, day_of
from align.scale import cells as module
from align.scale.articles import WIDE, bucket_of
from align.scale.cells import plan

DATES = st.one_of(
    st.none(),
    st.integers(2019, 2021).map(str),
    st.tuples(st.integers(2019, 2021), st.integers(1, 12)).map(lambda parts: f"{parts[0]}-{parts[1]:02}"),
    st.dates(date(2020, 1, 1), date(2020, 4, 1)).map(str),
)


def story(number, published):
    return Story(f"s{number}", "d", Span(0, 1), published=published)


def meetings(chunks, one, two):
    """The cells that two chunks are in together."""
    by_chunk = {chunk: {cell for other, cell in chunks if other == chunk} for chunk, _ in chunks}
    total = len(by_chunk)
    low, high = min(one, two), max(one, two)
    return [cell for cell in by_chunk[one] & by_chunk[two] if cell == low * total + high]


@given(dates=st.lists(DATES, min_size=2, max_size=12), days=st.sampled_from([0, 1, 3, 30]), size=st.integers(1, 4))
def test_every_comparable_pair_meets_once(dates, days, size):
    stories = [story(number, published) for number, published in enumerate(dates)]
    comparable = Comparable(stories, ReuseConfig(window_days=days))
    buckets = [bucket_of(day_of(item, last=False), day_of(item, last=True), days) for item in stories]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_LEAST", size)
        patch.setattr(module, "_MOST", size)
        places, chunks = plan(Counter(buckets), 2)
    begin = {bucket: (first, count) for bucket, first, count in places}
    chunk = [begin[bucket][0] + number % begin[bucket][1] for number, bucket in enumerate(buckets)]
    for one in range(len(stories)):
        for two in range(one + 1, len(stories)):
            if comparable(f"s{one}", f"s{two}"):
                assert len(meetings(chunks, chunk[one], chunk[two])) == 1


@pytest.mark.parametrize(
    ("published", "days", "expected"),
    [
        ("2020-03-04", 0, 0),
        (None, 0, 0),
        (None, 30, WIDE),
        ("2020", 30, WIDE),
        ("2020-03", 30, WIDE),
        ("0001-01-01", 30, 0),
    ],
)
def test_buckets(published, days, expected):
    item = story(0, published)
    assert bucket_of(day_of(item, last=False), day_of(item, last=True), days) == expected


def test_chunks_are_as_large_as_they_may_be():
    places, chunks = plan({3: 20_000, 4: 100, 9: 5}, cores=1)
    assert places == [(3, 0, 3), (4, 3, 1), (9, 4, 1)]
    # three chunks of one bucket among themselves and with the next one, which is alone with itself; the last one too
    assert len({cell for _, cell in chunks}) == 6 + 3 + 1 + 1


def test_a_cell_finds_what_the_whole_input_would():
    """One side of a cell against the other, and what shares a trait."""
    vectors = np.eye(4, dtype=np.float16)
    table = pa.table(
        {
            "row": [7, 3, 5, 4],
            "story": [2, 0, 1, 1],
            "place": [0, 0, 1, 0],
            "language": [0, 0, 0, 0],
            "outlet": [12, 10, 11, 11],
            "first": [9.0, 9.0, 9.0, 9.0],
            "last": [9.0, 9.0, 9.0, 9.0],
            "vectors": [vectors[number].tobytes() for number in (1, 0, 1, 0)],
            "chunk": [5, 4, 5, 5],
        }
    )
    shared = pa.table({"first": [3], "second": [5], "cell": [45]})
    found = module._meet((pa.scalar(45),), table, shared, ReuseConfig()).to_pylist()
    told = sorted((line["row"], line["other"], line["cosine"], line["semantic"]) for line in found)
    # rows 5 and 7 lie close together, but on the same side: they meet in another cell
    assert told == [(3, 4, 1.0, True), (3, 5, 0.0, False), (4, 3, 1.0, True)]
    assert {line["cell"] for line in found} == {45}
