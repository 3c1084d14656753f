"""Where `align` keeps what outlives a run: installed models, their conversions, and translations made before."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

__all__ = ["VARIABLE", "home"]

VARIABLE = "ALIGN_HOME"


def home() -> Path:
    """The folder that the environment variable ALIGN_HOME names, else the user's data folder for `align`.

    It need not exist yet; who writes into it makes it.
    """
    named = os.environ.get(VARIABLE)
    return Path(named).expanduser() if named else platformdirs.user_data_path("align")
