"""What tracing rewrites costs: CPU seconds by stage, articles a CPU-second and memory, as the input grows.

    OMP_NUM_THREADS=1 python scripts/bench_reuse_speed.py ARTICLES [--articles 1000 10000] [--encoder use-m3 ...]

ARTICLES is JSON Lines (or `.jsonl.zst`) with `heading` and `article`, in French unless `--language` says otherwise. So
many articles a day are given to thirty outlets in turn; of a hundred, 28 are invented syndicated copies that follow
their original on the same day, at the next outlet: in every third sentence a name and a number are others, and one
sentence in six is gone. Nothing is translated. The tracing stage is started on a run folder in a process of its own;
memory is the resident set of that process at its largest, libraries, the encoder and the pages of mapped files
included. A stage is given the CPU time in which it, or what it calls, was at work; loading the encoder is left out.

Then the lexical join of sentences is timed beside rensa on the same words: MinHash signing and LSH over whole articles.
Each size is a start of its own, so they can be measured one at a time.
"""

from __future__ import annotations

import argparse
import gc
import json
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date, timedelta
from multiprocessing import get_context
from pathlib import Path
from types import FrameType
from typing import TypeVar

import regex

from align.config import Config, EncodeConfig, ReuseConfig
from align.ingest.compressed import open_bytes
from align.records import Document, Segment, Span, Story, Translation
from align.runfolder import RunFolder
from align.text.sentences import split_sentences

OUTLETS = 30
COPIED = 0.28  # of all articles
TICK = 0.005  # CPU seconds between two looks at what is at work
NAMES = ("Valmeret", "Dorquin", "Tesslan", "Aubrecot", "Mirvaux", "Kerlodan", "Pontrieul", "Sauvigne", "Hardelin")
# the innermost function of a list tells the stage; modules by their dotted names, or what these begin with
STAGES = {
    "read": ("align.reuse.reading.sentences",),
    "encode": ("align.embed",),
    "candidates": (
        "align.reuse.search.columns",
        "align.reuse.search.candidates",
        "align.reuse.search.comparable",
        "align.reuse.search.lexical_join",
        "align.reuse.search.neighbours",
        "align.reuse.search.ordering",
        "align.reuse.search.second_look",
    ),
    "score": ("align.reuse.trace", "align.reuse.search.surroundings", "align.reuse.scoring"),
    "families": ("align.reuse.families", "align.reuse.origin", "align.reuse.ledgers"),
    "files": ("align.runfolder", "align.lookup", "align.pipeline"),
}
READ = ("words", "stems", "english_stems", "names", "english_names", "numbers")  # of a sentence, for its columns
Result = TypeVar("Result")
_FLAGS = "apply_threshold"  # stands in trace.py and belongs to what comes after
_NAME = regex.compile(r"(?<=\p{Ll}[ ’'])\p{Lu}\p{Ll}{2,}")
_NUMBER = regex.compile(r"\d+")


def read_texts(path: Path) -> Iterator[str]:
    """The texts of a dump, over and over."""
    while True:
        with open_bytes(path) as file:
            for line in file:
                article = json.loads(line)
                yield f"{article['heading']}\n\n{article['article']}"


def articles(path: Path, count: int) -> Iterator[tuple[str, bool]]:
    """So many texts, and whether each is a copy of the one before."""
    texts = read_texts(path)
    copies, last = 0, ""
    for number in range(count):
        if last and copies < int((number + 1) * COPIED):
            copies += 1
            yield copied(last, number), True
            last = ""
        else:
            last = next(texts)
            yield last, False


def copied(text: str, number: int) -> str:
    """A text as another outlet carries it."""
    spans = split_sentences(text)
    kept = [span.of(text) for place, span in enumerate(spans) if (place + number) % 6 != 5]
    edited = []
    for place, sentence in enumerate(kept):
        if place % 3 == 2:
            sentence = _NAME.sub(NAMES[(number + place) % len(NAMES)], sentence, count=1)
            sentence = _NUMBER.sub(lambda found: str(int(found[0]) + 1), sentence, count=1)
        edited.append(sentence)
    return " ".join(edited)


def write_folder(folder: RunFolder, path: Path, count: int, per_day: int, language: str) -> None:
    """What the tracing stage reads."""
    folder.path.mkdir(parents=True, exist_ok=True)
    folder.write("documents", (Document(str(n), text) for n, (text, _) in enumerate(articles(path, count))))
    folder.write("stories", (story(n, text, per_day) for n, (text, _) in enumerate(articles(path, count))))
    folder.write("segments", segments(path, count, language))
    none: list[Translation] = []
    folder.write("translations", none)


def story(number: int, text: str, per_day: int) -> Story:
    """The only story of an article."""
    day = date(2020, 1, 1) + timedelta(days=number // per_day)
    return Story(
        str(number),
        str(number),
        Span(0, len(text)),
        outlet=f"outlet {number % OUTLETS}",
        published=day.isoformat(),
        published_precision="day",
    )


def segments(path: Path, count: int, language: str) -> Iterator[Segment]:
    """The sentences of all articles, in order."""
    for number, (text, _) in enumerate(articles(path, count)):
        for index, span in enumerate(split_sentences(text)):
            yield Segment(
                f"{number}:{index}", str(number), str(number), index, span, span.of(text), "body", language, 1.0
            )


class Stages:
    """CPU seconds by stage of whatever runs inside, looked at every few milliseconds of CPU time."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()
        self._known: dict[str, str | None] = {}

    def __enter__(self) -> Stages:
        self._last = time.process_time()
        signal.signal(signal.SIGPROF, self._look)
        signal.setitimer(signal.ITIMER_PROF, TICK, TICK)
        return self

    def __exit__(self, *error: object) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)
        self._look(0, None)

    def _look(self, _: int, frame: FrameType | None) -> None:
        now = time.process_time()
        stage = None
        while frame is not None and stage is None:
            stage = "families" if frame.f_code.co_name == _FLAGS else self._stage(frame.f_globals.get("__name__", ""))
            frame = frame.f_back
        self.seconds[stage or "rest"] += now - self._last
        self._last = now

    def _stage(self, module: str) -> str | None:
        if module not in self._known:
            fitting = (stage for stage, names in STAGES.items() if any(_within(module, name) for name in names))
            self._known[module] = next(fitting, None)
        return self._known[module]


def _within(module: str, name: str) -> bool:
    return module == name or module.startswith(f"{name}.")


def trace_folder(path: Path, encoder_name: str) -> dict[str, float]:
    """Trace a run folder; CPU seconds by stage, `matches`, `flagged`, `families` and `peak` MB."""
    from align.pipeline.models import load_encoder
    from align.pipeline.tracing import trace_reuse
    from align.records import PassageMatch, WireFamily

    config = Config(encode=EncodeConfig(name=encoder_name))
    encoder = load_encoder(config)
    encoder.encode(["loaded"])
    folder = RunFolder(path)
    with Stages() as stages:
        trace_reuse(folder, config, encoder, lambda *_: None)
    found = dict(stages.seconds)
    found["peak"] = _peak()
    found["matches"] = folder.count("matches")
    found["flagged"] = sum(match.flagged for match in folder.read("matches", PassageMatch))
    found["number of families"] = sum(1 for _ in folder.read("families", WireFamily))
    found["sentences"] = folder.count("segments")
    return found


def _peak() -> float:
    """The largest resident set of this process so far, MB."""
    lines = Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) * 1024 / 1e6


def join_words(path: Path) -> dict[str, float]:
    """CPU seconds of the lexical candidates from sentences that are read, and of rensa from the same words."""
    from align.reuse.reading.sentences import Sentence, read_sentences
    from align.reuse.search.columns import hash_rows, read_columns, traits_of
    from align.reuse.search.comparable import Comparable
    from align.reuse.search.lexical_join import sharing
    from align.reuse.search.ragged import Ragged

    folder = RunFolder(path)
    stories = list(folder.read("stories", Story))
    sentences = read_sentences(folder.read("segments", Segment), {})

    def traits(those: Sequence[Sentence]) -> dict[str, Ragged]:
        words, english = ([getattr(item, name) for item in those] for name in ("words", "english_stems"))
        return traits_of(those, hash_rows(words), hash_rows(english))

    for sentence in sentences:  # what is read off a sentence is worked out when it is first asked for
        for name in READ:
            getattr(sentence, name)
    gc.freeze()  # looking through what was read for garbage is no part of either
    found: dict[str, float] = {}
    numbers = {told.id: number for number, told in enumerate(stories)}
    _, found["traits"] = timed(lambda: traits(sentences))
    columns, found["columns"] = timed(lambda: read_columns(sentences, numbers))
    config = ReuseConfig()
    comparable = Comparable(stories, config)
    kinds = [[columns.ragged["runs"], columns.ragged["english_runs"]], [columns.ragged["figures"]]]
    joined, found["join"] = timed(lambda: [sharing(columns, kind, comparable, config) for kind in kinds])
    found["pairs of sentences"] = sum(len(first) for first, _ in joined)
    words: dict[str, list[str]] = {told.id: [] for told in stories}
    for sentence in sentences:
        words[sentence.segment.story_id] += sentence.words
    pairs, found["rensa"] = timed(lambda: rensa_pairs(list(words.values())))
    found["pairs of articles"] = pairs
    return found


def rensa_pairs(texts: Sequence[Sequence[str]]) -> int:
    """Runs of five words signed with 128 permutations, put into an index and looked up; how many pairs that finds."""
    from rensa import RMinHash, RMinHashLSH

    runs = [[" ".join(words[at : at + 5]) for at in range(max(len(words) - 4, 1))] for words in texts]
    signed = RMinHash.from_token_sets(runs, 128, 42)
    index = RMinHashLSH(0.5, 128, 32)
    index.insert_pairs(list(enumerate(signed)))
    return sum(len(near) - 1 for near in index.query_all(signed)) // 2


def timed(work: Callable[[], Result]) -> tuple[Result, float]:
    """What some work gives, and its CPU seconds."""
    begin = time.process_time()
    done = work()
    return done, time.process_time() - begin


def alone(work: Callable[..., Result], *arguments: object) -> Result:
    """Do some work in a fresh process."""
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, *arguments).result()


def row(count: int, encoder: str, found: dict[str, float]) -> str:
    """A line of the first table."""
    spent = [found.get(stage, 0.0) for stage in (*STAGES, "rest")]
    whole = sum(spent)
    without = whole - found.get("encode", 0.0)
    cells = [encoder, f"{count:,}", f"{found['sentences']:,.0f}", *(f"{seconds:.1f}" for seconds in spent)]
    cells += [f"{whole:.1f}", f"{count / whole:.0f}", f"{count / without:.0f}", f"{found['peak']:.0f}"]
    cells += [f"{found[name]:,.0f}" for name in ("matches", "flagged", "number of families")]
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dump", type=Path, metavar="ARTICLES")
    parser.add_argument("--articles", type=int, nargs="+", default=[1000, 10000])
    parser.add_argument("--encoder", nargs="*", default=["use-m3", "use-m3-bf16"])
    parser.add_argument("--per-day", type=int, default=200)
    parser.add_argument("--language", default="fr")
    options = parser.parse_args()
    heads = ["encoder", "articles", "sentences", *STAGES, "rest", "CPU s", "articles a CPU-second", "without encoding"]
    heads += ["peak MB", "matches", "flagged", "families found"]
    lexical: list[str] = []
    print(f"| {' | '.join(heads)} |\n|{'---|' * len(heads)}", flush=True)
    for count in options.articles:
        with tempfile.TemporaryDirectory() as place:
            folder = RunFolder(Path(place) / "run")
            write_folder(folder, options.dump, count, options.per_day, options.language)
            for encoder in options.encoder:
                print(row(count, encoder, alone(trace_folder, folder.path, encoder)), flush=True)
            found = alone(join_words, folder.path)
        own = found["traits"] + found["join"]
        names = ("traits", "join", "rensa", "columns")
        cells = [f"{own / found['rensa']:.2f}", *(f"{found[name]:.2f}" for name in names)]
        cells += [f"{found[name]:,.0f}" for name in ("pairs of sentences", "pairs of articles")]
        lexical.append(f"| {count:,} | {' | '.join(cells)} |")
    heads = ["articles", "(traits + join) / rensa", "traits", "join", "rensa", "all columns"]
    heads += ["pairs of sentences", "rensa's pairs of articles"]
    print(f"\n| {' | '.join(heads)} |\n|{'---|' * len(heads)}")
    print("\n".join(lexical))


if __name__ == "__main__":
    main()
