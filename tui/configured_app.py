"""The part of the application that follows a person's settings: keys, theme, plain characters, mouse."""

from __future__ import annotations

from asyncio import to_thread
from typing import TYPE_CHECKING, Any

from textual.app import App, ReturnType
from textual.command import CommandPalette

from tui.covered_screens import CoveringApp
from tui.driver import PatientDriver
from tui.themes import register_themes, theme_called
from tui.toasts import ToastingApp
from tui.user_settings import UserSettings, remember

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.binding import Binding
    from textual.command import Provider
    from textual.dom import DOMNode
    from textual.filter import LineFilter
    from textual.widget import Widget

    from tui.keymap import Keymap

MOST_PROBLEMS = 4
"""So many lines about the settings fit into a toast; `galapagos doctor` says them all."""
SECONDS_OF_PROBLEMS = 20.0


def _palette() -> type[Provider]:
    from tui.palette import Palette

    return Palette


class ConfiguredApp(CoveringApp[ReturnType], ToastingApp[ReturnType], inherit_bindings=False):
    """An application that follows `config.yaml`; nothing in that file can keep it from starting.

    Args:
        settings: What the file says; without it nothing is remembered either.
        ascii_only: Whether to draw in plain characters.

    Attributes:
        ascii_only: Whether it draws in plain characters.
        uses_mouse: Whether it takes what the mouse does; else the terminal does, and selects text.
    """

    COMMANDS = App.COMMANDS | {_palette}
    ALLOW_IN_MAXIMIZED_VIEW = "KeyFooter"

    def __init__(self, settings: UserSettings | None = None, *, ascii_only: bool = False) -> None:
        self._plain: list[LineFilter] = []
        self.ascii_only = ascii_only
        super().__init__(driver_class=PatientDriver)
        self.settings = UserSettings() if settings is None else settings
        self._remembers = settings is not None
        self.uses_mouse = self.settings.mouse
        self._problems = list(self.settings.problems)
        if ascii_only:
            from tui.plain_characters import PlainCharacters

            self._plain.append(PlainCharacters())
        register_themes(self)
        self._take_theme()
        # At once, so that no key means the old thing first; what collides is taken back a moment later.
        self.set_keymap({id_: wish.keys for id_, wish in self.settings.keys.items()})

    def on_mount(self) -> None:
        """Check the keys once the first frame is on its way."""
        if self.settings.keys:
            self.run_worker(self._check_keys(), name="keys", exit_on_error=False)
        else:
            self._show_problems()

    def _take_theme(self) -> None:
        name = self.settings.theme
        if not name:
            return
        theme = theme_called(self, name)
        if theme is None:
            self._problems.append(problem_of_theme(self, self.settings))
        else:
            self.theme = theme

    async def _check_keys(self) -> None:
        keymap = await to_thread(_checked_keys, self.settings)
        self.set_keymap(keymap.keys)
        self._problems += keymap.problems
        self._show_problems()

    def _show_problems(self) -> None:
        if self._problems:
            lines = _in_order(self._problems, self.settings.place)[:MOST_PROBLEMS]
            if len(self._problems) > MOST_PROBLEMS:
                lines.append("galapagos doctor says the others")
            self.notify(
                "\n".join(lines),
                title="settings",
                severity="warning",
                timeout=SECONDS_OF_PROBLEMS,
                markup=False,
            )

    # Plain characters

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return what every line goes through before it is drawn."""
        return [*super().get_line_filters(), *self._plain]

    def get_key_display(self, binding: Binding) -> str:
        """Return how a key is shown: by its name where its sign is not ASCII and may not be drawn."""
        shown = super().get_key_display(binding)
        return shown if shown.isascii() or not self.ascii_only else binding.key

    def _register_child(self, parent: DOMNode, child: Widget, before: int | None, after: int | None) -> None:
        # The one place that every widget comes by: those that can draw in plain characters are told to.
        if self.ascii_only and (switch := getattr(type(child), "ascii_only", None)) is not None:
            child.set_reactive(switch, True)
        super()._register_child(parent, child, before, after)

    # Theme and mouse

    def search_themes(self) -> None:
        """Offer the themes; the chosen one is remembered."""
        from tui.palette import ThemePalette

        self.push_screen(CommandPalette(providers=[ThemePalette], placeholder="Search for a theme …"))

    def action_theme(self, name: str) -> None:
        """Take a theme, and remember it."""
        self.theme = name
        if self._remembers:
            self.run_worker(self._remember("theme", name), group="settings", exit_on_error=False)

    async def _remember(self, name: str, value: str) -> None:
        problem = await to_thread(remember, name, value)
        if problem:
            self.notify(problem, severity="error", markup=False)

    def action_mouse(self) -> None:
        """Use the mouse, or leave it to the terminal."""
        self.uses_mouse = not self.uses_mouse
        if isinstance(self._driver, PatientDriver):
            self._driver.use_mouse(on=self.uses_mouse)
        self.notify(
            "the mouse works here; with shift most terminals still select text"
            if self.uses_mouse
            else "the mouse is the terminal's again, and selects text",
            markup=False,
        )


def problem_of_theme(app: App[Any], settings: UserSettings) -> str:
    """Return the line for a theme that is none; empty where it is one."""
    import difflib

    from tui.themes import SHORT_NAMES, theme_names

    if not settings.theme or theme_called(app, settings.theme) is not None:
        return ""
    known: Iterable[str] = [*SHORT_NAMES, *theme_names(app)]
    near = difflib.get_close_matches(settings.theme.lower(), known, n=1)
    right = "dark, light, ansi, colour-blind or no-colour would be right"
    hint = f"did you mean {near[0]}?" if near else right
    return f"{settings.place}:{settings.theme_line}: theme: '{settings.theme}' is no theme; {hint}"


def settings_problems(settings: UserSettings | None = None) -> list[str]:
    """Return everything that is wrong with the settings, a line each; for `galapagos doctor`.

    It imports all screens, which takes a second or two.
    """
    from tui.user_settings import read_settings

    settings = read_settings() if settings is None else settings
    app: ConfiguredApp[None] = ConfiguredApp()
    theme = problem_of_theme(app, settings)
    problems = [*settings.problems, *([theme] if theme else []), *_checked_keys(settings).problems]
    return _in_order(problems, settings.place)


def _in_order(problems: list[str], place: str) -> list[str]:
    """Return problems by their line in the file, those of the whole file first."""

    def line(problem: str) -> int:
        number = problem.removeprefix(f"{place}:").partition(":")[0]
        return int(number) if number.isdecimal() else 0

    return sorted(problems, key=line)


def _checked_keys(settings: UserSettings) -> Keymap:
    from tui.keymap import keymap_of, known_bindings

    return keymap_of(settings.keys, known_bindings() if settings.keys else {}, settings.place)
