"""One run: stage after stage into a folder, going on where an earlier attempt stopped."""

from __future__ import annotations

import shutil
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from align.config import Config
from align.errors import InputError
from align.ingest.outlets import OutletTable
from align.ingest.readers import input_files
from align.pipeline import stages
from align.pipeline.manifest import Recipe, describe
from align.pipeline.models import NamedWeights, describe_models, load_encoder
from align.pipeline.parallel import ParallelText, read_sentences
from align.pipeline.tracing import trace_reuse
from align.records import Encoder, PassageMatch, Story, Translation, Translator
from align.report.build import build_report
from align.runfolder import FILES, RunFolder, write_json, write_text
from align.translate.serving import translators

__all__ = ["Engine", "Summary", "counts_of", "run", "silent"]


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


class Engine(Protocol):
    """What does the long stages of a run, from files of its folder to files of its folder."""

    def structure(self, folder: RunFolder, config: Config, progress: stages.Progress) -> None:
        """`stories.jsonl` and `segments.jsonl`."""
        ...

    def translate(self, folder: RunFolder, config: Config, progress: stages.Progress) -> None:
        """`translations.jsonl`, and what was turned away."""
        ...

    def reuse(self, folder: RunFolder, config: Config, progress: stages.Progress) -> None:
        """`matches.jsonl` and what is made of it."""
        ...


@dataclass(frozen=True, slots=True)
class _Here:
    """The long stages in this process."""

    encoder: Encoder
    translator_of: Callable[[str], Translator]

    def structure(self, folder: RunFolder, config: Config, progress: stages.Progress) -> None:
        stages.split_documents(folder, config, progress)

    def translate(self, folder: RunFolder, config: Config, progress: stages.Progress) -> None:
        stages.translate_all(folder, config, self.translator_of, progress)

    def reuse(self, folder: RunFolder, config: Config, progress: stages.Progress) -> None:
        trace_reuse(folder, config, self.encoder, progress)


def run(
    inputs: Sequence[Path],
    out: Path,
    config: Config | None = None,
    *,
    parallel: Sequence[ParallelText] = (),
    overwrite: bool = False,
    cache: bool = True,
    progress: stages.Progress = silent,
    encoder: Encoder | None = None,
    translator_of: Callable[[str], Translator] | None = None,
    engine: Engine | None = None,
    command: str = "",
) -> Summary:
    """Read `inputs`, trace them, and write the run folder `out` with its report.

    A run that was stopped goes on where it was, and ends with the same bytes as one that never stopped. A folder that
    holds a run of other inputs or settings is refused unless `overwrite` is given.

    With `cache`, texts that any run of this user has translated before with the same model and settings are not
    translated again.

    `encoder` and `translator_of` replace what the settings name; what they call themselves goes into the manifest.
    `engine` does the long stages elsewhere, with the models that the settings name, and writes the same files.

    Raises InputError for an input that cannot be opened or a folder that cannot be used, ModelUnavailableError for a
    model that the settings name and that is not on this machine, ConfigError for settings that cannot be met. All of
    them before the first record is read.
    """
    config = config or Config()
    encoder = encoder or load_encoder(config)
    weights: str | None = getattr(encoder, "weights_sha256", None)
    recipe = _checked(inputs, parallel, out, config, (encoder.name, weights))
    folder = RunFolder(out)
    with folder.locked():
        _claim(folder, recipe, overwrite, command)
        translator_of = translator_of or translators(config.translate, cache=cache)
        work: Engine = engine or _Here(encoder, translator_of)
        steps: list[tuple[str, tuple[str, ...], Callable[[], object]]] = [
            ("read", ("documents",), lambda: stages.read_inputs(folder, inputs, config, progress)),
            ("structure", ("stories", "segments"), lambda: work.structure(folder, config, progress)),
            ("translate", ("translations",), lambda: work.translate(folder, config, progress)),
            (
                "reuse",
                ("substitutions", "facts", "families", "matches"),
                lambda: work.reuse(folder, config, progress),
            ),
            ("align", ("pairs",), lambda: stages.pair_up(folder, parallel, encoder, progress)),
            ("quarantine", ("quarantine",), lambda: stages.gather_quarantine(folder)),
        ]
        for name, products, stage in steps:
            if not _is_done(folder, name, products):
                _timed(folder, name, stage)
        counts = counts_of(folder)
        if folder.manifest()["status"] != "complete" or not folder["report"].exists():
            _finish(folder, config, (encoder.name, weights), counts, len(parallel))
        shutil.rmtree(folder.work)
    return Summary(out, counts, folder["report"])


def _checked(
    inputs: Sequence[Path], parallel: Sequence[ParallelText], out: Path, config: Config, encoder: NamedWeights
) -> Recipe:
    """The recipe of a run whose inputs, settings and models were all found to be there."""
    files = input_files(inputs)
    texts = [path for text in parallel for path in (text.source, text.target)]
    place = out.resolve()
    for folder in inputs:
        if folder.is_dir() and place.is_relative_to(folder.resolve()):
            raise InputError(f"{out}: lies inside the input {folder}, and would be read as input; give another --out")
    for path in [*(path for path, _ in files), *texts]:
        if path.resolve().is_relative_to(place):
            raise InputError(f"{path}: an input inside the run folder {out}; give another --out")
    if config.ingest.outlets:
        OutletTable.load(Path(config.ingest.outlets))
    for path in texts:
        read_sentences(path)
    return describe(config, files, texts, encoder)


def _is_done(folder: RunFolder, stage: str, products: Sequence[str]) -> bool:
    if not all(folder[product].exists() for product in products):
        return False
    # what a stage turned away is only in the working folder until the quarantine is written
    waiting = stage in stages.REJECTING and not folder["quarantine"].exists()
    return not waiting or stages.rejected_path(folder, stage).exists()


def _claim(folder: RunFolder, recipe: Recipe, overwrite: bool, command: str) -> None:
    """Make the folder this run's own: go on with the same run, clear another one only when told to."""
    found = folder.manifest()
    leftovers = [name for name in FILES.values() if (folder.path / name).exists()]
    if leftovers and "signature" not in found:
        raise InputError(
            f"{folder.path}: holds files that are named like a run's but belong to none ({', '.join(leftovers[:3])}); "
            "give another --out, or move them away"
        )
    if found and found["signature"] != recipe.signature and not overwrite:
        raise InputError(
            f"{folder.path}: holds a run of other inputs or settings; give another --out, or --overwrite to replace it"
        )
    for name in FILES.values():  # what a kill left half-written
        (folder.path / f"{name}.tmp").unlink(missing_ok=True)
    if found and found["signature"] == recipe.signature:
        return
    if found:
        _clear(folder, found)
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


def _clear(folder: RunFolder, found: Mapping[str, Any]) -> None:
    """Delete a run, file by file, and nothing that no run writes."""
    # from here on it is nobody's to go on with, also when this is cut short
    write_json(folder["manifest"], {**found, "status": "replaced", "signature": None})
    for name in FILES.values():
        if name != FILES["manifest"]:
            (folder.path / name).unlink(missing_ok=True)
    for path in folder.work.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != "lock":
            path.unlink()


def _timed(folder: RunFolder, name: str, stage: Callable[[], Any]) -> None:
    begin = time.perf_counter()
    stage()
    manifest = folder.manifest()
    manifest["seconds"][name] = round(time.perf_counter() - begin, 3)
    write_json(folder["manifest"], manifest)


def _finish(folder: RunFolder, config: Config, encoder: NamedWeights, counts: Mapping[str, int], parallel: int) -> None:
    """Complete the manifest, then write the report from it."""
    used = {
        (item.source_language, item.model or "", item.revision or "")
        for item in folder.read("translations", Translation)
        if item.outcome == "translated"
    }
    manifest = folder.manifest()
    manifest["models"] = describe_models(config, used, encoder)
    manifest["counts"] = {**counts, "parallel_texts": parallel}
    manifest["status"] = "complete"
    write_json(folder["manifest"], manifest)
    write_text(folder["report"], build_report(folder))


def counts_of(folder: RunFolder) -> dict[str, int]:
    """How many records of each kind a run folder holds."""
    outlets = {story.outlet for story in folder.read("stories", Story)} - {None}
    outcomes = Counter(item.outcome for item in folder.read("translations", Translation))
    return {
        "documents": folder.count("documents"),
        "stories": folder.count("stories"),
        "outlets": len(outlets),
        "segments": folder.count("segments"),
        "translated": outcomes["translated"],
        "copied": outcomes["copied"],
        "pairs": folder.count("pairs"),
        "matches": folder.count("matches"),
        "flagged": sum(1 for _ in folder.read("matches", PassageMatch, skip=stages.not_flagged)),
        "families": folder.count("families"),
        "quarantined": folder.count("quarantine"),
    }
