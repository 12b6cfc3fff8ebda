"""The keys at the foot of a screen are whole, or they are not there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import App
from textual.binding import Binding, BindingType
from textual.screen import Screen

from tests.tui.dashboards import wait_until
from tests.tui.screen_text import screen_lines
from tui.key_footer import KeyFooter

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.pilot import Pilot

NAMES = ("Alpha", "Beta", "Gamma", "Delta")
SHOWN = [f"{name[0].lower()} {name}" for name in NAMES] + ["f1 Help", "f2 Menu"]


class Keys(Screen[None]):
    """Has a few keys."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(name[0].lower(), f"nothing('{name}')", name, id=f"keys.{name}") for name in NAMES
    ]

    def compose(self) -> ComposeResult:
        yield KeyFooter()

    def action_nothing(self, name: str) -> None:
        """Do nothing."""


class KeyApp(App[None], inherit_bindings=False):
    """Has keys of its own beside those of its screen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "help", "Help", id="app.help"),
        Binding("f2", "menu", "Menu", id="app.menu"),
    ]

    def action_help(self) -> None:
        """Do nothing."""

    def action_menu(self) -> None:
        """Do nothing."""

    def on_mount(self) -> None:
        self.push_screen(Keys())


def foot(pilot: Pilot[Any]) -> str:
    return screen_lines(pilot.app)[-1]


async def test_a_key_that_does_not_fit_wholly_is_not_there() -> None:
    app = KeyApp()
    async with app.run_test(size=(60, 3)) as pilot:
        await wait_until(pilot, lambda: foot(pilot) == " ".join(SHOWN))
        for width in range(59, 0, -1):
            await pilot.resize_terminal(width, 3)
            whole = [shown for shown in SHOWN if shown in foot(pilot)]
            assert foot(pilot) == " ".join(whole)
            assert len(foot(pilot)) <= width
            # The application's own give way last.
            assert whole[-2:] == SHOWN[-2:] or not set(whole) & set(SHOWN[:-2])


async def test_there_are_as_many_keys_as_fit() -> None:
    app = KeyApp()
    async with app.run_test(size=(31, 3)) as pilot:
        await wait_until(pilot, lambda: foot(pilot) == "a Alpha b Beta f1 Help f2 Menu")
        await pilot.resize_terminal(30, 3)
        await wait_until(pilot, lambda: foot(pilot) == "a Alpha b Beta f1 Help f2 Menu")
        await pilot.resize_terminal(29, 3)
        await wait_until(pilot, lambda: foot(pilot) == "a Alpha f1 Help f2 Menu")
