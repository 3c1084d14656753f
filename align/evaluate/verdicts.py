"""A run's flags against what a reader of its report said of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from align.errors import InputError
from align.evaluate.bootstrap import Interval, intervals
from align.records import PassageMatch
from align.runfolder import RunFolder

__all__ = ["Verdict", "VerdictScores", "read_verdicts", "score_against_verdicts"]

_VERDICTS = ("right", "wrong")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a reader says of one match: `right` when the two passages do retell one source."""

    match: str
    right: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class VerdictScores:
    """How often a reader agrees with the flagged matches that they judged.

    `missed` counts matches that were not flagged and are right. A report shows what was found, so recall cannot be
    told from verdicts.
    """

    verdicts: int
    flagged: int
    right: int
    wrong: int
    missed: int
    precision: float
    precision_interval: Interval | None = None


def read_verdicts(path: Path) -> tuple[str, list[Verdict]]:
    """A run's signature and the verdicts on it: `{"signature": ..., "verdicts": [{match, verdict, note}]}`.

    `verdict` is "right" or "wrong"; `note` may be missing. Raises InputError for anything else, naming the verdict,
    counted from 1, and for two verdicts on one match.
    """
    try:
        value: Any = json.loads(path.read_text(encoding="utf-8"))
        signature, listed = value["signature"], value["verdicts"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise InputError(
            f"{path}: not a file of verdicts: {error}; expected an object with `signature` and `verdicts`"
        ) from error
    if not isinstance(signature, str) or not isinstance(listed, list):
        raise InputError(f"{path}: not a file of verdicts: `signature` must be a text and `verdicts` a list")
    verdicts = [_verdict(item, f"{path}: verdict {number}") for number, item in enumerate(listed, start=1)]
    seen: set[str] = set()
    for number, verdict in enumerate(verdicts, start=1):
        if verdict.match in seen:
            raise InputError(f"{path}: verdict {number}: a second one on match {verdict.match!r}")
        seen.add(verdict.match)
    return signature, verdicts


def _verdict(item: Any, where: str) -> Verdict:
    if not isinstance(item, dict) or not isinstance(item.get("match"), str):
        raise InputError(f"{where} names no match; expected match, verdict and perhaps note")
    if item.get("verdict") not in _VERDICTS:
        raise InputError(f"{where}: not a verdict: {item.get('verdict')!r}; allowed: {', '.join(_VERDICTS)}")
    note = item.get("note", "")
    if not isinstance(note, str):
        raise InputError(f"{where}: the note is no text: {note!r}")
    return Verdict(item["match"], item["verdict"] == "right", note)


def score_against_verdicts(folder: RunFolder, path: Path, *, resamples: int = 0) -> VerdictScores:
    """Figures of a run against a reader's verdicts, with a 95 % bootstrap interval over the flagged matches judged.

    Raises InputError for verdicts on another run, or on a match that the run does not have.
    """
    signature, verdicts = read_verdicts(path)
    own = folder.manifest().get("signature")
    if signature != own:
        raise InputError(f"{path}: verdicts on the run {signature!r}; {folder.path} is the run {own!r}")
    flagged = {match.id: match.flagged for match in folder.read("matches", PassageMatch)}
    for verdict in verdicts:
        if verdict.match not in flagged:
            raise InputError(f"{path}: a verdict on match {verdict.match!r}, which {folder.path} does not have")
    return _verdict_scores(verdicts, [flagged[verdict.match] for verdict in verdicts], resamples)


def _verdict_scores(verdicts: Sequence[Verdict], flagged: Sequence[bool], resamples: int) -> VerdictScores:
    judged = np.array([v.right for v, flag in zip(verdicts, flagged, strict=True) if flag], np.float64)
    right = int(judged.sum())
    spread = None
    if resamples and len(judged):
        (spread,) = intervals(judged[:, None], lambda sums: sums / len(judged), resamples)
    return VerdictScores(
        verdicts=len(verdicts),
        flagged=len(judged),
        right=right,
        wrong=len(judged) - right,
        missed=sum(v.right for v, flag in zip(verdicts, flagged, strict=True) if not flag),
        precision=right / len(judged) if len(judged) else 0.0,
        precision_interval=spread,
    )
