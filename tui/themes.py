"""The themes of this program beside those of textual, and the short names by which a person calls them.

Colour-blind safe means here: blue is good, orange is bad, a pale yellow (on a light ground an olive) warns,
and a grey is neutral, all of different lightness. Under full deuteranopia, protanopia and tritanopia
(Machado, Oliveira & Fernandes, "A Physiologically-based Model for Simulation of Color Vision Deficiency",
2009) any two of the four stay at least 20 apart in CIELAB, where 2.3 can just be told apart, and each has a
contrast of at least 4.5 to the ground and the surfaces (WCAG 2.1, 1.4.3). Nothing is told by colour alone
in any case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.theme import Theme

if TYPE_CHECKING:
    from textual.app import App

DEFAULT = "textual-dark"
SHORT_NAMES = {
    "dark": DEFAULT,
    "light": "textual-light",
    "ansi": "ansi-dark",
    "colour-blind": "colour-blind-dark",
    "color-blind": "colour-blind-dark",
    "no-color": "no-colour",
    "none": "no-colour",
}
"""What `theme:` may say beside the full names."""


def _colour_blind(
    name: str, meanings: dict[str, str], *, ground: tuple[str, ...], dark: bool, more: dict[str, str]
) -> Theme:
    background, surface, panel, foreground = ground
    return Theme(
        name=name,
        primary=meanings["primary"],
        secondary=meanings["success"],
        accent=meanings["warning"],
        success=meanings["success"],
        warning=meanings["warning"],
        error=meanings["error"],
        background=background,
        surface=surface,
        panel=panel,
        foreground=foreground,
        dark=dark,
        # By itself textual tints these towards the text, and they would come closer to each other.
        variables={f"text-{meaning}": colour for meaning, colour in meanings.items()}
        | {"text-secondary": meanings["success"], "text-accent": meanings["warning"]}
        | more,
    )


COLOUR_BLIND_DARK = _colour_blind(
    "colour-blind-dark",
    {"primary": "#A9B4C0", "success": "#3D9BFF", "warning": "#FFF0A0", "error": "#EE7410"},
    ground=("#101418", "#181C22", "#222831", "#E6E6E6"),
    dark=True,
    # Behind messages; and what moves in a bar, by itself too dark.
    more={"panel-lighten-1": "#282F39", "scrollbar": "#606870", "scrollbar-hover": "#7A848E"},
)
COLOUR_BLIND_LIGHT = _colour_blind(
    "colour-blind-light",
    {"primary": "#3E4854", "success": "#0058D8", "warning": "#836000", "error": "#6E1F00"},
    ground=("#F8F8F6", "#EEEEEA", "#E4E4DF", "#101010"),
    dark=False,
    more={"text-disabled": "auto 46%", "scrollbar": "#767E86", "scrollbar-hover": "#666E78"},
)
_GREYS = {
    "text-success": "#FFFFFF",
    "text-error": "#FFFFFF",
    "text-warning": "#FFFFFF",
    "scrollbar": "#606060",
    "scrollbar-hover": "#7A7A7A",
}
NO_COLOUR = Theme(
    name="no-colour",
    primary="#B0B0B0",
    secondary="#909090",
    accent="#E8E8E8",
    success="#E8E8E8",
    warning="#E8E8E8",
    error="#FFFFFF",
    background="#101010",
    surface="#1A1A1A",
    panel="#262626",
    foreground="#E0E0E0",
    variables=_GREYS,
)
OWN = (COLOUR_BLIND_DARK, COLOUR_BLIND_LIGHT, NO_COLOUR)
OFFERED_FIRST = (DEFAULT, "textual-light", *(theme.name for theme in OWN), "ansi-dark", "ansi-light")
"""What the palette offers before the other themes of textual."""


def register_themes(app: App[Any]) -> None:
    """Make the themes of this program known to an application."""
    for theme in OWN:
        app.register_theme(theme)


def theme_called(app: App[Any], name: str) -> str | None:
    """Return the full name of a theme that a person called by any of its names, or None."""
    full = SHORT_NAMES.get(name.lower(), name.lower())
    return full if full in app.available_themes else None


def theme_names(app: App[Any]) -> list[str]:
    """Return the full names of all themes, those that are offered first before the others."""
    return [*OFFERED_FIRST, *sorted(app.available_themes.keys() - set(OFFERED_FIRST))]
