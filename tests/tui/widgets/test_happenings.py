"""What happened in a run."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from galapagos.engine.snapshot import Happening
from tests.tui.screen_text import fresh_strips, screen_lines, widget_lines, widget_strips
from tests.tui.widgets.examples import SIZES, Stage, any_happening
from tui.widgets.happenings import Happenings


def happening(generation: int, text: str = "", kind: str = "elite") -> Happening:
    return Happening(generation, kind, text or f"event {generation}")


async def test_the_newest_is_at_the_bottom_with_its_generation_at_the_right_edge_of_the_numbers() -> None:
    events = Happenings()
    async with Stage(events).run_test(size=(30, 3)) as pilot:
        events.show([happening(9, "level 3 ↑ 731.2"), happening(1201, "levels 2 → 4", "parameters")])
        await pilot.pause()
        assert widget_lines(events) == ["    9 level 3 ↑ 731.2", "1 201 levels 2 → 4", ""]


async def test_a_long_text_is_wrapped_at_its_words_and_ends_in_an_ellipsis() -> None:
    events = Happenings()
    text = "worker 12 died; its 24 networks are evaluated again by another worker, one at a time"
    async with Stage(events).run_test(size=(24, 6)) as pilot:
        events.show([happening(7, text)])
        await pilot.pause()
        assert widget_lines(events)[:4] == [
            "7 worker 12 died; its 24",
            "  networks are evaluated",
            "  again by another work…",
            "",
        ]


async def test_the_scroll_bar_hides_no_letter() -> None:
    events = Happenings()
    async with Stage(events).run_test(size=(30, 5)) as pilot:
        for count in (2, 9):
            events.show([happening(number, f"{'n' * 21} seven{number}") for number in range(count)])
            await pilot.pause()
            assert events.show_vertical_scrollbar is (count == 9)
            # Of the screen, for the bar lies over the lines of the widget.
            assert f"seven{count - 1}" in "\n".join(screen_lines(pilot.app))


async def test_new_events_scroll_into_view() -> None:
    events = Happenings()
    async with Stage(events).run_test(size=(30, 5)) as pilot:
        for last in range(3, 30):
            events.show([happening(number) for number in range(max(0, last - 20), last)])
            await pilot.pause()
            assert widget_lines(events)[min(last, 5) - 1].startswith(f"{last - 1} event {last - 1}")
            assert events.is_following


async def test_scrolled_up_the_view_stays_on_its_lines_until_the_end_is_in_view_again() -> None:
    events = Happenings()
    async with Stage(events).run_test(size=(30, 5)) as pilot:
        events.show([happening(number) for number in range(100, 120)])
        await pilot.pause()
        events.focus()
        await pilot.press("k", "k", "k")
        await pilot.pause()
        shown = [line[:15].rstrip() for line in widget_lines(events)]
        assert shown[-1] == "116 event 116"
        assert not events.is_following
        events.show([happening(number) for number in range(103, 123)])
        await pilot.pause()
        assert [line[:15].rstrip() for line in widget_lines(events)] == shown
        await pilot.press("end")
        await pilot.pause()
        events.show([happening(number) for number in range(110, 130)])
        await pilot.pause()
        assert widget_lines(events)[-1].startswith("129 event 129")


async def test_a_new_width_keeps_the_newest_in_view() -> None:
    events = Happenings()
    app = Stage(events)
    async with app.run_test(size=(80, 8)) as pilot:
        events.show([happening(number, "some words that need a line or two " * 2) for number in range(20)])
        for size in (*SIZES, (40, 10)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert len(widget_lines(events)) == size[1]
            assert widget_strips(events) == fresh_strips(events)
        assert any(line.startswith("19 ") for line in widget_lines(events))


async def test_before_anything_happened_it_says_so() -> None:
    events = Happenings()
    async with Stage(events).run_test(size=(40, 5)) as pilot:
        await pilot.pause()
        assert "Nothing happened yet" in "".join(widget_lines(events))


async def test_text_is_neither_markup_nor_commands_to_the_terminal() -> None:
    events = Happenings()
    async with Stage(events).run_test(size=(60, 5)) as pilot:
        events.show([happening(1, "[@click=app.bell]x[/nope] \x1b[2J\x9b31m\x07[b]bold")])
        await pilot.pause()
        assert widget_lines(events)[0] == "1 [@click=app.bell]x[/nope] [b]bold"


@pytest.mark.parametrize(
    ("kind", "part"),
    [
        ("worker failed", "error"),
        ("warning", "warning"),
        ("elite", "good"),
        ("parameters", "text"),
        ("", "text"),
    ],
)
async def test_bad_news_stands_out(kind: str, part: str) -> None:
    events = Happenings()
    async with Stage(events).run_test(size=(60, 5)) as pilot:
        events.show([happening(1, "something", kind)])
        await pilot.pause()
        segment = next(s for s in widget_strips(events)[0] if "something" in s.text)
        assert segment.style == events.part_style(part)


async def test_any_events_at_any_size_are_lines_of_that_size() -> None:
    events = Happenings()
    async with Stage(events).run_test(size=(80, 24)):

        @settings(max_examples=60, deadline=None)
        @given(st.lists(any_happening, max_size=12), st.integers(1, 120))
        def check(shown: list[Happening], width: int) -> None:
            events.show(shown)
            events._wrap(width)
            for line in events._lines:
                assert events.strip(line, width).cell_length == width

        check()
