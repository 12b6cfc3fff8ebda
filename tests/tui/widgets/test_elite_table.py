"""The live table of elites."""

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from galapagos.engine.snapshot import EliteSummary
from galapagos.fitness import FitnessKind
from tests.tui.screen_text import fresh_strips, refreshed_rows, widget_lines, widget_strips
from tests.tui.widgets.examples import SIZES, Stage, any_elite, any_terms, elite, elites
from tui.run_terms import RunTerms
from tui.widgets.elite_table import EliteTable


class Listener(Stage):
    """Keeps what the table says."""

    def on_elite_table_highlighted(self, message: EliteTable.Highlighted) -> None:
        self.heard.append(("highlighted", message.elite and message.elite.level))

    def on_elite_table_selected(self, message: EliteTable.Selected) -> None:
        self.heard.append(("selected", message.elite.level))


async def test_all_columns_at_120_columns() -> None:
    table = EliteTable()
    async with Stage(table).run_test(size=(120, 6)) as pilot:
        shown = [elite(1), elite(2, pinned=True), elite(3, standard_deviation=12.25), elite(4, born=214)]
        table.show(shown, 214, RunTerms(), shown[2].id)
        await pilot.pause()
        lines = [line.replace("\N{EN DASH}", "-") for line in widget_lines(table)]
        assert lines == [
            "  lvl   connections  reward        best w  neurons  layers  age  id",
            "▸   1          1-12   100.2 ±6.0     -1.5        7       3   14  00000000",
            "    2 ◆       13-24   200.2 ±7.0     -1.5        8       3   14  00000000",
            "    3★        25-36   300.2 ±12.2    -1.5        9       3   14  00000000",
            "    4         37-48 ▲ 400.2 ±9.0     -1.5       10       3    0  00000000",
            "",
        ]


async def test_marks_stand_beside_the_cursor_and_follow_their_elites() -> None:
    for ascii_only, dot in ((False, "●"), (True, "o")):
        table = EliteTable(ascii_only=ascii_only)
        async with Stage(table).run_test(size=(60, 5)) as pilot:
            table.show(elites(3), 214, RunTerms(), None)
            await pilot.pause()
            table.mark({elite(1).id, elite(3).id})
            await pilot.pause()
            assert [line[1] for line in widget_lines(table)[1:4]] == [dot, " ", dot]
            table.show([elite(2), elite(3)], 214, RunTerms(), None)
            await pilot.pause()
            assert [line[1] for line in widget_lines(table)[1:3]] == [" ", dot]
            table.mark(frozenset())
            await pilot.pause()
            assert dot not in "".join(line[1] for line in widget_lines(table)[1:3])


async def test_a_mark_repaints_its_row_only() -> None:
    table = EliteTable()
    async with Stage(table).run_test(size=(60, 12)) as pilot:
        table.show(elites(9), 214, RunTerms(), None)
        await pilot.pause()
        table.mark({elite(4).id})
        assert refreshed_rows(table) == {4}


async def test_a_lower_loss_is_an_improvement() -> None:
    table = EliteTable()
    terms = RunTerms(FitnessKind.LOSS)
    async with Stage(table).run_test(size=(80, 8)) as pilot:
        table.show([elite(1, fitness=-1.0)], 214, terms, None)
        table.show([elite(1, fitness=-0.5, id="e" * 16, born=100)], 215, terms, None)
        await pilot.pause()
        assert "▲0.500" in widget_lines(table)[1]


async def test_without_an_elite_it_says_what_is_going_on() -> None:
    table = EliteTable()
    async with Stage(table).run_test(size=(60, 5)) as pilot:
        assert widget_lines(table)[2].strip() == "waiting for news"
        table.show([], 0, RunTerms(), None)
        await pilot.pause()
        assert widget_lines(table)[2].strip() == "No elite yet: generation 0 is being evaluated"
        table.show([], 1, RunTerms(), None)
        await pilot.pause()
        assert "generation 1 is" in widget_lines(table)[2]


async def test_the_cursor_moves_with_arrows_and_letters_and_enter_selects() -> None:
    table = EliteTable()
    app = Listener(table)
    async with app.run_test(size=(80, 10)) as pilot:
        table.show(elites(5), 214, RunTerms(), None)
        await pilot.press("down", "j", "k", "up", "up", "end", "enter", "home", "pagedown")
        assert app.heard == [
            ("highlighted", 1),
            ("highlighted", 2),
            ("highlighted", 3),
            ("highlighted", 2),
            ("highlighted", 1),
            ("highlighted", 5),
            ("selected", 5),
            ("highlighted", 1),
            ("highlighted", 5),
        ]


async def test_a_click_moves_the_cursor_and_a_double_click_selects() -> None:
    table = EliteTable()
    app = Listener(table)
    async with app.run_test(size=(80, 10)) as pilot:
        table.show(elites(5), 214, RunTerms(), None)
        await pilot.click(table, offset=(10, 3))
        assert table.highlighted == elite(3)
        await pilot.click(table, offset=(10, 4), times=2)
        assert app.heard[-1] == ("selected", 4)
        before = list(app.heard)
        await pilot.click(table, offset=(10, 0))
        await pilot.click(table, offset=(10, 9))
        assert app.heard == before


async def test_the_cursor_stays_with_its_elite_else_with_its_level() -> None:
    table = EliteTable()
    app = Listener(table)
    async with app.run_test(size=(80, 10)) as pilot:
        table.show(elites(3), 214, RunTerms(), None)
        await pilot.press("down")
        moved = (elite(1), elite(2, id="f" * 16), replace(elite(2), level=3), elite(4))
        replaced = (elite(1), elite(3, id="a" * 16), elite(4))
        highlighted = []
        for shown in (moved, replaced, (elite(1),), ()):
            table.show(shown, 215, RunTerms(), None)
            highlighted.append(table.highlighted)
        assert highlighted == [moved[2], replaced[1], elite(1), None]
        await pilot.pause()
        assert app.heard[1:] == [("highlighted", level) for level in (2, 3, 1, None)]


async def test_an_elite_can_be_found_by_its_id() -> None:
    table = EliteTable()
    async with Stage(table).run_test(size=(80, 5)) as pilot:
        table.show(elites(30), 214, RunTerms(), None)
        assert table.move_to(elite(25).id)
        assert not table.move_to("nobody")
        await pilot.pause()
        assert any(line.startswith("▸  25") for line in widget_lines(table))
        assert widget_lines(table)[0].startswith("  lvl")


async def test_a_new_elite_is_marked_in_its_generation_only() -> None:
    table = EliteTable()
    async with Stage(table).run_test(size=(80, 8)) as pilot:

        def marked() -> list[int]:
            return [y for y, line in enumerate(widget_lines(table)) if "▲" in line]

        table.show(elites(4), 214, RunTerms(), None)
        await pilot.pause()
        assert marked() == []
        better = (elite(1), elite(2), elite(3, id="e" * 16, fitness=350.0, born=100), elite(4))
        table.show(better, 215, RunTerms(), None)
        assert marked() == [3]
        table.show(better, 215, RunTerms(), better[2].id)
        assert marked() == [3]
        table.show(better, 216, RunTerms(), None)
        assert marked() == []


async def test_another_view_of_the_levels_marks_nothing_old() -> None:
    table = EliteTable()
    async with Stage(table).run_test(size=(80, 8)):
        table.show((elite(1, low=1, high=48),), 214, RunTerms(), None)
        table.show(elites(4), 215, RunTerms(), None)
        assert "▲" not in "".join(widget_lines(table))
        table.show((*elites(4), elite(5, born=215)), 216, RunTerms(), None)
        assert [y for y, line in enumerate(widget_lines(table)) if "▲" in line] == [5]


async def test_a_change_repaints_only_its_row() -> None:
    table = EliteTable()
    async with Stage(table).run_test(size=(80, 30)) as pilot:
        table.show(elites(20), 214, RunTerms(), None)
        await pilot.pause()
        changed = list(elites(20))
        changed[6] = replace(changed[6], fitness=711.0)
        table.show(changed, 214, RunTerms(), None)
        assert refreshed_rows(table) == {7}
        await pilot.pause()
        table.show(changed, 214, RunTerms(), None)
        assert refreshed_rows(table) == set()
        table.action_cursor(1)
        assert refreshed_rows(table) == {1, 2}


async def test_what_was_repainted_in_parts_equals_what_is_drawn_anew() -> None:
    table = EliteTable()
    async with Stage(table).run_test(size=(70, 12)) as pilot:

        @settings(max_examples=40, deadline=None)
        @given(
            st.lists(st.integers(1, 30), unique=True, max_size=20).map(sorted),
            st.integers(0, 3),
            st.integers(200, 204),
            st.sampled_from(["down", "up", "page", "end", "home", "stay"]),
        )
        def check(levels: list[int], kind: int, generation: int, key: str) -> None:
            shown = [
                elite(level, id=f"{level * 10 + kind:016x}", fitness=level * 100.0 + kind) for level in levels
            ]
            table.show(shown, generation, RunTerms(), shown[0].id if shown else None)
            match key:
                case "down" | "up":
                    table.action_cursor(1 if key == "down" else -1)
                case "page":
                    table.action_page(1)
                case "home" | "end":
                    table.action_edge(-1 if key == "end" else 0)
                case _:
                    pass
            assert widget_strips(table) == fresh_strips(table)

        check()
        await pilot.pause()
        assert widget_strips(table) == fresh_strips(table)


async def test_the_cursor_stays_in_view_at_every_size() -> None:
    table = EliteTable()
    app = Stage(table)
    async with app.run_test(size=(80, 24)) as pilot:
        table.show(elites(40), 214, RunTerms(), None)
        table.move_to(elite(33).id)
        for size in (*SIZES, (60, 8)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert len(widget_lines(table)) == size[1]
            assert widget_strips(table) == fresh_strips(table)
            if size[1] > 1 and size[0] > 10:
                assert any(line.startswith("▸  33") for line in widget_lines(table))


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light", "ansi-dark", "ansi-light"])
@pytest.mark.parametrize("no_color", [False, True])
async def test_the_cursor_is_seen_in_every_theme(
    theme: str, no_color: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if no_color:
        monkeypatch.setenv("NO_COLOR", "1")
    table = EliteTable()
    app = Stage(table)
    async with app.run_test(size=(80, 6)) as pilot:
        app.theme = theme
        table.show(elites(3), 214, RunTerms(), None)
        table.focus()
        await pilot.pause()
        rows = widget_strips(table)
        assert widget_lines(table)[1].startswith("▸")
        styles = [next(s.style for s in rows[y] if "00.2" in s.text) for y in (1, 2)]
        assert styles[0] != styles[1]


async def test_in_plain_characters_it_draws_ascii_alone() -> None:
    table = EliteTable(ascii_only=True)
    async with Stage(table).run_test(size=(100, 6)) as pilot:
        table.show([elite(1, pinned=True, born=214)], 214, RunTerms(), elite(1).id)
        await pilot.pause()
        assert "\n".join(widget_lines(table)).isascii()
        assert widget_lines(table)[1].startswith(">   1*+")


async def test_any_elites_at_any_width_are_rows_of_that_width() -> None:
    table = EliteTable()
    async with Stage(table).run_test(size=(80, 24)):

        @settings(max_examples=40, deadline=None)
        @given(st.lists(any_elite, max_size=6), st.integers(-5, 10**9), any_terms, st.integers(1, 200))
        def check(shown: list[EliteSummary], generation: int, terms: RunTerms, width: int) -> None:
            table.show(shown, generation, terms, shown[0].id if shown else None)
            for number in range(len(shown)):
                assert table.strip(table._runs(number), width).cell_length == width
            letters = set("".join(widget_lines(table)))
            assert not {unicodedata.category(letter) for letter in letters} & {"Cc", "Cs"}

        check()
