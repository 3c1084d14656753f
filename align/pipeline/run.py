"""One run: stage after stage into a folder, going on where an earlier attempt stopped."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from align.config import Config
from align.errors import InputError
from align.ingest.readers import input_files
from align.pipeline import stages
from align.pipeline.manifest import Recipe, describe
from align.pipeline.models import describe_models, load_encoder, translators
from align.pipeline.parallel import ParallelText
from align.records import Encoder, PassageMatch, Rejected, Segment, Story, Translation, Translator, WireFamily
from align.report.build import build_report
from align.runfolder import FILES, RunFolder, write_json, write_text

__all__ = ["Summary", "run", "silent"]


def silent(stage: str, done: int, total: int | None) -> None:
    """Progress that nobody looks at."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a finished run found, and where."""

    folder: Path
    counts: Mapping[str, int]
    report: Path

    def __str__(self) -> str:
        counts = self.counts
        told = [
            _count(counts["stories"], "story", "stories"),
            _count(counts["outlets"], "outlet", "outlets"),
            _count(counts["flagged"], "passage appears", "passages appear") + " to share a source",
            _count(counts["quarantined"], "record", "records") + " quarantined",
        ]
        return f"{', '.join(told)} -> {self.report}"


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def run(
    inputs: Sequence[Path],
    out: Path,
    config: Config | None = None,
    *,
    parallel: Sequence[ParallelText] = (),
    overwrite: bool = False,
    progress: stages.Progress = silent,
    encoder: Encoder | None = None,
    translator_of: Callable[[str], Translator] | None = None,
    command: str = "",
) -> Summary:
    """Read `inputs`, trace them, and write the run folder `out` with its report.

    A run that was stopped goes on where it was, and ends with the same bytes as one that never stopped. A folder that
    holds a run of other inputs or settings is refused unless `overwrite` is given.

    `encoder` and `translator_of` replace what the settings name; their names go into the manifest all the same.

    Raises InputError for an input that cannot be opened or a folder that cannot be used, ModelUnavailableError for a
    model that the settings name and that is not on this machine.
    """
    config = config or Config()
    files = [*input_files(inputs), *((path, path.name) for text in parallel for path in (text.source, text.target))]
    recipe = describe(config, files)
    folder = RunFolder(out)
    with folder.locked():
        _claim(folder, recipe, overwrite, command)
        encoder = encoder or load_encoder(config)
        translator_of = translator_of or translators(config)
        steps: list[tuple[str, str, Callable[[], object]]] = [
            ("read", "documents", lambda: stages.read_inputs(folder, inputs, config, progress)),
            ("structure", "segments", lambda: stages.split_documents(folder, config, progress)),
            ("translate", "translations", lambda: stages.translate_all(folder, config, translator_of, progress)),
            ("reuse", "matches", lambda: stages.trace_reuse(folder, config, encoder, progress)),
            ("align", "pairs", lambda: stages.pair_up(folder, parallel, encoder, progress)),
            ("quarantine", "quarantine", lambda: stages.gather_quarantine(folder)),
        ]
        for name, product, stage in steps:
            if not folder[product].exists():
                _timed(folder, name, stage)
        counts = _counts(folder)
        if folder.manifest()["status"] != "complete" or not folder["report"].exists():
            _finish(folder, config, counts, len(parallel))
    shutil.rmtree(folder.work)
    return Summary(out, counts, folder["report"])


def _claim(folder: RunFolder, recipe: Recipe, overwrite: bool, command: str) -> None:
    """Make the folder this run's own: go on with the same run, clear another one only when told to."""
    found = folder.manifest()
    if found.get("signature") == recipe.signature:
        return
    leftovers = [name for name in FILES.values() if (folder.path / name).exists()]
    if leftovers and not overwrite:
        raise InputError(
            f"{folder.path}: holds a run of other inputs or settings ({', '.join(leftovers[:3])} ...); "
            "give another --out, or --overwrite to replace it"
        )
    for name in leftovers:
        (folder.path / name).unlink()
    for path in folder.work.iterdir():
        if path.name != "lock":
            path.unlink()
    write_json(
        folder["manifest"],
        {
            "command": command,
            "status": "running",
            "signature": recipe.signature,
            "versions": recipe.versions,
            "config": recipe.config,
            "inputs": recipe.inputs,
            "thresholds": {"match": recipe.config["reuse"]["threshold"]},
            "seconds": {},
        },
    )


def _timed(folder: RunFolder, name: str, stage: Callable[[], Any]) -> None:
    begin = time.perf_counter()
    stage()
    manifest = folder.manifest()
    manifest["seconds"][name] = round(time.perf_counter() - begin, 3)
    write_json(folder["manifest"], manifest)


def _finish(folder: RunFolder, config: Config, counts: Mapping[str, int], parallel: int) -> None:
    """Complete the manifest, then write the report from it."""
    used = frozenset(
        item.source_language for item in folder.read("translations", Translation) if item.outcome == "translated"
    )
    manifest = folder.manifest()
    manifest["models"] = describe_models(config, used)
    manifest["counts"] = {**counts, "parallel_texts": parallel}
    manifest["status"] = "complete"
    write_json(folder["manifest"], manifest)
    write_text(folder["report"], build_report(folder))


def _counts(folder: RunFolder) -> dict[str, int]:
    outlets = {story.outlet for story in folder.read("stories", Story)} - {None}
    outcomes = [item.outcome for item in folder.read("translations", Translation)]
    matches = [match.flagged for match in folder.read("matches", PassageMatch)]
    return {
        "documents": _lines(folder, "documents"),
        "stories": _lines(folder, "stories"),
        "outlets": len(outlets),
        "segments": sum(1 for _ in folder.read("segments", Segment)),
        "translated": outcomes.count("translated"),
        "copied": outcomes.count("copied"),
        "pairs": _lines(folder, "pairs"),
        "matches": len(matches),
        "flagged": sum(matches),
        "families": sum(1 for _ in folder.read("families", WireFamily)),
        "quarantined": sum(1 for _ in folder.read("quarantine", Rejected)),
    }


def _lines(folder: RunFolder, name: str) -> int:
    with folder[name].open("rb") as file:
        return sum(1 for _ in file)
