"""`align models`: which model reads which language on this machine."""

from __future__ import annotations

import argparse
import sys
from typing import Any

__all__ = ["add_parser"]


def add_parser(commands: Any) -> None:
    """Add `align models`."""
    parser = commands.add_parser("models", help="list the models that translate into English on this machine")
    parser.add_argument("--config", metavar="TOML", help="settings that name models")
    parser.set_defaults(action=_models)


def _models(options: argparse.Namespace) -> int:
    from pathlib import Path

    from align.config import Config, load_config
    from align.pipeline.models import serving
    from align.translate.store import DRAFT_NOTICE

    config = load_config(Path(options.config)) if options.config else Config()
    choices = serving(config)
    for tag, choice in choices.items():
        draft = "draft" if choice.draft else "installed"
        print("\t".join([tag, choice.reference, choice.revision, choice.licence or "unknown", draft]))
    if any(choice.draft for choice in choices.values()):
        print(DRAFT_NOTICE, file=sys.stderr)
    return 0
