"""How neurons are marked in drawings: a symbol and a colour for each activation, and the legend."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from rich.cells import cell_len

from galapagos.genomes.activation import Activation
from tui import formatting
from tui.widgets.legends import legend_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from tui.widgets.canvas import Canvas
    from tui.widgets.legends import Entry


class Mark(NamedTuple):
    """A symbol, what it is in plain characters, and the part whose colour it has."""

    symbol: str
    plain: str
    part: str


_MARKS = {
    Activation.LINEAR: Mark("╱", "L", "straight"),  # noqa: RUF001
    Activation.STEP: Mark("⌈", "H", "saturating"),
    Activation.SINE: Mark("∼", "S", "periodic"),  # noqa: RUF001
    Activation.GAUSSIAN: Mark("∩", "G", "even"),
    Activation.TANH: Mark("∫", "T", "saturating"),
    Activation.SIGMOID: Mark("σ", "Z", "saturating"),  # noqa: RUF001
    Activation.INVERSE: Mark("╲", "I", "straight"),
    Activation.ABS: Mark("∨", "A", "ramp"),  # noqa: RUF001
    Activation.RELU: Mark("◢", "R", "ramp"),
    Activation.COSINE: Mark("≈", "C", "periodic"),
    Activation.SQUARED: Mark("∪", "Q", "even"),  # noqa: RUF001
}
"""Symbols look like the function where a character does, and functions of one family share a colour."""
END = Mark("●", "O", "end")
"""Inputs and outputs, which are all linear."""
PARTS = (END.part, *dict.fromkeys(shown.part for shown in _MARKS.values()))
"""The parts of all marks."""
_LONGEST_NAME = 16
_TERCILES = (1 / 3, 2 / 3)
_ROWS_A_LINE = 7
"""A legend takes at most one of so many rows."""


def of_activation(activation: int) -> Mark:
    """Return how a hidden neuron with an activation is marked."""
    return _MARKS[Activation(activation)]


def symbol(shown: Mark, *, ascii_only: bool) -> str:
    """Return the character of a mark."""
    return shown.plain if ascii_only else shown.symbol


def name_label(name: str) -> str:
    """Return a name from data as text of which every character takes one cell."""
    text = formatting.words(name, _LONGEST_NAME)
    return "".join(letter if cell_len(letter) == 1 else "?" for letter in text)


def sign_entries(*, ascii_only: bool) -> list[Entry]:
    """Return the entries of a legend for the signs of weights."""
    whole, broken = ("---", "- -") if ascii_only else ("⠒⠒⠒", "⠒⠂⠒")
    return [(whole, "positive", "positive"), (broken, "negative", "negative")]


def legend(
    activations: Sequence[int], others: Sequence[Entry], canvas: Canvas, *, ascii_only: bool
) -> list[list[Entry]]:
    """Return the lines of a legend for a canvas; what does not fit is left out, the rarest activations first.

    Args:
        activations: Those of the hidden neurons.
        others: What else is explained.
        canvas: What it is for.
        ascii_only: Whether to use plain characters.
    """
    entries: list[Entry] = []
    for code, _ in Counter(sorted(activations)).most_common():
        shown = of_activation(code)
        entries.append((symbol(shown, ascii_only=ascii_only), shown.part, Activation(code).label))
    entries += others
    most = max(1, canvas.height // _ROWS_A_LINE)
    return legend_lines(entries, canvas.width, most)


def strengths(values: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return for each value whether it is in the lowest (0), middle (1) or highest third (2).

    Equal values are in the same third, and in the middle one where all are equal.
    """
    if not values.size:
        return np.zeros(0, dtype=np.intp)
    low, high = np.quantile(values, _TERCILES)
    third: NDArray[np.intp] = 1 + (values > high).astype(np.intp) - (values < low).astype(np.intp)
    return third
