"""`align export`: the aligned pairs of a run, or of `align bitext`, in another format."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from align.cli.arguments import known_language
from align.errors import ConfigError

if TYPE_CHECKING:
    from align.export import ExportSummary, PairFilter, Treatment

__all__ = ["add_parser"]

_FORMATS = ("csv", "hf", "jsonl", "moses", "standoff", "tmx", "tsv", "xces")
_DESCRIPTION = """Write the aligned pairs of a run folder, or of a JSON Lines file that `align bitext` printed, in a
format that other tools read. The files' names go to stdout."""


def add_parser(commands: Any) -> None:
    """Add `align export`."""
    parser = commands.add_parser(
        "export", help="write the aligned pairs of a run, or of align bitext, for other tools", description=_DESCRIPTION
    )
    parser.add_argument("source", type=Path, metavar="DIR", help="a run folder, or a file of align bitext")
    parser.add_argument("--format", required=True, choices=_FORMATS)
    parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="where to write")
    parser.add_argument("--name", default="align", help="stem of the files' names")
    _add_filters(parser.add_argument_group("which pairs"))
    _add_treatment(parser.add_argument_group("what becomes of them"))
    hub = parser.add_argument_group("the Hugging Face Hub, with --format hf")
    hub.add_argument("--licence", default="unknown", metavar="ID", help="licence of the texts (default: unknown)")
    hub.add_argument("--push", metavar="OWNER/NAME", help="upload the folder into this data set")
    hub.add_argument("--public", action="store_true", help="make a new data set public; it is private otherwise")
    parser.set_defaults(action=_export)


def _add_filters(group: Any) -> None:
    group.add_argument("--min-score", type=float, metavar="X", help="on the scale of the one --origin given")
    group.add_argument("--origin", action="append", default=[], help="machine-translation, bitext, reuse (repeatable)")
    group.add_argument("--role", action="append", default=[], help="only segments of this role (repeatable)")
    group.add_argument("--language", action="append", default=[], help="only this source language (repeatable)")
    group.add_argument("--without-flags", action="store_true", help="leave out translations that a guard flagged")


def _add_treatment(group: Any) -> None:
    group.add_argument("--dedup", action="store_true", help="keep the best of pairs with the same two texts")
    group.add_argument(
        "--split", metavar="A,B,C", help="shares of train, validation and test, cut between documents, as 90,5,5"
    )
    group.add_argument("--rebuild", type=Path, metavar="FILE", help="the pairs of this standoff file, from DIR's texts")
    group.add_argument("--source-language", metavar="CODE", help="of a file of align bitext, in the place of its own")
    group.add_argument("--target-language", metavar="CODE")


def _export(options: argparse.Namespace) -> int:
    from align.export.hub import check_repository, push_folder

    _check(options)
    if options.push:
        check_repository(options.push)
    summary = _written(options)
    for path in summary.files:
        print(path)
    for counts, what in ((summary.left_out, "left out"), (summary.changed, "changed")):
        for reason, count in counts.items():
            print(f"{count} pairs {what}: {reason}", file=sys.stderr)
    for split, count in summary.splits.items():
        print(f"{count} pairs in {split}", file=sys.stderr)
    print(f"{summary.rows} pairs -> {options.out}", file=sys.stderr)
    if options.push:
        print(push_folder(options.out, summary.files, options.push, public=options.public), file=sys.stderr)
    return 0


def _check(options: argparse.Namespace) -> None:
    """Raises ConfigError for options that do nothing together, before anything is written."""
    if options.push and options.format != "hf":
        raise ConfigError(f"--push uploads --format hf alone, not {options.format!r}")
    if (options.source_language is None) != (options.target_language is None):
        raise ConfigError("--source-language and --target-language go together; one of them is missing")
    if options.source_language and options.source.is_dir():
        raise ConfigError(f"--source-language is for a file of align bitext; {options.source} is a folder")
    if options.rebuild and not options.source.is_dir():
        raise ConfigError(f"--rebuild takes the texts from a run folder; {options.source} is none")
    if options.role and (options.rebuild or not options.source.is_dir()):
        raise ConfigError("--role needs a run folder's own pairs: a file of pairs does not know its segments' roles")


def _written(options: argparse.Namespace) -> ExportSummary:
    from align.export import export_pairs, export_run
    from align.export.beads import read_pairs
    from align.export.standoff import Rebuilder
    from align.runfolder import RunFolder

    chosen, treatment = _filter(options), _treatment(options)
    if options.source.is_dir() and not options.rebuild:
        folder = RunFolder(options.source)
        return export_run(folder, options.format, options.out, chosen, name=options.name, treatment=treatment)
    more: dict[str, Any] = {"name": options.name, "treatment": treatment, "selection": chosen.in_words()}
    if not options.rebuild:
        pairs = read_pairs(options.source, _languages(options))
        return export_pairs(chosen.of(pairs), options.format, options.out, **more)
    folder = RunFolder(options.source)
    folder.finished()
    rebuilder = Rebuilder(options.rebuild, folder)
    summary = export_pairs(chosen.of(rebuilder.pairs()), options.format, options.out, **more)
    for reason, count in sorted(rebuilder.missing.items()):
        print(f"{count} pairs not rebuilt: {reason}", file=sys.stderr)
    return summary


def _filter(options: argparse.Namespace) -> PairFilter:
    from align.export import ANY_FLAG, PairFilter

    return PairFilter(
        min_score=options.min_score,
        origins=frozenset(options.origin),
        roles=frozenset(options.role),
        languages=frozenset(known_language(code, "--language") for code in options.language),
        without_flags=frozenset({ANY_FLAG}) if options.without_flags else frozenset(),
    )


def _treatment(options: argparse.Namespace) -> Treatment:
    from align.export import Split, Treatment

    split = None
    if options.split is not None:
        try:
            split = Split(tuple(float(share) for share in options.split.split(",")))
        except ValueError as error:
            raise ConfigError(f"--split: {options.split!r}: {error}; expected three shares, as 90,5,5") from error
    return Treatment(options.dedup, split, options.licence)


def _languages(options: argparse.Namespace) -> tuple[str, str] | None:
    if options.source_language is None:
        return None
    return _tag(options.source_language, "--source-language"), _tag(options.target_language, "--target-language")


def _tag(code: str, option: str) -> str:
    """The tag of a language; any will do that looks like one."""
    from align.export.lines import is_tag
    from align.language.tags import normalize_tag

    tag = normalize_tag(code) or code
    if not is_tag(tag):
        raise ConfigError(f"{option}: not a language code: {code!r}; expected BCP-47 or ISO 639, such as 'fr'")
    return tag
