"""The layouts of the run screen: which panels are seen, and which of them has most room.

A layout is a class of the panels; the style sheet of the run screen says what it means at each size.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.run_terms import RunTerms


class RunLayout(StrEnum):
    """A layout, by the name of its class."""

    OVERVIEW = "overview"
    CURVES = "curves"
    POPULATION = "population"
    SYSTEM = "system"


def layouts_of(terms: RunTerms) -> tuple[RunLayout, ...]:
    """Return the layouts that a run has something to show in: one network that learns is no population."""
    return tuple(layout for layout in RunLayout if terms.breeds or layout is not RunLayout.POPULATION)
