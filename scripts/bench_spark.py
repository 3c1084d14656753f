"""What a run costs over Spark and on one machine without it, for the same articles.

    OMP_NUM_THREADS=1 python scripts/bench_spark.py [--articles 1000 5000] [--master 'local[2]'] [--keep FOLDER]

The made-up articles of `bench_memory.py`. CPU seconds are those of all processes that a run starts (here Python, Java,
and Spark's Python workers), read off the system (Linux) every fifth of a second; of a cluster elsewhere they would be
those of its driver alone. The second table has the stages of the Spark run, in the order in which they end: CPU and
wall seconds between one table that is ready and the next.

`--passim COMMAND` also runs passim, where it is installed, on the same articles as `id, series, date, text`.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from bench_memory import articles, write_articles

LOOK = 0.2  # seconds between two looks at the processes
TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
TABLES = (
    *("documents", "read", "articles", "stories", "sentences", "rarities", "recurring"),
    *("common", "near", "candidates", "pairs", "worth", "scored", "matches"),
)
ENDS = {
    **{name: f".work/spark/{name}/_SUCCESS" for name in TABLES},
    "files": "matches.jsonl",
    "pairs.jsonl": "pairs.jsonl",
    "report": "report.html",
}


@dataclass(slots=True)
class Cost:
    """CPU and wall seconds, and both at the end of each stage."""

    cpu: float = 0.0
    wall: float = 0.0
    ends: dict[str, tuple[float, float]] = field(default_factory=dict)


def tree_seconds(root: int) -> dict[tuple[int, int], float]:
    """The CPU seconds of a process and of each that it started and that started from these, by number and start.

    Who asks again and again knows what those took that have ended since: nobody waits for Spark's Python workers, so
    their parents are not told.
    """
    children: dict[int, list[int]] = {}
    seconds: dict[int, tuple[int, float]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        parts = text.rpartition(")")[2].split()
        number = int(path.parent.name)
        children.setdefault(int(parts[1]), []).append(number)
        seconds[number] = int(parts[19]), sum(map(int, parts[11:13])) / TICKS
    found: dict[tuple[int, int], float] = {}
    waiting = [root]
    while waiting:
        number = waiting.pop()
        if number in seconds:
            start, spent = seconds[number]
            found[number, start] = spent
        waiting += children.get(number, [])
    return found


def measure(command: Sequence[str], ends: Mapping[str, Path]) -> Cost:
    """Run a command to its end. Raises CalledProcessError when it fails; quarantined records are no failure."""
    cost, waiting, begin = Cost(), dict(ends), time.perf_counter()
    seen: dict[tuple[int, int], float] = {}
    env = {**os.environ, "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=env)
    while process.poll() is None:
        seen |= tree_seconds(process.pid)
        cost.cpu = sum(seen.values())
        cost.wall = time.perf_counter() - begin
        for name in [name for name, path in waiting.items() if path.exists()]:
            cost.ends[name] = (cost.cpu, cost.wall)
            del waiting[name]
        time.sleep(LOOK)
    if process.returncode not in (0, 3):
        raise subprocess.CalledProcessError(process.returncode, command)
    return cost


def same_matches(one: Path, other: Path) -> str:
    """How the matches of two run folders compare."""
    ours, theirs = (_scores(folder / "matches.jsonl") for folder in (one, other))
    both = ours.keys() & theirs.keys()
    most = max((abs(ours[name] - theirs[name]) for name in both), default=0.0)
    alike = (one / "families.jsonl").read_bytes() == (other / "families.jsonl").read_bytes()
    alone, families = len(ours.keys() ^ theirs.keys()), "the same" if alike else "others"
    return f"{len(both):,}, {alone} on one side alone, scores within {most:.0e}, families {families}"


def _scores(path: Path) -> dict[str, float]:
    with path.open(encoding="utf-8") as file:
        return {match["id"]: match["score"] for match in map(json.loads, file)}


def stage_rows(cost: Cost) -> Iterator[str]:
    """Lines of the table of stages."""
    cpu = wall = 0.0
    for name, (cpu_then, wall_then) in sorted(cost.ends.items(), key=lambda item: item[1]):
        yield f"| {name} | {cpu_then - cpu:.1f} | {wall_then - wall:.1f} |"
        cpu, wall = cpu_then, wall_then
    yield f"| end | {cost.cpu - cpu:.1f} | {cost.wall - wall:.1f} |"


def for_passim(path: Path, count: int) -> None:
    """The articles as passim reads them."""
    with path.open("w", encoding="utf-8") as file:
        for article in articles(count):
            line = {
                "id": article["url"],
                "series": article["sitename"],
                "date": article["date"],
                "text": article["text"],
            }
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


def bench(count: int, place: Path, master: str, passim: str) -> tuple[dict[str, Cost], str]:
    """The cost of each way, and how their matches compare."""
    dump = place / f"articles-{count}.jsonl"
    write_articles(dump, count)
    local, spark = place / f"local-{count}", place / f"spark-{count}"
    command = [sys.executable, "-m", "align", "run", str(dump), "--no-cache", "--quiet", "--out"]
    costs = {"local": measure([*command, str(local)], {})}
    ends = {name: spark / path for name, path in ENDS.items()}
    costs[f"spark {master}"] = measure([*command, str(spark), "--engine", "spark", "--master", master], ends)
    if passim:
        for_passim(place / "passim.jsonl", count)
        costs["passim"] = measure([*shlex.split(passim), str(place / "passim.jsonl"), str(place / "passim")], {})
    return costs, same_matches(local, spark)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, nargs="+", default=[1000, 5000])
    parser.add_argument("--master", default="local[2]")
    parser.add_argument(
        "--keep", type=Path, help="an empty folder for inputs and runs, which are thrown away otherwise"
    )
    parser.add_argument("--passim", default="", metavar="COMMAND", help="how to start passim; input and output follow")
    options = parser.parse_args()
    for count in options.articles:
        with tempfile.TemporaryDirectory() as spare:
            place = options.keep or Path(spare)
            place.mkdir(parents=True, exist_ok=True)
            costs, same = bench(count, place, options.master, options.passim)
        print("| articles | way | CPU s | wall s | articles a CPU-second |\n|---|---|---|---|---|")
        for name, cost in costs.items():
            print(f"| {count:,} | {name} | {cost.cpu:.0f} | {cost.wall:.0f} | {count / cost.cpu:.0f} |")
        print(f"\nMatches: {same}.\n\n| stage of {count:,} | CPU s | wall s |\n|---|---|---|")
        print("\n".join(stage_rows(costs[f"spark {options.master}"])), "\n", flush=True)


if __name__ == "__main__":
    main()
