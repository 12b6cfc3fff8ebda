"""Whole screens as text in files, compared line by line; GALAPAGOS_WRITE_GRIDS=1 writes them anew."""

from __future__ import annotations

import os
from pathlib import Path

DIRECTORY = Path(__file__).parent / "screens" / "grids"


def assert_grid(name: str, text: str) -> None:
    """Compare what a person reads on a screen with what is kept of it under a name."""
    path = DIRECTORY / f"{name}.txt"
    if os.environ.get("GALAPAGOS_WRITE_GRIDS"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text + "\n", encoding="utf-8")
    kept = path.read_text(encoding="utf-8").removesuffix("\n")
    # Not by splitlines, for which an empty last line is none.
    assert kept.split("\n") == text.split("\n"), f"{path} is not what is seen"
