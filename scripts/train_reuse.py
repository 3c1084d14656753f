"""Fit the weights of the reuse score and write `align/reuse/weights.json`.

    python scripts/train_reuse.py DATA --out align/reuse/weights.json

DATA holds the development sets, JSON Lines: `retold_{fr,tr,ar,ru}_dev.jsonl` (a wire story retold sentence by sentence
by several translation systems: the same sentence is a rewrite, another sentence of the same story is not) and
`fakes_articles.jsonl` with `fakes_pairs_dev.jsonl` (articles that tell one event independently: no passage of theirs
is a rewrite). The bundled sample with its gold is a set as well, the only one whose rewrites and whose look-alikes a
writer made. Each set is left out of the fit once, to see what carries over.
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

import align
from align.config import ReuseConfig
from align.embed.use import UseM3
from align.evaluate.matches import score_matches
from align.evaluate.reuse import judge, read_quote_pairs
from align.records import Document, PassageMatch, Segment, Span, Story, Translation
from align.reuse import trace
from align.reuse.evidence import FEATURES
from align.reuse.score import ReuseModel
from align.reuse.sentences import read_sentences
from align.reuse.trace import score_passages
from align.reuse.windows import encode_windows
from align.runfolder import RunFolder
from align.text.sentences import split_sentences

Example = tuple[list[float], bool, float]  # features, label, weight

_FLAT = ReuseModel(0.0, dict.fromkeys(FEATURES, 0.0), "flat")
_PENALTY = 0.02
_SAMPLE_WEIGHT = 15.0  # few pairs, but the only ones worded by hand on both sides of the question
_CORPUS = 30  # families that are compared with each other at a time
# Where the sets cannot teach: in re-tellings by machine every neighbour of a true pair is true as well and figures are
# never changed, so order would count for too much, and figures, speakers, days and copied runs for too little; half of
# them are read without English, which would take weight from what people's rewrites have to live on: a clause in
# common, in stories that share others.
_BOUNDS = {
    "clause": (1.2, None),
    "order": (0.0, 1.5),
    "story": (0.8, 1.5),
    "run": (1.5, None),
    "lexical": (4.0, None),
    "numbers_same": (1.2, None),
    "numbers_different": (None, -1.0),
    "same_claimant": (0.4, None),
    "other_claimant": (None, -0.8),
    "other_day": (None, -1.0),
    "unread": (0.0, 2.5),
    "names_same": (0.3, None),
}
_NEGATIVES = 1.6  # negatives together weigh this many times the positives: most candidates are no rewrites


class Corpus:
    """Stories under construction, each with its sentences, English and what is true of them."""

    def __init__(self) -> None:
        self.stories: list[Story] = []
        self.segments: list[Segment] = []
        self.translations: dict[str, Translation] = {}
        self.texts: dict[str, str] = {}

    def add(self, key: str, outlet: str, sentences: Sequence[str], language: str, english: Sequence[str]) -> None:
        """Add a story of `sentences`, whose English is empty where no translation is to be seen."""
        begin = 0
        for index, (sentence, reading) in enumerate(zip(sentences, english, strict=True)):
            span = Span(begin, begin + len(sentence))
            name = f"{key}:{index}"
            self.segments.append(Segment(name, key, key, index, span, sentence, "body", language))
            if reading:
                self.translations[name] = Translation(name, language, "en", reading, "translated")
            begin = span.end + 1
        self.stories.append(Story(key, key, Span(0, max(begin - 1, 0)), outlet=outlet))
        self.texts[key] = " ".join(sentences)

    def matches(self, encoder: UseM3) -> list[PassageMatch]:
        """All candidates with their evidence; wide passages never win, since every score is the same."""
        sentences = read_sentences(self.segments, self.translations)
        windows = encode_windows([sentence.segment.text for sentence in sentences], encoder)
        config = ReuseConfig(window_days=0)
        found = score_passages(sentences, self.stories, windows, config, texts=self.texts, model=_FLAT)
        return [match for match in found if len(match.source.segments) == len(match.target.segments) == 1]


def read(path: Path) -> list[dict]:
    """The objects of a JSON Lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def retold(folder: Path, language: str, encoder: UseM3, corpora: int) -> Iterator[Example]:
    """Foreign originals against English re-tellings, and those against each other.

    Half of the originals are read without English, so that the score does not lean on good translations.
    """
    families: dict[str, dict[str, dict]] = {}
    for row in read(folder / f"retold_{language}_dev.jsonl"):
        families.setdefault(row["family"], {})[row["role"]] = row
    whole = [name for name in sorted(families) if {"src", "full"} <= set(families[name])]
    for start in range(0, min(len(whole), corpora * _CORPUS), _CORPUS):
        corpus = Corpus()
        for number, name in enumerate(whole[start : start + _CORPUS]):
            for role, row in sorted(families[name].items()):
                if role in ("src", "full", "mtfull", "human"):
                    sentences = row["sents"]
                    read_as = sentences if row["lang"] == "en" else families[name].get("mtfull", {}).get("sents")
                    known = read_as is not None and len(read_as) == len(sentences) and (role != "src" or number % 2)
                    corpus.add(
                        f"{name}/{role}", role, sentences, row["lang"], read_as if known else [""] * len(sentences)
                    )
        for match in corpus.matches(encoder):
            ours, theirs = match.source.segments[0].rsplit(":", 1), match.target.segments[0].rsplit(":", 1)
            (family, role), (other_family, other_role) = ours[0].rsplit("/", 1), theirs[0].rsplit("/", 1)
            if {role, other_role} != {"src", "mtfull"}:  # there one side's English is the other side itself
                same = (family, ours[1]) == (other_family, theirs[1])
                yield features(match), same, 1.0


def independent(folder: Path, encoder: UseM3) -> Iterator[Example]:
    """Articles that tell one event on their own, as negatives; copied sentences of derived articles, as positives."""
    articles = {row["uid"]: row for row in read(folder / "fakes_articles.jsonl")}
    pairs = read(folder / "fakes_pairs_dev.jsonl")
    corpus = Corpus()
    for uid in sorted({uid for pair in pairs for uid in (pair["uid1"], pair["uid2"])}):
        row = articles[uid]
        sentences = [span.of(row["text"]) for span in split_sentences(row["text"])]
        corpus.add(str(uid), row["outlet"], sentences, "en", sentences)
    labels = {frozenset((str(pair["uid1"]), str(pair["uid2"]))): pair["label"] for pair in pairs}
    for match in corpus.matches(encoder):
        label = labels.get(frozenset((match.source.document_id, match.target.document_id)))
        if label == 0:
            yield features(match), False, 2.0
        elif label == 2 and match.evidence.features["run"] >= 0.75 and match.evidence.cosine >= 0.75:
            yield features(match), True, 0.5  # plain copies, to keep what is easy easy


def sample(folder: Path) -> Iterator[Example]:
    """The labelled pairs of the bundled sample that are candidates at all, as a run with default settings sees them."""
    with tempfile.TemporaryDirectory() as place:
        run = RunFolder(align.run([folder], Path(place) / "run").folder)
        texts = {document.id: document.text for document in run.read("documents", Document)}
        matches = list(run.read("matches", PassageMatch))
    for judged in judge(matches, texts, read_quote_pairs(folder.parent / "gold.json")):
        if judged.match is not None:
            yield features(judged.match), judged.pair.label == "rewrite", _SAMPLE_WEIGHT


def features(match: PassageMatch) -> list[float]:
    """The features of a match in the order of FEATURES."""
    return [match.evidence.features[name] for name in FEATURES]


def fit(examples: Sequence[Example]) -> tuple[float, dict[str, float]]:
    """Intercept and weights: L2-penalised logistic regression, each weight held to its sign."""
    matrix, labels, weights = (np.array(column, dtype=float) for column in zip(*examples, strict=True))
    weights = weights * np.where(
        labels > 0, 1.0, _NEGATIVES * (weights * labels).sum() / (weights * (1 - labels)).sum()
    )
    weights /= weights.sum()
    signs = np.where(labels > 0, 1.0, -1.0)

    def loss(theta: np.ndarray) -> tuple[float, np.ndarray]:
        margins = signs * (theta[0] + matrix @ theta[1:])
        value = float(weights @ np.logaddexp(0, -margins)) + _PENALTY * float(theta[1:] @ theta[1:]) / 100
        pull = -weights * signs / (1 + np.exp(np.clip(margins, -500, 500)))
        return value, np.concatenate([[pull.sum()], matrix.T @ pull + 2 * _PENALTY * theta[1:] / 100])

    free = {name: (0.0, None) if sign > 0 else (None, 0.0) for name, sign in FEATURES.items()}
    bounds = [(None, None), *({**free, **_BOUNDS}[name] for name in FEATURES)]
    found = minimize(loss, np.zeros(len(FEATURES) + 1), jac=True, method="L-BFGS-B", bounds=bounds)
    return float(found.x[0]), {name: round(float(value), 3) for name, value in zip(FEATURES, found.x[1:], strict=True)}


def report(name: str, model: tuple[float, dict[str, float]], examples: Sequence[Example]) -> None:
    """Print how well a model tells one set's rewrites from the rest."""
    intercept, weights = model
    theta = np.array([weights[feature] for feature in FEATURES])
    totals = intercept + np.array([example[0] for example in examples]) @ theta
    scores = score_matches(list(1 / (1 + np.exp(-totals))), [example[1] for example in examples])
    print(
        f"{name:24} pairs {scores.pairs:6}  AUC {scores.roc_auc:.4f}  AP {scores.average_precision:.4f}  "
        f"P {scores.precision:.3f}  R {scores.recall:.3f}  F1 {scores.f1:.3f}"
    )


def main() -> None:
    """Read, fit without each set in turn, fit on all, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--sample", type=Path, default=Path(__file__).parents[1] / "corpora/sample")
    parser.add_argument("--corpora", type=int, default=3, help="corpora of 30 families a language")
    options = parser.parse_args()
    trace._LEAST = 0.0  # what the weights in use think nothing of has to be seen by those to come
    encoder = UseM3()
    makers: dict[str, Callable[[], Iterable[Example]]] = {
        f"retold {tag}": lambda tag=tag: retold(options.data, tag, encoder, options.corpora)
        for tag in ("fr", "tr", "ar", "ru")
    }
    makers["independent"] = lambda: independent(options.data, encoder)
    makers["sample"] = lambda: sample(options.sample)
    sets = {name: list(make()) for name, make in makers.items()}
    for name, examples in sets.items():
        rest = [example for other, others in sets.items() if other != name for example in others]
        report(f"without {name}", fit(rest), examples)
    every = [example for examples in sets.values() for example in examples]
    intercept, weights = fit(every)
    report("all, on all", (intercept, weights), every)
    provenance = f"scripts/train_reuse.py on {', '.join(sets)}: {len(every)} pairs, {sum(e[1] for e in every)} rewrites"
    text = json.dumps({"provenance": provenance, "intercept": round(intercept, 3), "weights": weights}, indent=2)
    options.out.write_text(text + "\n", encoding="utf-8")
    print(text)
    assert math.isfinite(intercept)


if __name__ == "__main__":
    main()
