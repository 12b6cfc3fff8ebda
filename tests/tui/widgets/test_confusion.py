"""The matrix of what a network takes for what."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tui.screen_text import widget_lines, widget_strips
from tests.tui.shown_elites import HOSTILE
from tests.tui.widgets.examples import SIZES, Stage
from tui.widgets.confusion import ConfusionMatrix

COUNTS = np.array([[40, 2, 0], [1, 35, 4], [0, 0, 0]])


async def lines_of(
    counts: np.ndarray[tuple[int, int], np.dtype[np.int64]] | None,
    size: tuple[int, int],
    *,
    ascii_only: bool = False,
    names: tuple[str, ...] = (),
) -> list[str]:
    matrix = ConfusionMatrix(ascii_only=ascii_only)
    async with Stage(matrix).run_test(size=size) as pilot:
        matrix.show(counts, names)
        await pilot.pause()
        return [line.replace("\N{NO-BREAK SPACE}", " ") for line in widget_lines(matrix)]


async def test_counts_stand_by_right_class_and_said_class() -> None:
    assert await lines_of(COUNTS, (40, 4)) == [
        "        0     1     2",
        " 0     40     2     ·  95.2 %",
        " 1      1    35     4  87.5 %",
        " 2      ·     ·     ·",
    ]


async def test_names_of_classes_are_cut_to_their_columns() -> None:
    lines = await lines_of(COUNTS, (40, 4), names=("trousers", "bag", HOSTILE))
    assert lines[0].startswith("    trous   bag")
    assert lines[1].startswith("tr     40")


async def test_the_share_that_is_right_gives_way_to_the_counts() -> None:
    assert (await lines_of(COUNTS, (13, 4)))[1] == " 0  40  2  ·"


async def test_without_room_for_numbers_there_are_shades() -> None:
    counts = np.full((10, 10), 1) + np.diag(np.full(10, 980))
    lines = await lines_of(counts, (24, 11), ascii_only=True)
    assert lines[1].count("#") > lines[1].count(".")
    assert not any(letter.isdigit() for line in lines[1:] for letter in line[3:])
    assert "█" in "".join(await lines_of(counts, (24, 11)))


@pytest.mark.parametrize("size", [(10, 4), (40, 3)])
async def test_it_says_where_there_is_no_room(size: tuple[int, int]) -> None:
    lines = await lines_of(np.eye(10, dtype=np.int64), size)
    assert "room" in " ".join(lines)


async def test_it_says_that_nothing_is_counted_yet() -> None:
    assert "nothing counted yet" in " ".join(await lines_of(None, (40, 5)))


async def test_a_cell_is_shaded_over_all_its_width() -> None:
    matrix = ConfusionMatrix()
    async with Stage(matrix).run_test(size=(40, 4)) as pilot:
        matrix.show(COUNTS)
        await pilot.pause()
        row = widget_strips(matrix)[1]
        shaded = row.crop(3, 9)
        assert {segment.style.bgcolor for segment in shaded if segment.style is not None} == {
            matrix.part_style("right-5").bgcolor
        }
        assert matrix.part_style("right-5").bgcolor != matrix.part_style("").bgcolor


@settings(max_examples=8)
@given(st.integers(1, 12), st.integers(0, 10**9), st.sampled_from(SIZES), st.booleans())
async def test_any_counts_are_drawn_at_any_size(
    classes: int, most: int, size: tuple[int, int], ascii_only: bool
) -> None:
    counts = np.random.default_rng(0).integers(0, most + 1, (classes, classes))
    lines = await lines_of(counts, size, ascii_only=ascii_only)
    assert len(lines) == size[1]
