"""The archive as bars."""

from __future__ import annotations

import unicodedata

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from galapagos.fitness import FitnessKind
from tests.tui.screen_text import fresh_strips, widget_lines, widget_strips
from tests.tui.widgets.examples import SIZES, Stage, any_float, any_text
from tui.archive_cells import cells_of, levels_over
from tui.widgets.archive_bars import ArchiveBars

ELITES = [(size, 100.0 * size, f"{size:016x}", 0) for size in (1, 2, 3, 4, 6)]


def shown(
    *,
    elites: list[tuple[int, float, str, int]] = ELITES,
    best: dict[int, float] | None = None,
    levels: int = 2,
    kind: FitnessKind = FitnessKind.REWARD,
    cursor: int = 3,
    ascii_only: bool = False,
) -> ArchiveBars:
    bars = ArchiveBars(ascii_only=ascii_only)
    cells = cells_of(elites, best or {})
    bars.show(cells, levels_over(cells, levels, "uniform"), kind, "connections", cursor)
    return bars


def picture(bars: ArchiveBars, width: int, height: int) -> list[str]:
    canvas = bars.paint(width, height)
    return ["".join(text for text, _ in canvas.runs(row)).rstrip() for row in range(height)]


def parts(bars: ArchiveBars, width: int, height: int) -> set[str]:
    canvas = bars.paint(width, height)
    return {part for row in range(height) for _, part in canvas.runs(row)}


def test_a_bar_stands_for_each_size_with_its_level_above_and_its_size_below() -> None:
    *lines, _ = picture(shown(best={5: 150.0}), 60, 13)
    assert "1: 1" in lines[0]
    assert lines[-1].split() == ["1", "2", "3", "4", "5", "6", "connections"]
    assert "▲" in lines[-2]
    assert any("░" in line for line in lines)
    assert any("┊" in line for line in lines)
    heights = [sum(line[place] == "█" for line in lines) for place in range(6, 6 + 30, 6)]
    assert heights[:4] == sorted(heights[:4])


def test_the_elite_that_a_level_shows_stands_out_and_so_does_the_cursor() -> None:
    assert {"bar", "other-bar", "elite", "cursor"} <= parts(shown(cursor=2), 60, 12)
    assert "cursor" not in parts(shown(cursor=99), 60, 12)


def test_the_best_of_each_level_and_the_champion_have_signs_that_need_no_colour() -> None:
    *_, axis, sizes, _ = picture(shown(levels=2, cursor=1), 60, 13)
    assert {size: axis[sizes.index(size)] for size in "12346"} == {
        "1": "▲",
        "2": "┬",
        "3": "╋",
        "4": "┬",
        "6": "★",
    }


def test_a_line_says_what_bars_and_signs_mean_where_there_is_room() -> None:
    told = "█╋ level's best   █ other elites   ░ seen, no elite   ★ champion   ┊ level"
    assert picture(shown(), 78, 11)[-1].strip() == told
    assert "champion" not in "\n".join(picture(shown(), 78, 9))
    assert picture(shown(ascii_only=True), 40, 11)[-1].strip() == "#| level's best   # other elites"
    canvas = shown().paint(78, 11)
    coloured = {text.split()[0]: part for text, part in canvas.runs(10) if text.strip() and part != "label"}
    assert coloured == {"█╋": "elite", "█": "bar", "░": "gone", "★": "elite", "┊": "boundary"}


def test_a_smaller_loss_is_a_taller_bar_and_its_labels_count_down() -> None:
    elites = [(1, -2.0, "a", 0), (2, -0.5, "b", 0)]
    lines = picture(shown(elites=elites, kind=FitnessKind.LOSS, levels=1, cursor=1), 40, 14)
    labels = [float(line.split("┤")[0]) for line in lines if "┤" in line]
    assert labels == sorted(labels)
    assert all(label >= 0 for label in labels)
    one, two = (sum(line[place : place + 1] == "█" for line in lines) for place in (5, 12))
    assert one < two


def test_accuracies_are_in_percent() -> None:
    elites = [(1, 0.5, "a", 0), (2, 0.9, "b", 0)]
    text = "\n".join(picture(shown(elites=elites, kind=FitnessKind.ACCURACY), 40, 14))
    assert "80┤" in text


def test_where_there_is_no_room_for_all_the_cursor_stays_in_view() -> None:
    elites = [(size, float(size), f"{size:016x}", 0) for size in range(1, 400)]
    for cursor in (1, 40, 90, 101):
        lines = picture(shown(elites=elites, cursor=cursor), 40, 12)
        assert any("▲" in line for line in lines)


def test_in_plain_characters_it_draws_ascii_alone() -> None:
    text = "\n".join(picture(shown(best={5: 150.0}, ascii_only=True), 60, 14))
    assert text.isascii()
    assert "#" in text
    assert ":" in text
    assert "^" in text


def test_an_empty_archive_says_so() -> None:
    assert "No elite yet" in "".join(picture(ArchiveBars(), 40, 5))


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 200),
    st.integers(1, 60),
    st.lists(
        st.tuples(st.integers(0, 10**6), any_float, st.text(min_size=1, max_size=4), st.integers(0, 9)),
        max_size=12,
    ),
    st.dictionaries(st.integers(0, 10**6), st.floats(allow_nan=False, allow_infinity=False), max_size=6),
    st.integers(1, 12),
    st.sampled_from(FitnessKind),
    any_text,
    st.integers(-1, 300),
    st.booleans(),
)
def test_any_archive_at_any_size_is_a_picture_of_that_size(
    width: int,
    height: int,
    elites: list[tuple[int, float, str, int]],
    best: dict[int, float],
    levels: int,
    kind: FitnessKind,
    measure: str,
    cursor: int,
    ascii_only: bool,
) -> None:
    bars = ArchiveBars(ascii_only=ascii_only)
    cells = cells_of(elites, best)
    bars.show(cells, levels_over(cells, levels, "logarithmic"), kind, measure, cursor)
    canvas = bars.paint(width, height)
    assert canvas.characters.shape == (height, width)
    assert not {unicodedata.category(chr(code)) for code in np.unique(canvas.characters)} & {"Cc", "Cs"}


async def test_it_follows_size_theme_and_cursor() -> None:
    bars = shown(best={5: 150.0})
    app = Stage(bars)
    async with app.run_test(size=(80, 24)) as pilot:
        for width, height in SIZES:
            await pilot.resize_terminal(width, height)
            await pilot.pause()
            assert len(widget_lines(bars)) == height
            assert widget_strips(bars) == fresh_strips(bars)
        before = widget_strips(bars)
        cells = cells_of(ELITES, {5: 150.0})
        bars.show(cells, levels_over(cells, 3, "uniform"), FitnessKind.REWARD, "connections", 4)
        await pilot.pause()
        assert widget_strips(bars) != before
        assert widget_strips(bars) == fresh_strips(bars)


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (3, 9)])
def test_it_can_be_as_small_as_anything(size: tuple[int, int]) -> None:
    assert len(picture(shown(), *size)) == size[1]


async def test_a_click_points_at_the_bar_in_its_column_or_the_nearest() -> None:
    bars = shown()
    pointed: list[int] = []

    class Pointing(Stage):
        def on_archive_bars_pointed(self, event: ArchiveBars.Pointed) -> None:
            pointed.append(event.bin)

    async with Pointing(bars).run_test(size=(60, 12)) as pilot:
        await pilot.pause()
        sizes = widget_lines(bars)[-2]
        for size in "1346":
            await pilot.click(bars, offset=(sizes.index(size), 4))
        await pilot.click(bars, offset=(59, 0))
        await pilot.pause()
    assert pointed == [1, 3, 4, 6, 6]


async def test_a_click_on_nothing_points_at_nothing() -> None:
    bars = ArchiveBars()
    async with Stage(bars).run_test(size=(60, 12)) as pilot:
        await pilot.click(bars, offset=(5, 5))
        assert pilot.app.is_running
