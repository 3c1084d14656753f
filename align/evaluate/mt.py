"""BLEU and chrF2 of translations, through sacrebleu, with the signatures that make the numbers comparable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from align.errors import InputError, MissingDependencyError

__all__ = ["TranslationScores", "score_translations"]


@dataclass(frozen=True, slots=True)
class TranslationScores:
    """Corpus BLEU (Papineni et al. 2002) and chrF2 (Popovic 2015), 0 to 100, each with sacrebleu's signature."""

    bleu: float
    bleu_signature: str
    chrf2: float
    chrf2_signature: str
    bleu_interval: tuple[float, float] | None = None
    chrf2_interval: tuple[float, float] | None = None


def score_translations(
    hypotheses: Sequence[str], references: Sequence[str], *, resamples: int = 0
) -> TranslationScores:
    """Scores of `hypotheses` against one reference each, tokenized as sacrebleu does by default (13a).

    With `resamples`, 95 % bootstrap intervals as sacrebleu makes them (Koehn 2004; its own seed, 12345 unless
    SACREBLEU_SEED says otherwise), centred on the mean of the draws; the signature then says so.

    Raises InputError when there is none or the lengths differ, MissingDependencyError without sacrebleu.
    """
    for name, texts in (("hypotheses", hypotheses), ("references", references)):
        if isinstance(texts, str):
            raise InputError(f"{name}: expected a sequence of texts, got one text: {texts[:40]!r}")
    if not hypotheses or len(hypotheses) != len(references):
        raise InputError(f"{len(hypotheses)} hypotheses for {len(references)} references; expected as many, at least 1")
    try:
        from sacrebleu.metrics import BLEU, CHRF
    except ImportError as error:
        raise MissingDependencyError("sacrebleu is not installed; remedy: pip install sacrebleu") from error
    bleu, chrf = BLEU(), CHRF(word_order=0, beta=2)
    bleu_score = bleu.corpus_score(list(hypotheses), [list(references)], n_bootstrap=resamples or 1)
    chrf_score = chrf.corpus_score(list(hypotheses), [list(references)], n_bootstrap=resamples or 1)
    return TranslationScores(
        bleu=float(bleu_score.score),
        bleu_signature=str(bleu.get_signature()),
        chrf2=float(chrf_score.score),
        chrf2_signature=str(chrf.get_signature()),
        bleu_interval=_interval(bleu_score) if resamples else None,
        chrf2_interval=_interval(chrf_score) if resamples else None,
    )


def _interval(score: Any) -> tuple[float, float]:
    mean, half = float(score._mean), float(score._ci)
    return mean - half, mean + half
