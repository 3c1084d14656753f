"""`align run`: pages and dumps in, a run folder with a report out."""

from __future__ import annotations

import argparse
import dataclasses
import sys
from pathlib import Path
from typing import Any

from align.cli.arguments import add_engine, known_language, opened_engine
from align.cli.progress import shown_progress
from align.config import Config, load_config
from align.errors import ConfigError

__all__ = ["add_parser"]


def add_parser(commands: Any) -> None:
    """Add `align run`."""
    parser = commands.add_parser(
        "run",
        help="read pages and dumps, translate, align, flag rewrites, and write a report",
        description="Read .txt pages, saved .html pages, .jsonl dumps or folders of these, and write a run folder. "
        "Nothing is downloaded. A run that was stopped goes on where it was.",
    )
    parser.add_argument("inputs", nargs="+", type=Path, metavar="INPUT", help="a file or a folder")
    parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="the run folder to write")
    parser.add_argument("--config", type=Path, metavar="TOML", help="settings; options given here go before them")
    parser.add_argument(
        "--model",
        action="append",
        default=[],
        metavar="LANGUAGE=MODEL",
        help="a folder, the name of an installed model, or a hub id in the local cache, for one language (repeatable)",
    )
    parser.add_argument("--outlets", metavar="TOML", help="outlets to add to the built-in table")
    parser.add_argument("--threshold", type=float, metavar="P", help="flag passages from this probability on")
    parser.add_argument("--same-outlet", action="store_true", help="also compare stories of one outlet")
    parser.add_argument(
        "--parallel",
        action="append",
        nargs=2,
        default=[],
        type=Path,
        metavar=("SOURCE", "TARGET"),
        help="two files that hold one text in two languages, to be aligned as well (repeatable)",
    )
    parser.add_argument("--overwrite", action="store_true", help="replace a run of other inputs or settings")
    parser.add_argument("--no-cache", action="store_true", help="neither use nor keep translations of other runs")
    add_engine(parser)
    parser.add_argument("--quiet", action="store_true", help="no progress bars")
    parser.set_defaults(action=_run)


def _run(options: argparse.Namespace) -> int:
    from align.pipeline.parallel import ParallelText
    from align.pipeline.run import run

    settings, cache = _settings(options), not options.no_cache
    with opened_engine(options, cache=cache) as engine, shown_progress(options.quiet) as progress:
        summary = run(
            options.inputs,
            options.out,
            settings,
            parallel=[ParallelText(*pair) for pair in options.parallel],
            overwrite=options.overwrite,
            cache=cache,
            progress=progress,
            engine=engine,
            command=options.command_line,
        )
    print(summary, file=sys.stderr)
    return 3 if summary.counts["quarantined"] else 0


def _settings(options: argparse.Namespace) -> Config:
    config = load_config(options.config) if options.config else Config()
    models = dict(config.translate.models)
    for item in options.model:
        code, equals, model = item.partition("=")
        if not (equals and model):
            raise ConfigError(f"--model: {item!r} is not LANGUAGE=MODEL, as in fr=models/opus-mt-fr-en")
        models[known_language(code, "--model")] = model
    if options.threshold is not None and not 0 <= options.threshold <= 1:
        raise ConfigError(f"--threshold: {options.threshold!r} is no probability; allowed: 0 to 1")
    reuse = config.reuse
    return dataclasses.replace(
        config,
        ingest=dataclasses.replace(config.ingest, outlets=options.outlets or config.ingest.outlets),
        translate=dataclasses.replace(config.translate, models=models),
        reuse=dataclasses.replace(
            reuse,
            threshold=reuse.threshold if options.threshold is None else options.threshold,
            same_outlet=options.same_outlet or reuse.same_outlet,
        ),
    )
