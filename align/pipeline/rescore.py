"""Another threshold for a finished run: flags, classes, families and what follows from them, without a new run."""

from __future__ import annotations

import hashlib
import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from align.errors import ConfigError, InputError
from align.lookup import Lookup
from align.pipeline.run import Summary, counts_of
from align.pipeline.stages import reuse_pairs
from align.pipeline.tracing import write_traced
from align.records import Document, Pair, PassageMatch, Segment, Story, WireFamily
from align.report.build import build_report
from align.reuse.passim import passim_lines
from align.reuse.reading.sentences import compared
from align.runfolder import RunFolder, dump, write_json, write_text

__all__ = ["rescore", "write_passim"]


def rescore(out: Path, threshold: float) -> Summary:
    """Apply `threshold` to the scores of the run folder `out`, and write what depends on it again.

    `matches.jsonl`, `families.jsonl`, `substitutions.csv`, `facts.csv`, the `reuse` lines of `pairs.jsonl`, the
    manifest and the report become those of a run with that threshold. The signature is another one, unless the
    threshold is the first again. When this is stopped on the way, the same call goes on.

    Raises ConfigError for a threshold that is no probability, InputError for a folder that holds no finished run.
    """
    if not 0 <= threshold <= 1:
        raise ConfigError(f"threshold: {threshold!r} is no probability; allowed: 0 to 1")
    folder = RunFolder(out)
    if not (out.is_dir() and folder.manifest()):
        raise _nothing_to_score(out)
    with folder.locked():
        manifest = folder.manifest()
        if manifest.get("status") not in ("complete", "rescoring"):
            raise _nothing_to_score(out)
        first = manifest.get("rescored") or {
            "signature": manifest["signature"],
            "threshold": manifest["thresholds"]["match"],
        }
        write_json(folder["manifest"], {**manifest, "status": "rescoring", "signature": None, "rescored": first})
        sizes = Counter(segment.story_id for segment in folder.read("segments", Segment) if compared(segment))
        write_traced(folder, _Stored(folder), sizes, threshold)
        kept = (pair for pair in folder.read("pairs", Pair) if pair.origin != "reuse")
        with Lookup() as known:
            known.fill((segment.id, segment.language) for segment in folder.read("segments", Segment))
            folder.write("pairs", itertools.chain(kept, reuse_pairs(folder, known)))
        manifest = {**folder.manifest(), "status": "complete", "signature": _signature(first, threshold)}
        manifest["config"]["reuse"]["threshold"] = manifest["thresholds"]["match"] = threshold
        counts = counts_of(folder)
        manifest["counts"] = {**manifest["counts"], **counts}
        if threshold == first["threshold"]:
            del manifest["rescored"]
        write_json(folder["manifest"], manifest)
        write_text(folder["report"], build_report(folder))
    return Summary(out, counts, folder["report"])


@dataclass(frozen=True, slots=True)
class _Stored:
    """The matches of a run folder, read as often as one likes."""

    folder: RunFolder

    def __iter__(self) -> Iterator[PassageMatch]:
        return self.folder.read("matches", PassageMatch)


def _nothing_to_score(out: Path) -> InputError:
    return InputError(f"{out}: no finished run to score again; start `align run` or `align reuse` first")


def _signature(first: dict[str, object], threshold: float) -> str:
    if threshold == first["threshold"]:
        return str(first["signature"])
    return hashlib.sha256(f"{first['signature']} threshold {threshold!r}".encode()).hexdigest()[:12]


def write_passim(out: Path, path: Path) -> int:
    """Write the families of the run folder `out` to `path` as passim writes clusters; returns how many lines."""
    folder = RunFolder(out)
    texts = {document.id: document.text for document in folder.read("documents", Document)}
    lines = list(
        passim_lines(
            folder.read("families", WireFamily),
            folder.read("matches", PassageMatch),
            folder.read("stories", Story),
            texts,
        )
    )
    write_text(path, "".join(_lines(lines)))
    return len(lines)


def _lines(lines: list[dict[str, object]]) -> Iterator[str]:
    return (dump(line) + "\n" for line in lines)
