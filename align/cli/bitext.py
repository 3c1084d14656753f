"""`align bitext`: align two texts, or a folder of them, sentence by sentence."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from align.errors import ConfigError

if TYPE_CHECKING:
    from align.pipeline.bitext import AlignedText, Wish
    from align.records import Encoder

__all__ = ["add_parser"]

_TAG = re.compile(r"[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*")
_STDIN = Path("-")
_DESCRIPTION = """Align two texts: SOURCE and TARGET, or all pairs of a FOLDER.
A text has one sentence a line, or is running text that is split; which of the two is told from the text and said on
stderr, unless --lines or --split says it. Beads go to stdout with text, indices (from 0) and confidence together."""
_FORMATS = """line formats, to stdout or the file --out: tsv, jsonl, vecalign, ladder and hunalign (hunalign's two);
corpora, below the folder --out: the formats of `align export`, such as moses and tmx"""


def add_parser(commands: Any) -> None:
    """Add `align bitext`."""
    parser = commands.add_parser(
        "bitext", help="align two texts, or a folder of texts, sentence by sentence", description=_DESCRIPTION
    )
    parser.add_argument("source", type=Path, metavar="SOURCE", help="a text, - for stdin, or a folder of pairs")
    parser.add_argument("target", type=Path, metavar="TARGET", nargs="?", help="a text, or - for stdin")
    parser.add_argument("--format", default="tsv", metavar="FORMAT", help=_FORMATS)
    parser.add_argument("--out", type=Path, metavar="PATH", help="a file, or a folder for corpora and folders of pairs")
    parser.add_argument("--min-score", type=float, metavar="X", help="leave out beads with a confidence below X")
    parser.add_argument("--reorder", action="store_true", help="find blocks that stand in another order on one side")
    parser.add_argument("--explain", action="store_true", help="say what each bead's score is made of")
    parser.add_argument(
        "--plot", type=Path, metavar="FILE", help="a dot plot, .svg or .png; with a folder of pairs, a folder for them"
    )
    parser.add_argument("--source-language", metavar="CODE", help="as in fr; with a folder, in its files' names too")
    parser.add_argument("--target-language", metavar="CODE")
    layout = parser.add_mutually_exclusive_group()
    layout.add_argument("--lines", action="store_true", help="every line is a sentence, an empty one too")
    layout.add_argument("--split", action="store_true", help="running text, to be split into sentences")
    encoder = parser.add_mutually_exclusive_group()
    encoder.add_argument(
        "--encoder", metavar="MODEL", help="a sentence-transformers model: its folder, or an id in the local cache"
    )
    encoder.add_argument(
        "--vectors",
        nargs=2,
        type=Path,
        metavar=("SOURCE.npy", "TARGET.npy"),
        help="the sentences' vectors, one row a sentence, in the place of an encoder",
    )
    parser.add_argument("--overwrite", action="store_true", help="replace a folder of results of other settings")
    parser.add_argument("--quiet", action="store_true", help="no progress bar")
    parser.set_defaults(action=_bitext)


def _bitext(options: argparse.Namespace) -> int:
    if options.target is None or options.source.is_dir():
        return _folder(options)
    return _two(options)


def _folder(options: argparse.Namespace) -> int:
    from align.cli.progress import shown_progress
    from align.pipeline.bitext_folder import FolderJob, align_folder

    if options.target is not None:
        raise ConfigError(f"{options.source} is a folder, so {options.target} has no place; give the folder alone")
    for option in ("out", "source_language", "target_language"):
        if getattr(options, option) is None:
            raise ConfigError(f"--{option.replace('_', '-')} is missing; a folder of pairs needs it")
    if options.vectors:
        raise ConfigError("--vectors are those of one pair of texts; a folder of pairs needs an encoder")
    _check_ladder(options)
    job = FolderJob(
        options.source,
        options.out,
        (options.source_language, options.target_language),
        _wish(options),
        format=options.format,
        layout=_layout(options),
        plots=options.plot,
    )
    with shown_progress(options.quiet) as progress:
        summary = align_folder(job, _encoder(options), overwrite=options.overwrite, progress=progress, told=_say)
    if summary.export:
        _tell_export(summary.export)
    _say(str(summary))
    return 3 if summary.rejected else 0


def _two(options: argparse.Namespace) -> int:
    from dataclasses import replace

    from align.pipeline.bitext import align_two, is_corpus, languages_of

    corpus = is_corpus(options.format)
    if corpus and options.out is None:
        raise ConfigError(f"--out is missing; --format {options.format} writes files below a folder")
    for option, path in (("--out", None if corpus else options.out), ("--plot", options.plot)):
        if path is not None and not path.parent.is_dir():  # said now, and not when the work is done
            raise ConfigError(f"{option}: {path.parent} is no folder to write {path.name} in")
    draw = _plotter(options.plot)
    _check_ladder(options)
    wish = _wish(options)
    source, target = _texts(options)
    _say(str(source))
    _say(str(target))
    if corpus and wish.languages is None:
        languages = languages_of(source, target)
        _say(f"languages: {' and '.join(languages)} (assumed; --source-language and --target-language decide)")
        wish = replace(wish, languages=languages)
    aligned = align_two(source, target, _encoder(options, source.sentences, target.sentences), wish)
    if corpus and wish.languages:
        _write_corpus(aligned, options, wish.languages[options.source == _STDIN])
    else:
        _write_lines(aligned, options)
    draw(aligned)
    _tell_reasons(aligned, options.format)
    _say(str(aligned))
    return 0


def _texts(options: argparse.Namespace) -> Any:
    from align.pipeline.parallel import read_text, sentences_of

    if options.source == options.target == _STDIN:
        raise ConfigError("both texts are -; only one can come from stdin")
    layout = _layout(options)
    return [
        sentences_of(sys.stdin.buffer.read(), "stdin", layout) if path == _STDIN else read_text(path, layout)
        for path in (options.source, options.target)
    ]


def _write_lines(aligned: AlignedText, options: argparse.Namespace) -> None:
    from align.bitext.formats import LINE_FORMATS
    from align.runfolder import write_text

    lines = list(LINE_FORMATS[options.format](aligned.beads))
    if options.out:
        write_text(options.out, "".join(f"{line}\n" for line in lines))
    else:
        for line in lines:
            print(line)


def _write_corpus(aligned: AlignedText, options: argparse.Namespace, language: str) -> None:
    from align.pipeline.bitext import export_beads

    name = options.source.stem if options.source != _STDIN else options.target.stem
    stem = re.sub(r"[^A-Za-z0-9_.-]+", "_", name.removesuffix(f".{language}")).strip("._-") or "align"
    summary = export_beads([(stem, aligned.beads)], options.format, options.out, stem)
    for path in summary.files:
        print(path)
    _tell_export(summary)


def _tell_reasons(aligned: AlignedText, format: str) -> None:
    from align.bitext.reasons import reason

    if format not in ("tsv", "jsonl"):  # which have a place for them
        for bead in aligned.beads:
            if bead.explanation:
                _say(f"{list(bead.source_indices)}:{list(bead.target_indices)}\t{reason(bead.explanation)}")


def _tell_export(summary: Any) -> None:
    for what, counts in (("left out", summary.left_out), ("changed", summary.changed)):
        for why, count in counts.items():
            _say(f"{count} pairs {what}: {why}")


def _plotter(path: Path | None) -> Callable[[AlignedText], None]:
    """What draws the dot plot that was asked for; it says at once when it cannot."""
    if path is None:
        return lambda aligned: None
    if path.suffix not in (".svg", ".png"):
        raise ConfigError(f"--plot: {str(path)!r} is neither .svg nor .png")
    from align.bitext.dotplot import dotplot_svg
    from align.bitext.png import png_renderer
    from align.runfolder import write_bytes

    render = png_renderer() if path.suffix == ".png" else str.encode

    def draw(aligned: AlignedText) -> None:
        names = [Path(text.name).name for text in (aligned.source, aligned.target)]
        write_bytes(path, render(dotplot_svg(aligned.alignment, source=names[0], target=names[1])))

    return draw


def _encoder(options: argparse.Namespace, source: list[str] | None = None, target: list[str] | None = None) -> Encoder:
    from align.config import Config
    from align.embed.adapters import SentenceTransformerEncoder
    from align.pipeline import models
    from align.pipeline.bitext import given_vectors, read_vectors

    if options.encoder:
        os.environ.setdefault("TQDM_DISABLE", "1")  # the library draws bars of its own
        return SentenceTransformerEncoder(options.encoder)
    if options.vectors and source is not None and target is not None:
        return given_vectors(source, target, *map(read_vectors, options.vectors))
    return models.load_encoder(Config())


def _wish(options: argparse.Namespace) -> Wish:
    from align.pipeline.bitext import Wish

    codes = options.source_language, options.target_language
    if (codes[0] is None) != (codes[1] is None):
        raise ConfigError("--source-language and --target-language go together; one of them is missing")
    languages = None if codes[0] is None else (_tag(codes[0], "--source-language"), _tag(codes[1], "--target-language"))
    return Wish(options.reorder, options.explain, options.min_score, languages)


def _tag(code: str, option: str) -> str:
    """The tag of a language; any will do that looks like one, since lengths align what the encoder does not know."""
    from align.language.tags import normalize_tag

    if not _TAG.fullmatch(code):
        raise ConfigError(f"{option}: not a language code: {code!r}; expected BCP-47 or ISO 639, such as 'fr'")
    tag = code.replace("_", "-")
    return tag if "-" in tag else normalize_tag(tag) or tag


def _layout(options: argparse.Namespace) -> Any:
    return "lines" if options.lines else "running" if options.split else "auto"


def _check_ladder(options: argparse.Namespace) -> None:
    if options.format == "ladder" and options.min_score is not None:
        raise ConfigError("--min-score leaves beads out, but a ladder holds every sentence; remedy: another --format")


def _say(text: str) -> None:
    print(text, file=sys.stderr)
