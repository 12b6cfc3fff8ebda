"""Lines of facts."""

from __future__ import annotations

from tests.tui.screen_text import fresh_strips, refreshed_rows, widget_lines, widget_strips
from tests.tui.widgets.examples import SIZES, Stage
from tui.widgets.fact_lines import FactLines


async def test_lines_are_shown_and_those_without_room_are_counted() -> None:
    facts = FactLines("Nothing yet")
    app = Stage(facts)
    async with app.run_test(size=(30, 4)) as pilot:
        assert "Nothing yet" in "".join(widget_lines(facts))
        facts.show([[("born ", "label"), (str(number), "value")] for number in range(6)])
        await pilot.pause()
        assert widget_lines(facts) == ["born 0", "born 1", "born 2", "and 3 more"]
        facts.show([], "It cannot be read")
        await pilot.pause()
        assert "It cannot be read" in "".join(widget_lines(facts))


async def test_it_follows_the_size_and_is_still_while_nothing_changes() -> None:
    facts = FactLines("Nothing yet")
    app = Stage(facts)
    async with app.run_test(size=(30, 4)) as pilot:
        for lines in ([], [[("wide 界 " * 9, "good")]]):
            facts.show(lines)
            for size in SIZES:
                await pilot.resize_terminal(*size)
                await pilot.pause()
                assert len(widget_lines(facts)) == size[1]
                assert widget_strips(facts) == fresh_strips(facts)
        facts.show([[("wide 界 " * 9, "good")]])
        assert refreshed_rows(facts) == set()
