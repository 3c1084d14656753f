"""Progress bars on a terminal, silence elsewhere."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator

__all__ = ["shown_progress"]

_TITLES = {
    "read": "reading",
    "structure": "cutting into stories and segments",
    "translate": "translating",
    "encode": "encoding",
    "reuse": "comparing",
    "align": "pairing",
}


@contextlib.contextmanager
def shown_progress(quiet: bool) -> Iterator[Callable[[str, int, int | None], None]]:
    """A progress function for `align.run` that draws on stderr when that is a terminal."""
    if quiet or not sys.stderr.isatty():
        yield lambda stage, done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True)) as bars:
        tasks = {}

        def advance(stage: str, done: int, total: int | None) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(_TITLES.get(stage, stage), total=total)
            bars.update(tasks[stage], completed=done, total=total)

        yield advance
