"""The score: a logistic regression over the evidence, in a file that can be read.

`weights.json` holds one weight a feature, for passages in one language and for those in two, and says what it was
fitted on; `scripts/train_reuse.py` makes it.
"""

from __future__ import annotations

import functools
import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from align.errors import ConfigError
from align.records import Evidence, MatchClass
from align.reuse.scoring.evidence import FEATURES

__all__ = ["ReuseModel", "Weights", "classify", "log_odds", "odds_to_keep", "shipped_model"]

_VERBATIM_RUN = 0.8  # share of three-word runs in common from which wording counts as copied
_SAME_EVENT_COSINE = 0.55
_WHOLE = 0.5  # share of the shorter story from which it is retold as a whole


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights by feature name, and an intercept."""

    intercept: float
    features: Mapping[str, float]

    def total(self, values: Mapping[str, float]) -> float:
        """The log-odds of what has these values."""
        return self.intercept + math.fsum(weight * values[name] for name, weight in self.features.items())


@dataclass(frozen=True, slots=True)
class ReuseModel:
    """Weights for passages in one language (`within`) and in two (`across`), and where they come from.

    `digest` is the hash of their file.
    """

    within: Weights
    across: Weights
    provenance: str
    digest: str = ""

    @classmethod
    def alike(cls, intercept: float, features: Mapping[str, float], provenance: str) -> ReuseModel:
        """A model that has the same weights for both."""
        weights = Weights(intercept, features)
        return cls(weights, weights, provenance)

    def weights(self, evidence: Evidence) -> Weights:
        """Those that hold for a pair."""
        return self.across if evidence.features["across"] else self.within

    def score(self, evidence: Evidence) -> float:
        """The probability in [0, 1] that two passages rewrite one source."""
        total = self.weights(evidence).total(evidence.features)
        return 1 / (1 + math.exp(-total)) if total > -500 else 0.0

    def contributions(self, evidence: Evidence) -> dict[str, float]:
        """What each feature adds to the log-odds, by name."""
        weights = self.weights(evidence).features
        return {name: weight * evidence.features[name] for name, weight in weights.items()}


def log_odds(probability: float) -> float:
    """The logarithm of the odds of a probability; endless at 0 and 1."""
    if 0 < probability < 1:
        return math.log(probability / (1 - probability))
    return math.inf if probability else -math.inf


def odds_to_keep(least: float) -> float:
    """The least log-odds of a score that is no lower than `least` once it is rounded to six decimals."""
    return log_odds(max(least - 1e-6, 0.0))


@functools.cache
def shipped_model() -> ReuseModel:
    """The model that comes with the project. Raises ConfigError when its file does not fit the features."""
    content = files("align.reuse.scoring").joinpath("weights.json").read_bytes()
    stored = json.loads(content)
    if missing := {"within", "across", "provenance"} - set(stored):
        raise ConfigError(f"weights.json: {sorted(missing)} missing")
    digest = hashlib.sha256(content).hexdigest()
    return ReuseModel(_weights("within", stored), _weights("across", stored), stored["provenance"], digest)


def _weights(kind: str, stored: Mapping[str, Any]) -> Weights:
    weights = stored[kind].get("weights", {})
    if "intercept" not in stored[kind]:
        raise ConfigError(f"weights.json: {kind}: no intercept")
    if set(weights) != set(FEATURES):
        raise ConfigError(f"weights.json: {kind}: features {sorted(set(weights) ^ set(FEATURES))} do not fit")
    for name, weight in weights.items():
        if not weight * FEATURES[name] >= 0:  # also what is not a number
            raise ConfigError(f"weights.json: {kind}: {name}: weight {weight!r} has the wrong sign")
    return Weights(stored[kind]["intercept"], weights)


def classify(evidence: Evidence, score: float, threshold: float, *, shared: float) -> MatchClass:
    """The kind of a match, from what is stored and the threshold.

    `shared` is the share in [0, 1] of the shorter story's sentences that have a flagged match in the other: where
    it is less than a half, a passage was taken over into a story that is otherwise its own.
    """
    if score >= threshold:
        if evidence.features["run"] >= _VERBATIM_RUN:
            return "verbatim"
        return "rewrite" if shared >= _WHOLE else "passage"
    if evidence.cosine >= _SAME_EVENT_COSINE or (evidence.numbers.same and evidence.names.same):
        return "same-event"
    return "unrelated"
