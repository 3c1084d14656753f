"""Figures on the event set, beside those of other tools on the same pairs.

    python scripts/bench_events.py [--split dev] [--run DIR] [--errors FILE]

Traces `corpora/events` and evaluates one split, then scores its labelled pairs of quotations and of articles with other
tools. Thresholds come from other folds, and all pairs of an event are in one fold; "best F1" is that at the threshold
which suits these very data. `--split test` is for the end: tune on `dev`. `--run` takes a run that is there already.

A peer that is not installed is left out, and a line says so. SemHash is none: over the same encoder its similarity is
the encoder's cosine, and the model that it brings reads English.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

sys.path.insert(0, str(Path(__file__).resolve().parent))

from bench_reuse import best_threshold, cross_validated, groups, prf

import align
from align.embed.use import UseM3
from align.evaluate.articles import between_articles
from align.evaluate.gold import REUSED, ArticleGold, read_article_gold
from align.evaluate.matches import average_precision, roc_auc
from align.evaluate.reuse import JudgedPair, judge, read_quote_pairs
from align.evaluate.run_articles import score_run
from align.evaluate.run_reuse import score_against_gold
from align.records import Document, Encoder, PassageMatch
from align.runfolder import RunFolder, to_json
from align.text.shingles import shingles
from align.text.words import words

EVENTS = Path(__file__).resolve().parents[1] / "corpora" / "events"
Pairs = Sequence[tuple[str, str]]
Peer = Callable[[Pairs], list[float]]


@dataclass(frozen=True, slots=True)
class Task:
    """Pairs of texts with their labels, the fold and the kind of each, and align's scores and flags."""

    name: str
    texts: list[tuple[str, str]]
    labels: list[bool]
    folds: list[int]
    kinds: list[str]
    scores: list[float]
    flags: list[bool]


def folds_of(entries: Sequence[dict]) -> list[int]:
    """The fold of each entry of the gold, by its event; the few that cross two events go with the first."""
    return groups([(entry["event"], entry["event"]) for entry in entries])


def quotations(folder: RunFolder, path: Path, split: str) -> tuple[Task, list[JudgedPair]]:
    """The labelled pairs of quotations."""
    entries = [entry for entry in json.loads(path.read_text(encoding="utf-8"))["pairs"] if entry["split"] == split]
    texts = {document.id: document.text for document in folder.read("documents", Document)}
    judged = judge(folder.read("matches", PassageMatch), texts, read_quote_pairs(path, split))
    task = Task(
        "Pairs of quotations",
        [(item.pair.first, item.pair.second) for item in judged],
        [item.pair.label == "rewrite" for item in judged],
        folds_of(entries),
        ["same" if item.pair.languages[0] == item.pair.languages[1] else "across" for item in judged],
        [item.score for item in judged],
        [item.flagged for item in judged],
    )
    return task, judged


def articles(folder: RunFolder, path: Path, gold: ArticleGold, split: str) -> Task:
    """The listed pairs of articles."""
    listed = json.loads(path.read_text(encoding="utf-8"))["article_pairs"]
    entries = [entry for entry in listed if entry["split"] == split]
    texts = {document.id: document.text for document in folder.read("documents", Document)}
    between = between_articles(folder.read("matches", PassageMatch), gold.documents)
    found = [between.get(both, []) for both in gold.pairs]
    return Task(
        "Pairs of articles",
        [(texts[a], texts[b]) for a, b in gold.pairs],
        [pair.label in REUSED for pair in gold.pairs.values()],
        folds_of(entries),
        ["same" if len(set(entry["languages"].split("-"))) == 1 else "across" for entry in entries],
        [max((match.score for match in matches), default=0.0) for matches in found],
        [any(match.flagged for match in matches) for matches in found],
    )


def by_text(pairs: Pairs) -> tuple[list[str], dict[str, int]]:
    """Every text once, and its row."""
    texts = sorted({text for pair in pairs for text in pair})
    return texts, {text: row for row, text in enumerate(texts)}


def cosines(encoder: Encoder) -> Peer:
    """Cosine of two texts by an encoder."""

    def score(pairs: Pairs) -> list[float]:
        texts, row = by_text(pairs)
        vectors = encoder.encode(texts)
        return [float(vectors[row[a]] @ vectors[row[b]]) for a, b in pairs]

    return score


def tfidf(pairs: Pairs) -> list[float]:
    """Cosine of TF-IDF over runs of 3 to 5 characters."""
    texts, row = by_text(pairs)
    matrix = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True).fit_transform(texts)
    return [float((matrix[row[a]] @ matrix[row[b]].T).sum()) for a, b in pairs]


def datasketch(length: int) -> Peer:
    """Jaccard estimates of runs of words, by datasketch."""
    from datasketch import MinHash

    def score(pairs: Pairs) -> list[float]:
        texts, _ = by_text(pairs)
        sketches = {text: MinHash(num_perm=128) for text in texts}
        for text, sketch in sketches.items():
            sketch.update_batch([" ".join(run).encode() for run in sorted(shingles(words(text), length))])
        return [sketches[a].jaccard(sketches[b]) for a, b in pairs]

    return score


def rensa(length: int) -> Peer:
    """Jaccard estimates of runs of words, by rensa."""
    from rensa import RMinHash

    def score(pairs: Pairs) -> list[float]:
        texts, _ = by_text(pairs)
        sketches = {text: RMinHash(num_perm=128, seed=42) for text in texts}
        for text, sketch in sketches.items():
            sketch.update([" ".join(run) for run in sorted(shingles(words(text), length))])
        return [sketches[a].jaccard(sketches[b]) for a, b in pairs]

    return score


def chunks(encoder: Encoder) -> Peer:
    """The mean cosine of the three best pairs of sentences of two articles."""
    from align.text.sentences import split_sentences

    def score(pairs: Pairs) -> list[float]:
        texts, _ = by_text(pairs)
        vectors = {text: encoder.encode([span.of(text) for span in split_sentences(text)]) for text in texts}
        best = [np.sort((vectors[a] @ vectors[b].T).max(axis=0))[-3:] for a, b in pairs]
        return [float(values.mean()) for values in best]

    return score


def ranking(scores: Sequence[float], labels: Sequence[bool]) -> tuple[float, float]:
    """ROC AUC and average precision, not a number where the labels are all alike."""
    if len(set(labels)) < 2:
        return math.nan, math.nan
    return roc_auc(scores, labels), average_precision(scores, labels)


def row(name: str, flags: Sequence[bool], scores: Sequence[float], task: Task, note: str) -> str:
    """A line of the table: all pairs, then AUC and recall by kind."""
    precision, recall, f1 = prf(flags, task.labels)
    cut = best_threshold(scores, task.labels)
    best = prf([score >= cut for score in scores], task.labels)[2]
    cells = [precision, recall, f1, best, *ranking(scores, task.labels)]
    for kind in ("same", "across"):
        held = [number for number, other in enumerate(task.kinds) if other == kind]
        labels = [task.labels[n] for n in held]
        cells.append(prf([flags[n] for n in held], labels)[2])
        cells.append(ranking([scores[n] for n in held], labels)[0])
    return f"| {name} | " + " | ".join(f"{cell:.3f}" for cell in cells) + f" | {note} |"


def table(task: Task, peers: dict[str, Callable[[], Peer]]) -> None:
    """Print align beside its peers on one task."""
    print(f"\n{task.name}: {len(task.labels)}, of them {sum(task.labels)} reused\n")
    print("| | P | R | F1 | best F1 | AUC | AP | F1, one language | AUC | F1, across languages | AUC | threshold |")
    print("|---|" + "---|" * 11)
    print(row("align", task.flags, task.scores, task, "as it comes"))
    found: dict[str, list[float]] = {"align": task.scores}
    for name, make in peers.items():
        try:
            found[name] = make()(task.texts)
        except ImportError as error:
            print(f"{name} is left out: {error}", file=sys.stderr)
    for name, scores in found.items():
        print(row(name, cross_validated(scores, task.labels, task.folds), scores, task, "cross-validated"))


def write_errors(path: Path, judged: Sequence[JudgedPair]) -> None:
    """The pairs of quotations whose flag is wrong, one a line, with the match if there is one."""
    wrong = [item for item in judged if item.flagged != (item.pair.label == "rewrite")]
    with path.open("w", encoding="utf-8") as file:
        for item in wrong:
            pair = {name: value for name, value in asdict(item.pair).items() if name != "places"}
            places = [place[0] if place else None for place in item.pair.places]
            match = to_json(item.match) if item.match else None
            file.write(json.dumps({**pair, "documents": places, "match": match}, ensure_ascii=False) + "\n")


def main() -> None:
    """Trace, evaluate, and print Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--split", choices=("dev", "test"), default="dev")
    parser.add_argument("--corpus", type=Path, default=EVENTS)
    parser.add_argument("--run", type=Path, help="a run over the corpus that is there already")
    parser.add_argument("--errors", type=Path, help="write the wrongly flagged pairs of quotations here")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = RunFolder(options.run or Path(made) / "run")
        if options.run is None:
            settings = Path(made) / "align.toml"
            outlets = json.dumps(str(options.corpus / "outlets.toml"))
            settings.write_text(f"[ingest]\noutlets = {outlets}\n", encoding="utf-8")
            align.run([options.corpus / "articles.jsonl"], folder.path, align.load_config(settings))
        measure(folder, options.corpus / "gold.json", options.split, UseM3(), options.errors)


def measure(folder: RunFolder, path: Path, split: str, encoder: Encoder, errors: Path | None = None) -> None:
    """Print the figures of a run, and the two tables."""
    gold = read_article_gold(path, split)
    if gold is None:
        raise SystemExit(f"{path}: no article_pairs")
    figures = {
        **asdict(score_against_gold(folder, path, split=split, resamples=1000)),
        **asdict(score_run(folder, gold)),
    }
    print(f"split {split}\n\n```json\n{json.dumps(figures, indent=1)}\n```")
    task, judged = quotations(folder, path, split)
    if errors:
        write_errors(errors, judged)
    table(
        task,
        {
            "encoder": lambda: cosines(encoder),
            "TF-IDF of 3 to 5 characters": lambda: tfidf,
            "datasketch MinHash 128, 3 words": lambda: datasketch(3),
            "rensa RMinHash 128, 3 words": lambda: rensa(3),
        },
    )
    table(
        articles(folder, path, gold, split),
        {
            "encoder, whole texts": lambda: cosines(encoder),
            "encoder, 3 best sentences": lambda: chunks(encoder),
            "TF-IDF of 3 to 5 characters": lambda: tfidf,
            "datasketch MinHash 128, 5 words": lambda: datasketch(5),
            "datasketch MinHash 128, 3 words": lambda: datasketch(3),
            "rensa RMinHash 128, 5 words": lambda: rensa(5),
            "rensa RMinHash 128, 3 words": lambda: rensa(3),
        },
    )


if __name__ == "__main__":
    main()
