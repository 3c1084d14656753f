"""`align models`: the translation models on this machine; listed, added, fetched, removed, checked."""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from align.cli.arguments import known_language
from align.cli.progress import shown_progress

if TYPE_CHECKING:
    from align.translate.store.registry import Installed

__all__ = ["add_parser"]

_MEGABYTE = 1_000_000


def add_parser(commands: Any) -> None:
    """Add `align models` and what it does."""
    parser = commands.add_parser(
        "models",
        help="list the models that translate into English on this machine; install others",
        description="Without an action, list which model reads which language. Only `fetch` downloads anything.",
    )
    _add_list_options(parser, default=None)
    parser.set_defaults(action=_list)
    actions = parser.add_subparsers(metavar="ACTION")
    listing = actions.add_parser("list", help="list which model reads which language; a run takes the first of each")
    _add_list_options(listing, default=argparse.SUPPRESS)  # keeps what was given before the word `list`
    _add_adding(actions)
    fetch = actions.add_parser("fetch", help="download and install the documented model of a language (fr tr ar ru)")
    fetch.add_argument("languages", nargs="+", metavar="LANGUAGE")
    fetch.set_defaults(action=_fetch)
    remove = actions.add_parser("remove", help="remove an installed model")
    remove.add_argument("name", metavar="NAME", help="its name, as `align models list` says it")
    remove.set_defaults(action=_remove)
    check = actions.add_parser("check", help="read every byte of the installed models and say what is damaged")
    check.set_defaults(action=_check)
    for action in (fetch, check):
        action.add_argument("--quiet", action="store_true", help="no progress bars")


def _add_list_options(parser: argparse.ArgumentParser, default: Any) -> None:
    parser.add_argument("--config", metavar="TOML", default=default, help="settings that name models")
    parser.add_argument("--json", action="store_true", default=default or False, help="one JSON object a line")


def _add_adding(actions: Any) -> None:
    add = actions.add_parser("add", help="install a Marian model from a folder or from the local Hugging Face cache")
    add.add_argument("model", metavar="MODEL", help="a folder, a hub id in the local cache, or an installed model")
    add.add_argument(
        "--language",
        action="append",
        required=True,
        metavar="LANGUAGE",
        help="a language that it reads (repeatable)",
    )
    add.add_argument("--name", help="the name to install it under; that of the folder by default")
    add.add_argument(
        "--link", action="store_true", help="refer to the folder, which must stay as it is, do not copy it"
    )
    add.add_argument("--quiet", action="store_true", help="no progress bars")
    add.set_defaults(action=_add)


def _list(options: argparse.Namespace) -> int:
    from align.config import Config, load_config
    from align.pipeline.models import check_languages
    from align.translate.store.listing import list_models
    from align.translate.store.resolve import DRAFT_NOTICE

    config = load_config(Path(options.config)) if options.config else Config()
    check_languages(config)
    offers = list_models(config.translate)
    for offer in offers:
        if options.json:
            print(json.dumps(dataclasses.asdict(offer), ensure_ascii=False))
        else:
            size = f"{offer.size / _MEGABYTE:.1f} MB"
            licence = offer.licence or "unknown"
            row = (offer.language, offer.model, offer.revision, licence, offer.kind, size, offer.state)
            print("\t".join(row))
    if any(offer.state == "draft" and offer.used for offer in offers):
        print(DRAFT_NOTICE, file=sys.stderr)
    if any(offer.state == "damaged" for offer in offers):
        print("a model is damaged; `align models check` says how", file=sys.stderr)
    return 0


def _add(options: argparse.Namespace) -> int:
    from align.translate.store.install import add_model

    languages = [known_language(code, "--language") for code in options.language]
    with _shown(options.quiet) as progress:
        model = add_model(options.model, languages, name=options.name, link=options.link, progress=progress)
    _tell(model)
    return 0


def _fetch(options: argparse.Namespace) -> int:
    from align.translate.store.fetch import fetch_model

    languages = [known_language(code, "LANGUAGE") for code in options.languages]
    for tag in dict.fromkeys(languages):
        with _shown(options.quiet) as progress:
            model = fetch_model(tag, progress=progress)
        _tell(model)
    return 0


def _tell(model: Installed) -> None:
    languages = " ".join(model.languages)
    licence = model.licence or "unknown"
    print(
        f"{model.name}: reads {languages}; revision {model.revision}; licence {licence} -> {model.path}",
        file=sys.stderr,
    )


def _remove(options: argparse.Namespace) -> int:
    from align.translate.store.install import remove_model

    remove_model(options.name)
    return 0


def _check(options: argparse.Namespace) -> int:
    from align.translate.store.listing import check_models
    from align.translate.store.registry import unfinished

    damaged = 0
    with _shown(options.quiet) as progress:
        for name, wrong in check_models(progress):
            damaged += bool(wrong)
            for line in wrong or [""]:
                print("\t".join([name, "damaged", line]) if line else f"{name}\tok", flush=True)
    for name, size in unfinished().items():
        print(
            f"{name}: {size / _MEGABYTE:.1f} MB of an unfinished download; fetch it again to go on, "
            f"or `align models remove {name}`",
            file=sys.stderr,
        )
    if damaged:
        print(f"align: {damaged} damaged; `align models remove NAME` and install again", file=sys.stderr)
    return 4 if damaged else 0


@contextlib.contextmanager
def _shown(quiet: bool) -> Iterator[Callable[[str, int, int], None]]:
    """Progress in megabytes on a terminal."""
    with shown_progress(quiet) as shown:
        yield lambda doing, done, total: shown(f"{doing}, MB", -(-done // _MEGABYTE), -(-total // _MEGABYTE))
