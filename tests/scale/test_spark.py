"""Over Spark a run writes what it writes on one machine. Needs Java 17 and pyspark."""

import contextlib
import importlib.util
import json
import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pytest

from align.config import ReuseConfig
from align.scale import traits
from align.scale.session import open_session

pytestmark = pytest.mark.spark

ROOT = Path(__file__).resolve().parents[2]
SAME = (
    "documents.jsonl",
    "stories.jsonl",
    "segments.jsonl",
    "translations.jsonl",
    "quarantine.jsonl",
)
CLOSE = 1e-5


def align(*arguments, home):
    """Run the command line in a process of its own."""
    env = {**os.environ, "OMP_NUM_THREADS": "1", "SPARK_LOCAL_IP": "127.0.0.1", "ALIGN_HOME": str(home)}
    done = subprocess.run(
        [sys.executable, "-m", "align", *map(str, arguments)], capture_output=True, text=True, env=env, check=False
    )
    assert done.returncode in (0, 3), done.stderr[-4000:]


def lines(folder, name):
    return [json.loads(line) for line in (folder / name).read_text(encoding="utf-8").splitlines()]


def assert_same_run(local, spark):
    for name in SAME:
        assert (local / name).read_bytes() == (spark / name).read_bytes(), name
    ours, theirs = ({match["id"]: match for match in lines(folder, "matches.jsonl")} for folder in (local, spark))
    assert ours
    assert ours.keys() == theirs.keys()
    for name, match in ours.items():
        assert match["score"] == pytest.approx(theirs[name]["score"], abs=CLOSE), name
        assert match["flagged"] == theirs[name]["flagged"], name
    assert lines(local, "families.jsonl") == lines(spark, "families.jsonl")
    assert (local / "facts.csv").read_bytes() == (spark / "facts.csv").read_bytes()
    assert (spark / "report.html").exists()
    assert not (spark / ".work").exists()


@contextlib.contextmanager
def cluster(place, workers=2):
    """A master and workers on the loopback interface; gives the master's address."""
    program = Path(importlib.util.find_spec("pyspark").origin).parent / "bin" / "spark-class"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    master = f"spark://127.0.0.1:{port}"
    deploy = "org.apache.spark.deploy"
    commands = [[f"{deploy}.master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", "0"]]
    one = [f"{deploy}.worker.Worker", master, "--host", "127.0.0.1", "--cores", "1", "--memory", "2g"]
    commands += [[*one, "--webui-port", "0", "--work-dir", str(place / f"work-{n}")] for n in range(workers)]
    env = {**os.environ, "SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable}
    started = []
    try:
        for number, command in enumerate(commands):
            with (place / f"log-{number}").open("w", encoding="utf-8") as log:
                started.append(subprocess.Popen([program, *command], stdout=log, stderr=log, env=env))
        until = time.monotonic() + 180
        while len(re.findall("Registering worker", (place / "log-0").read_text(encoding="utf-8"))) < workers:
            assert time.monotonic() < until, (place / "log-0").read_text(encoding="utf-8")
            time.sleep(0.5)
        yield master
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait(timeout=60)


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """The bundled sample, read on one machine, and the home that all runs of this module share."""
    place = tmp_path_factory.mktemp("sample")
    align("run", ROOT / "corpora" / "sample", "--out", place / "local", "--quiet", home=place / "home")
    return place


def test_two_cores_write_what_one_process_writes(sample):
    out = sample / "spark"
    inputs = ("run", ROOT / "corpora" / "sample", "--out", out, "--quiet")
    align(*inputs, "--engine", "spark", "--master", "local[2]", home=sample / "home")
    assert_same_run(sample / "local", out)
    told = json.loads((out / "manifest.json").read_text(encoding="utf-8"))["spark"]
    assert told["master"] == "local[2]"
    assert told["common_traits"] == 0
    # the same run, so nothing is left to do, whatever engine it is asked of
    before = (out / "matches.jsonl").stat().st_mtime_ns
    align(*inputs, home=sample / "home")
    assert (out / "matches.jsonl").stat().st_mtime_ns == before


def test_a_cluster_of_two_workers_writes_the_same(sample, tmp_path):
    out = sample / "cluster"
    inputs = ("run", ROOT / "corpora" / "sample", "--out", out, "--quiet")
    with cluster(tmp_path) as master:
        align(*inputs, "--engine", "spark", "--master", master, home=sample / "home")
    assert_same_run(sample / "local", out)


def test_records_that_are_turned_away(tmp_path):
    given = ("reuse", ROOT / "corpora" / "errors", "--quiet")
    align(*given, "--out", tmp_path / "local", home=tmp_path / "home")
    align(*given, "--out", tmp_path / "spark", "--engine", "spark", "--master", "local[2]", home=tmp_path / "home")
    quarantine = lines(tmp_path / "local", "quarantine.jsonl")
    assert {"read", "translate"} <= {record["stage"] for record in quarantine}
    for name in SAME:
        assert (tmp_path / "local" / name).read_bytes() == (tmp_path / "spark" / name).read_bytes(), name


def test_nothing_to_compare(tmp_path):
    (tmp_path / "page.txt").write_text("Valmer\n", encoding="utf-8")
    given = ("reuse", tmp_path / "page.txt", "--quiet", "--engine", "spark", "--master", "local[2]")
    align(*given, "--out", tmp_path / "spark", home=tmp_path / "home")
    assert len(lines(tmp_path / "spark", "stories.jsonl")) == 1
    assert lines(tmp_path / "spark", "matches.jsonl") == []


@pytest.mark.slow
def test_a_thousand_articles(tmp_path):
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        from bench_memory import write_articles
    finally:
        sys.path.remove(str(ROOT / "scripts"))
    write_articles(tmp_path / "articles.jsonl", 1000)
    given = ("run", tmp_path / "articles.jsonl", "--quiet", "--out")
    align(*given, tmp_path / "local", home=tmp_path / "home")
    align(*given, tmp_path / "spark", "--engine", "spark", "--master", "local[2]", home=tmp_path / "home")
    assert_same_run(tmp_path / "local", tmp_path / "spark")


def test_a_trait_that_everybody_has_joins_nothing_and_is_told(monkeypatch):
    """A line of boilerplate in 3,000 stories, and a run of words that two of them share."""
    monkeypatch.setattr(traits, "COMMON_KEYS", 1_000)
    count = 3_000
    table = pa.table(
        {
            "row": list(range(count)),
            "story": list(range(count)),
            "outlet": list(range(count)),
            "first": [float(n // 10) for n in range(count)],
            "last": [float(n // 10) for n in range(count)],
            "chunk": [n // 1_000 for n in range(count)],
            "runs": [[1, 10 + n // 2] for n in range(count)],
            "english_runs": [[] for _ in range(count)],
            "figures": [[5] for _ in range(count)],
        },
        schema=pa.schema(
            [(name, pa.int64()) for name in ("row", "story", "outlet")]
            + [(name, pa.float64()) for name in ("first", "last")]
            + [("chunk", pa.int64())]
            + [(name, pa.list_(pa.int64())) for name in ("runs", "english_runs", "figures")]
        ),
    )
    with open_session("local[2]") as session:
        sentences = session.createDataFrame(table)
        common = traits.common_traits(sentences)
        shared = traits.lexical_pairs(sentences, common, ReuseConfig(), 4)
        found = sorted((line["first"], line["second"], line["low"], line["high"]) for line in shared.collect())
        assert sorted(common.collect()) == [(1, count), (5, count)]
    assert found == [(n, n + 1, n // 1_000, n // 1_000) for n in range(0, count, 2)]


def test_a_master_that_is_none(tmp_path):
    (tmp_path / "page.txt").write_text("Valmer\n", encoding="utf-8")
    given = ["reuse", str(tmp_path / "page.txt"), "--out", str(tmp_path / "out"), "--engine", "spark"]
    command = [sys.executable, "-m", "align", *given, "--master", "nonsense"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "align: --master: 'nonsense' cannot be used" in done.stderr
    assert not (tmp_path / "out").exists()
