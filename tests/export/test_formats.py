import pytest

from align.errors import InputError
from align.export import FORMATS, PairFilter, export_run
from align.runfolder import RunFolder


def tree(folder):
    return {path.relative_to(folder): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.parametrize("format", sorted(FORMATS))
def test_an_export_is_whole_repeatable_and_counted(run_folder, tmp_path, format):
    first = export_run(run_folder, format, tmp_path / "a")
    export_run(run_folder, format, tmp_path / "b")
    assert tree(tmp_path / "a") == tree(tmp_path / "b") != {}
    assert set(first.files) == {tmp_path / "a" / name for name in tree(tmp_path / "a")}
    total = run_folder["pairs"].read_bytes().count(b"\n")
    assert first.rows + sum(first.left_out.values()) == total
    assert first.rows > 10


@pytest.mark.parametrize("format", sorted(FORMATS))
def test_a_damaged_run_leaves_no_file_behind(run_folder, tmp_path, format):
    for path in run_folder.path.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    folder = RunFolder(tmp_path)
    with folder["pairs"].open("a", encoding="utf-8") as file:
        file.write("{}\n")
    with pytest.raises(InputError, match=r"pairs\.jsonl:\d+: not a Pair"):
        export_run(folder, format, tmp_path / "out")
    assert tree(tmp_path / "out") == {}


@pytest.mark.parametrize("format", sorted(FORMATS))
def test_nothing_chosen_is_an_empty_export(run_folder, tmp_path, format):
    summary = export_run(run_folder, format, tmp_path, PairFilter(languages=frozenset({"el"})))
    assert summary.rows == 0


def test_wrong_arguments_are_refused(run_folder, tmp_path):
    with pytest.raises(InputError, match="unknown export format 'mosses'; allowed: csv, hf, jsonl, moses, standoff"):
        export_run(run_folder, "mosses", tmp_path)
    with pytest.raises(InputError, match="not a file name"):
        export_run(run_folder, "moses", tmp_path, name="../align")
    with pytest.raises(InputError, match="not a finished run folder"):
        export_run(RunFolder(tmp_path / "none"), "moses", tmp_path)
