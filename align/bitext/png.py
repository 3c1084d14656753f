"""SVG text as a PNG file's bytes, through resvg."""

from __future__ import annotations

from collections.abc import Callable

from align.errors import MissingDependencyError

__all__ = ["png_renderer"]

REQUIREMENT = "resvg-py>=0.5"
_ZOOM = 2.0


def png_renderer() -> Callable[[str], bytes]:
    """A function from SVG text to a PNG file's bytes: two pixels for one of the drawing's, in this machine's fonts.

    Raises MissingDependencyError when resvg is not installed.
    """
    try:
        from resvg_py import svg_to_bytes
    except ImportError as error:
        raise MissingDependencyError(
            f"a plot as PNG needs a library that is not installed; remedy: pip install '{REQUIREMENT}', "
            "or give the plot a name that ends in .svg"
        ) from error
    return lambda svg: bytes(svg_to_bytes(svg_string=svg, zoom=_ZOOM))
