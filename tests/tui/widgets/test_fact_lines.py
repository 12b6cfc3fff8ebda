"""Lines of facts."""

from __future__ import annotations

import pytest

from tests.tui.screen_text import fresh_strips, refreshed_rows, widget_lines, widget_strips
from tests.tui.widgets.examples import SIZES, Stage
from tui.widgets.fact_lines import FactLines, shortened


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


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (0, ""),
        (1, "…"),
        (4, "mad…"),
        (8, "made by…"),
        (9, "made by …"),
        (12, "made by add…"),
        (15, "made by add_no…"),
    ],
)
def test_what_does_not_fit_is_cut_at_an_ellipsis(width: int, shown: str) -> None:
    line = [("made by ", "label"), ("add", ""), ("_node, ", "value")]
    assert "".join(text for text, _ in shortened(line, width)) == shown


def test_what_fits_is_shown_as_it_is() -> None:
    line = [("made by ", "label"), ("add_node", ""), ("", "value")]
    assert shortened(line, 16) == line
