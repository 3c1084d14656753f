"""`align report`: write a finished run's report anew."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

__all__ = ["add_parser"]


def add_parser(commands: Any) -> None:
    """Add `align report`."""
    parser = commands.add_parser("report", help="write a finished run's report.html anew")
    parser.add_argument("folder", type=Path, metavar="DIR", help="a run folder")
    parser.set_defaults(action=_report)


def _report(options: argparse.Namespace) -> int:
    from align.report.build import build_report
    from align.runfolder import RunFolder, write_text

    folder = RunFolder(options.folder)
    if not folder.manifest():
        folder.finished()  # which says that it is none
    with folder.locked():
        folder.finished()
        write_text(folder["report"], build_report(folder))
    print(folder["report"], file=sys.stderr)
    return 0
