"""`align reuse`: who retells whom in a set of articles, and another threshold for what was found."""

from __future__ import annotations

import argparse
import dataclasses
import sys
from pathlib import Path
from typing import Any

import regex

from align.cli.arguments import add_engine, opened_engine
from align.cli.progress import shown_progress
from align.config import load_config
from align.errors import ConfigError

__all__ = ["add_parser"]

_WINDOW = regex.compile(r"(\d+)\s*(d|w)?", regex.IGNORECASE)


def add_parser(commands: Any) -> None:
    """Add `align reuse`."""
    parser = commands.add_parser(
        "reuse",
        help="flag rewrites of one source among articles, or apply another threshold to a run",
        description="Compare articles with each other and write a run folder, or apply another threshold to one.",
    )
    parser.add_argument("inputs", nargs="*", type=Path, metavar="ARTICLES", help="a file or a folder, as `align run`")
    parser.add_argument("--out", type=Path, metavar="DIR", help="the run folder to write")
    parser.add_argument("--rescore", type=Path, metavar="DIR", help="apply --threshold to this run folder instead")
    parser.add_argument("--threshold", type=float, metavar="P", help="flag passages from this probability on")
    parser.add_argument("--window", metavar="3d", help="compare stories at most so far apart; 0 for no window")
    parser.add_argument("--same-outlet", action="store_true", help="also compare stories of one outlet")
    parser.add_argument("--passim", type=Path, metavar="FILE", help="also write the families as passim's clusters")
    parser.add_argument("--config", type=Path, metavar="TOML", help="settings; options given here go before them")
    parser.add_argument("--overwrite", action="store_true", help="replace a run of other inputs or settings")
    add_engine(parser)
    parser.add_argument("--quiet", action="store_true", help="no progress bars")
    parser.set_defaults(action=_reuse)


def _reuse(options: argparse.Namespace) -> int:
    from align.pipeline.rescore import rescore, write_passim

    if options.rescore is not None:
        if options.threshold is None or options.inputs or options.out or options.window:
            raise ConfigError("--rescore DIR takes --threshold P and no articles, --out or --window")
        summary, out = rescore(options.rescore, options.threshold), options.rescore
    else:
        if not options.inputs or options.out is None:
            raise ConfigError("expected ARTICLES and --out DIR, or --rescore DIR --threshold P")
        summary, out = _traced(options), options.out
    if options.passim:
        write_passim(out, options.passim)
    print(summary, file=sys.stderr)
    return 3 if summary.counts["quarantined"] else 0


def _traced(options: argparse.Namespace) -> Any:
    from align.config import Config
    from align.pipeline.run import run

    config = load_config(options.config) if options.config else Config()
    changed: dict[str, Any] = {"same_outlet": options.same_outlet or config.reuse.same_outlet}
    if options.threshold is not None:
        changed["threshold"] = options.threshold
    if options.window is not None:
        changed["window_days"] = _days(options.window)
    config = dataclasses.replace(config, reuse=dataclasses.replace(config.reuse, **changed))
    with opened_engine(options) as engine, shown_progress(options.quiet) as progress:
        return run(
            options.inputs,
            options.out,
            config,
            overwrite=options.overwrite,
            progress=progress,
            engine=engine,
            command=options.command_line,
        )


def _days(window: str) -> int:
    """The days of `3d`, `2w` or `3`. Raises ConfigError for anything else."""
    match = _WINDOW.fullmatch(window.strip())
    if match is None:
        raise ConfigError(f"--window: {window!r} is no span of time; expected days or weeks, as in 3d or 2w")
    return int(match[1]) * (7 if (match[2] or "").lower() == "w" else 1)
