from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from align.export import PairFilter, Recipe, SourcedPair, export_run
from align.export.jsonl import write_jsonl
from align.records import Pair
from align.runfolder import read_records


def test_lines_are_those_of_the_run(run_folder, tmp_path):
    export_run(run_folder, "jsonl", tmp_path)
    own = run_folder["pairs"].read_text(encoding="utf-8").splitlines()
    written = (tmp_path / "align.jsonl").read_text(encoding="utf-8").splitlines()
    for line, ours in zip(written, own, strict=True):
        assert line.startswith(ours.removesuffix("}"))
    assert list(read_records(tmp_path / "align.jsonl", Pair)) == list(run_folder.read("pairs", Pair))
    chosen = PairFilter(languages=frozenset({"ar"}))
    export_run(run_folder, "jsonl", tmp_path, chosen)
    assert {pair.source_language for pair in read_records(tmp_path / "align.jsonl", Pair)} == {"ar"}


any_text = st.text(st.characters())


@given(st.lists(st.builds(Pair, any_text, any_text, any_text, any_text, any_text, shape=st.just("1-1"),
                          source_segments=st.tuples(any_text), target_segments=st.just(()),
                          score=st.none(), origin=st.just("bitext")), max_size=6))  # fmt: skip
def test_pairs_come_back_as_they_were(pairs):
    with TemporaryDirectory() as folder:
        write_jsonl((SourcedPair(pair, None) for pair in pairs), Path(folder), Recipe())
        assert list(read_records(Path(folder) / "align.jsonl", Pair)) == pairs
