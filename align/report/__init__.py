"""One HTML file that shows what a run found, and how it came to it."""

from align.report.build import Limits, build_report
from align.report.figures import bar_svg, heatmap_svg, timeline_svg

__all__ = ["Limits", "bar_svg", "build_report", "heatmap_svg", "timeline_svg"]
