"""Screens that another one covers: they are not painted, and know their size when they are seen again."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

from tests.tui.dashboards import wait_until
from tui.configured_app import ConfiguredApp
from tui.covered_screens import CoveringApp

if TYPE_CHECKING:
    from textual.app import App, ComposeResult


WIDTHS: list[tuple[int, str]] = [(0, "-narrow"), (100, "-wide")]


class Alive(Screen[None]):
    """A screen that changes, with a class for its width."""

    HORIZONTAL_BREAKPOINTS = WIDTHS

    def compose(self) -> ComposeResult:
        yield Static("0", id="alive")

    def change(self, text: str) -> None:
        self.query_one("#alive", Static).update(text)


class Covering(Screen[None]):
    """Opaque, as screens are."""


class Translucent(ModalScreen[None]):
    """A question above what is asked about."""


class Painted(CoveringApp[None]):
    """Counts what is painted."""

    def __init__(self) -> None:
        super().__init__()
        self.paints = 0

    def _display(self, screen: Screen[Any], renderable: Any) -> None:
        self.paints += renderable is not None
        super()._display(screen, renderable)


def test_the_dashboard_is_such_an_application() -> None:
    assert issubclass(ConfiguredApp, CoveringApp)


async def test_nothing_is_painted_for_a_covered_screen() -> None:
    app = Painted()
    async with app.run_test() as pilot:
        screen = Alive()
        await app.push_screen(screen)
        await app.push_screen(Covering())
        await pilot.pause()
        before = app.paints
        for number in range(5):
            screen.change(str(number))
            await pilot.pause()
            await asyncio.sleep(0.05)
        assert app.paints == before
        assert not screen.is_current
        await app.pop_screen()
        await pilot.pause()
        assert "4" in screen._compositor.render_strips()[0].text


async def test_a_screen_under_a_translucent_one_goes_on() -> None:
    app = Painted()
    async with app.run_test() as pilot:
        screen = Alive()
        await app.push_screen(screen)
        await app.push_screen(Translucent())
        await pilot.pause()
        before = app.paints
        screen.change("seen")
        await wait_until(pilot, lambda: app.paints > before)
        assert screen.is_current


@pytest.mark.parametrize("above", [[Covering], [Covering, Covering], [Translucent], [Covering, Translucent]])
async def test_a_covered_screen_has_the_classes_of_its_size(above: list[type[Screen[None]]]) -> None:
    app: App[None] = Painted()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = Alive()
        await app.push_screen(screen)
        for kind in above:
            await app.push_screen(kind())
        await pilot.resize_terminal(120, 40)
        await wait_until(pilot, lambda: screen.has_class("-wide"))
        for _ in above:
            await app.pop_screen()
        await pilot.pause()
        assert screen.size == (120, 40)
