from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from align.reuse.reading.sides import Side, telling
from align.reuse.search.columns import ColumnsFile, hash_rows, hashed, read_columns
from align.text.shingles import shingles
from tests.reuse.stories import Page

WORDS = st.sampled_from(
    ["dam", "broke", "the", "Valmer", "214", "40 %", "1,250", "5 October", "six", "« digue »", "نهر"]
)
LINES = st.lists(st.lists(WORDS, min_size=1, max_size=9).map(" ".join), max_size=4)
STORIES = st.lists(st.tuples(st.sampled_from(["en", "fr", "ar", "und", "xx"]), st.booleans(), LINES), max_size=4)


def built(made):
    page = Page()
    for number, (language, read, lines) in enumerate(made):
        page.add(f"s{number}", lines, language=language, english=lines[::-1] if read else None)
    return page


def rows(column):
    return [set(column.take(np.array([row]))[0].tolist()) for row in range(len(column))]


def same(one, other):
    assert all(np.array_equal(getattr(one, part), getattr(other, part)) for part in ("story", "place", "language"))
    assert list(one.ragged) == list(other.ragged)
    for name, column in one.ragged.items():
        assert np.array_equal(column.begins, other.ragged[name].begins), name
        assert np.array_equal(column.values[:], other.ragged[name].values[:]), name


@settings(max_examples=40)
@given(STORIES, st.data())
def test_in_files_as_in_memory_wherever_batches_end(made, data):
    page = built(made)
    sentences, numbers = page.sentences, page.numbers
    cuts = sorted(data.draw(st.lists(st.integers(0, len(sentences)), max_size=3)))
    with TemporaryDirectory() as folder:
        with ColumnsFile(Path(folder)) as file:
            for begin, end in zip([0, *cuts], [*cuts, len(sentences)], strict=True):
                file.add(sentences[begin:end], numbers)
            columns = file.columns()
        same(columns, page.columns)


@settings(max_examples=40)
@given(STORIES)
def test_a_row_says_of_a_sentence_what_its_side_says(made):
    page = built(made)
    columns = page.columns
    assert len(columns) == len(page.sentences)
    held = {name: rows(column) for name, column in columns.ragged.items()}
    for row, sentence in enumerate(page.sentences):
        side = Side((sentence,))
        assert columns.story[row] == page.numbers[sentence.segment.story_id]
        assert columns.place[row] == sentence.place
        for name, words in (
            ("stems", side.stems),
            ("english_stems", side.english_stems),
            ("names", side.all_names),
            ("figures", {f"#{number.value!r}" for number in sentence.numbers if telling(number.value) >= 1}),
        ):
            assert held[name][row] == set(map(hashed, words)), name
        assert len(held["runs"][row]) == len(side.runs)
        assert len(held["english_runs"][row]) == len(side.english_runs)
        assert len(held["long_runs"][row]) == len(set(shingles(sentence.words, 5)))
        assert len(held["counts"][row]) == len(side.counts)


@settings(max_examples=40)
@given(STORIES)
def test_rows_share_as_many_runs_and_counts_as_their_sides(made):
    page = built(made)
    sides = [Side((sentence,)) for sentence in page.sentences]
    held = {name: rows(column) for name, column in page.columns.ragged.items()}
    for one in range(len(sides)):
        for other in range(one):
            assert len(held["runs"][one] & held["runs"][other]) == len(sides[one].runs & sides[other].runs)
            shared = sides[one].english_runs & sides[other].english_runs
            assert len(held["english_runs"][one] & held["english_runs"][other]) == len(shared)
            counts = sides[one].counts.keys() & sides[other].counts.keys()
            assert len(held["counts"][one] & held["counts"][other]) == len(counts)


def test_hashes_are_the_same_everywhere():
    assert hashed("dam") == 5976015015312233804
    assert hashed("réponse") == 11952030256907275141
    assert hashed("\ud800") != hashed("")


def test_runs_are_the_same_everywhere():
    columns = Page().add("s0", ["The old dam broke"]).columns
    assert columns.ragged["runs"].values.tolist() == [6757684284661773968, 7317639384087676180]


def test_a_run_ends_with_its_sentence():
    apart = Page().add("s0", ["Nobody saw the old", "dam break at dawn"]).columns
    whole = Page().add("s0", ["Nobody saw the old dam break at dawn"]).columns
    for name, size in (("runs", 3), ("long_runs", 5), ("english_runs", 3)):
        apart_runs, whole_runs = (set(columns.ragged[name].values.tolist()) for columns in (apart, whole))
        assert apart_runs < whole_runs, size
    assert len(apart.ragged["runs"].values) == 4
    assert len(apart.ragged["long_runs"].values) == 0


def test_the_order_of_words_counts():
    page = Page().add("s0", ["the dam broke there", "there broke the dam", "dam the there broke"])
    runs = rows(page.columns.ragged["runs"])
    assert [len(found) for found in runs] == [2, 2, 2]
    assert len(runs[0] | runs[1] | runs[2]) == 6


def test_a_share_is_no_count_and_a_figure_is_either():
    columns = Page().add("s0", ["Some 40 percent of boats", "Some 40 boats went down"]).columns
    shares, counts = rows(columns.ragged["counts"])
    assert shares.isdisjoint(counts)
    one, other = rows(columns.ragged["figures"])
    assert one == other != set()


def test_languages_have_numbers_and_unknown_ones_too():
    page = Page()
    for number, language in enumerate(["en", "en", "fr", "xx", "xx", "yy", "und"]):
        page.add(f"s{number}", ["one two three four"], language=language)
    found = page.columns.language.tolist()
    assert found[0] == found[1] and found[3] == found[4]
    assert len(set(found)) == 5
    assert all(number >= 0 for number in found)


def test_no_sentence():
    columns = read_columns([], {})
    assert len(columns) == 0
    assert all(len(column) == 0 for column in columns.ragged.values())
    values, owner = hash_rows([])
    assert (len(values), values.dtype, len(owner)) == (0, np.uint64, 0)


def test_a_story_without_a_number_is_an_error():
    with pytest.raises(KeyError):
        read_columns(Page().add("s0", ["the dam broke there"]).sentences, {})
