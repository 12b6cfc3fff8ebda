"""The keys at the foot of a screen are whole, or they are not there."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import App
from textual.binding import Binding, BindingType
from textual.screen import Screen

from tests.tui.dashboards import wait_until
from tests.tui.screen_text import screen_lines
from tui.widgets.key_footer import KeyFooter

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

    def __init__(self, *give_way: str) -> None:
        super().__init__()
        self._give_way = give_way
        self.pressed: list[str] = []
        self.off: set[str] = set()

    def compose(self) -> ComposeResult:
        yield KeyFooter(*self._give_way)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return None if action == "nothing" and parameters[0] in self.off else True

    def action_nothing(self, name: str) -> None:
        """Keep the name of what was pressed."""
        self.pressed.append(name)


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

    def __init__(self, *give_way: str) -> None:
        super().__init__()
        self.keys = Keys(*give_way)

    def on_mount(self) -> None:
        self.push_screen(self.keys)


def foot_is(pilot: Pilot[Any], text: str) -> bool:
    return foot(pilot) == text


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


async def test_those_that_are_told_to_give_way_go_first_in_their_order() -> None:
    app = KeyApp("g", "a")
    async with app.run_test(size=(46, 3)) as pilot:
        await wait_until(pilot, lambda: foot(pilot) == " ".join(SHOWN))
        for width, gone in ((45, "g"), (38, "g"), (37, "g a"), (30, "g a"), (29, "g a d")):
            await pilot.resize_terminal(width, 3)
            left = " ".join(shown for shown in SHOWN if shown.split()[0] not in gone.split())
            await wait_until(pilot, partial(foot_is, pilot, left))


async def test_a_click_presses_the_key_under_it_and_between_two_none() -> None:
    app = KeyApp()
    async with app.run_test(size=(60, 3)) as pilot:
        await wait_until(pilot, lambda: foot(pilot) == " ".join(SHOWN))
        places = [" ".join(SHOWN).index(shown) for shown in SHOWN]
        await pilot.click(offset=(places[1], 2))
        await pilot.click(offset=(places[1] - 1, 2))
        await pilot.click(offset=(places[3] + len("d Delta") - 1, 2))
        await pilot.click(offset=(59, 2))
        await wait_until(pilot, lambda: app.keys.pressed == ["Beta", "Delta"])


async def test_a_key_that_does_nothing_now_is_dim_and_does_nothing_when_clicked() -> None:
    app = KeyApp()
    async with app.run_test(size=(60, 3)) as pilot:
        await wait_until(pilot, lambda: foot(pilot) == " ".join(SHOWN))
        footer = app.keys.query_one(KeyFooter)
        assert not any(segment.style and segment.style.dim for segment in footer.render_line(0))
        app.keys.off = {"Beta"}
        app.keys.refresh_bindings()
        await wait_until(
            pilot,
            lambda: [one.text for one in footer.render_line(0) if one.style and one.style.dim] == ["b Beta"],
        )
        await pilot.click(offset=(len("a Alpha "), 2))
        await pilot.press("a")
        await wait_until(pilot, lambda: app.keys.pressed == ["Alpha"])


async def test_the_key_under_the_mouse_explains_itself() -> None:
    app = KeyApp()
    async with app.run_test(size=(60, 3), tooltips=True) as pilot:
        await wait_until(pilot, lambda: foot(pilot) == " ".join(SHOWN))
        footer = app.keys.query_one(KeyFooter)
        await pilot.hover(offset=(len("a Alpha "), 2))
        await wait_until(pilot, lambda: footer.tooltip == "Beta")
        await pilot.hover(offset=(2, 0))
        await wait_until(pilot, lambda: footer.tooltip is None)
