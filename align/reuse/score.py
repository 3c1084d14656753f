"""The score: a logistic regression over the evidence, in a file that can be read.

`weights.json` holds one weight a feature and says what it was fitted on; `scripts/train_reuse.py` makes it.
"""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from align.errors import ConfigError
from align.records import Evidence, MatchClass
from align.reuse.evidence import FEATURES

__all__ = ["ReuseModel", "classify", "shipped_model"]

_VERBATIM_RUN = 0.8  # share of three-word runs in common from which wording counts as copied
_SAME_EVENT_COSINE = 0.55


@dataclass(frozen=True, slots=True)
class ReuseModel:
    """Weights by feature name, an intercept, and where they come from."""

    intercept: float
    weights: Mapping[str, float]
    provenance: str

    def score(self, evidence: Evidence) -> float:
        """The probability in [0, 1] that two passages rewrite one source."""
        total = self.intercept + math.fsum(weight * evidence.features[name] for name, weight in self.weights.items())
        return 1 / (1 + math.exp(-total)) if total > -500 else 0.0

    def ceiling(self, known: Mapping[str, float], most: Mapping[str, float]) -> float:
        """The highest score of a pair whose features `known` are known and whose others are at most `most`, or 0."""
        total = self.intercept + math.fsum(
            weight * (known[name] if name in known else max(0.0, most.get(name, 0.0) if weight > 0 else 0.0))
            for name, weight in self.weights.items()
        )
        return 1 / (1 + math.exp(-total)) if total > -500 else 0.0

    def contributions(self, evidence: Evidence) -> dict[str, float]:
        """What each feature adds to the log-odds, by name."""
        return {name: weight * evidence.features[name] for name, weight in self.weights.items()}


@functools.cache
def shipped_model() -> ReuseModel:
    """The model that comes with the project. Raises ConfigError when its file does not fit the features."""
    stored = json.loads(files("align.reuse").joinpath("weights.json").read_text(encoding="utf-8"))
    weights = stored.get("weights", {})
    if missing := {"intercept", "provenance"} - set(stored):
        raise ConfigError(f"weights.json: {sorted(missing)} missing")
    if set(weights) != set(FEATURES):
        raise ConfigError(f"weights.json: features {sorted(set(weights) ^ set(FEATURES))} do not fit")
    for name, weight in weights.items():
        if not weight * FEATURES[name] >= 0:  # also what is not a number
            raise ConfigError(f"weights.json: {name}: weight {weight!r} has the wrong sign")
    return ReuseModel(stored["intercept"], weights, stored["provenance"])


def classify(evidence: Evidence, score: float, threshold: float, *, shared: float) -> MatchClass:
    """The kind of a match, from what is stored and the threshold.

    `shared` is the share in [0, 1] of the shorter story's sentences that have a flagged match in the other: where
    it is small, a passage was taken over into a story that is otherwise its own.
    """
    if score >= threshold:
        if evidence.features["run"] >= _VERBATIM_RUN:
            return "verbatim"
        return "rewrite" if shared >= 1 / 3 else "passage"
    if evidence.cosine >= _SAME_EVENT_COSINE or (evidence.numbers.same and evidence.names.same):
        return "same-event"
    return "unrelated"
