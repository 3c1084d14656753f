"""Fitted weights of the features, in the order of `cost.BEAD_FEATURES` and `cost.GAP_FEATURES`.

Fitted by `scripts/fit_align.py` to hand-aligned novels (en-fr), yearbooks (de-fr) and talks (tr-en); `LENGTHS` takes
the place of `VECTORS` where vectors tell nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["LENGTHS", "VECTORS", "Weights"]


@dataclass(frozen=True, slots=True)
class Weights:
    """One set of weights: of the bead features, and of the gap features."""

    beads: tuple[float, ...]
    gaps: tuple[float, ...]


VECTORS = Weights(
    beads=(
        -0.3187,  # is-1-1
        0.3711,  # is-1-2
        0.4854,  # is-2-2
        0.1523,  # is-1-3
        0.4203,  # is-larger
        0.9265,  # cosine
        0.7998,  # cosine-by-length
        2.2173,  # margin-by-length
        0.7019,  # length-deviation
        0.9491,  # cosine-over-hub
        0.8153,  # cosine-over-hub-by-length
        3.1242,  # extension-gain
        2.2416,  # over-shrunk
        0.4894,  # under-shrunk
        1.4341,  # under-shrunk-by-size
        0.2069,  # over-split
        -0.543,  # size
        1.7634,  # cosine-by-size
        0.0602,  # length-agreement
        0.3637,  # same-end-mark
        -1.0212,  # other-end-mark
        1.9174,  # cosine-over-best
        1.2074,  # length-agreement-1-1
        1.0726,  # cosine-1-1
    ),
    gaps=(
        -2.5744,  # open
        0.8371,  # extend
        -0.1293,  # best-cosine
        -0.178,  # log-length
    ),
)
LENGTHS = Weights(
    beads=(
        0.953,  # is-1-1
        0.5747,  # is-1-2
        0.0421,  # is-2-2
        0.6479,  # is-1-3
        0.338,  # is-larger
        0.0,
        0.0,
        0.0,
        1.2657,  # length-deviation
        0.0,
        0.0,
        0.0,
        0.0,
        0.0,
        0.0,
        0.0,
        -0.4634,  # size
        0.0,
        3.2213,  # length-agreement
        0.0,
        0.0,
        0.0,
        0.0,
        0.0,
    ),
    gaps=(
        -4.5063,  # open
        -0.5205,  # extend
        0.0,  # best-cosine
        -1.0848,  # log-length
    ),
)
