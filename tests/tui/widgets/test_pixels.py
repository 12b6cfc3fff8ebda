"""Pictures in half blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from rich.color import Color

from tests.tui.screen_text import fresh_strips, refreshed_rows, widget_lines, widget_strips
from tests.tui.widgets.examples import SIZES, Stage
from tui.widgets.pixels import Pixels

if TYPE_CHECKING:
    from numpy.typing import NDArray


def flat(width: int, height: int, *colour: int) -> NDArray[np.uint8]:
    return np.full((height, width, 3), colour, dtype=np.uint8)


async def test_two_pixels_are_one_cell_in_the_middle() -> None:
    pixels = Pixels()
    async with Stage(pixels).run_test(size=(8, 4)) as pilot:
        picture = flat(4, 4, 255, 0, 0)
        picture[1] = (0, 0, 255)
        pixels.show(picture)
        await pilot.pause()
        assert widget_lines(pixels) == ["", "  ▀▀▀▀", "  ▀▀▀▀", ""]
        first = widget_strips(pixels)[1]
        (segment,) = [segment for segment in first if "▀" in segment.text]
        assert segment.style is not None
        assert segment.style.color == Color.from_rgb(255, 0, 0)
        assert segment.style.bgcolor == Color.from_rgb(0, 0, 255)


async def test_a_row_of_one_colour_is_one_run_and_small_differences_are_none() -> None:
    pixels = Pixels()
    async with Stage(pixels).run_test(size=(40, 4)) as pilot:
        picture = flat(40, 8, 100, 100, 100)
        picture[:, ::2] += 3
        pixels.show(picture)
        await pilot.pause()
        assert [len(list(strip)) for strip in widget_strips(pixels)] == [1] * 4


async def test_only_the_rows_that_changed_are_painted() -> None:
    pixels = Pixels()
    async with Stage(pixels).run_test(size=(20, 10)) as pilot:
        picture = flat(20, 20, 0, 0, 0)
        pixels.show(picture)
        await pilot.pause()
        changed = picture.copy()
        changed[7, 3] = (255, 255, 255)
        pixels.show(changed)
        assert refreshed_rows(pixels) == {3}
        await pilot.pause()
        assert widget_strips(pixels) == fresh_strips(pixels)
        pixels.show(changed.copy())
        assert refreshed_rows(pixels) == set()


async def test_an_odd_row_is_doubled() -> None:
    pixels = Pixels()
    async with Stage(pixels).run_test(size=(3, 2)) as pilot:
        pixels.show(flat(3, 3, 9, 9, 9))
        await pilot.pause()
        assert widget_lines(pixels) == ["▀▀▀", "▀▀▀"]


async def test_in_plain_characters_brightness_is_a_letter() -> None:
    pixels = Pixels(ascii_only=True)
    async with Stage(pixels).run_test(size=(4, 1)) as pilot:
        picture = np.concatenate([flat(1, 2, *[shade] * 3) for shade in (0, 90, 170, 255)], axis=1)
        pixels.show(picture)
        await pilot.pause()
        (line,) = widget_lines(pixels)
        assert len(line) == 4
        assert line[0] == " "
        assert line[-1] == "@"
        assert line.isascii()


async def test_without_a_picture_it_says_why() -> None:
    pixels = Pixels()
    async with Stage(pixels).run_test(size=(60, 5)) as pilot:
        await pilot.pause()
        assert "about to begin" in "\n".join(widget_lines(pixels))
        pixels.show(None, "There is [bold]nothing[/bold]")
        await pilot.pause()
        assert "There is [bold]nothing[/bold]" in "\n".join(widget_lines(pixels))


@pytest.mark.parametrize("size", SIZES)
async def test_a_picture_that_is_too_large_is_cut(size: tuple[int, int]) -> None:
    pixels = Pixels()
    async with Stage(pixels).run_test(size=size) as pilot:
        pixels.show(flat(320, 200, 1, 2, 3))
        await pilot.pause()
        assert len(widget_lines(pixels)) == size[1]


async def test_many_colours_do_not_stay() -> None:
    pixels = Pixels()
    rng = np.random.default_rng(5)
    async with Stage(pixels).run_test(size=(100, 40)) as pilot:
        for _ in range(4):
            pixels.show(rng.integers(0, 256, (80, 100, 3), dtype=np.uint8))
            await pilot.pause()
        assert len(pixels._styles) <= 4096
