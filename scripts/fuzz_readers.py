"""Fuzz the readers: seeded bad files of every format, each read and structured in a process that may die.

    python scripts/fuzz_readers.py --seconds 240 --seed 1
    python scripts/fuzz_readers.py --seed 1 --replay 1234

A case is made from the seed and its number alone. Some records of a case are sound, and marked: each must come out of
the readers as a document, or stand in a refusal, whatever its neighbours are. The tally goes to stdout as Markdown.
"""

from __future__ import annotations

import argparse
import collections
import gzip
import io
import json
import random
import resource
import select
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pyarrow
from pyarrow import parquet

from align.config import IngestConfig
from align.ingest.outlets import OutletTable
from align.ingest.readers import SUFFIXES, read
from align.ingest.segments import structure
from align.records import Document

HANG_SECONDS = 120.0
CONFIG = IngestConfig(max_characters=200_000)
WORDS = [
    *("le", "pont", "a", "été", "rouvert", "samedi", "matin", "şehir", "köprüsü", "trafiğe", "açıldı", "мост"),
    *("закрыли", "أغلقت", "the", "bridge", "2,5", "«oui»"),
]
ODD = [
    "\0",
    "\ud800",
    "\u202e",
    "\u2028",
    "\r",
    "\ufeff",
    "\u0301",
    "\U0001f600",
    "\x1a",
    "\x85",
    "\ufffe",
    "\xad",
    "\t",
]
BYTES = [
    b"\0",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xe9",
    b"\x80",
    b"\xc0\xaf",
    b"\xed\xa0\x80",
    b"\r",
    b"\n",
    b'"',
    b"'",
    b"\\",
]
TOKENS = [
    "{",
    "[",
    '"',
    "]",
    "}",
    ",",
    ";",
    "<",
    ">",
    "</",
    "<div>",
    "<!--",
    "-->",
    "<![CDATA[",
    "&#x0;",
    "&#xD800;",
    "\\ud800",
]
TAGS = [
    *("p", "div", "section", "article", "main", "h1", "h2", "h3", "blockquote", "ul", "li", "table", "tr", "td"),
    *("figure", "figcaption", "b", "span", "pre"),
]


def sentence(dice: random.Random, mark: str = "") -> str:
    """A sentence of news, with a mark that tells it from all others."""
    words = " ".join(dice.choice(WORDS) for _ in range(dice.randint(6, 20)))
    return f"{mark or 'Le'} {words}."


def odd_text(dice: random.Random) -> str:
    """Text that nobody would write."""
    pools = (ODD, TOKENS, WORDS, [chr(dice.randrange(1, 0xD7FF)) for _ in range(5)])
    pieces = [dice.choice(dice.choice(pools)) for _ in range(dice.randint(0, 30))]
    return "".join(piece * (dice.choice([1000, 30_000]) if dice.random() < 0.02 else 1) for piece in pieces)


def mutated(dice: random.Random, data: bytes, most: int = 6) -> bytes:
    """`data` with bytes changed, cut out, doubled or put in."""
    found = bytearray(data)
    for _ in range(dice.randint(0, most)):
        place = dice.randint(0, len(found))
        kind = dice.randrange(5)
        if kind == 0 and found:
            found[place % len(found)] = dice.randrange(256)
        elif kind == 1:
            del found[place : place + dice.randint(1, 20)]
        elif kind == 2:
            found[place:place] = dice.choice(BYTES) * dice.choice([1, 1, 3, 200])
        elif kind == 3:
            found[place:place] = found[place : place + dice.randint(1, 60)] * dice.choice([1, 2, 50])
        else:
            found[place:place] = dice.choice(TOKENS).encode() * dice.choice([1, 2, 300, 20_000])
    return bytes(found)


def odd_value(dice: random.Random) -> Any:
    """A JSON value of any kind where text is due."""
    kinds = [
        None,
        True,
        5,
        -1e308,
        float("nan"),
        [],
        ["a"],
        {"a": {"b": 1}},
        "",
        " ",
        odd_text(dice),
        "x" * 300_000,
        10**400,
    ]
    return dice.choice(kinds)


def json_line(dice: random.Random) -> bytes:
    """One bad line, which does not touch the lines around it."""
    kind = dice.randrange(5)
    if kind == 0:
        line = json.dumps(
            {dice.choice(["text", "id", "date", "url", "lang", "x"]): odd_value(dice), "body": odd_value(dice)}
        )
    elif kind == 1:
        line = '{"text": "a", "x": ' + dice.choice(["[", '{"a":']) * dice.choice([50, 70, 100_000])
    elif kind == 2:
        line = odd_text(dice)
    elif kind == 3:
        line = '{"text": "' + "long " * dice.choice([10, 700_000]) + '"}'
    else:
        line = '{"text": "a", "x": [' + "{}," * dice.choice([3, 600_000]) + "{}]}"
    return mutated(dice, line.encode("utf-8", "surrogatepass"), 3).replace(b"\n", b"").replace(b"\r", b"")


def jsonl(dice: random.Random, marks: list[str]) -> bytes:
    """Sound lines and bad ones."""
    lines = [json.dumps({"id": mark, "text": sentence(dice, mark)}).encode() for mark in marks]
    for _ in range(dice.randint(0, 6)):
        lines.insert(dice.randint(0, len(lines)), json_line(dice))
    return dice.choice([b"\n", b"\r\n", b"\r"]).join(lines)


def table(dice: random.Random, marks: list[str]) -> bytes:
    """A table with a sound head and sound rows, and bad ones without quotation marks between them."""
    sign = dice.choice([",", ";", "\t", "|"])
    rows = [
        sign.join([mark, sentence(dice, mark).translate({ord(c): " " for c in ",;\t|"})]).encode() for mark in marks
    ]
    for _ in range(dice.randint(0, 6)):
        bad = mutated(dice, odd_text(dice).encode("utf-8", "surrogatepass"), 3)
        rows.insert(dice.randint(0, len(rows)), bad.replace(b'"', b"").replace(b"\n", b"").replace(b"\r", b""))
    return b"\n".join([sign.join(["id", "text"]).encode(), *rows])


def page(dice: random.Random, marks: list[str]) -> str:
    """Markup with a marked sentence here and there, in any element that readers see."""
    pieces = []
    for mark in marks:
        opened = [dice.choice(TAGS) for _ in range(dice.randint(1, 4))]
        body = sentence(dice, mark) + f" {mark}{'' if dice.random() < 0.5 else odd_text(dice).replace('<', ' ')}"
        pieces.append("".join(f"<{tag}>" for tag in opened) + body + "".join(f"</{tag}>" for tag in reversed(opened)))
        pieces += [
            dice.choice(["<", "</", "&#x0;", "&#xD800;", "<br>", "]]>"]) * dice.choice([1, 400])
            for _ in range(dice.random() < 0.1)
        ]
    if dice.random() < 0.05:
        bomb = ["<div>" * 100_000, "<b>x</b>" * 60_000, "<p " + "a=1 " * 30_000 + ">", f"<p title='{'x' * 500_000}'>"]
        pieces.insert(dice.randint(0, len(pieces)), dice.choice(bomb))
    return "<html><body>" + "".join(pieces)


def warc(dice: random.Random, marks: list[str], pack: bool) -> bytes:
    """Sound records and bad ones."""
    records = []
    for mark in [*marks, *[""] * dice.randint(0, 3)]:
        body = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + f"<p>{sentence(dice, mark)}</p>".encode()
        head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://x.example/{mark}\r\n"
        head += f"Content-Type: application/http\r\nContent-Length: {len(body)}\r\n\r\n"
        record = head.encode() + body + b"\r\n\r\n"
        record = gzip.compress(record, mtime=0) if pack else record
        records.append(record if mark else mutated(dice, record, 3))
    dice.shuffle(records)
    return b"".join(records)


def columns(dice: random.Random, marks: list[str], arrow: bool) -> bytes:
    """A table in Parquet or Arrow; hardly ever as it was written."""
    cells: dict[str, Any] = {
        "id": marks,
        "text": [sentence(dice, mark) for mark in marks],
        "n": list(range(len(marks))),
    }
    made, file = pyarrow.table(cells), io.BytesIO()
    if arrow:
        with pyarrow.ipc.new_stream(file, made.schema) as writer:
            writer.write_table(made)
    else:
        packing = dice.choice(["gzip", "zstd", "snappy", "none"])
        parquet.write_table(made, file, compression=packing, row_group_size=2, use_dictionary=dice.random() < 0.5)
    return mutated(dice, file.getvalue(), 2)


def case(seed: int, number: int) -> tuple[str, bytes, list[str]]:
    """The suffix and bytes of a case, and the marks that must come out of it."""
    dice = random.Random(f"{seed}:{number}")
    suffix = dice.choice(SUFFIXES)
    if suffix in (".parquet", ".arrow") and dice.random() < 0.7:
        suffix = ".jsonl"  # tables have a process each, and would take most of the time
    marks = [f"M{number}x{index}x" for index in range(dice.randint(1, 6))]
    plain = suffix.removesuffix(".gz").removesuffix(".zst")
    if plain in (".jsonl", ".ndjson"):
        data = jsonl(dice, marks)
    elif plain in (".csv", ".tsv"):
        data = (
            table(dice, marks) if plain == ".csv" else table(dice, marks).translate(bytes.maketrans(b",;|", b"\t\t\t"))
        )
    elif plain in (".html", ".htm", ".xhtml"):
        data = page(dice, marks).encode("utf-8", "surrogatepass")
        if dice.random() < 0.3:
            data, marks = mutated(dice, data), []
    elif plain == ".warc":
        data = warc(dice, marks, suffix.endswith(".gz"))
    elif plain in (".parquet", ".arrow"):
        data, marks = columns(dice, marks, plain == ".arrow"), []
    else:
        text = dice.choice([odd_text(dice), sentence(dice), json.dumps([{"text": odd_value(dice)}] * 3)])
        data, marks = text.encode(dice.choice(["utf-8", "utf-16", "utf-16-le", "utf-32"]), "surrogatepass"), []
        data = mutated(dice, data) if dice.random() < 0.5 else data
    if plain != ".warc" and suffix.endswith(".gz"):
        data = gzip.compress(data, mtime=0)
    if suffix.endswith(".zst"):
        data = pyarrow.Codec("zstd").compress(data, asbytes=True)
    if plain != suffix and plain != ".warc" and dice.random() < 0.3:
        data, marks = mutated(dice, data, 3), []
    return suffix, data, marks


def tried(seed: int, number: int, folder: Path, outlets: OutletTable) -> dict[str, Any]:
    """What became of one case."""
    suffix, data, marks = case(seed, number)
    path = folder / f"case{suffix}"
    path.write_bytes(data)
    begun = time.perf_counter()
    found, rules, told = 0, collections.Counter[str](), []
    for record in read([path], CONFIG):
        if isinstance(record, Document):
            found += 1
            record.text.encode("utf-8")
            assert record.text.strip() and "\0" not in record.text
            stories, segments = structure(record, outlets)
            assert stories and all(segment.span.of(record.text) == segment.text for segment in segments)
            covered = sum(len("".join(segment.text.split())) for segment in segments)
            assert covered == len("".join(record.text.split())), "segments do not cover the text"
            told.append(record.text)
        else:
            rules[record.rule] += 1
            told.append(record.detail)
            if record.record_id == path.name and record.rule not in ("left-out", "no-text"):
                marks = []  # the file was refused whole, or the rest of it
    path.unlink()
    everything = "".join(told)
    return {
        "number": number,
        "suffix": suffix,
        "found": found,
        "rules": rules,
        "lost": [mark for mark in marks if mark not in everything],
        "seconds": time.perf_counter() - begun,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
    }


def work(seed: int, number: int) -> None:
    """Try case after case, and print a line for each."""
    outlets = OutletTable.load(None)
    with tempfile.TemporaryDirectory() as folder:
        while True:
            print(json.dumps(tried(seed, number, Path(folder), outlets)), flush=True)
            number += 1


class Run:
    """Cases tried by a worker, which is started again behind the case that kills it."""

    def __init__(self, seed: int) -> None:
        self.seed, self.next = seed, 0
        self.results: list[dict[str, Any]] = []
        self.crashed: list[int] = []
        self.hung: list[int] = []

    def spend(self, seconds: float) -> None:
        """Try as many cases as fit."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            command = [sys.executable, __file__, "--seed", str(self.seed), "--worker", str(self.next)]
            with subprocess.Popen(command, stdout=subprocess.PIPE) as worker:
                assert worker.stdout
                try:
                    self._listen(worker.stdout, end)
                finally:
                    worker.kill()

    def _listen(self, lines: Any, end: float) -> None:
        while time.monotonic() < end:
            if not select.select([lines], [], [], HANG_SECONDS)[0]:
                self.hung.append(self.next)
            elif line := lines.readline():
                self.results.append(json.loads(line))
                self.next += 1
                continue
            else:
                self.crashed.append(self.next)
            self.next += 1
            return

    def report(self) -> str:
        """The tally as Markdown."""
        rules = collections.Counter[str]()
        for result in self.results:
            rules.update(result["rules"])
        slowest = max(self.results, key=lambda result: result["seconds"])
        lost = {result["number"]: result["lost"] for result in self.results if result["lost"]}
        rows = [
            ("files tried", len(self.results) + len(self.crashed) + len(self.hung)),
            ("documents read, structured and checked", sum(result["found"] for result in self.results)),
            ("records refused", rules.total()),
            *((f"`{rule}`", count) for rule, count in rules.most_common()),
            ("sound records lost among bad ones", f"{sum(map(len, lost.values()))} {lost or ''}".strip()),
            ("crashes", f"{len(self.crashed)} {self.crashed or ''}".strip()),
            ("hangs", f"{len(self.hung)} {self.hung or ''}".strip()),
            ("slowest file", f"{slowest['seconds']:.1f} s (case {slowest['number']}, `{slowest['suffix']}`)"),
            ("peak memory", f"{max(result['memory'] for result in self.results) // 1024} MiB"),
        ]
        return "\n".join(["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows)])


def main() -> int:
    """Fuzz, or be the worker, or try one case again."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long (60)")
    parser.add_argument("--seed", type=int, default=1, help="of all cases (1)")
    parser.add_argument("--replay", type=int, metavar="NUMBER", help="try one case, in this process")
    parser.add_argument("--worker", type=int, metavar="NUMBER", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.replay is not None:
        with tempfile.TemporaryDirectory() as folder:
            print(json.dumps(tried(chosen.seed, chosen.replay, Path(folder), OutletTable.load(None)), indent=1))
        return 0
    if chosen.worker is not None:
        work(chosen.seed, chosen.worker)
    run = Run(chosen.seed)
    run.spend(chosen.seconds)
    print(run.report())
    return bool(run.crashed or run.hung or any(result["lost"] for result in run.results))


if __name__ == "__main__":
    sys.exit(main())
