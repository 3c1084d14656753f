"""Which files of a folder hold one text in two languages, by their names."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from align.errors import InputError
from align.records import Rejected

__all__ = ["FilePair", "find_pairs"]


@dataclass(frozen=True, slots=True)
class FilePair:
    """Two files that hold one text, and what their names have in common: a relative path without suffix."""

    name: str
    source: Path
    target: Path


def find_pairs(folder: Path, codes: tuple[str, str]) -> tuple[list[FilePair], list[Rejected]]:
    """The pairs of files below a folder, by name, and the files of either language that have no counterpart.

    `NAME.fr.txt` or `NAME.fr`, or `NAME.txt` or `NAME` in a folder `fr`, is the French side of `NAME`. Hidden files
    and those of no such name are passed over. Raises InputError for a folder that cannot be read or holds no pair.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: not a folder")
    sides: tuple[dict[str, Path], dict[str, Path]] = {}, {}
    rejected = []
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if any(part.startswith(".") for part in relative.parts) or not path.is_file():
            continue
        found = [(side, name) for side, code in enumerate(codes) if (name := _name(relative, code))]
        if found:
            side, name = found[0]
            first = sides[side].setdefault(name, path)
            if first != path:
                detail = f"{first.relative_to(folder).as_posix()} has its place"
                rejected.append(Rejected(relative.as_posix(), "align", "unpaired-file", detail))
    for side, other in ((0, 1), (1, 0)):
        for name, path in sides[side].items():
            if name not in sides[other]:
                detail = f"no file in {codes[other]!r} called {name!r} like it"
                rejected.append(Rejected(path.relative_to(folder).as_posix(), "align", "unpaired-file", detail))
    pairs = [FilePair(name, sides[0][name], sides[1][name]) for name in sorted(sides[0]) if name in sides[1]]
    if not pairs:
        raise InputError(
            f"{folder}: no pair of files; expected NAME.{codes[0]}.txt and NAME.{codes[1]}.txt, NAME.{codes[0]} and "
            f"NAME.{codes[1]}, or {codes[0]}/NAME.txt and {codes[1]}/NAME.txt"
        )
    return pairs, sorted(rejected, key=lambda item: item.record_id)


def _name(relative: Path, code: str) -> str | None:
    """What a file is called but for its language; None where its name does not say that it is in `code`."""
    name = relative.name
    for ending in (f".{code}.txt", f".{code}"):
        if name.endswith(ending) and name != ending:
            return (relative.parent / name.removesuffix(ending)).as_posix()
    parents = relative.parent.parts
    if code in parents:
        at = len(parents) - 1 - parents[::-1].index(code)
        return Path(*parents[:at], *parents[at + 1 :], name.removesuffix(".txt")).as_posix()
    return None
