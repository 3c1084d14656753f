"""`align show`: a run's families, the passages of one, or one pair side by side, in a terminal."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from align.errors import InputError

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

    from align.report.compare import Run

__all__ = ["add_parser"]

_NARROW = 88  # columns below which the two sides stand one above the other
_SLIM = 64  # columns below which the lists keep only what identifies a row
# marks that turn the direction of a line, which a terminal may let run on into the next
_TURNING = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_STYLES = {"same": "bold", "moved": "underline", "differ": "", "plain": "", "agree": "green", "clash": "bold red"}


def add_parser(commands: Any) -> None:
    """Add `align show`."""
    parser = commands.add_parser(
        "show",
        help="show a run's families, or one pair of passages, in the terminal",
        description="List the families of a finished run, the passages of one of them, or one pair side by side. The "
        "numbers are those of the report.",
    )
    parser.add_argument("folder", type=Path, metavar="DIR", help="a run folder")
    parser.add_argument("match", nargs="?", metavar="MATCH", help="a match's id, or its number in the report")
    parser.add_argument("--family", type=int, metavar="N", help="list the passages of this family")
    parser.set_defaults(action=_show)


def _show(options: argparse.Namespace) -> int:
    from rich.console import Console

    from align.report.contents import Limits, read_contents
    from align.report.families import family_numbers, family_records
    from align.report.passages import StoryNumbers, match_records
    from align.runfolder import RunFolder

    folder = RunFolder(options.folder)
    manifest = folder.finished()
    contents = read_contents(folder, Limits())
    folder.check_unchanged(manifest)
    console = Console(file=sys.stdout, highlight=False)
    if options.match is not None:
        number, match = _found(options.match, contents, folder)
        stories = StoryNumbers()
        (record,) = match_records([match], contents, stories, family_numbers(contents))
        lines = [contents.stories.get(story) for story in stories.ids]
        console.print(_pair({**record, "number": number}, lines, console.width))
        return 0
    families = family_records(contents, StoryNumbers())
    if options.family is None:
        _list_families(console, families, contents.families.total)
        return 0
    if not 1 <= options.family <= len(families):
        raise InputError(f"--family: {options.family!r} is no family of {options.folder}; it has {len(families)}")
    numbers = families[options.family - 1]["matches"]
    _list_passages(console, [(number, contents.flagged.shown[number - 1]) for number in numbers])
    return 0


def _found(wanted: str, contents: Any, folder: Any) -> tuple[int | None, Any]:
    """A match by its id or its number, and the number. Raises InputError where there is none."""
    from align.records import PassageMatch

    shown = contents.flagged.shown
    if wanted.isdecimal() and 1 <= int(wanted) <= len(shown):
        return int(wanted), shown[int(wanted) - 1]
    for number, match in enumerate(shown, start=1):
        if match.id == wanted:
            return number, match
    match = next((match for match in folder.read("matches", PassageMatch) if match.id == wanted), None)
    if match is None:
        raise InputError(
            f"{folder.path}: no match {wanted!r}; allowed: an id from matches.jsonl, or a number from 1 to {len(shown)}"
        )
    return None, match


def _clean(value: Any) -> Text:
    """Text of a page as plain text: no markup, no control sequence, nothing that turns the line around."""
    from rich.text import Text

    from align.report.safety import showable

    return Text(_TURNING.sub("", showable(str(value))).replace("\x1b", "\ufffd"))


def _list_families(console: Console, families: Sequence[dict[str, Any]], total: int) -> None:
    from rich.table import Table

    if not families:
        console.print("No stories appear to share a source.")
        return
    slim = console.width < _SLIM
    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False)
    table.add_column("no.", justify="right")
    table.add_column("outlets", ratio=1)
    table.add_column("stories", justify="right")
    if not slim:
        table.add_column("origins", justify="right")
        table.add_column("appears to come from")
        table.add_column("first date")
    table.add_column("passages", justify="right")
    table.add_column("best", justify="right")
    for view in families:
        middle: list[RenderableType] = [
            str(view["origins"]),
            _clean(view["origin"] or "cannot be told"),
            _clean(view["dated"]),
        ]
        best = "" if view["most"] is None else f"{view['most']:.2f}"
        outlets = _clean(", ".join(view["outlets"]))
        shown = [] if slim else middle
        table.add_row(str(view["number"]), outlets, str(view["size"]), *shown, str(view["passages"]), best)
    console.print(table)
    if total > len(families):
        console.print(f"The {len(families):,} largest of {total:,}; all of them are in families.jsonl.")


def _list_passages(console: Console, matches: Sequence[tuple[int, Any]]) -> None:
    from rich.table import Table

    slim = console.width < _SLIM
    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False, expand=True)
    table.add_column("no.", justify="right")
    table.add_column("score", justify="right")
    if not slim:
        table.add_column("class")
    table.add_column("outlets")
    table.add_column("begins", ratio=1, no_wrap=True, overflow="ellipsis")
    for number, match in matches:
        outlets = _clean(" and ".join(side.outlet or "unknown outlet" for side in (match.source, match.target)))
        kind = [] if slim else [match.match_class]
        table.add_row(
            str(number), f"{match.score:.2f}", *kind, outlets, _clean(match.source.english.replace("\n", " "))
        )
    console.print(table)


def _pair(record: dict[str, Any], lines: Sequence[Any], width: int) -> RenderableType:
    from rich.console import Group
    from rich.rule import Rule
    from rich.table import Table
    from rich.text import Text

    sides = [_side(side, lines[side["story"]]) for side in record["sides"]]
    if width >= _NARROW:
        both = Table.grid(expand=True, padding=(0, 3, 0, 0))
        both.add_column(ratio=1)
        both.add_column(ratio=1)
        both.add_row(*sides)
        laid_out: list[RenderableType] = [both]
    else:
        laid_out = [sides[0], Rule(style="dim"), sides[1]]
    number = "" if record["number"] is None else f"{record['number']}  "
    title = Text.assemble(number, (record["class"], "bold"), f"  {record['score']:.2f}  ", _clean(record["id"]))
    return Group(title, Rule(style="dim"), *laid_out, Rule(style="dim"), *_evidence(record))


def _side(side: dict[str, Any], line: Any) -> Text:
    from rich.text import Text

    from align.report.chronology import spoken_date
    from align.report.findings import language_name

    said = Text.assemble((_clean(side["outlet"]).plain, "bold"))
    if line is not None:
        said.append("\n").append_text(_clean(line.title or "untitled")).append("\n")
        said.append_text(_clean(spoken_date(line.published)))
    if side["original"] is not None:
        said.append(f"\n\n{_clean(language_name(side['language'])).plain}, as published\n", "dim")
        said.append_text(_marked(side["original"]))
        said.append("\n\nIn English, by machine\n", "dim")
    else:
        said.append("\n\nEnglish, as published\n", "dim")
    return said.append_text(_marked(side["english"]))


def _marked(runs: Sequence[Run]) -> Text:
    from rich.text import Text

    text = Text()
    for run in runs:
        style = " ".join(filter(None, (_STYLES[run.kind], _STYLES[run.sign] if run.sign else "")))
        text.append(_clean(run.text).plain, style)
    return text


def _evidence(record: dict[str, Any]) -> list[Text]:
    from rich.text import Text

    lines = []
    for name, same, different, missing in record["agreements"]:
        for what, items, style in (
            ("agree", same, "green"),
            ("clash", different, "bold red"),
            ("on one side", missing, ""),
        ):
            if items:
                lines.append(Text.assemble((f"{name} {what}: ", "dim"), (_clean(", ".join(items)).plain, style)))
    lines += [Text.assemble((f"{name}: ", "dim"), _clean(said)) for name, said in record["notes"]]
    parts = "   ".join(f"{name} {value:.2f}" for name, value, _, _ in record["parts"])
    return [*lines, Text(parts)]
