"""The report's figures by themselves: SVG text with its own colours, and PNG through an extra.

from pathlib import Path
import align.plot
Path("outlets.svg").write_text(align.plot.heatmap("out/sample"), encoding="utf-8")
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from align.errors import InputError
from align.report.contents import Contents, Limits, read_contents
from align.report.dotplot import dotplot_svg
from align.report.safety import showable
from align.report.sections import heatmap as heatmap_section
from align.report.sections import timeline as timeline_section
from align.runfolder import RunFolder

__all__ = ["dotplot", "heatmap", "png", "timeline"]

_LIGHT = {
    "paper": "#fbfaf7",
    "ink": "#1d1c1a",
    "track": "#efece5",
    "rule": "#e2ded5",
    "accent": "#9c3d1c",
    "sure": "#0072b2",
    "likely": "#3a8fc4",
    "open": "#c17f00",
    "doubtful": "#c2410c",
}
_DARK = {
    "paper": "#171614",
    "ink": "#ebe7de",
    "track": "#2b2925",
    "rule": "#37342e",
    "accent": "#e08d63",
    "sure": "#4aa3e0",
    "likely": "#93c9ee",
    "open": "#e0a93a",
    "doubtful": "#f0793f",
}
_FEW = Limits(
    matches=0,
    open_matches=0,
    candidates=0,
    open_families=0,
    open_maps=0,
    substitutions=0,
    stories=0,
    pairs=0,
    translations=0,
    quarantine=0,
)


def heatmap(run: RunFolder | Path | str, *, outlets: int = 24) -> str:
    """Flagged passages by the two outlets that carry them, the outlets with most first, at most `outlets` of them.

    Raises InputError for a folder that holds no run, and for a run without a flagged passage.
    """
    found = heatmap_section(_contents(run), outlets)
    if found is None:
        raise InputError(f"{_path(run)}: no passage is flagged, so there is nothing to draw")
    return _standalone(found.svg)


def timeline(run: RunFolder | Path | str, *, outlets: int = 24) -> str:
    """When each outlet's stories were first published, as far as the pages say, the first `outlets` of them.

    Raises InputError for a folder that holds no run, and for a run in which no page states a date.
    """
    found = timeline_section(_contents(run), outlets)
    if found.svg is None:
        raise InputError(f"{_path(run)}: no page states when it was published, so there is nothing to draw")
    return _standalone(found.svg)


def dotplot(run: RunFolder | Path | str, *, text: int = 1) -> str:
    """Which sentences of the run's parallel text number `text`, from 1, are paired with which of its translation.

    Raises InputError for a folder that holds no run, and for a run without that text.
    """
    texts = list(_contents(run).beads.items())
    if not 1 <= text <= len(texts):
        raise InputError(f"{_path(run)}: no parallel text {text!r}; this run was given {len(texts)}")
    name, beads = texts[text - 1]
    return _standalone(dotplot_svg(beads, title=f"Sentences of {name.partition(':')[2] or name} and their translation"))


def png(svg: str) -> bytes:
    """A figure as a PNG file's bytes. Raises MissingDependencyError when the extra `plot` is not installed."""
    from align.bitext.png import png_renderer

    return png_renderer()(svg)


def _path(run: RunFolder | Path | str) -> Path:
    return run.path if isinstance(run, RunFolder) else Path(run)


def _contents(run: RunFolder | Path | str) -> Contents:
    folder = run if isinstance(run, RunFolder) else RunFolder(Path(run))
    if not folder["stories"].exists():
        raise InputError(f"{folder.path}: not a run folder; `align run ... --out DIR` writes one")
    return read_contents(folder, _FEW)


def _standalone(svg: str) -> str:
    """A figure of the page as a file of its own: named as SVG, on paper, with colours for light and dark."""
    head, _, rest = showable(svg).partition(">")
    head = head.replace(
        "<svg ", '<svg xmlns="http://www.w3.org/2000/svg" font-family="system-ui, sans-serif" font-size="13" ', 1
    )
    style = f"{_style(_LIGHT)}@media (prefers-color-scheme:dark){{{_style(_DARK)}}}"
    return f'{head}><style>{style}</style><rect class="paper" width="100%" height="100%"/>{rest}\n'


def _style(colours: Mapping[str, str]) -> str:
    accent = colours["accent"]
    rules = [
        f".paper{{fill:{colours['paper']}}}",
        f"text{{fill:{colours['ink']};unicode-bidi:plaintext}}",
        f".track{{fill:{colours['track']}}}",
        f".heat{{fill:{accent}}}",
        f".rule,.tick{{stroke:{colours['rule']}}}",
        f".mark rect,.mark circle{{fill:{accent};fill-opacity:.18;stroke:{accent};stroke-width:1.5}}",
        f".mark circle{{fill:{colours['paper']};fill-opacity:1}}",
        f".beside{{paint-order:stroke;stroke:{colours['paper']};stroke-width:5px}}",
        f".strong circle{{fill:{accent}}}",
        *(f".bead.{name}{{fill:{colours[name]}}}" for name in ("sure", "likely", "open", "doubtful")),
    ]
    return "".join(rules)
