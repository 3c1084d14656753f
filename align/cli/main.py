"""The parser of `align` and the way from a command to its exit code."""

from __future__ import annotations

import argparse
import errno
import io
import os
import shlex
import sys
from collections.abc import Sequence

from align import __version__
from align.cli import bitext, evaluate, export, models, report, reuse, run, show
from align.errors import (
    AlignError,
    ConfigError,
    InputError,
    ModelUnavailableError,
    OutputError,
    UnsupportedLanguageError,
)

__all__ = ["entry_point", "main"]

_UNWRITABLE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)
_COMMANDS = (run, reuse, bitext, export, report, show, evaluate, models)
_EPILOG = """exit codes: 0 done; 1 failed; 2 wrong usage or unreadable input; 3 done, but with quarantined records;
4 a model that was asked for is not installed"""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="align",
        description="Trace how news travels: stories, translations, aligned text, and rewrites of one wire source.",
        epilog=_EPILOG,
    )
    parser.add_argument("--version", action="version", version=f"align {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for module in _COMMANDS:
        module.add_parser(commands)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    options = _parser().parse_args(given)
    options.command_line = shlex.join(["align", *given])
    try:
        code: int = options.action(options)
    except BrokenPipeError:
        raise  # an OSError, but nobody's mistake
    except (InputError, ConfigError) as error:
        return _told(error, 2)
    except (ModelUnavailableError, UnsupportedLanguageError) as error:
        return _told(error, 4)
    except AlignError as error:
        return _told(error, 1)
    except OSError as error:
        return _told(_in_words(error), 1)
    return code


def _in_words(error: OSError) -> Exception:
    """An error of the system, with its file first and what to do about it where that is known."""
    path = error.filename2 or error.filename
    if path is None or error.errno not in _UNWRITABLE:
        return error
    from align.runfolder import remedy_for

    return OutputError(f"{path}: cannot write: {error.strerror}; {remedy_for(error)}")


def _told(error: Exception, code: int) -> int:
    print(f"align: {error}", file=sys.stderr)
    return code


def entry_point() -> None:
    """Run the command line and leave with its exit code."""
    # Only `align models fetch` downloads anything; a hub library that finds its way elsewhere is told so too.
    if not (sys.argv[1:2] == ["models"] and "fetch" in sys.argv):
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
    if isinstance(sys.stdout, io.TextIOWrapper):
        # data is UTF-8 whatever the terminal speaks, and a file name of other bytes goes out as it is
        sys.stdout.reconfigure(encoding="utf-8", errors="surrogateescape")
    try:
        code = main()
        sys.stdout.flush()
    except KeyboardInterrupt:
        print("align: stopped; start the same command again to go on", file=sys.stderr)
        code = 130
    except BrokenPipeError:
        # the reader of stdout went away (`align ... | head`); there is nobody left to tell
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    sys.exit(code)
