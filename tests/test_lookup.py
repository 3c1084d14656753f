"""Values on disk by key."""

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from align import lookup
from align.errors import OutputError
from align.lookup import Lookup, batches


@given(st.dictionaries(st.text(), st.integers() | st.text() | st.lists(st.none() | st.text())), st.lists(st.text()))
def test_it_finds_what_a_dictionary_finds(rows, others):
    with Lookup().fill(rows.items()) as held:
        wanted = {*rows, *others}
        assert held.find(wanted) == {key: rows[key] for key in wanted if key in rows}


def test_the_last_value_of_a_key_counts_and_more_can_be_added_after_a_question():
    with Lookup() as held:
        held.add("port", 1)
        held.add("port", 2)
        assert held.find(["port", "pont"]) == {"port": 2}
        held.fill([("port", 3), ("pont", {"a": None})])
        assert held.find(["port", "pont"]) == {"port": 3, "pont": {"a": None}}


def test_long_values_do_not_wait_for_others(monkeypatch):
    monkeypatch.setattr(lookup, "_CHARACTERS", 50)
    with Lookup() as held:
        for number in range(9):
            held.add(str(number), "x" * 20)
            assert sum(len(text) for _, text in held._waiting) < 50
        assert held.find(["0", "8"]) == {"0": "x" * 20, "8": "x" * 20}


def test_a_key_may_hold_half_a_surrogate_pair_and_tuples_come_back_as_lists():
    with Lookup() as held:
        held.add("page \ud83d", ("\ud83d", 1))
        assert held.find(["page \ud83d", "page ?"]) == {"page \ud83d": ["\ud83d", 1]}


def test_more_than_one_question_holds(monkeypatch):
    monkeypatch.setattr(lookup, "_ASKED", 3)
    monkeypatch.setattr(lookup, "_ROWS", 2)
    with Lookup() as held:
        held.fill((str(number), number) for number in range(10))
        assert held.find(map(str, range(-5, 20))) == {str(number): number for number in range(10)}


def test_a_full_disk_is_told(monkeypatch):
    class Full:
        def execute(self, *arguments):
            raise sqlite3.OperationalError("database or disk is full")

        def close(self):
            pass

    with Lookup() as held:
        held.add("port", 1)
        monkeypatch.setattr(held, "_database", Full())
        with pytest.raises(OutputError, match="database or disk is full; name another one in TMPDIR"):
            held.find(["port"])


def test_batches():
    assert list(batches(range(5), 2)) == [[0, 1], [2, 3], [4]]
    assert list(batches([], 2)) == []
