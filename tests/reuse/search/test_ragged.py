from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from align.reuse.search import ragged as module
from align.reuse.search.ragged import FileRows, Ragged, RaggedFile, common, part_of

# the first 40 bits of a hash tell it from others, so values that differ in them alone are drawn as well
HASHES = st.integers(0, 2**64 - 1) | st.integers(0, 9).map(lambda value: value << 24) | st.sampled_from([0, 2**64 - 1])
ROWS = st.lists(st.lists(HASHES, max_size=5), max_size=7)


def flat(rows):
    owner = np.repeat(np.arange(len(rows)), [len(row) for row in rows]).astype(np.int64)
    return np.array([value for row in rows for value in row], np.uint64), owner


def ragged(rows):
    return Ragged.of(*flat(rows), len(rows))


def listed(column):
    return [column.values[begin:end].tolist() for begin, end in zip(column.begins, column.begins[1:], strict=False)]


@given(ROWS, st.randoms(use_true_random=False))
def test_each_row_holds_its_values_once_and_rising_whatever_their_order(rows, random):
    values, owner = flat(rows)
    order = list(range(len(values)))
    random.shuffle(order)
    column = Ragged.of(values[order], owner[order], len(rows))
    assert len(column) == len(rows)
    assert listed(column) == [sorted(set(row)) for row in rows]
    assert column.values.dtype == np.uint64 and column.begins.dtype == np.int64


@given(ROWS.filter(bool), st.data())
def test_taking_rows(rows, data):
    column = ragged(rows)
    chosen = np.array(data.draw(st.lists(st.integers(0, len(rows) - 1))), np.int64)
    values, owner = column.take(chosen)
    held = [sorted(set(rows[row])) for row in chosen]
    assert values.tolist() == [value for row in held for value in row]
    assert owner.tolist() == [place for place, row in enumerate(held) for _ in row]
    assert column.sizes(chosen).tolist() == list(map(len, held))


APART = st.lists(HASHES, max_size=6, unique_by=lambda value: value >> 24)


@given(st.lists(st.tuples(APART, APART), max_size=6))
def test_what_two_rows_have_in_common_is_what_their_sets_have(pairs):
    column = ragged([row for pair in pairs for row in pair])
    first, second = np.arange(0, 2 * len(pairs), 2), np.arange(1, 2 * len(pairs), 2)
    values, owner = common(column.take(first), column.take(second))
    found = [values[owner == number].tolist() for number in range(len(pairs))]

    expected = [{value for value in one if value >> 24 in {held >> 24 for held in other}} for one, other in pairs]
    assert found == list(map(sorted, expected))
    assert (np.diff(owner) >= 0).all()


def test_hashes_are_told_apart_by_their_first_bits_alone():
    first, second = ragged([[5 << 24 | 1]]), ragged([[5 << 24 | 2]])
    values, owner = common(first.take(np.array([0])), second.take(np.array([0])))
    assert (values.tolist(), owner.tolist()) == ([5 << 24 | 1], [0])


@pytest.mark.parametrize("read", [1, 3, 100])
@given(columns=st.lists(ROWS, min_size=1, max_size=3), parts=st.integers(1, 5))
def test_the_parts_together_are_everything(read, columns, parts):
    held = [ragged(rows) for rows in columns]
    found = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_READ", read)
        for part in range(parts):
            keys, rows = part_of(held, np.uint64(part), np.uint64(parts))
            assert all(key % parts == part for key in keys.tolist())
            found += zip(keys.tolist(), rows.tolist(), strict=True)
    whole = [(value, row) for rows in columns for row, values in enumerate(rows) for value in set(values)]
    assert sorted(found) == sorted(whole)


TABLES = arrays.arrays(np.float16, st.tuples(st.integers(0, 6), st.integers(1, 4)), elements=st.floats(-9, 9, width=16))


@given(TABLES, st.data())
def test_rows_of_a_file_are_rows_of_an_array(table, data):
    with TemporaryDirectory() as folder:
        path = Path(folder, "rows")
        path.write_bytes(table.tobytes())
        rows = FileRows(path, np.float16, table.shape[1])
        assert len(rows) == len(table)
        bound = st.none() | st.integers(-8, 8)
        cut = data.draw(st.builds(slice, bound, bound))
        chosen = np.array(data.draw(st.lists(st.integers(0, len(table) - 1)) if len(table) else st.just([])), np.int64)
        for key in (cut, chosen, slice(None)):
            found = rows[key]
            assert found.dtype == table.dtype
            assert np.array_equal(found, table[key])


def test_what_was_read_is_no_part_of_the_file(tmp_path):
    path = tmp_path / "rows"
    path.write_bytes(np.arange(4, dtype=np.uint64).tobytes())
    rows = FileRows(path, np.uint64)
    held = rows[1:3]
    held[:] = 9
    path.write_bytes(bytes(32))
    assert held.tolist() == [9, 9]
    assert rows[:].tolist() == [0, 0, 0, 0]


@given(ROWS, st.data())
def test_a_file_gives_back_what_memory_holds(rows, data):
    cuts = sorted(data.draw(st.lists(st.integers(0, len(rows)), max_size=3)))
    with TemporaryDirectory() as folder:
        file = RaggedFile(Path(folder, "column"))
        for begin, end in zip([0, *cuts], [*cuts, len(rows)], strict=True):
            file.add(ragged(rows[begin:end]))
        stored, held = file.rows(), ragged(rows)
        assert np.array_equal(stored.begins, held.begins)
        assert np.array_equal(stored.values[:], held.values)
        assert len(stored) == len(rows)
        every = np.arange(len(rows))
        assert all(map(np.array_equal, stored.take(every), held.take(every)))


def test_nothing_at_all():
    column = ragged([])
    assert (len(column), column.begins.tolist()) == (0, [0])
    nowhere = np.zeros(0, np.int64)
    assert [len(part) for part in common(column.take(nowhere), column.take(nowhere))] == [0, 0]
    assert [len(part) for part in part_of([column], np.uint64(0), np.uint64(1))] == [0, 0]
