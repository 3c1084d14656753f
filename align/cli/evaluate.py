"""`align evaluate`: translations, alignments and flagged rewrites against references."""

from __future__ import annotations

import argparse
import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from align.errors import ConfigError, InputError

__all__ = ["add_parser"]

_RESAMPLES = 1000


def add_parser(commands: Any) -> None:
    """Add `align evaluate`."""
    parser = commands.add_parser("evaluate", help="measure translations, alignments or rewrites against references")
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="KIND")
    mt = kinds.add_parser("mt", help="BLEU and chrF2 of a translation, one segment a line")
    mt.add_argument("hypothesis", type=Path, metavar="HYP")
    mt.add_argument("reference", type=Path, metavar="REF")
    mt.set_defaults(action=_mt)
    bitext = kinds.add_parser(
        "bitext",
        help="strict and lax precision, recall and F1 of beads",
        description="GIVEN is what `align bitext` printed, `[0, 1]:[2]` lines, a run folder, or a folder of these.",
    )
    bitext.add_argument("beads", type=Path, metavar="GIVEN")
    bitext.add_argument("gold", type=Path, metavar="GOLD", help="`[0, 1]:[2]` lines, or a folder of NAME.gold")
    bitext.add_argument("--text", type=int, metavar="N", help="which parallel text of the run, counted from 1")
    bitext.set_defaults(action=_bitext)
    reuse = kinds.add_parser(
        "reuse",
        help="precision, recall and F1 of a run's flagged matches",
        description="A GOLD with article_pairs is held against articles, passages, families and origins as well.",
    )
    reuse.add_argument("folder", type=Path, metavar="DIR", help="a run folder")
    reuse.add_argument("gold", type=Path, metavar="GOLD", nargs="?", help="labelled pairs of quotations")
    reuse.add_argument("--split", metavar="NAME", help="only what GOLD has in this split, such as dev")
    reuse.add_argument("--verdicts", type=Path, metavar="FILE", help="a reader's verdicts on this run's matches")
    reuse.set_defaults(action=_reuse)
    for kind, resamples in ((mt, 0), (bitext, _RESAMPLES), (reuse, _RESAMPLES)):
        kind.add_argument("--json", action="store_true", help="figures as JSON")
        kind.add_argument(
            "--bootstrap",
            type=int,
            default=resamples,
            metavar="N",
            help=f"resamples for 95 %% intervals, 0 for none (default: {resamples})",
        )


def _mt(options: argparse.Namespace) -> int:
    from align.evaluate.mt import score_translations

    hypotheses, references = _lines(options.hypothesis), _lines(options.reference)
    scores = score_translations(hypotheses, references, resamples=_resamples(options))
    return _show(_figures(scores), options.json)


def _bitext(options: argparse.Namespace) -> int:
    from align.bitext.bead_files import read_beads
    from align.evaluate.beads import IndexBead, bead_intervals, score_documents
    from align.evaluate.run_beads import beads_against_gold

    def read(path: Path) -> list[IndexBead]:
        return [(bead.source_indices, bead.target_indices) for bead in read_beads(path)]

    documents = beads_against_gold(options.beads, options.gold, read=read, text=options.text)
    figures = _figures(score_documents(documents))
    if resamples := _resamples(options):
        spread = bead_intervals(documents, resamples)
        figures |= {f"{name}_interval": interval for name, interval in spread.items()}
    return _show(figures, options.json)


def _reuse(options: argparse.Namespace) -> int:
    from align.evaluate.gold import read_article_gold
    from align.evaluate.run_articles import score_run
    from align.evaluate.run_reuse import score_against_gold
    from align.evaluate.verdicts import score_against_verdicts
    from align.runfolder import RunFolder

    if options.gold is None and options.verdicts is None:
        raise ConfigError("nothing to evaluate against; expected GOLD, --verdicts FILE or both")
    if options.gold is None and options.split is not None:
        raise ConfigError(f"--split: {options.split!r} of nothing; expected GOLD")
    folder, resamples = RunFolder(options.folder), _resamples(options)
    figures: dict[str, Any] = {}
    if options.gold is not None:
        figures |= _figures(score_against_gold(folder, options.gold, split=options.split, resamples=resamples))
        if articles := read_article_gold(options.gold, options.split):
            figures |= dataclasses.asdict(score_run(folder, articles))
    if options.verdicts is not None:
        verdicts = _figures(score_against_verdicts(folder, options.verdicts, resamples=resamples))
        figures |= {f"verdicts_{name}" if name != "verdicts" else name: value for name, value in verdicts.items()}
    return _show(figures, options.json)


def _resamples(options: argparse.Namespace) -> int:
    if options.bootstrap < 0 or options.bootstrap == 1:
        raise ConfigError(f"--bootstrap: {options.bootstrap} is no number of resamples; allowed: 0, or 2 and more")
    return int(options.bootstrap)


def _lines(path: Path) -> list[str]:
    try:
        # a line ends at a line feed; `splitlines` would also end it at a separator inside a segment
        text = path.read_text(encoding="utf-8")
        return text.removesuffix("\n").split("\n") if text else []
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot read: {error}") from error


def _figures(scores: Any) -> dict[str, Any]:
    """The figures by name, without intervals that nobody asked for."""
    figures = dataclasses.asdict(scores)
    return {name: value for name, value in figures.items() if value is not None or not name.endswith("_interval")}


def _show(figures: dict[str, Any], as_json: bool) -> int:
    if as_json:
        print(json.dumps(figures, ensure_ascii=False))
        return 0
    for name, value in _flat(figures):
        print(f"{name}\t{_shown(value)}")
    return 0


def _flat(figures: dict[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Every figure with its whole name, such as `by_label.rewrite.flagged`."""
    for name, value in figures.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield before + name, value


def _shown(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4f}"
    if isinstance(value, tuple):
        return " ".join(f"{end:.4f}" for end in value)
    return "undefined" if value is None else str(value)
