"""The themes of this program: told apart by everybody, legible, and called by any of their names."""

from __future__ import annotations

from importlib.resources import files
from itertools import chain, combinations, product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from textual.color import Color

from tests.engine.fakes import FakeHost
from tests.tui.dashboards import open_run
from tui.configured_app import ConfiguredApp
from tui.themes import (
    COLOUR_BLIND_DARK,
    COLOUR_BLIND_LIGHT,
    NO_COLOUR,
    OWN,
    SHORT_NAMES,
    theme_called,
    theme_names,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from textual.theme import Theme

MEANINGS = ("text-primary", "text-success", "text-warning", "text-error")
VISIONS = {
    "normal": np.eye(3),
    # Machado, Oliveira & Fernandes (2009), severity 1.0, on linear RGB.
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = np.array([0.9505, 1.0, 1.089])


def linear(colour: str) -> NDArray[np.float64]:
    """Return linear RGB in [0, 1] of an sRGB colour (IEC 61966-2-1)."""
    value = np.array(Color.parse(colour).rgb) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def lab(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return CIELAB of linear RGB, white point D65."""
    share = TO_XYZ @ np.clip(rgb, 0, 1) / WHITE
    root = np.where(share > 216 / 24389, np.cbrt(share), (24389 / 27 * share + 16) / 116)
    return np.array([116 * root[1] - 16, 500 * (root[0] - root[1]), 200 * (root[1] - root[2])])


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG 2.1."""
    bright, dark = sorted((float(TO_XYZ[1] @ linear(colour)) for colour in (one, other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def variables(theme: Theme) -> dict[str, str]:
    """Return the colours as an application has them (`App.get_css_variables`)."""
    return {**theme.to_color_system().generate(), **theme.variables}


@pytest.mark.parametrize("theme", [COLOUR_BLIND_DARK, COLOUR_BLIND_LIGHT], ids=lambda theme: theme.name)
@pytest.mark.parametrize("vision", VISIONS)
def test_meanings_are_told_apart_by_every_vision(theme: Theme, vision: str) -> None:
    seen = {name: lab(VISIONS[vision] @ linear(variables(theme)[name])) for name in MEANINGS}
    for one, other in combinations(MEANINGS, 2):
        assert np.linalg.norm(seen[one] - seen[other]) >= 20, (one, other)


def told_apart(theme: Theme, name: str, ground: str) -> float:
    """Return the contrast of what is drawn on a ground, as a person sees it.

    Args:
        theme: Whose colours they are.
        name: A variable of the style sheets, with its share of opacity after it where it has one.
        ground: Another one; one that is not opaque lies on surfaces.
    """
    colours = variables(theme)
    below = Color.parse(colours["surface"]) + Color.parse(colours[ground])
    variable, _, share = name.partition(" ")
    colour, _, share = colours[variable].partition(" ") if not share else (colours[variable], " ", share)
    part = float(share.removesuffix("%")) / 100 if share else 1.0
    # As in style sheets, `auto` is black or white, whichever stands out from the ground.
    over = below.get_contrast_text(part) if colour == "auto" else Color.parse(colour).multiply_alpha(part)
    return contrast((below + over).hex6, below.hex6)


GROUNDS = ("background", "surface", "panel", "panel-lighten-1")
TEXT: dict[tuple[str, ...], tuple[str, ...]] = {
    (*MEANINGS, "text", "foreground", "text-secondary", "text-accent"): GROUNDS,
    ("footer-key-foreground", "footer-description-foreground"): ("footer-background",),
    ("block-cursor-foreground",): ("block-cursor-background",),
    ("block-cursor-blurred-foreground",): ("block-cursor-blurred-background",),
    ("input-cursor-foreground",): ("input-cursor-background",),
    ("input-selection-foreground",): ("input-selection-background",),
}
"""What is read, and what it stands on: panels, titles, messages, the keys at the foot, rows, typed text."""
MUTED: dict[tuple[str, ...], tuple[str, ...]] = {
    ("text-muted", "text-disabled"): GROUNDS[:3],
    ("primary", "primary 60%", "secondary", "success", "accent", "error", "warning"): ("background",),
    ("accent",): ("surface",),
    ("scrollbar", "scrollbar-hover", "scrollbar-active"): ("scrollbar-background",),
}
"""What may be paler: what is said beside, bars, curves and borders."""


@pytest.mark.parametrize("theme", OWN, ids=lambda theme: theme.name)
@pytest.mark.parametrize(("pairs", "bound"), [(TEXT, 4.5), (MUTED, 3.0)], ids=["text", "muted"])
def test_everything_is_legible_on_what_it_stands_on(
    theme: Theme, pairs: dict[tuple[str, ...], tuple[str, ...]], bound: float
) -> None:
    # WCAG 2.1: 1.4.3 (text) and 1.4.11 (graphics).
    for names, grounds in pairs.items():
        for name, ground in product(names, grounds):
            assert told_apart(theme, name, ground) >= bound, (name, ground)


def test_contrasts_are_those_of_the_standard() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    # The grey that is just legible on white (WebAIM's and others' reference).
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)


@pytest.mark.slow
@pytest.mark.parametrize("theme", OWN, ids=lambda theme: theme.name)
async def test_nothing_that_is_drawn_is_paler_than_that(theme: Theme, tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path) as run:
        run.app.theme = theme.name
        for keys in ((), ("4",), ("escape", "2"), ("escape", "e"), ("escape", "3"), ("escape", "L")):
            await run.press(*keys)
            await run.pilot.pause(0.5)
            for text, ratio in drawn(run.app):
                assert ratio >= 3.0, (type(run.app.screen).__name__, text)


def drawn(app: ConfiguredApp[Any]) -> list[tuple[str, float]]:
    """Return every piece of text on a terminal with its contrast."""
    pieces = []
    for segment in chain.from_iterable(app.screen._compositor.render_strips()):
        style = segment.style
        if segment.text.strip() and style is not None and style.color and style.bgcolor:
            colours = (style.color.get_truecolor().hex, style.bgcolor.get_truecolor().hex)
            pieces.append((segment.text, contrast(*colours)))
    return pieces


def test_without_colour_everything_is_grey() -> None:
    for name in (*MEANINGS, "primary", "accent", "error", "background", "surface", "foreground"):
        red, green, blue = Color.parse(variables(NO_COLOUR)[name]).rgb
        assert red == green == blue, name


def test_no_text_is_muted_by_a_colour_that_textual_makes_the_brightest() -> None:
    # In Content `$text-muted`, which is `auto 60%`, loses its share; in a style sheet it keeps it.
    sources = sorted(Path(str(files("tui"))).rglob("*.py"))
    assert sources
    assert [file.name for file in sources if '"$text-muted' in file.read_text("utf-8")] == []


def test_every_short_name_is_a_theme_and_ours_come_first() -> None:
    app: ConfiguredApp[None] = ConfiguredApp()
    assert all(theme_called(app, name) in app.available_themes for name in SHORT_NAMES)
    assert theme_called(app, "Nord") == "nord"
    assert theme_called(app, "no such theme") is None
    names = theme_names(app)
    assert sorted(names) == sorted(app.available_themes)
    assert names.index("colour-blind-dark") < names.index("dracula")
