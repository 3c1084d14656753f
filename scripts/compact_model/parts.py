"""Files in parts small enough for a carrier with a limit on size, and back together."""

from __future__ import annotations

from pathlib import Path

PART_BYTES = 16 * 2**20


def split(path: Path, size: int = PART_BYTES) -> list[Path]:
    """Write ``path`` as ``PATH.part00``, ``PATH.part01``, ... of ``size`` bytes at most."""
    parts: list[Path] = []
    with path.open("rb") as whole:
        while block := whole.read(size):
            part = path.with_name(f"{path.name}.part{len(parts):02d}")
            part.write_bytes(block)
            parts.append(part)
    return parts


def join(path: Path) -> int:
    """Write ``path`` from its parts beside it and return how many there were."""
    parts = sorted(path.parent.glob(f"{path.name}.part[0-9][0-9]"))
    if not parts:
        raise FileNotFoundError(f"no parts of {str(path)!r}; expected {path.name}.part00 and so on")
    building = path.with_name(path.name + ".joining")
    with building.open("wb") as whole:
        for part in parts:
            whole.write(part.read_bytes())
    building.replace(path)
    return len(parts)
