"""How alike two news stories are, on a scale: what align sees of them, against one signal at a time.

    python scripts/bench_reuse_likeness.py DATA

DATA holds `semeval22_{fr,tr,ar}_dev.jsonl` of SemEval-2022 Task 8: pairs of articles with a grade. Nothing is
translated, and each pair is in one language. `joint` is the mean of two regressions over everything that `describe`
lists, a ridge regression and boosted trees, which never fall where a feature grows, but for `_EITHER_WAY`. Each
fifth is predicted by a fit on the rest and, for half the weight, on the pairs of the other languages. That mean, and
the settings of its parts, are the same for all, but were settled with these folds in view. Two columns stand against
that: `chosen` takes ridge, trees or their mean in each fold, whichever does best on the other folds alone; `shuffled`
cuts the folds anew, in several orders of the pairs, and gives the mean and the range.
"""

from __future__ import annotations

import argparse
import math
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import numpy as np
from bench_reuse import Corpus, Key, best_sentences, certainty, key, read, strongest, wording
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import Ridge

from align.config import ReuseConfig
from align.embed.use import UseM3
from align.records import PassageMatch
from align.reuse.trace import apply_threshold

LANGUAGES = ("fr", "tr", "ar")
_FOLDS = 5
_INNER_FOLDS = 3  # on which it is chosen what predicts a fold
_ORDERS = 4  # in which the pairs are shuffled
_LEAD = 600  # characters
_SURE = 10.0  # nats
_ABROAD = 0.5  # weight of a pair in another language
_PEERS = {
    "tie": "align's tie",
    "whole": "encoder, texts",
    "best_three": "encoder, 3 sentences",
    "tfidf": "TF-IDF",
}
_EITHER_WAY = {"length_ratio", "length", "own_title"}  # what may speak for likeness or against it
_WAYS = ((0.5, 0.5), (1.0, 0.0), (0.0, 1.0))  # shares of ridge and trees

Features = dict[str, np.ndarray]
Graded = tuple[np.ndarray, np.ndarray]  # features of pairs, and how alike these are


class Pairs:
    """The pairs of one language: stories, titles, and what the encoder makes of them."""

    def __init__(self, path: Path, language: str, encoder: UseM3) -> None:
        rows = read(path)
        self.corpus = Corpus()
        for row in rows:
            for side in "12":
                text = f"{row[f'title{side}']}. {row[f'text{side}']}"
                self.corpus.add(f"{row['id']}/{side}", side, text, language)
        self.corpus.prepare(encoder)
        self.pairs: list[Key] = [(f"{row['id']}/1", f"{row['id']}/2") for row in rows]
        self.grades = np.array([row["overall"] for row in rows], np.float64)
        sides = [(row, side) for row in rows for side in "12"]
        self.titles = [row[f"title{side}"] for row, side in sides]
        self.texts = [self.corpus.texts[f"{row['id']}/{side}"] for row, side in sides]
        self.leads = [text[:_LEAD] for text in self.texts]
        self.vectors = {
            name: encoder.encode(texts)
            for name, texts in (("whole", self.texts), ("title", self.titles), ("lead", self.leads))
        }
        self.bodies = encoder.encode([row[f"text{side}"] for row, side in sides])


def describe(found: Pairs) -> Features:
    """Everything that is compared, by name, an array over the pairs."""
    corpus, pairs = found.corpus, found.pairs
    matches = apply_threshold(corpus.trace(ReuseConfig(window_days=0)), 0.05, corpus.sizes)
    return {
        **_passages(matches, corpus, pairs),
        **_sentences(corpus, pairs),
        **_vectors(found),
        **_titles(found.vectors["title"], found.bodies),
        **_words(corpus, pairs),
        "tfidf": _tfidf(found.texts),
        "title_tfidf": _tfidf(found.titles),
        "lead_tfidf": _tfidf(found.leads),
        **_lengths(corpus, pairs),
    }


def _passages(matches: Sequence[PassageMatch], corpus: Corpus, pairs: Sequence[Key]) -> Features:
    """The tie, the best score, and how much of either story is in the other, by scores."""
    nats, best = certainty(matches), strongest(matches)
    taken: dict[Key, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for match in matches:
        of_pair = taken[key(match.source.story_id, match.target.story_id)]
        for segment in (*match.source.segments, *match.target.segments):
            of_pair[segment] = max(of_pair[segment], match.score)
    shares = []
    for pair in pairs:
        total = dict.fromkeys(pair, 0.0)
        for segment, score in taken[pair].items():
            total[segment.rsplit(":", 1)[0]] += score
        shares.append([total[story] / max(corpus.sizes[story], 1) for story in pair])
    return {
        "tie": np.array([min(nats.get(pair, 0.0), _SURE) for pair in pairs]),
        "best_match": np.array([best.get(pair, 0.0) for pair in pairs]),
        **_two("share", shares),
    }


def _two(name: str, values: Sequence[Sequence[float]]) -> Features:
    """The lower and the higher value of two sides."""
    return {f"{name}_low": np.min(values, axis=1), f"{name}_high": np.max(values, axis=1)}


def _sentences(corpus: Corpus, pairs: Sequence[Key]) -> Features:
    """How near the sentences of either story have one in the other, as they are and less what all have in common."""
    vectors = corpus.windows.whole(np.arange(len(corpus.sentences)))
    rows: dict[str, list[int]] = defaultdict(list)
    for sentence in corpus.sentences:
        rows[sentence.segment.story_id].append(sentence.row)
    columns: dict[str, list[tuple[float, float]]] = defaultdict(list)
    single: dict[str, list[float]] = defaultdict(list)
    centred = _centred(vectors)
    for first, second in pairs:
        cosines = _between(vectors, rows[first], rows[second])
        others = _between(centred, rows[first], rows[second])
        nearest = cosines.max(axis=1), cosines.max(axis=0)
        columns["nearest"].append((nearest[0].mean(), nearest[1].mean()))
        columns["median"].append((np.median(nearest[0]), np.median(nearest[1])))
        columns["centred"].append((others.max(axis=1).mean(), others.max(axis=0).mean()))
        columns["above_5"].append(tuple((near > 0.5).mean() for near in nearest))
        columns["above_6"].append(tuple((near > 0.6).mean() for near in nearest))
        single["leads_nearest"].append((nearest[0][:3].mean() + nearest[1][:3].mean()) / 2)
        single["leads_best"].append(cosines[:3, :3].max())
        middle = vectors[rows[first]].sum(axis=0), vectors[rows[second]].sum(axis=0)
        single["middles"].append(_cosine(*middle))
    found = {name: np.array(values) for name, values in single.items()}
    for name, values in columns.items():
        found |= _two(name, values)
    return found | {"best_three": np.array(best_sentences(corpus, pairs))}


def _between(vectors: np.ndarray, first: Sequence[int], second: Sequence[int]) -> np.ndarray:
    """Cosines between two stories' sentences; a story without any is like none."""
    return vectors[first] @ vectors[second].T if first and second else np.zeros((1, 1), np.float32)


def _centred(vectors: np.ndarray) -> np.ndarray:
    rest = vectors - vectors.mean(axis=0)
    return rest / np.maximum(np.linalg.norm(rest, axis=1, keepdims=True), 1e-9)


def _cosine(first: np.ndarray, second: np.ndarray) -> float:
    return float(first @ second / max(np.linalg.norm(first) * np.linalg.norm(second), 1e-9))


def _vectors(found: Pairs) -> Features:
    """Cosines of whole texts, titles and leads, as they are and less what all have in common."""
    features: Features = {}
    for name, vectors in found.vectors.items():
        centred = _centred(vectors)
        features[name] = (vectors[0::2] * vectors[1::2]).sum(axis=1)
        features[f"{name}_centred"] = (centred[0::2] * centred[1::2]).sum(axis=1)
    title, whole = found.vectors["title"], found.vectors["whole"]
    features["title_of_text"] = ((title[0::2] * whole[1::2]).sum(axis=1) + (title[1::2] * whole[0::2]).sum(axis=1)) / 2
    return features


def _titles(titles: np.ndarray, bodies: np.ndarray) -> Features:
    """Cosines of title or text with either of the other story, the best two; and how well texts fit their own titles.

    A text that does not fit its title may be no article at all but a notice of the page, and says less than the title.
    """
    title, body = _centred(titles), _centred(bodies)
    own = (title * body).sum(axis=1)
    crossed = [(one[0::2] * other[1::2]).sum(axis=1) for one in (title, body) for other in (title, body)]
    *_, second, best = np.sort(crossed, axis=0)
    return {"either_best": best, "either_second": second, "own_title": np.minimum(own[0::2], own[1::2])}


def _words(corpus: Corpus, pairs: Sequence[Key]) -> Features:
    """Names, numbers and stems in common, weighed by how rare each is in the collection, and copied wording."""
    of_story: dict[str, dict[str, Counter]] = {kind: defaultdict(Counter) for kind in ("names", "numbers", "stems")}
    for sentence in corpus.sentences:
        story = sentence.segment.story_id
        of_story["names"][story].update(sentence.names)
        of_story["numbers"][story].update(number.value for number in sentence.numbers)
        of_story["stems"][story].update(sentence.stems)
    runs = np.array(wording(corpus.texts, pairs))
    features: Features = {"run": runs[:, 0], "rare_runs": runs[:, 1]}
    for kind, held in of_story.items():
        frequency = Counter(trait for traits in held.values() for trait in traits)
        weight = {trait: math.log((len(corpus.stories) + 1) / (count + 0.5)) for trait, count in frequency.items()}
        both = np.array([_in_common(held[first], held[second], weight) for first, second in pairs])
        features |= {f"{kind}_of_all": both[:, 0], f"{kind}_of_less": both[:, 1], f"{kind}_cosine": both[:, 2]}
    return features


def _in_common(first: Mapping, second: Mapping, weight: Mapping) -> tuple[float, float, float]:
    """The weight of what two hold in common: of all that they hold, of what the lesser holds, and as a cosine."""

    def total(traits: Collection) -> float:
        return math.fsum(weight[trait] for trait in traits)

    def weighed(traits: Mapping) -> dict:
        return {trait: (1 + math.log(count)) * weight[trait] for trait, count in traits.items()}

    shared, one, other = total(first.keys() & second.keys()), total(first), total(second)
    left, right = weighed(first), weighed(second)
    product = math.fsum(value * right.get(trait, 0.0) for trait, value in left.items())
    norms = math.sqrt(math.fsum(v * v for v in left.values()) * math.fsum(v * v for v in right.values()))
    return shared / max(one + other - shared, 1e-9), shared / max(min(one, other), 1e-9), product / max(norms, 1e-9)


def _tfidf(texts: Sequence[str]) -> np.ndarray:
    matrix = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True).fit_transform(texts)
    return np.asarray(matrix[0::2].multiply(matrix[1::2]).sum(axis=1)).ravel()


def _lengths(corpus: Corpus, pairs: Sequence[Key]) -> Features:
    sizes = np.array([[len(corpus.texts[story]) for story in pair] for pair in pairs], np.float64)
    return {"length_ratio": np.log(sizes.min(axis=1) / sizes.max(axis=1)), "length": np.log(sizes.min(axis=1))}


class Regression:
    """A ridge regression and boosted trees over standardised features, of which one or both are asked."""

    def __init__(self, rising: Sequence[bool]) -> None:
        self._ridge = Ridge(alpha=10.0)
        self._trees = HistGradientBoostingRegressor(
            max_iter=60,
            learning_rate=0.08,
            max_leaf_nodes=6,
            min_samples_leaf=8,
            l2_regularization=5.0,
            max_features=0.4,
            monotonic_cst=[int(rises) for rises in rising],
            random_state=0,
        )

    def fit(self, features: np.ndarray, likeness: np.ndarray, weights: np.ndarray) -> Regression:
        """Fit both."""
        self._ridge.fit(features, likeness, sample_weight=weights)
        self._trees.fit(features, likeness, sample_weight=weights)
        return self

    def predict(self, features: np.ndarray) -> np.ndarray:
        """(2, n): what each of the two says."""
        return np.stack([self._ridge.predict(features), self._trees.predict(features)])


def joint(own: Graded, abroad: Sequence[Graded], rising: Sequence[bool], folds: int = _FOLDS) -> np.ndarray:
    """(2, n): what ridge and trees say of each pair of a language, fitted without the fold that it is in."""
    matrix, likeness = own
    predicted = np.zeros((2, len(likeness)))
    for fold in range(folds):
        out = np.arange(len(likeness)) % folds == fold
        features = np.vstack([matrix[~out], *(part for part, _ in abroad)])
        truth = np.concatenate([likeness[~out], *(part for _, part in abroad)])
        weights = np.where(np.arange(len(truth)) < len(likeness) - out.sum(), 1.0, _ABROAD)
        predicted[:, out] = Regression(rising).fit(features, truth, weights).predict(matrix[out])
    return predicted


def chosen(both: np.ndarray, own: Graded, abroad: Sequence[Graded], rising: Sequence[bool]) -> np.ndarray:
    """(n,): of what ridge and trees say, `both`, one or their mean in each fold, chosen without a look at that fold."""
    matrix, likeness = own
    predicted = np.zeros(len(likeness))
    for fold in range(_FOLDS):
        out = np.arange(len(likeness)) % _FOLDS == fold
        said = joint((matrix[~out], likeness[~out]), abroad, rising, _INNER_FOLDS)
        way = max(_WAYS, key=lambda shares: correlation(np.dot(shares, said), likeness[~out]))
        predicted[out] = np.dot(way, both[:, out])
    return predicted


def shuffled(own: Graded, abroad: Sequence[Graded], rising: Sequence[bool]) -> list[float]:
    """How well the mean of ridge and trees goes along with the grades, with the folds cut in other orders."""
    matrix, likeness = own
    orders = [np.random.default_rng(seed).permutation(len(likeness)) for seed in range(1, _ORDERS + 1)]
    return [
        correlation(joint((matrix[order], likeness[order]), abroad, rising).mean(axis=0), likeness[order])
        for order in orders
    ]


def correlation(first: np.ndarray, second: np.ndarray) -> float:
    """Pearson's."""
    return float(np.corrcoef(first, second)[0, 1])


def standardised(features: Features) -> np.ndarray:
    """Columns of mean 0 and spread 1 within a language; grades play no part."""
    matrix = np.stack(list(features.values()), axis=1)
    return (matrix - matrix.mean(axis=0)) / (matrix.std(axis=0) + 1e-9)


def main() -> None:
    """Print the table, correlations (Pearson) with the grade."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    options = parser.parse_args()
    encoder = UseM3()
    described, likeness = {}, {}
    for language in LANGUAGES:
        pairs = Pairs(options.data / f"semeval22_{language}_dev.jsonl", language, encoder)
        described[language], likeness[language] = describe(pairs), -pairs.grades  # grade 1 is most alike
    matrices = {language: standardised(features) for language, features in described.items()}
    heads = ["SemEval", "pairs", "joint", "ridge", "trees", "chosen", "shuffled", *_PEERS.values()]
    print(f"| {' | '.join(heads)} |\n|{'---|' * len(heads)}")
    for language, features in described.items():
        own = matrices[language], likeness[language]
        abroad = [(matrices[other], likeness[other]) for other in LANGUAGES if other != language]
        rising = [name not in _EITHER_WAY for name in features]
        both = joint(own, abroad, rising)
        columns = [both.mean(axis=0), *both, chosen(both, own, abroad, rising), *(features[name] for name in _PEERS)]
        figures = [f"{correlation(column, likeness[language]):.3f}" for column in columns]
        others = shuffled(own, abroad, rising)
        figures.insert(4, f"{np.mean(others):.3f} ({min(others):.3f} to {max(others):.3f})")
        print(f"| {language} | {len(likeness[language])} | {' | '.join(figures)} |", flush=True)


if __name__ == "__main__":
    main()
