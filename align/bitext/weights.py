"""Fitted weights of the features, in a file that can be read.

`weights.json` holds one weight a feature, by its name in `cost`, and says what it was fitted on;
`scripts/train_aligner.py` makes it. `LENGTHS` takes the place of `VECTORS` where vectors tell nothing.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from align.bitext.cost import BEAD_FEATURES, GAP_FEATURES
from align.errors import ConfigError

__all__ = ["LENGTHS", "VECTORS", "Weights", "parse_weights"]


@dataclass(frozen=True, slots=True)
class Weights:
    """One set of weights: of `cost.BEAD_FEATURES`, and of `cost.GAP_FEATURES`, in their order."""

    beads: tuple[float, ...]
    gaps: tuple[float, ...]


def parse_weights(text: str, where: str) -> tuple[Weights, Weights]:
    """The weights with vectors and by lengths alone from the JSON text of a file; a feature that is left out has 0.

    Raises ConfigError for text of another form, and for a feature that there is not.
    """
    try:
        content = json.loads(text)
        vectors, lengths = (_weights(content[kind], f"{where}: {kind}") for kind in ("vectors", "lengths"))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigError(
            f"{where}: not the aligner's weights: {error!r}; scripts/train_aligner.py makes them"
        ) from error
    return vectors, lengths


def _weights(content: dict[str, dict[str, Any]], where: str) -> Weights:
    return Weights(
        _in_order(content["beads"], BEAD_FEATURES, f"{where}.beads"),
        _in_order(content["gaps"], GAP_FEATURES, f"{where}.gaps"),
    )


def _in_order(named: dict[str, Any], names: Sequence[str], where: str) -> tuple[float, ...]:
    for name in named:
        if name not in names:
            raise ConfigError(f"{where}: {name!r} is no feature; allowed: {', '.join(names)}")
    return tuple(float(named.get(name, 0.0)) for name in names)


_FILE = files("align.bitext").joinpath("weights.json")
VECTORS, LENGTHS = parse_weights(_FILE.read_text(encoding="utf-8"), "align/bitext/weights.json")
