"""Figures on tracing rewrites, beside those of other tools on the same data, in one run.

    python scripts/bench_reuse.py DATA [--families 60] [--only fakes retold]

DATA holds the development sets that `scripts/train_reuse.py` reads. The weights of the score were fitted on part of
them, so what is measured on FA-KES pairs and on retold stories is no test. Thresholds of single signals, and the
weights of what joins several, come from other folds; pairs that share an article are in one fold. A peer that is not
installed is left out, and a line says so. SemHash compares with whatever encoder it is given: here with align's, over
whole articles.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from align.config import ReuseConfig
from align.embed.use import UseM3
from align.evaluate.matches import roc_auc
from align.records import PassageMatch, Segment, Span, Story, Translation, WireFamily
from align.reuse.families import TIE, gather_families
from align.reuse.reading.sentences import Sentence, read_sentences
from align.reuse.search.candidates import Candidates, find_candidates
from align.reuse.search.columns import read_columns
from align.reuse.search.comparable import Comparable
from align.reuse.search.second_look import look_again
from align.reuse.search.windows import Windows, encode_windows
from align.reuse.trace import apply_threshold, score_passages
from align.text.sentences import split_sentences
from align.text.shingles import longest_run, shingles
from align.text.words import words

Key = tuple[str, str]
_FOLDS = 5
_TIED, _TOGETHER = f"align, tied at {TIE}", "align, in one family"
_AS_IT_COMES = {_TIED: TIE, _TOGETHER: 0.5}
_SURE = 10.0  # nats of doubt from which a tie is no surer
# Pairs of FA-KES that are labelled independent and, read again, share a source: docs/reuse.md says why.
_MISLABELLED = {("311", "669"), ("24", "61"), ("41", "663"), ("187", "297")}


class Corpus:
    """Stories with their sentences, and what align makes of them."""

    def __init__(self) -> None:
        self.stories: list[Story] = []
        self.segments: list[Segment] = []
        self.translations: dict[str, Translation] = {}
        self.texts: dict[str, str] = {}
        self.seconds: dict[str, float] = {}

    def add(self, key: str, outlet: str | None, text: str, language: str, published: str | None = None) -> None:
        """Add one article. English is its own translation; other languages have none here."""
        self.add_cut(key, outlet, text, split_sentences(text), language, published)

    def add_cut(
        self,
        key: str,
        outlet: str | None,
        text: str,
        spans: Iterable[Span],
        language: str,
        published: str | None = None,
    ) -> None:
        """Add an article that is cut into sentences already."""
        for index, span in enumerate(spans):
            name = f"{key}:{index}"
            self.segments.append(Segment(name, key, key, index, span, span.of(text), "body", language))
            if language == "en":
                self.translations[name] = Translation(name, "en", "en", span.of(text), "copied")
        precision = "day" if published else None
        whole = Span(0, len(text))
        self.stories.append(Story(key, key, whole, outlet=outlet, published=published, published_precision=precision))
        self.texts[key] = text

    def timed(self, name: str, work: Callable[[], object]) -> object:
        """Do some work and note its CPU seconds."""
        begin = time.process_time()
        done = work()
        self.seconds[name] = time.process_time() - begin
        return done

    def prepare(self, encoder: UseM3) -> None:
        """Read and encode the sentences."""
        self.sentences: list[Sentence] = self.timed("read", lambda: read_sentences(self.segments, self.translations))
        texts = [sentence.segment.text for sentence in self.sentences]
        self.windows: Windows = self.timed("encode", lambda: encode_windows(texts, encoder))
        self.sizes = Counter(sentence.segment.story_id for sentence in self.sentences)

    def trace(self, config: ReuseConfig) -> list[PassageMatch]:
        """All matches, flagged."""
        found = self.timed(
            "score", lambda: score_passages(self.sentences, self.stories, self.windows, config, texts=self.texts)
        )
        return self.timed("flag", lambda: apply_threshold(found, config.threshold, self.sizes))


def read(path: Path) -> list[dict]:
    """The objects of a JSON Lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def certainty(matches: Sequence[PassageMatch]) -> dict[Key, float]:
    """For two stories how sure it is that one of their flagged passages is no chance, in nats: families' own rule.

    The strongest match comes first, and each sentence counts once.
    """
    nats: dict[Key, float] = defaultdict(float)
    held: dict[Key, set[str]] = defaultdict(set)
    for match in sorted((match for match in matches if match.flagged), key=lambda match: (-match.score, match.id)):
        stories = key(match.source.story_id, match.target.story_id)
        segments = {*match.source.segments, *match.target.segments}
        if held[stories].isdisjoint(segments):
            nats[stories] -= math.log(max(1 - match.score, 1e-9))
        held[stories] |= segments
    return nats


def links(matches: Sequence[PassageMatch]) -> dict[Key, float]:
    """The same as a probability."""
    return {stories: 1 - math.exp(-nats) for stories, nats in certainty(matches).items()}


def strongest(matches: Sequence[PassageMatch]) -> dict[Key, float]:
    """The best score of two stories, flagged or not."""
    best: dict[Key, float] = defaultdict(float)
    for match in matches:
        stories = key(match.source.story_id, match.target.story_id)
        best[stories] = max(best[stories], match.score)
    return best


def key(first: str, second: str) -> Key:
    """Two ids in order."""
    return (first, second) if first < second else (second, first)


def groups(pairs: Sequence[Key]) -> list[int]:
    """A fold for each pair, those that share an article in one fold."""
    parent: dict[str, str] = {}

    def root(node: str) -> str:
        while parent.setdefault(node, node) != node:
            node = parent[node]
        return node

    for first, second in pairs:
        parent[root(first)] = root(second)
    sizes = Counter(root(first) for first, _ in pairs)
    load, fold_of = [0] * _FOLDS, {}
    for group, size in sorted(sizes.items(), key=lambda item: (-item[1], item[0])):
        fold_of[group] = load.index(min(load))
        load[fold_of[group]] += size
    return [fold_of[root(first)] for first, _ in pairs]


def prf(flags: Sequence[bool], labels: Sequence[bool]) -> tuple[float, float, float]:
    """Precision, recall and F1."""
    hits = sum(a and b for a, b in zip(flags, labels, strict=True))
    precision, recall = hits / max(sum(flags), 1), hits / max(sum(labels), 1)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


def best_threshold(scores: Sequence[float], labels: Sequence[bool]) -> float:
    """The threshold of the highest F1, in the middle of the gap that it lies in; of several the lowest."""
    values, place = np.unique(np.asarray(scores, np.float64), return_inverse=True)
    hits, all_of = (np.bincount(place, weight, len(values)) for weight in (np.asarray(labels, np.float64), None))
    above, flagged = np.cumsum(hits[::-1])[::-1], np.cumsum(all_of[::-1])[::-1]
    best = int(np.argmax(2 * above / (flagged + hits.sum())))
    return float((values[max(best - 1, 0)] + values[best]) / 2)


def cross_validated(scores: Sequence[float], labels: Sequence[bool], folds: Sequence[int]) -> list[bool]:
    """Flags of each fold at the threshold that is best on the others."""
    flags = [False] * len(scores)
    for fold in sorted(set(folds)):
        rest = [number for number, other in enumerate(folds) if other != fold]
        cut = best_threshold([scores[n] for n in rest], [labels[n] for n in rest])
        for number, other in enumerate(folds):
            if other == fold:
                flags[number] = scores[number] >= cut
    return flags


def line(name: str, flags: Sequence[bool], scores: Sequence[float], labels: Sequence[bool], note: str = "") -> None:
    """Print a row of a table."""
    precision, recall, f1 = prf(flags, labels)
    print(f"| {name} | {roc_auc(list(scores), list(labels)):.3f} | {precision:.3f} | {recall:.3f} | {f1:.3f} | {note}")


def peers(texts: Mapping[str, str], pairs: Sequence[Key], encoder: UseM3) -> dict[str, list[float]]:
    """Scores of pairs by other tools, by the tool's name."""
    names = sorted({name for pair in pairs for name in pair})
    row = {name: number for number, name in enumerate(names)}
    found: dict[str, list[float]] = {}
    runs = {name: {" ".join(run) for run in shingles(words(texts[name]), 5)} for name in names}
    try:
        from datasketch import MinHash

        sketches = {}
        for name in names:
            sketches[name] = MinHash(num_perm=128)
            sketches[name].update_batch([run.encode() for run in sorted(runs[name])])
        found["datasketch MinHash 128, 5 words"] = [sketches[a].jaccard(sketches[b]) for a, b in pairs]
    except ImportError:
        print("datasketch is not installed")
    try:
        from rensa import RMinHash

        rensa = {}
        for name in names:
            rensa[name] = RMinHash(num_perm=128, seed=42)
            rensa[name].update(sorted(runs[name]))
        found["rensa RMinHash 128, 5 words"] = [rensa[a].jaccard(rensa[b]) for a, b in pairs]
    except ImportError:
        print("rensa is not installed")
    matrix = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True).fit_transform(
        [texts[name] for name in names]
    )
    found["TF-IDF of 3 to 5 characters"] = [float((matrix[row[a]] @ matrix[row[b]].T).sum()) for a, b in pairs]
    vectors = encoder.encode([texts[name] for name in names])
    found["encoder, whole texts"] = [float(vectors[row[a]] @ vectors[row[b]]) for a, b in pairs]
    try:
        found["SemHash, align's encoder, whole texts"] = semhash(texts, pairs, encoder)
    except ImportError:
        print("semhash is not installed")
    return found


def semhash(texts: Mapping[str, str], pairs: Sequence[Key], encoder: UseM3) -> list[float]:
    """The similarity that SemHash gives the second text of each pair against an index of the first."""
    from semhash import SemHash

    found = []
    for first, second in pairs:
        index = SemHash.from_records([texts[first]], model=encoder)
        filtered = index.deduplicate([texts[second]], threshold=0.0).filtered
        found.append(filtered[0].score if filtered else 0.0)
    return found


def best_sentences(corpus: Corpus, pairs: Sequence[Key]) -> list[float]:
    """The mean cosine of the three best sentence pairs."""
    vectors, rows = corpus.windows.whole(np.arange(len(corpus.sentences))), defaultdict(list)
    for sentence in corpus.sentences:
        rows[sentence.segment.story_id].append(sentence.row)
    found = []
    for first, second in pairs:
        cosines = vectors[rows[first]] @ vectors[rows[second]].T
        best = np.sort(cosines.max(axis=0 if len(rows[second]) <= len(rows[first]) else 1, initial=0))[-3:]
        found.append(float(best.mean()) if len(best) else 0.0)
    return found


def wording(texts: Mapping[str, str], pairs: Sequence[Key]) -> list[list[float]]:
    """The longest run of words that two articles share, and the rarity of all their shared runs of four words."""
    folded = {name: words(text) for name, text in texts.items()}
    runs = {name: set(shingles(held, 4)) for name, held in folded.items()}
    frequency = Counter(run for held in runs.values() for run in held)
    found = []
    for first, second in pairs:
        rare = math.fsum(math.log(len(runs) / frequency[run]) for run in runs[first] & runs[second])
        found.append([min(longest_run(folded[first], folded[second]), 30) / 10, math.log1p(rare)])
    return found


def joined(features: Sequence[Sequence[float]], labels: Sequence[bool], folds: Sequence[int]) -> list[float]:
    """Probabilities of a logistic regression over some features, each fold by a fit on the others."""
    matrix, truth, at = np.array(features), np.array(labels), np.array(folds)
    scores = np.zeros(len(labels))
    for fold in sorted(set(folds)):
        model = LogisticRegression(C=10.0).fit(matrix[at != fold], truth[at != fold])
        scores[at == fold] = model.predict_proba(matrix[at == fold])[:, 1]
    return scores.tolist()


def fakes(folder: Path, encoder: UseM3) -> None:
    """English articles on one war: any reuse against none, and the cost of the whole."""
    corpus = Corpus()
    for row in read(folder / "fakes_articles.jsonl"):
        month, day, year = map(int, row["date"].split("/"))
        corpus.add(str(row["uid"]), row["outlet"], row["text"], "en", f"{year:04}-{month:02}-{day:02}")
    corpus.prepare(encoder)
    matches = corpus.trace(ReuseConfig())
    families = corpus.timed("families", lambda: gather_families(corpus.stories, matches, corpus.sizes))
    cost(corpus, matches, families)
    labelled = read(folder / "fakes_pairs_dev.jsonl")
    pairs = [key(str(row["uid1"]), str(row["uid2"])) for row in labelled]
    labels = [row["label"] > 0 for row in labelled]
    scores = signals(corpus, matches, families, pairs) | {
        name: [[score] for score in found] for name, found in peers(corpus.texts, pairs, encoder).items()
    }
    table("FA-KES, any reuse", scores, pairs, labels)
    wrong = {key(*pair) for pair in _MISLABELLED}
    turned = [label or pair in wrong for pair, label in zip(pairs, labels, strict=True)]
    table(f"the same, {sum(turned) - sum(labels)} labels turned to reuse", scores, pairs, turned)


def cost(corpus: Corpus, matches: Sequence[PassageMatch], families: Sequence[WireFamily]) -> None:
    """Print what it took and what was found."""
    spent = ", ".join(f"{name} {seconds:.1f}" for name, seconds in corpus.seconds.items())
    whole = sum(corpus.seconds.values())
    without = whole - corpus.seconds["encode"]
    count = len(corpus.stories)
    print(f"{count} articles, CPU seconds: {spent}; {count / whole:.0f} articles a CPU second, {count / without:.0f}")
    print(f"without the encoder; {len(matches)} matches kept, {sum(match.flagged for match in matches)} flagged,")
    print(f"{len(families)} families, the largest of {max(len(family.members) for family in families)}")


def signals(
    corpus: Corpus, matches: Sequence[PassageMatch], families: Sequence[WireFamily], pairs: Sequence[Key]
) -> dict[str, list[list[float]]]:
    """What align makes of each pair, by the name of the row: one number, or several that are to be joined."""
    nats, best = certainty(matches), strongest(matches)
    group_of = {member.story_id: family.id for family in families for member in family.members}
    runs = wording(corpus.texts, pairs)
    sure = [min(nats.get(pair, 0.0), _SURE) for pair in pairs]
    return {
        _TIED: [[1 - math.exp(-certain)] for certain in sure],
        _TOGETHER: [[float(first in group_of and group_of[first] == group_of.get(other))] for first, other in pairs],
        "align and shared runs": [
            [certain, best.get(pair, 0.0), *run] for certain, pair, run in zip(sure, pairs, runs, strict=True)
        ],
        "longest shared run": [[run[0]] for run in runs],
        "encoder, 3 best sentences": [[score] for score in best_sentences(corpus, pairs)],
    }


def table(name: str, scores: Mapping[str, list[list[float]]], pairs: Sequence[Key], labels: Sequence[bool]) -> None:
    """Print a row for each of some signals."""
    folds = groups(pairs)
    print(f"\n| {name} | AUC | P | R | F1 | |\n|---|---|---|---|---|---|")
    for signal, values in scores.items():
        flat = [value[0] for value in values]
        if signal in _AS_IT_COMES:
            line(signal, [value >= _AS_IT_COMES[signal] for value in flat], flat, labels, "as it comes |")
        elif len(values[0]) > 1:
            both = joined(values, labels, folds)
            line(signal, [value >= 0.5 for value in both], both, labels, "cross-validated |")
        else:
            line(signal, cross_validated(flat, labels, folds), flat, labels, "cross-validated |")


def retold(folder: Path, language: str, encoder: UseM3, families: int) -> None:
    """Foreign originals against English re-tellings, without any translation."""
    rows = read(folder / f"retold_{language}_dev.jsonl")
    kept = sorted({row["family"] for row in rows})[:families]
    corpus, told = Corpus(), {}
    for row in rows:
        if row["family"] in kept and row["role"] != "human":
            name = f"{row['family']}/{row['role']}"
            spans = side_by_side(row["sents"])
            corpus.add_cut(name, "src" if row["role"] == "src" else "en", "\n".join(row["sents"]), spans, row["lang"])
            told[name] = row
    corpus.prepare(encoder)
    config = ReuseConfig(window_days=0)
    tie = links(corpus.trace(config))
    sources = [name for name, row in told.items() if row["role"] == "src"]
    others = [name for name, row in told.items() if row["role"] != "src"]
    pairs = [
        (source, other)
        for source in sources
        for other in others
        if told[source]["family"] not in (told[other].get("bg"), told[other].get("host"))
    ]
    labels = [told[source]["family"] == told[other]["family"] for source, other in pairs]
    scores = [tie.get(key(*pair), 0.0) for pair in pairs]
    flags = [score >= TIE for score in scores]
    planted = [number for number, pair in enumerate(pairs) if told[pair[1]]["role"] == "embed"]
    best = best_sentences(corpus, pairs)
    cut, own_cut = best_threshold(best, labels), best_threshold(scores, labels)
    as_peer = [score >= cut for score in best]
    found = [
        *prf(flags, labels),
        prf([score >= own_cut for score in scores], labels)[2],
        prf([flags[n] for n in planted], [labels[n] for n in planted])[1],
        strict_recall(scores, labels),
        prf(as_peer, labels)[2],
        prf([as_peer[n] for n in planted], [labels[n] for n in planted])[1],
        strict_recall(best, labels),
        candidate_recall(corpus, config),
    ]
    stories = f"{len(sources)}/{len(others)}"
    print(f"| {language} | {stories} | " + " | ".join(f"{figure:.3f}" for figure in found) + " |", flush=True)


def side_by_side(sentences: Sequence[str]) -> list[Span]:
    """Where each of some lines stands in the text that they make."""
    ends = np.cumsum([len(sentence) + 1 for sentence in sentences]).tolist()
    return [Span(end - 1 - len(sentence), end - 1) for sentence, end in zip(sentences, ends, strict=True)]


def strict_recall(scores: Sequence[float], labels: Sequence[bool]) -> float:
    """Recall where at most one of 10,000 unrelated pairs is flagged."""
    wrong = sorted((score for score, label in zip(scores, labels, strict=True) if not label), reverse=True)
    cut = wrong[len(wrong) // 10_000]
    right = [score for score, label in zip(scores, labels, strict=True) if label]
    return sum(score > cut for score in right) / len(right)


def candidate_recall(corpus: Corpus, config: ReuseConfig) -> float:
    """The share of sentences of an original whose counterpart in a full re-telling is among the candidates."""
    found = candidates(corpus, config)
    known = set(zip(found.first.tolist(), found.second.tolist(), strict=True))
    row = {sentence.segment.id: sentence.row for sentence in corpus.sentences}
    lengths = Counter(segment.story_id for segment in corpus.segments)
    wanted = []
    for segment in corpus.segments:
        family, role = segment.story_id.rsplit("/", 1)
        other = f"{family}/full"
        if role == "src" and lengths[segment.story_id] == lengths[other]:
            pair = row.get(segment.id), row.get(f"{other}:{segment.index}")
            if None not in pair:
                wanted.append(tuple(sorted(pair)) in known)
    return sum(wanted) / max(len(wanted), 1)


def candidates(corpus: Corpus, config: ReuseConfig) -> Candidates:
    """What is compared closely."""
    columns = read_columns(corpus.sentences, {story.id: number for number, story in enumerate(corpus.stories)})
    first = find_candidates(columns, corpus.windows, Comparable(corpus.stories, config), config)
    return look_again(first, columns, corpus.windows)


def main() -> None:
    """Measure what is asked for, and print Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--families", type=int, default=60, help="stories of each language that are retold")
    parser.add_argument("--only", nargs="+", choices=("fakes", "retold"))
    options = parser.parse_args()
    chosen = options.only or ("fakes", "retold")
    encoder = UseM3()
    encoder.encode(["loaded"])
    if "fakes" in chosen:
        fakes(options.data, encoder)
    if "retold" in chosen:
        print(
            "\n| retold | originals/re-tellings | P | R | F1 | F1, best threshold | planted | recall at 1 in 10,000 "
            "| encoder F1, best threshold | encoder planted | encoder recall at 1 in 10,000 | candidates |"
        )
        print(f"|{'---|' * 12}")
        for language in ("fr", "tr", "ru", "ar"):
            retold(options.data, language, encoder, options.families)


if __name__ == "__main__":
    main()
