"""The list of ancestors."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from galapagos.fitness import FitnessKind
from tests.tui.screen_text import widget_lines
from tests.tui.shown_elites import HOSTILE
from tests.tui.widgets.examples import SIZES, Stage, any_count, any_float
from tui.lineage import Ancestor, Lineage
from tui.widgets.lineage_list import LineageList


def ancestor(generation: int, **changes: object) -> Ancestor:
    made = Ancestor(
        id=f"{generation:016x}",
        generation=generation,
        operator="add_node",
        fitness=500.0 + generation,
        gain=2.5,
        same_starts=True,
        complexity=generation,
        layers=3,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


LINE = Lineage(
    (
        ancestor(0x214),
        ancestor(0x120, gain=-7.25, same_starts=False, operator="change_activation"),
        ancestor(0x40, gain=120.5),
        ancestor(0, gain=None, operator="initial"),
    )
)


async def test_each_ancestor_has_a_row_from_the_elite_back() -> None:
    listed = LineageList()
    async with Stage(listed).run_test(size=(80, 8)) as pilot:
        listed.show(LINE)
        await pilot.pause()
        assert widget_lines(listed) == [
            " largest step +120.5 in gen 64   add node \u00d72, change activation \u00d71",
            "     born  id        made by                            reward      gain   conns",
            "      532  00000000  add node                          1 032.0      +2.5     532",
            "      288  00000000  change activation                   788.0     ~-7.2     288",
            "       64  00000000  add node                            564.0    +120.5      64",
            "        0  00000000  initial                             500.0                 0",
            "",
            "",
        ]


async def test_in_a_narrow_place_ids_and_sizes_are_left_out() -> None:
    listed = LineageList()
    async with Stage(listed).run_test(size=(46, 6)) as pilot:
        listed.show(LINE)
        await pilot.pause()
        assert widget_lines(listed)[1:4] == [
            "     born  made by            reward      gain",
            "      532  add node          1 032.0      +2.5",
            "      288  change activati…    788.0     ~-7.2",
        ]


async def test_a_wide_place_has_bars_of_the_gains() -> None:
    listed = LineageList(ascii_only=True)
    async with Stage(listed).run_test(size=(140, 8)) as pilot:
        listed.show(LINE)
        await pilot.pause()
        assert [line.count("#") for line in widget_lines(listed)[2:6]] == [1, 1, 24, 0]


async def test_a_loss_that_became_smaller_is_a_gain_and_has_no_luck() -> None:
    listed = LineageList()
    async with Stage(listed).run_test(size=(80, 6)) as pilot:
        line = Lineage((ancestor(3, fitness=-0.2, gain=0.114, same_starts=False),), "missing")
        listed.show(line, kind=FitnessKind.LOSS, measure="layers")
        await pilot.pause()
        text = "\n".join(widget_lines(listed))
        assert " loss " in text
        assert "layers" in text
        assert " +0.114" in text
        assert "0.200" in text


async def test_what_is_missing_is_said_at_the_end() -> None:
    listed = LineageList()
    async with Stage(listed).run_test(size=(80, 12)) as pilot:
        listed.styles.border = ("round", "red")
        listed.show(replace(LINE, missing="feedbeef00000000", problems=("x.npz is damaged",)))
        await pilot.pause()
        text = "\n".join(widget_lines(listed))
        assert "not read: x.npz is damaged" in text
        assert "its parent feedbeef is in no file of this run" in text
        assert "3 ancestors, the oldest are missing" in text
        listed.show(LINE, reading=True)
        await pilot.pause()
        assert "3 ancestors, reading on …" in "\n".join(widget_lines(listed))
        listed.show(LINE)
        await pilot.pause()
        assert "3 ancestors; rewards of their generation" in "\n".join(widget_lines(listed))


async def test_it_says_why_there_is_nothing() -> None:
    listed = LineageList()
    async with Stage(listed).run_test(size=(40, 3)) as pilot:
        listed.say_when_empty("its run is not here")
        listed.show(None)
        await pilot.pause()
        assert "its run is not here" in widget_lines(listed)[1]


async def test_thousands_scroll_and_more_of_the_same_line_keeps_the_place() -> None:
    listed = LineageList()
    many = Lineage(tuple(ancestor(number) for number in range(5000, 0, -1)), "more")
    async with Stage(listed).run_test(size=(80, 10)) as pilot:
        listed.show(replace(many, ancestors=many.ancestors[:2000]), reading=True)
        await pilot.pause()
        listed.focus()
        await pilot.press("pagedown")
        await pilot.pause(0)
        place = listed.scroll_target_y
        assert place > 0
        listed.show(many)
        await pilot.pause()
        assert listed.scroll_target_y == place
        await pilot.press("end")
        await pilot.pause()
        assert widget_lines(listed)[-2].lstrip().startswith("1  00000000")
        assert "is in no file" in widget_lines(listed)[-1]
        listed.show(LINE)
        await pilot.pause()
        assert listed.scroll_offset.y == 0


any_ancestor = st.builds(
    Ancestor,
    id=st.text(max_size=20) | st.just(HOSTILE),
    generation=any_count,
    operator=st.text(max_size=40) | st.just(HOSTILE),
    fitness=any_float,
    gain=st.none() | any_float,
    same_starts=st.booleans(),
    complexity=st.none() | any_count,
    layers=st.none() | any_count,
)


@settings(max_examples=8)
@given(
    st.builds(
        Lineage,
        st.lists(any_ancestor, max_size=5).map(tuple),
        st.text(max_size=20) | st.just(HOSTILE),
        st.lists(st.just(HOSTILE), max_size=2).map(tuple),
    ),
    st.sampled_from(FitnessKind),
    st.sampled_from(SIZES),
)
async def test_any_line_is_drawn_at_any_size(
    lineage: Lineage, kind: FitnessKind, size: tuple[int, int]
) -> None:
    listed = LineageList()
    async with Stage(listed).run_test(size=size) as pilot:
        listed.show(lineage, kind=kind, measure="neurons")
        await pilot.pause()
        lines = widget_lines(listed)
        assert len(lines) == size[1]
        assert not set("".join(lines)) & set("\x1b\x9b\u202e\x07")


@pytest.mark.parametrize("gain", [math.inf, -math.inf, math.nan])
async def test_a_gain_that_is_no_number_is_not_written(gain: float) -> None:
    listed = LineageList()
    async with Stage(listed).run_test(size=(80, 4)) as pilot:
        listed.show(Lineage((ancestor(3, gain=gain),)))
        await pilot.pause()
        assert "inf" not in widget_lines(listed)[2]
