"""How often each guard speaks: on good translations that were broken in known ways, and on real ones as they are.

    python scripts/bench_guards.py [--data FOLDER] [--sets fr-en/flores-dev tr-en/flores-dev] [--cases 200] [--seed 1]

FOLDER (default: `mt-systems` under `data` in the folder that ALIGN_SHARED names) has PAIR/TESTSET.LANGUAGE, one
sentence a line, and PAIR/TESTSET.SYSTEM.en, what a system made of it (its HTML entities are resolved).

Detection: of outputs that a guard is silent about, corrupted in a way that it should see, the share that it flags; up
to `--cases` a kind and system, drawn with `--seed`. False alarms: the share of outputs as they are that it flags; real
systems do err, so this is an upper bound. `--show N` prints N flagged rows of each guard instead, to judge by eye.
"""

from __future__ import annotations

import argparse
import html
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from bench_guards_corruptions import CORRUPTIONS, Row

from align.language.identify import identify
from align.translate.guards import FLAGS, flags_for


@dataclass(frozen=True)
class TestSet:
    """The rows of one system on one test set, with the flags that they have as they are."""

    name: str
    system: str
    rows: list[Row]
    flags: list[tuple[str, ...]]
    seconds: float


def flags_of(row: Row) -> tuple[str, ...]:
    """All flags of a row, the language detector's included."""
    return flags_for(row.source, row.output, source_language=row.language, identify=identify)


def read_sets(folder: Path, names: list[str]) -> Iterator[TestSet]:
    """Every system's outputs on the named test sets."""
    for name in names:
        language = name[:2]
        sources = _lines(folder / f"{name}.{language}")
        # the same sentences in a third language where the set has them, other sentences of it elsewhere
        third_pair = "tr-en" if language == "fr" else "fr-en"
        path = folder / third_pair / f"{Path(name).name}.{third_pair[:2]}"
        if not path.exists():
            path = sorted((folder / third_pair).glob(f"*.{third_pair[:2]}"))[0]
        thirds = _lines(path)
        for output in sorted((folder / name).parent.glob(f"{Path(name).name}.*.en")):
            triples = zip(sources, _lines(output), strict=True)
            rows = [
                Row(source, html.unescape(text), language, thirds[index % len(thirds)])
                for index, (source, text) in enumerate(triples)
            ]
            begin = time.process_time()
            flags = [flags_of(row) for row in rows]
            yield TestSet(name, output.name.split(".")[-2], rows, flags, time.process_time() - begin)


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").removesuffix("\n").split("\n")


@dataclass
class Found:
    """How many cases of a kind there were, and how many the guard meant, or any guard, flagged."""

    cases: int = 0
    own: int = 0
    any: int = 0

    def __iadd__(self, other: Found) -> Found:
        self.cases, self.own, self.any = self.cases + other.cases, self.own + other.own, self.any + other.any
        return self


def detection(test_set: TestSet, guard: str, corrupt: Callable[..., Row | None], cases: int, seed: str) -> Found:
    """Corrupt rows, in an order drawn by `seed`, that the guard is silent about, and ask it again."""
    draw = random.Random(seed)
    order = list(range(len(test_set.rows)))
    draw.shuffle(order)
    found = Found()
    for index in order:
        if found.cases == cases:
            break
        broken = None if guard in test_set.flags[index] else corrupt(test_set.rows[index], draw)
        if broken is not None:
            flags = flags_of(broken)
            found += Found(1, int(guard in flags), int(bool(flags)))
    return found


def print_false_alarms(sets: list[TestSet]) -> None:
    """The share of real outputs that each guard flags, a column a test set."""
    names = list(dict.fromkeys(test_set.name for test_set in sets))
    print("| flag | " + " | ".join(names) + " |\n|---|" + "---|" * len(names))
    for flag in (*FLAGS, "any"):
        shares = []
        for name in names:
            rows = [flags for test_set in sets if test_set.name == name for flags in test_set.flags]
            flagged = sum(bool(flags) if flag == "any" else flag in flags for flags in rows)
            shares.append(f"{100 * flagged / len(rows):.2f} % ({flagged} of {len(rows)})")
        print(f"| `{flag}` | " + " | ".join(shares) + " |" if flag != "any" else "| any | " + " | ".join(shares) + " |")
    print("\n| set | system | rows | any flag | CPU s per 1,000 rows |\n|---|---|---|---|---|")
    for test_set in sets:
        share = 100 * sum(map(bool, test_set.flags)) / len(test_set.rows)
        speed = 1000 * test_set.seconds / len(test_set.rows)
        print(f"| {test_set.name} | {test_set.system} | {len(test_set.rows)} | {share:.2f} % | {speed:.2f} |")


def print_detection(sets: list[TestSet], cases: int, seed: int) -> None:
    """The share of corrupted outputs that are flagged, by guard and kind."""
    total: dict[str, Found] = {}
    print("\n| flag | corruption | cases | flagged | by any guard |\n|---|---|---|---|---|")
    for guard, kind, corrupt in CORRUPTIONS:
        found = Found()
        for test_set in sets:
            found += detection(test_set, guard, corrupt, cases, f"{seed} {kind} {test_set.name} {test_set.system}")
        total[guard] = replace(total.get(guard, Found()))
        total[guard] += found
        print(f"| `{guard}` | {kind} | {_shares(found)} |", flush=True)
    print("\n| flag | cases | flagged | by any guard |\n|---|---|---|---|")
    for guard, found in total.items():
        print(f"| `{guard}` | {_shares(found)} |")


def _shares(found: Found) -> str:
    if not found.cases:
        return "0 | - | -"
    return f"{found.cases} | {100 * found.own / found.cases:.1f} % | {100 * found.any / found.cases:.1f} %"


def print_flagged(sets: list[TestSet], number: int, seed: int) -> None:
    """Some flagged rows of each guard, drawn by `seed`."""
    for flag in FLAGS:
        pool = [
            (s.name, s.system, row) for s in sets for row, flags in zip(s.rows, s.flags, strict=True) if flag in flags
        ]
        print(f"\n## {flag}: {len(pool)}")
        for name, system, row in random.Random(seed).sample(pool, min(number, len(pool))):
            print(f"{name} {system}\n    {row.source}\n    {row.output}")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    shared = os.environ.get("ALIGN_SHARED")
    parser.add_argument("--data", type=Path, default=Path(shared, "data", "mt-systems") if shared else None)
    parser.add_argument("--sets", nargs="+", default=["fr-en/flores-dev", "tr-en/flores-dev"])
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=0)
    arguments = parser.parse_args()
    if arguments.data is None:
        parser.error("no data: name a folder with --data, or set ALIGN_SHARED")
    identify("loads the detectors")
    sets = list(read_sets(arguments.data, arguments.sets))
    print_false_alarms(sets)
    counts = Counter(flag for test_set in sets for flags in test_set.flags for flag in flags)
    if arguments.show:
        print(dict(counts))
        print_flagged(sets, arguments.show, arguments.seed)
    else:
        print_detection(sets, arguments.cases, arguments.seed)


if __name__ == "__main__":
    main()
