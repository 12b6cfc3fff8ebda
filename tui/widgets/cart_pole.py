"""A cart with its pole on a track, drawn in braille dots or in plain characters."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from textual.reactive import reactive

from tui import formatting
from tui.widgets.braille import Cells, dots_per_cell, merge
from tui.widgets.canvas import Canvas, message
from tui.widgets.live_canvas import LiveCanvasWidget

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from galapagos.tasks.episode_state import CartPole

    Picture = NDArray[np.bool_]

_LAYERS = ("tip", "pole", "cart", "end", "bound", "track")
"""From the front to the back."""
_ASCII = np.array([ord(letter) for letter in "O#=|.- "], dtype=np.uint32)
"""What each is drawn with in plain characters."""
_PARTS = ("", *_LAYERS, "label", "kick", "empty")
_MARGIN = 1.12
"""The width that is shown, as a share of the track."""
_LONGEST_POLE = 1.9
"""How many times longer than the track's scale says a pole is drawn at most, where there is room."""
_CART_WIDTH, _CART_HEIGHT = 0.5, 0.22
"""In lengths of the pole."""
_LEAST_LABELS = 7
"""The height from which on there is room for the ends of the track and the facts."""
_FAR = 1000.0
"""From which on a place is written with an exponent."""
_FLIGHT = 3
"""Cells from the cart to the arrow of a kick."""


@dataclass(frozen=True, slots=True)
class _Scene:
    """Where things are, in dots, y downwards.

    Args:
        height: Of the picture.
        width: Of the picture.
        squeeze: Dots of height for one dot of width: 1, but ½ in plain characters, which are twice as high.
        metre: Dots of width for a metre.
        pole: Dots of width for the pole's length.
        middle: The column of the middle of the track.
        floor: The row of the track.
    """

    height: int
    width: int
    squeeze: float
    metre: float
    pole: float
    middle: float
    floor: float

    @property
    def axle(self) -> float:
        """The row about which the pole turns."""
        return self.floor - _CART_HEIGHT * self.pole * self.squeeze


class CartPoleView(LiveCanvasWidget):
    """A cart that moves between the ends of its track, with a pole on it.

    The track fills the width. A pole is drawn longer than to scale where there is room for it, at its true
    angle.

    Args:
        ascii_only: Draw with plain characters, for terminals without braille.
        id: The id of the widget.
        classes: Its CSS classes.
    """

    PREFIX = "cart-pole"
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"cart-pole--{part}" for part in _PARTS if part}
    DEFAULT_CSS = """
    CartPoleView {
        width: 1fr;
        height: 1fr;
        & > .cart-pole--tip { color: $text-error; text-style: bold; }
        & > .cart-pole--pole { color: $text-warning; }
        & > .cart-pole--cart { color: $text-primary; }
        & > .cart-pole--end { color: $text-error; }
        & > .cart-pole--bound { color: $text-disabled; }
        & > .cart-pole--track { color: $text-muted; }
        & > .cart-pole--label { color: $text-muted; }
        & > .cart-pole--kick { color: $text-error; text-style: bold; }
        & > .cart-pole--empty { color: $text-muted; text-style: italic; }
        &:ansi > .cart-pole--bound { text-style: dim; }
        &:ansi > .cart-pole--label { text-style: dim; }
    }
    """

    ascii_only = reactive(False, init=False)

    def __init__(
        self, *, ascii_only: bool = False, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.set_reactive(CartPoleView.ascii_only, ascii_only)
        self._state: CartPole | None = None
        self._kick = 0.0

    def show(self, state: CartPole | None, *, kick: float = 0.0) -> None:
        """Draw a moment.

        Args:
            state: None where nothing is known yet.
            kick: The direction of a kick that was just given, 0 for none.
        """
        if (state, kick) != (self._state, self._kick):
            self._state, self._kick = state, kick
            self.repaint()

    def watch_ascii_only(self) -> None:
        """Paint with the other characters."""
        self.repaint()

    def paint(self, width: int, height: int) -> Canvas:
        """Return the picture for one size."""
        state = self._state
        if state is None:
            return message(width, height, _PARTS, "The first episode is about to begin", "empty")
        if not (math.isfinite(state.x) and math.isfinite(state.angle)):
            return message(width, height, _PARTS, "The cart is at no place that is a number", "empty")
        canvas = Canvas(width, height, _PARTS)
        labelled = height >= _LEAST_LABELS
        rows = height - int(labelled)
        scene = _scene(state, width, rows, ascii_only=self.ascii_only)
        cells = merge(_pictures(state, scene), rows, width, ascii_only=self.ascii_only)
        if self.ascii_only:
            cells = Cells(_ASCII[cells.layers], cells.layers)
        canvas.place(0, 0, cells, _LAYERS)
        if labelled:
            self._write_labels(canvas, state, scene)
        self._draw_kick(canvas, state, scene)
        return canvas

    def _write_labels(self, canvas: Canvas, state: CartPole, scene: _Scene) -> None:
        row = canvas.height - 1
        per_cell = dots_per_cell(ascii_only=self.ascii_only)[1]
        for place, text in ((-state.track, f"-{state.track:.3g}"), (state.track, f"{state.track:.3g} m")):
            column = round((scene.middle + place * scene.metre) / per_cell) - len(text) // 2
            canvas.write(row, max(0, min(column, canvas.width - len(text))), text, "label")
        degrees = "deg" if self.ascii_only else "°"
        x = f"{state.x:+.2f}" if abs(state.x) < _FAR else f"{state.x:+.2e}"
        facts = f"{x} m   {math.degrees(math.remainder(state.angle, math.tau)):+4.0f}{degrees}"
        canvas.write(row, (canvas.width - len(facts)) // 2, formatting.words(facts), "label")

    def _draw_kick(self, canvas: Canvas, state: CartPole, scene: _Scene) -> None:
        if not self._kick:
            return
        left, right = ("<==", "==>") if self.ascii_only else ("◀━━", "━━▶")
        tall, wide = dots_per_cell(ascii_only=self.ascii_only)
        reach = round(_CART_WIDTH * scene.pole / 2 / wide) + 1
        centre = round(_column(state, scene) / wide)
        row = round((scene.axle + scene.floor) / 2) // tall
        column = centre - reach - _FLIGHT if self._kick < 0 else centre + reach
        canvas.write(row, column, left if self._kick < 0 else right, "kick")


def _scene(state: CartPole, width: int, height: int, *, ascii_only: bool) -> _Scene:
    tall, wide = dots_per_cell(ascii_only=ascii_only)
    dots_high, dots_wide = height * tall, width * wide
    squeeze = 0.5 if ascii_only else 1.0
    metre = dots_wide / (2 * _MARGIN * state.track)
    # What hangs needs room below the track as well.
    hangs = state.largest_angle is None
    lengths = (2 * (1.0 + _CART_HEIGHT / 2) if hangs else 1.0 + _CART_HEIGHT) + 0.15
    pole = max(1.0, min(dots_high / (lengths * squeeze), metre * state.length * _LONGEST_POLE))
    above = (1.1 + _CART_HEIGHT) * pole * squeeze
    floor = (dots_high - 1) / 2 + _CART_HEIGHT * pole * squeeze if hangs else dots_high - 2
    return _Scene(
        height=dots_high,
        width=dots_wide,
        squeeze=squeeze,
        metre=metre,
        pole=pole,
        middle=(dots_wide - 1) / 2,
        floor=min(max(floor, min(above, dots_high - 1)), dots_high - 1),
    )


def _column(state: CartPole, scene: _Scene) -> float:
    """Return the column of the cart, which may be a little outside."""
    limit = 2 * _MARGIN * state.track
    return scene.middle + min(max(state.x, -limit), limit) * scene.metre


def _pictures(state: CartPole, scene: _Scene) -> list[Picture]:
    """Return the layers, the front first."""
    rows = np.arange(scene.height, dtype=np.float32)[:, None] / np.float32(scene.squeeze)
    columns = np.arange(scene.width, dtype=np.float32)[None, :]
    x, axle, floor = _column(state, scene), scene.axle / scene.squeeze, scene.floor / scene.squeeze
    tip_x, tip_y = x + math.sin(state.angle) * scene.pole, axle - math.cos(state.angle) * scene.pole
    thickness = max(0.7, min(2.2, scene.pole / 28))
    half, tall = max(1.0, _CART_WIDTH * scene.pole / 2), max(1.0, _CART_HEIGHT * scene.pole)
    ends = [scene.middle + side * state.track * scene.metre for side in (-1, 1)]
    post = max(2.0, tall)
    wheel = max(0.8, tall / 4)
    wheels = [_disc(rows, columns, x + side * half * 0.6, floor - wheel, wheel) for side in (-1, 1)]
    body = (abs(columns - x) <= half) & (rows >= floor - tall) & (rows <= floor - wheel)
    return [
        _disc(rows, columns, tip_x, tip_y, max(1.1, 1.9 * thickness)),
        _capsule(rows, columns, (x, axle), (tip_x, tip_y), thickness),
        body | wheels[0] | wheels[1],
        _any([(abs(columns - end) <= 0.6) & (rows >= floor - post) & (rows <= floor + 1.0) for end in ends]),
        _bounds(rows, columns, state, scene, (x, axle)),
        (abs(rows - floor - 0.5) <= 0.5 / scene.squeeze) & (columns >= ends[0]) & (columns <= ends[1]),
    ]


def _disc(
    rows: NDArray[np.float32], columns: NDArray[np.float32], x: float, y: float, radius: float
) -> Picture:
    made: Picture = (columns - x) ** 2 + (rows - y) ** 2 <= radius * radius
    return made


def _capsule(
    rows: NDArray[np.float32],
    columns: NDArray[np.float32],
    start: tuple[float, float],
    end: tuple[float, float],
    radius: float,
) -> Picture:
    """Return the dots no farther than `radius` from a line."""
    x, y = end[0] - start[0], end[1] - start[1]
    along = ((columns - start[0]) * x + (rows - start[1]) * y) / max(x * x + y * y, 1e-6)
    along = np.clip(along, 0.0, 1.0)
    made: Picture = (columns - start[0] - along * x) ** 2 + (
        rows - start[1] - along * y
    ) ** 2 <= radius * radius
    return made


def _bounds(
    rows: NDArray[np.float32],
    columns: NDArray[np.float32],
    state: CartPole,
    scene: _Scene,
    axle: tuple[float, float],
) -> Picture:
    """Return dotted lines at the angles at which the episode ends."""
    none: Picture = np.zeros((scene.height, scene.width), dtype=np.bool_)
    if state.largest_angle is None:
        return none
    dotted = np.floor(rows) % 3 == 0
    for side in (-1, 1):
        angle = side * state.largest_angle
        end = axle[0] + math.sin(angle) * scene.pole, axle[1] - math.cos(angle) * scene.pole
        none |= _capsule(rows, columns, axle, end, 0.6) & dotted
    return none


def _any(pictures: list[Picture]) -> Picture:
    made: Picture = np.logical_or.reduce(pictures)
    return made
