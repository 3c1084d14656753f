"""Fit the weights of the reuse score and write `align/reuse/scoring/weights.json`.

    python scripts/train_reuse.py DATA --out align/reuse/scoring/weights.json

Passages in one language and passages in two have weights of their own, since in two languages words are compared
through a translation, or not at all. What is fitted on:

- the development events of `corpora/events` and the bundled sample with its gold: worded by hand on both sides of the
  question, and the only ones where figures, speakers and look-alikes teach;
- DATA, JSON Lines: `retold_{fr,tr,ar,ru}_dev.jsonl` (a wire story retold sentence by sentence by several translation
  systems: the same sentence is a rewrite, another sentence of the same story is not) and `fakes_articles.jsonl` with
  `fakes_pairs_dev.jsonl` (articles that tell one event independently: no passage of theirs is a rewrite; and copies).

Each set is left out of the fit once, and the events a fifth at a time, to see what carries over. Beside the calibration
error stands what a calibrated score would show on so many pairs: its mean, and the value that 95 of 100 stay below.
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

import align
from align.config import Config, IngestConfig, ReuseConfig
from align.embed.use import UseM3
from align.evaluate.calibration import expected_calibration_error
from align.evaluate.matches import score_matches
from align.evaluate.reuse import judge, read_quote_pairs
from align.records import Document, PassageMatch, Segment, Span, Story, Translation
from align.reuse.reading.sentences import read_sentences
from align.reuse.scoring.evidence import FEATURES
from align.reuse.scoring.score import ReuseModel
from align.reuse.search.windows import encode_windows
from align.reuse.trace import score_passages
from align.runfolder import RunFolder
from align.text.sentences import split_sentences

CORPORA = Path(__file__).parents[1] / "corpora"
_FLAT = ReuseModel.alike(0.0, dict.fromkeys(FEATURES, 0.0), "flat")
_PENALTY = 0.02
_FOLDS = 5
_DRAWS = 1000  # of labels, for what chance alone does to a calibration error
_CORPUS = 30  # families of re-tellings that are compared with each other at a time
# What the sets weigh. Those that were worded by hand count most: in re-tellings by machine every neighbour of a true
# pair is true as well, and no figure is ever changed.
_SHARES = {"events": 1.0, "sample": 0.8, "independent": 0.3, "retold": 0.1}
# What hardly varies here, or goes along with something else in these sets, and is known to count: a copied run and a
# close vector where no neighbour matches; figures; another speaker, another day. No sentence is flagged for its
# neighbours alone.
_EITHER = {
    "cosine": (1.0, None),
    "order": (0.0, 4.0),
    "story": (0.3, None),
    "numbers_same": (0.8, None),
    "numbers_different": (None, -0.8),
    "other_claimant": (None, -0.5),
    "other_day": (None, -0.8),
}
_BOUNDS = {"within": {**_EITHER, "run": (1.5, None)}, "across": _EITHER}


@dataclass(frozen=True, slots=True)
class Example:
    """The features of a candidate, whether it is a rewrite, its weight, and what it must not be parted from."""

    features: Mapping[str, float]
    label: bool
    weight: float
    group: str

    @property
    def kind(self) -> str:
        """In one language or in two."""
        return "across" if self.features["across"] else "within"


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

    def matches(self, encoder: UseM3, config: ReuseConfig) -> list[PassageMatch]:
        """All candidates of one sentence on each side, with their evidence."""
        sentences = read_sentences(self.segments, self.translations)
        windows = encode_windows([sentence.segment.text for sentence in sentences], encoder)
        found = score_passages(sentences, self.stories, windows, config, texts=self.texts, model=_FLAT, least=0.0)
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
        for match in corpus.matches(encoder, ReuseConfig(window_days=0)):
            ours, theirs = match.source.segments[0].rsplit(":", 1), match.target.segments[0].rsplit(":", 1)
            (family, role), (other_family, other_role) = ours[0].rsplit("/", 1), theirs[0].rsplit("/", 1)
            if {role, other_role} != {"src", "mtfull"}:  # there one side's English is the other side itself
                same = (family, ours[1]) == (other_family, theirs[1])
                yield Example(match.evidence.features, same, 1.0, family)


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
    for match in corpus.matches(encoder, ReuseConfig(window_days=0)):
        label = labels.get(frozenset((match.source.document_id, match.target.document_id)))
        if label == 0:
            yield Example(match.evidence.features, False, 2.0, match.source.document_id)
        elif label == 2 and match.evidence.features["run"] >= 0.75 and match.evidence.cosine >= 0.75:
            yield Example(match.evidence.features, True, 0.5, match.source.document_id)  # plain copies


def run_of(inputs: Path, folder: Path, outlets: Path | None = None) -> RunFolder:
    """A run over a corpus, or the one that is there."""
    config = Config(ingest=IngestConfig(outlets=str(outlets))) if outlets else Config()
    return RunFolder(align.run([inputs], folder, config).folder)


def of_run(run: RunFolder, kept: Callable[[str], bool], encoder: UseM3) -> list[PassageMatch]:
    """All candidates between the documents that are kept."""
    corpus = Corpus()
    corpus.stories = [story for story in run.read("stories", Story) if kept(story.document_id)]
    corpus.segments = [segment for segment in run.read("segments", Segment) if kept(segment.document_id)]
    corpus.translations = {item.segment_id: item for item in run.read("translations", Translation)}
    corpus.texts = {document.id: document.text for document in run.read("documents", Document)}
    return corpus.matches(encoder, ReuseConfig())


def events(run: RunFolder, encoder: UseM3) -> Iterator[Example]:
    """The development events: sentences that retell one statement of a dispatch, against all other candidates."""
    gold = json.loads((CORPORA / "events/gold.json").read_text(encoding="utf-8"))
    documents = {entry["id"]: entry for entry in gold["documents"] if entry["split"] == "dev"}
    families = [set(family["members"]) for family in gold["families"]]
    for match in of_run(run, documents.__contains__, encoder):
        ours, theirs = (documents[side.document_id] for side in (match.source, match.target))
        related = any({ours["id"], theirs["id"]} <= family for family in families)
        same = related and bool(statements(ours, match.source.span) & statements(theirs, match.target.span))
        yield Example(match.evidence.features, same, 1.0, ours["event"])


def statements(document: Mapping, span: Span) -> set[int]:
    """The statements of the dispatch that a passage of a document retells."""
    told: set[int] = set()
    for (begin, end), retells in zip(document["sentences"], document["retells"], strict=True):
        shared = min(end, span.end) - max(begin, span.begin)
        if shared > 0.4 * min(end - begin, span.end - span.begin):
            told.update(retells)
    return told


def sample(run: RunFolder, encoder: UseM3) -> Iterator[Example]:
    """The labelled pairs of the bundled sample that are candidates; and all of stories that share nothing."""
    texts = {document.id: document.text for document in run.read("documents", Document)}
    matches = of_run(run, lambda name: True, encoder)
    labelled = set()
    for judged in judge(matches, texts, read_quote_pairs(CORPORA / "gold.json")):
        if judged.match is not None:
            labelled.add(judged.match.id)
            label = judged.pair.label == "rewrite"
            yield Example(judged.match.evidence.features, label, 1.0, judged.match.source.document_id)
    apart = told_apart()
    for match in matches:
        if match.id not in labelled and frozenset((match.source.story_id, match.target.story_id)) in apart:
            yield Example(match.evidence.features, False, 1.0, match.source.document_id)


def told_apart() -> set[frozenset[str]]:
    """Stories of the sample, two by two, of which one is in a family and the other only looks like it."""
    gold = json.loads((CORPORA / "gold.json").read_text(encoding="utf-8"))
    document = {
        entry["id"]: entry.get("record_id") or (entry["url"] if "line" in entry else entry["file"])
        for entry in gold["documents"]
    }

    def story(name: str) -> str:
        whole, _, number = name.partition("-")
        return f"{document[whole]}:s{number or 1}"

    return {
        frozenset((story(member), story(other)))
        for family in gold["families"]
        for member in family["members"]
        for other in [*family["same_event"], *family["look_alikes"]]
    }


def fit(sets: Mapping[str, Sequence[Example]], kind: str) -> tuple[float, dict[str, float]]:
    """Intercept and weights of one kind: L2-penalised logistic regression, each weight held to its sign."""
    examples, weights = [], []
    for name, members in sets.items():
        chosen = [example for example in members if example.kind == kind]
        total = sum(example.weight for example in chosen)
        examples += chosen
        weights += [_SHARES[name.split()[0]] * example.weight / total for example in chosen]
    matrix = np.array([[example.features[name] for name in FEATURES] for example in examples])
    shares = np.array(weights) / sum(weights)
    signs = np.array([1.0 if example.label else -1.0 for example in examples])

    def loss(theta: np.ndarray) -> tuple[float, np.ndarray]:
        margins = signs * (theta[0] + matrix @ theta[1:])
        value = float(shares @ np.logaddexp(0, -margins)) + _PENALTY * float(theta[1:] @ theta[1:]) / 100
        pull = -shares * signs / (1 + np.exp(np.clip(margins, -500, 500)))
        return value, np.concatenate([[pull.sum()], matrix.T @ pull + 2 * _PENALTY * theta[1:] / 100])

    free = {name: (0.0, None) if sign > 0 else (None, 0.0) for name, sign in FEATURES.items()}
    bounds = [(None, None), *({**free, **_BOUNDS[kind]}[name] for name in FEATURES)]
    found = minimize(loss, np.zeros(len(FEATURES) + 1), jac=True, method="L-BFGS-B", bounds=bounds)
    return float(found.x[0]), {name: round(float(value), 3) for name, value in zip(FEATURES, found.x[1:], strict=True)}


Model = Mapping[str, tuple[float, dict[str, float]]]


def fit_both(sets: Mapping[str, Sequence[Example]]) -> Model:
    """The weights of both kinds."""
    return {kind: fit(sets, kind) for kind in ("within", "across")}


def scores(model: Model, examples: Iterable[Example]) -> np.ndarray:
    """The probability of each example."""
    totals = []
    for example in examples:
        intercept, weights = model[example.kind]
        totals.append(intercept + sum(weight * example.features[name] for name, weight in weights.items()))
    return 1 / (1 + np.exp(-np.array(totals)))


def report(name: str, values: Sequence[float], examples: Sequence[Example]) -> None:
    """Print how well scores tell one set's rewrites from the rest, by kind."""
    for kind in ("within", "across"):
        chosen = [number for number, example in enumerate(examples) if example.kind == kind]
        labels = [examples[number].label for number in chosen]
        if 0 < sum(labels) < len(labels):
            found = score_matches([float(values[number]) for number in chosen], labels)
            error = expected_calibration_error([float(values[number]) for number in chosen], labels)
            by_chance, at_worst = chance_calibration_error([float(values[number]) for number in chosen])
            figures = [found.roc_auc, found.average_precision, found.precision, found.recall, found.f1, error]
            cells = [name, kind, f"{found.pairs:,}", f"{found.positives:,}", *(f"{figure:.3f}" for figure in figures)]
            print(f"| {' | '.join(cells)} | {by_chance:.3f} (to {at_worst:.3f}) |")


def chance_calibration_error(values: Sequence[float]) -> tuple[float, float]:
    """The calibration error that scores show by chance if they are right, in [0, 1]: the mean and the 95th percentile.

    Labels are drawn from the scores themselves, again and again (Bröcker & Smith 2007, consistency resampling).
    """
    sure, random = np.asarray(values, np.float64), np.random.default_rng(0)
    drawn = [expected_calibration_error(values, (random.random(len(sure)) < sure).tolist()) for _ in range(_DRAWS)]
    return float(np.mean(drawn)), float(np.quantile(drawn, 0.95))


def left_out(sets: Mapping[str, Sequence[Example]], name: str) -> np.ndarray:
    """Scores of a set by weights that never saw it; of the events, by weights that saw the other events."""
    if name != "events":
        return scores(fit_both({other: held for other, held in sets.items() if other != name}), sets[name])
    numbers = {group: number for number, group in enumerate(sorted({example.group for example in sets[name]}))}
    folds = np.array([numbers[example.group] % _FOLDS for example in sets[name]])
    values = np.zeros(len(folds))
    for fold in range(_FOLDS):
        rest = [example for example, own in zip(sets[name], folds, strict=True) if own != fold]
        held = [example for example, own in zip(sets[name], folds, strict=True) if own == fold]
        values[folds == fold] = scores(fit_both({**sets, name: rest}), held)
    return values


def main() -> None:
    """Read, fit without each set in turn, fit on all, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--runs", type=Path, help="where the runs over the corpora are kept, or are already")
    parser.add_argument("--corpora", type=int, default=2, help="corpora of 30 families a language")
    options = parser.parse_args()
    encoder = UseM3()
    with tempfile.TemporaryDirectory() as place:
        runs = options.runs or Path(place)
        told = run_of(CORPORA / "events/articles.jsonl", runs / "events", CORPORA / "events/outlets.toml")
        sets = {
            "events": list(events(told, encoder)),
            "sample": list(sample(run_of(CORPORA / "sample", runs / "sample"), encoder)),
            "independent": list(independent(options.data, encoder)),
        }
    for tag in ("fr", "tr", "ar", "ru"):
        sets[f"retold {tag}"] = list(retold(options.data, tag, encoder, options.corpora))
    print("| left out | kind | pairs | rewrites | AUC | AP | P | R | F1 | ECE | ECE by chance (95 of 100) |")
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for name in sets:
        report(name, left_out(sets, name), sets[name])
    model = fit_both(sets)
    total = sum(map(len, sets.values()))
    stored = {
        "provenance": f"scripts/train_reuse.py on {', '.join(sets)}: {total} candidates",
        **{
            kind: {"intercept": round(intercept, 3), "weights": weights} for kind, (intercept, weights) in model.items()
        },
    }
    text = json.dumps(stored, indent=2)
    options.out.write_text(text + "\n", encoding="utf-8")
    print(text)
    assert all(math.isfinite(intercept) for intercept, _ in model.values())


if __name__ == "__main__":
    main()
