"""A folder of texts in two languages, paired by their names and aligned, one after the other."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from align import __version__
from align.bitext.bead_files import read_beads
from align.bitext.dotplot import dotplot_svg
from align.bitext.formats import LINE_FORMATS, TextBead
from align.errors import ConfigError, InputError
from align.export.summary import ExportSummary
from align.pipeline.bitext import AlignedText, Wish, align_two, export_beads, is_corpus
from align.pipeline.file_pairs import FilePair, find_pairs
from align.pipeline.parallel import Layout, read_text
from align.records import Encoder, Rejected
from align.runfolder import (
    appending,
    dump,
    from_json,
    naming,
    sole_writer,
    to_json,
    write_json,
    write_records,
    write_text,
)

__all__ = ["AlignedFile", "FolderJob", "FolderSummary", "align_folder"]

INDEX, QUARANTINE, SETTINGS, BEADS = "index.jsonl", "quarantine.jsonl", "settings.json", "beads"

Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True, slots=True)
class AlignedFile:
    """A line of `index.jsonl`: a pair of files that is done."""

    name: str
    source: str
    target: str
    source_sha256: str
    target_sha256: str
    source_sentences: int
    target_sentences: int
    beads: int
    paired: int
    left_out: int
    method: str


@dataclass(frozen=True, slots=True)
class FolderJob:
    """A folder to align, and how.

    `codes` are the languages as they stand in the names of files and folders, source first; `wish.languages` their
    tags. `format` is one of `LINE_FORMATS`, which makes one file a pair, or a format of `align export`, which makes one
    corpus of them all. `plots` is a folder for one dot plot a pair.

    Raises ConfigError for two languages alike, an unknown format, or an `out` inside the folder.
    """

    folder: Path
    out: Path
    codes: tuple[str, str]
    wish: Wish
    format: str = "tsv"
    layout: Layout = "auto"
    plots: Path | None = None

    def __post_init__(self) -> None:
        if self.codes[0] == self.codes[1]:
            raise ConfigError(f"both languages are {self.codes[0]!r}; files are told apart by their languages")
        is_corpus(self.format)
        if self.out.resolve().is_relative_to(self.folder.resolve()):
            raise ConfigError(f"{self.out}: lies inside the folder that is read, {self.folder}; choose another --out")

    @property
    def line_format(self) -> str:
        """The format of the one file a pair."""
        return "jsonl" if is_corpus(self.format) else self.format

    def result(self, name: str) -> Path:
        """Where the beads of a pair go."""
        folder = self.out / BEADS if is_corpus(self.format) else self.out
        return folder / f"{name}.{self.line_format}"

    def plot(self, name: str) -> Path | None:
        """Where the dot plot of a pair goes."""
        return self.plots / f"{name}.svg" if self.plots else None

    def settings(self, encoder: str) -> dict[str, Any]:
        """What results depend on beside the texts."""
        return {
            "align": __version__,
            "encoder": encoder,
            "format": self.line_format,
            "languages": list(self.wish.languages or self.codes),
            "layout": self.layout,
            "reorder": self.wish.reorder,
            "explain": self.wish.explain,
            "min_score": self.wish.min_score,
        }


@dataclass(frozen=True, slots=True)
class FolderSummary:
    """What became of a folder: the pairs that are done, how many of them were done before, and what was turned away."""

    done: tuple[AlignedFile, ...]
    resumed: int
    rejected: tuple[Rejected, ...]
    export: ExportSummary | None = None
    out: Path = field(default=Path())

    def __str__(self) -> str:
        by_lengths = sum(item.method == "lengths" for item in self.done)
        said = f"{len(self.done)} pairs of files aligned"
        said += f" ({self.resumed} of them before)" if self.resumed else ""
        said += f", {sum(item.paired for item in self.done)} beads pair their sentences"
        said += f", lengths alone decided in {by_lengths}" if by_lengths else ""
        return said + f", {len(self.rejected)} records quarantined -> {self.out}"


def align_folder(
    job: FolderJob, encoder: Encoder, *, overwrite: bool = False, progress: Progress, told: Callable[[str], None]
) -> FolderSummary:
    """Align every pair of files of a folder; a pair that cannot be read is quarantined and the others go on.

    Each result is written whole or not at all and noted in `index.jsonl`; a pair that is noted there, and whose files
    are as they were, is not aligned again. `told` hears of every file that was turned away. Texts that a format of
    `align export` is asked for come together from all results, in the order of their names.

    Raises InputError for a folder without a pair, or an `out` that holds something else, or results of other settings,
    which `overwrite` replaces; OutputError for an `out` that cannot be written, or that another process writes.
    """
    pairs, rejected = find_pairs(job.folder, job.codes)
    for item in rejected:
        told(f"{item.record_id}: {item.detail}")
    if job.out.exists() and not job.out.is_dir():
        raise InputError(f"{job.out}: not a folder")
    with naming(job.out):
        job.out.mkdir(parents=True, exist_ok=True)
    with sole_writer(job.out):
        done, resumed = _align_all(job, pairs, encoder, rejected, overwrite, progress, told)
    export = _export(job, done) if is_corpus(job.format) else None
    return FolderSummary(tuple(done), resumed, tuple(rejected), export, job.out)


def _align_all(
    job: FolderJob,
    pairs: Sequence[FilePair],
    encoder: Encoder,
    rejected: list[Rejected],
    overwrite: bool,
    progress: Progress,
    told: Callable[[str], None],
) -> tuple[list[AlignedFile], int]:
    """What is done in the end, and how much of it was done before; what cannot be read is added to `rejected`."""
    earlier = _begin(job, encoder.name, overwrite)
    done: list[AlignedFile] = []
    resumed = 0
    with appending(job.out / INDEX) as add:
        for number, pair in enumerate(pairs):
            progress("align", number, len(pairs))
            hashes = _sha256(pair.source), _sha256(pair.target)
            known = earlier.get(pair.name)
            if known and (known.source_sha256, known.target_sha256) == hashes and _stands(job, pair.name):
                done.append(known)
                resumed += 1
                continue
            try:
                aligned = _align(job, pair, encoder)
            except InputError as error:
                rejected.append(Rejected(pair.name, "align", "unreadable-pair", str(error)))
                told(f"{pair.name}: {error}")
                continue
            done.append(_noted(job, pair, hashes, aligned))
            add(dump(to_json(done[-1])))
    progress("align", len(pairs), len(pairs))
    write_records(job.out / INDEX, done)
    write_records(job.out / QUARANTINE, rejected)
    return done, resumed


def _begin(job: FolderJob, encoder: str, overwrite: bool) -> dict[str, AlignedFile]:
    """The pairs that are done already, by name; `out` has its settings afterwards."""
    settings, path = job.settings(encoder), job.out / SETTINGS
    earlier: dict[str, AlignedFile] = {}
    if not overwrite:
        if path.exists():
            if _read_json(path) != settings:
                raise InputError(f"{job.out}: holds results of other settings; --overwrite to replace them")
            earlier = {item.name: item for item in _read_index(job.out / INDEX)}
        elif any(job.out.iterdir()):
            raise InputError(f"{job.out}: holds something else; choose an empty folder, or --overwrite")
    write_records(job.out / INDEX, earlier.values())
    write_json(path, settings)
    return earlier


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot read: {error}") from error


def _read_index(path: Path) -> Iterator[AlignedFile]:
    """The lines of an index; one that was torn when the job was stopped is passed over, and its pair is done again."""
    lines = path.read_bytes().split(b"\n") if path.exists() else []
    for line in lines:
        try:
            yield from_json(AlignedFile, json.loads(line.decode("utf-8")))
        except ValueError:
            continue


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""  # reading it will say why


def _stands(job: FolderJob, name: str) -> bool:
    plot = job.plot(name)
    return job.result(name).exists() and (plot is None or plot.exists())


def _align(job: FolderJob, pair: FilePair, encoder: Encoder) -> AlignedText:
    source, target = read_text(pair.source, job.layout), read_text(pair.target, job.layout)
    aligned = align_two(source, target, encoder, job.wish)
    lines = "".join(f"{line}\n" for line in LINE_FORMATS[job.line_format](aligned.beads))
    if plot := job.plot(pair.name):
        _write(plot, dotplot_svg(aligned.alignment, source=pair.source.name, target=pair.target.name, title=pair.name))
    _write(job.result(pair.name), lines)
    return aligned


def _write(path: Path, text: str) -> None:
    with naming(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, text)


def _noted(job: FolderJob, pair: FilePair, hashes: tuple[str, str], aligned: AlignedText) -> AlignedFile:
    return AlignedFile(
        pair.name,
        pair.source.relative_to(job.folder).as_posix(),
        pair.target.relative_to(job.folder).as_posix(),
        *hashes,
        len(aligned.source.sentences),
        len(aligned.target.sentences),
        len(aligned.beads),
        sum(bead.paired for bead in aligned.beads),
        aligned.left_out,
        aligned.alignment.method,
    )


def _export(job: FolderJob, done: Sequence[AlignedFile]) -> ExportSummary:
    texts: Iterator[tuple[str, list[TextBead]]] = ((item.name, read_beads(job.result(item.name))) for item in done)
    return export_beads(texts, job.format, job.out, "align")
