"""How fast pairs are exported, and in how much memory, beside `datasets.Dataset.from_generator`.

    OMP_NUM_THREADS=1 python scripts/bench_export.py [--pairs 1000000] [--ways hf from_generator ...]

Made-up pairs of news length with all their provenance go one by one from a generator into each format, each way in a
process of its own. CPU seconds are the process's own from its first pair on; the making of the pairs, `pairs alone`, is
in them, and the second column is without it. Peak memory is the resident set of the whole process, interpreter and
libraries included; what the same process held before its first pair stands behind it. Size is that of the files that
are left.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from align.export import FORMATS, Place, SourcedPair, export_pairs
from align.export.provenance import COLUMNS
from align.records import Pair

FRENCH = ["le", "port", "autorité", "fermer", "jeudi", "après", "perte", "conteneur", "île", "marin", "ministre"]
ENGLISH = ["the", "port", "authority", "closed", "Thursday", "after", "loss", "container", "island", "sailor"]
WAYS = ("pairs alone", "hf", "from_generator", "jsonl", "moses", "csv", "tsv", "tmx", "standoff")


def pairs(count: int) -> Iterator[SourcedPair]:
    """Pairs of 8 to 30 words, 40 a document, every one different."""
    chance = random.Random(0)
    lengths = [chance.randrange(8, 30) for _ in range(5000)]
    french = [" ".join(chance.choices(FRENCH, k=length)) for length in lengths]
    english = [" ".join(chance.choices(ENGLISH, k=length)) for length in lengths]
    for number in range(count):
        document, index = divmod(number, 40)
        if index == 0:
            name = f"https://outlet-{document % 50}.example/2021/03/{document}"
            place = Place(name, f"outlet-{document % 50}", name, "2021-03-04", "0" * 64)
        which = number % len(lengths)
        source, target = f"{french[which]} {number}.", f"{english[which]} {number}."
        segment = f"{name}:{index}"
        score = -(number * 7919 % 2000) / 1000
        pair = Pair(f"mt:{segment}", "fr", "en", source, target, (segment,), (), "1-1", score, "machine-translation")
        flags = ("low-score",) if score < -1.6 else ()
        yield SourcedPair(pair, place, None, "opus-mt-fr-en", "0123456789ab", flags, (index * 200, index * 200 + 150))


def rows(count: int) -> Iterator[dict[str, object]]:
    """The same as the rows that `from_generator` takes."""
    for sourced in pairs(count):
        row = {name: column(sourced) for name, (_, column) in COLUMNS.items()}
        row["translation"] = {"fr": sourced.pair.source, "en": sourced.pair.target}
        yield {name: list(value) if isinstance(value, tuple) else value for name, value in row.items()}


def from_generator(count: int, out: Path) -> None:
    """The usual way: rows into an Arrow cache on disk, then into Parquet."""
    import datasets

    datasets.disable_progress_bars()
    kinds = {str: "string", float: "float64", int: "int64"}
    features = {
        name: datasets.List(datasets.Value("string")) if kind is list else datasets.Value(kinds[kind])
        for name, (kind, _) in COLUMNS.items()
    }
    features["translation"] = datasets.Translation(["en", "fr"])
    made = datasets.Dataset.from_generator(
        rows, gen_kwargs={"count": count}, features=datasets.Features(features), cache_dir=str(out / "cache")
    )
    made.to_parquet(out / "train.parquet")


def measure(way: str, count: int, out: Path) -> dict[str, float]:
    """Go one way, in this process."""
    if way == "hf":
        import pyarrow.parquet  # noqa: F401
    if way == "from_generator":
        import datasets  # noqa: F401
    held, begin = peak(), time.process_time()
    if way == "pairs alone":
        for _ in pairs(count):
            pass
    elif way == "from_generator":
        from_generator(count, out)
    else:
        export_pairs(pairs(count), way, out)
    size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    return {"seconds": time.process_time() - begin, "peak": peak(), "held": held, "size": size / 1e6}


def peak() -> float:
    """The largest resident set of this process so far, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 * 1.048576


def main() -> None:
    """Print the table, one row a way."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=1_000_000)
    parser.add_argument("--ways", nargs="+", default=list(WAYS), choices=[*WAYS, *sorted(set(FORMATS) - set(WAYS))])
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(measure(arguments.one, arguments.pairs, arguments.out)))
        return
    print("| way | CPU s | without the pairs | rows a CPU-second | peak MB | before MB | files MB |")
    print("|---|---|---|---|---|---|---|")
    alone = 0.0
    for way in arguments.ways:
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, __file__, "--pairs", str(arguments.pairs), "--one", way, "--out", folder]
            environment = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": f"{folder}/home"}
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=environment)
        found = json.loads(done.stdout)
        alone = found["seconds"] if way == "pairs alone" else alone
        speed = f"{arguments.pairs / found['seconds']:,.0f}"
        seconds = f"{found['seconds']:.1f} | {found['seconds'] - alone:.1f}"
        memory = f"{found['peak']:.0f} | {found['held']:.0f} | {found['size']:.0f}"
        print(f"| {way} | {seconds} | {speed} | {memory} |", flush=True)


if __name__ == "__main__":
    main()
