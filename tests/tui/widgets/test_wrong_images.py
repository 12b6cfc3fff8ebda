"""The images that a network gets wrong."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.tui.screen_text import widget_lines, widget_strips
from tests.tui.shown_elites import HOSTILE, image_report
from tests.tui.widgets.examples import SIZES, Stage
from tui.image_reports import WrongImage
from tui.widgets.wrong_images import WrongImages

BRIGHT = np.array([[255, 0], [0, 255]], dtype=np.uint8).repeat(8, axis=0).repeat(8, axis=1)


def image(side: int = 16, **changes: Any) -> WrongImage:
    pixels = BRIGHT if side == 16 else np.zeros((side, side), dtype=np.uint8)
    values = {"number": 3, "label": 3, "said": 8, "belief": 0.97, "pixels": pixels, **changes}
    return WrongImage(**values)


async def lines_of(images: list[WrongImage], size: tuple[int, int], **options: Any) -> list[str]:
    gallery = WrongImages(**options)
    async with Stage(gallery).run_test(size=size) as pilot:
        gallery.show(images)
        await pilot.pause()
        return widget_lines(gallery)


async def test_an_image_has_what_was_said_and_what_is_right_below_it() -> None:
    lines = await lines_of([image(), image(said=1, belief=0.5)], (40, 10))
    assert lines[0] == " ▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀  ▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀"
    assert lines[7] == lines[0]
    assert lines[8] == " said 8 is 3  97%  said 1 is 3  50%"
    assert lines[9] == ""


async def test_two_pixels_share_a_cell() -> None:
    gallery = WrongImages()
    async with Stage(gallery).run_test(size=(40, 10)) as pilot:
        gallery.show([image()])
        await pilot.pause()
        cells = [segment for segment in widget_strips(gallery)[0] if "▀" in segment.text]
        colours = [
            (segment.style.color.triplet, segment.style.bgcolor.triplet)
            for segment in cells
            if segment.style and segment.style.color and segment.style.bgcolor
        ]
        assert colours[0] == ((255, 255, 255), (255, 255, 255))
        assert colours[-1] == ((0, 0, 0), (0, 0, 0))


async def test_in_plain_characters_brightness_is_a_letter() -> None:
    lines = await lines_of([image()], (40, 10), ascii_only=True)
    assert lines[0] == " " + "@" * 8
    assert lines[4] == " " * 9 + "@" * 8
    assert "".join(lines).isascii()


async def test_small_images_are_drawn_twice_as_large() -> None:
    lines = await lines_of(list(image_report().wrong), (80, 30))
    assert lines[0].count("▀") == 4 * 16
    assert lines[8].split()[:5] == ["said", "1", "is", "0", "99%"]
    assert lines[10].count("▀") == 4 * 16


async def test_names_of_classes_are_shortened() -> None:
    gallery = WrongImages()
    async with Stage(gallery).run_test(size=(30, 10)) as pilot:
        gallery.show([image(said=0, label=1)], ("T-shirt", HOSTILE))
        await pilot.pause()
        assert widget_lines(gallery)[8].startswith(" said T-s… is ")
        assert "\x1b" not in widget_lines(gallery)[8]


async def test_many_scroll() -> None:
    gallery = WrongImages()
    async with Stage(gallery).run_test(size=(40, 12)) as pilot:
        gallery.show([image(said=number) for number in range(9)] + [image(said=7, label=7)])
        gallery.focus()
        await pilot.press("end")
        await pilot.pause()
        assert any("said 7 is 7" in line for line in widget_lines(gallery))


async def test_it_says_that_there_are_none() -> None:
    gallery = WrongImages()
    async with Stage(gallery).run_test(size=(40, 3)) as pilot:
        gallery.say_when_empty("it gets none wrong")
        gallery.show([])
        await pilot.pause()
        assert "it gets none wrong" in widget_lines(gallery)[1]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("side", [1, 15])
async def test_images_are_drawn_at_any_size(size: tuple[int, int], side: int) -> None:
    lines = await lines_of([image(side, label=123, said=-4, belief=float("nan"))] * 3, size)
    assert len(lines) == size[1]
