"""The curves of a run, as a person reads them."""

import unicodedata

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tui.screen_text import fresh_strips, refreshed_rows, widget_lines, widget_strips
from tests.tui.widgets.examples import SIZES, Stage, any_float, any_text
from tui.formatting import ABSENT
from tui.marks import Mark, MarkKind
from tui.plot_view import PlotView
from tui.widgets.fitness_plot import FitnessPlot


def picture(plot: FitnessPlot, width: int, height: int) -> list[str]:
    """Return the plot at a size, without an app."""
    canvas = plot.paint(width, height)
    return ["".join(text for text, _ in canvas.runs(row)).rstrip() for row in range(height)]


def test_a_rising_line_goes_from_the_lower_left_to_the_upper_right() -> None:
    plot = FitnessPlot()
    plot.show(np.arange(2), {"best": np.array([0.0, 800.0])})
    assert picture(plot, 40, 9) == [
        "800┤                           ⣀⠤⠒⠉ best",
        "600┤                      ⢀⡠⠔⠊⠉",
        "   │                  ⣀⠤⠒⠉⠁",
        "400┤             ⣀⡠⠔⠊⠉",
        "   │        ⢀⣀⠤⠒⠉",
        "200┤    ⣀⡠⠔⠊⠁",
        "  0┤⣀⠤⠒⠉",
        "   └┬─────────────────────────────┬",
        "    0                             1  gen",
    ]


def test_plain_characters_have_one_mark_a_curve() -> None:
    plot = FitnessPlot(ascii_only=True)
    plot.show(np.arange(3), {"best": [0.0, 5.0, 10.0], "mean": [0.0, 0.0, 0.0]}, [Mark(1, "sigma 1 to 2")])
    text = "\n".join(picture(plot, 60, 12))
    assert text.isascii()
    assert "* best" in text
    assert "+ mean" in text
    assert "^ sigma 1 to 2" in text


def test_a_change_is_marked_where_it_happened() -> None:
    plot = FitnessPlot()
    plot.show(
        np.arange(101), {"best": np.linspace(0, 1, 101)}, [Mark(0, ""), Mark(50, "complexity_levels 2→4")]
    )
    lines = picture(plot, 100, 20)
    row = next(line for line in lines if "complexity_levels" in line)
    assert "▲ complexity_levels 2→4" in row
    axis = next(line for line in lines if "└" in line)
    fifty = lines[-1].index("50")
    assert abs(row.index("▲", 20) - fifty) <= 1
    assert axis[row.index("▲", 20)] in "┬─"
    assert sum("┊" in line for line in lines) > 10


def test_changes_outside_the_curves_are_left_out() -> None:
    plot = FitnessPlot()
    plot.show(np.arange(10, 20), {"best": np.ones(10)}, [Mark(3, "before"), Mark(40, "after")])
    assert "▲" not in "".join(picture(plot, 80, 20))


def test_names_never_share_a_row() -> None:
    plot = FitnessPlot()
    names = ("best", "mean", "champion", "max")
    plot.show(np.arange(5), {name: np.ones(5) for name in names})
    for height in (6, 9, 24):
        lines = picture(plot, 60, height)
        assert {name for name in names for line in lines if line.endswith(f" {name}")} == set(names)


def test_a_narrow_plot_names_its_curves_above() -> None:
    plot = FitnessPlot()
    plot.show(np.arange(5), {"best": np.arange(5), "mean": np.ones(5)})
    assert picture(plot, 25, 10)[0] == "best  mean"


def test_a_single_generation_is_a_visible_dot() -> None:
    plot = FitnessPlot()
    plot.show([7], {"best": [3.0]})
    text = "".join(picture(plot, 60, 12))
    assert text.count("⣿") == 1
    assert "best" in text


@pytest.mark.parametrize(
    ("generations", "series"),
    [([], {}), ([], {"best": []}), ([1, 2], {"best": [np.nan, np.inf]}), ([np.nan], {"best": [1.0]})],
)
def test_without_a_value_the_plot_says_so(generations: list[float], series: dict[str, list[float]]) -> None:
    plot = FitnessPlot()
    plot.show(generations, series)
    assert "No generation is finished yet" in "".join(picture(plot, 60, 9))


def test_epochs_are_named_at_the_axis_and_before_the_first() -> None:
    plot = FitnessPlot()
    plot.show([], {"train": []}, step="epoch")
    assert "No epoch is finished yet" in "".join(picture(plot, 60, 9))
    plot.show([1, 2], {"train": [1.0, 0.5]}, step="epoch")
    assert picture(plot, 60, 9)[-1].endswith("epoch")
    plot.show([1, 2], {"train": [1.0, 0.5]})
    assert picture(plot, 60, 9)[-1].endswith("gen")


def test_curves_of_uneven_lengths_and_any_order_are_drawn_as_far_as_they_go() -> None:
    plot = FitnessPlot()
    plot.show([3, 1, 2, 9], {"best": [30.0, 10.0, 20.0]})
    ordered = FitnessPlot()
    ordered.show([1, 2, 3], {"best": [10.0, 20.0, 30.0]})
    assert picture(plot, 60, 12) == picture(ordered, 60, 12)


def test_names_and_marks_are_shown_as_they_are_and_without_control_characters() -> None:
    plot = FitnessPlot()
    plot.show(np.arange(9), {"[red]b\x1b[31m": np.arange(9)}, [Mark(4, "[@click=app.bell]x[/] \x07界")])
    text = "".join(picture(plot, 100, 12))
    assert "[red]b" in text
    assert "[@click=app.bell]x[/]" in text
    assert "\x1b" not in text
    assert "\x07" not in text
    assert all(len(line) <= 100 for line in picture(plot, 100, 12))


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 200),
    st.integers(1, 200),
    st.lists(any_float, max_size=30),
    st.dictionaries(any_text, st.lists(any_float, max_size=30), max_size=5),
    st.lists(
        st.builds(Mark, st.integers(-5, 10**6), any_text, st.sampled_from(MarkKind), any_float), max_size=5
    ),
    st.booleans(),
    st.builds(
        PlotView,
        st.none() | st.tuples(st.floats(-10, 1000), st.floats(1001, 1e7)),
        st.booleans(),
        st.none() | st.floats(-10, 1e7),
        st.booleans(),
        st.booleans(),
    ),
)
def test_any_data_at_any_size_is_a_picture_of_that_size(
    width: int,
    height: int,
    generations: list[float],
    series: dict[str, list[float]],
    marks: list[Mark],
    ascii_only: bool,
    view: PlotView,
) -> None:
    plot = FitnessPlot(ascii_only=ascii_only)
    plot.show(generations, series, marks)
    plot.look(view)
    canvas = plot.paint(width, height)
    assert canvas.characters.shape == (height, width)
    assert not {unicodedata.category(chr(code)) for code in np.unique(canvas.characters)} & {"Cc", "Cs"}


def test_a_part_is_scaled_to_itself_and_marks_outside_are_left_out() -> None:
    plot = FitnessPlot()
    marks = [Mark(10, "before"), Mark(60, "within", MarkKind.DROP)]
    plot.show(np.arange(101), {"best": np.arange(101)}, marks)
    plot.look(PlotView(span=(50, 70), follows=False))
    lines = picture(plot, 60, 14)
    assert "70┤" in lines[0]
    assert " 50 " in lines[-1]
    assert "✕ within" in "".join(lines)
    assert "before" not in "".join(lines)


def test_a_curve_that_crosses_the_edge_goes_up_to_it() -> None:
    plot = FitnessPlot()
    plot.show([0, 100], {"best": [0.0, 100.0]})
    plot.look(PlotView(span=(40, 60), follows=False))
    lines = picture(plot, 40, 9)
    assert "60┤" in lines[0]
    columns = [
        column for column in range(3, 35) if any("⠀" < line[column : column + 1] <= "⣿" for line in lines)
    ]
    assert columns == list(range(3, 35))


def test_a_logarithmic_axis_straightens_what_falls_by_a_factor() -> None:
    plot = FitnessPlot()
    plot.show(np.arange(61), {"loss": 10.0 ** (-np.arange(61) / 20)})
    plot.look(PlotView(log_values=True))
    straight = FitnessPlot()
    straight.show(np.arange(61), {"loss": 60.0 - np.arange(61)})
    bodies = [[line[8:52] for line in picture(one, 60, 20)[:-2]] for one in (plot, straight)]
    drawn = [sum(letter not in " ┤│" for line in body for letter in line) for body in bodies]
    assert abs(drawn[0] - drawn[1]) <= 8
    assert "0.001┤" in "".join(picture(plot, 60, 20))


def test_generations_on_a_log_scale_give_room_to_the_first_ones() -> None:
    plot = FitnessPlot()
    plot.show(np.arange(1001), {"best": np.arange(1001)})
    plot.look(PlotView(log_generations=True))
    labels = picture(plot, 100, 20)[-1]
    assert labels.index(" 10 ") - labels.index("1") > 10
    assert labels.split()[:3] == ["0", "1", "2"]


def test_values_that_are_not_positive_stay_on_a_linear_scale() -> None:
    plot = FitnessPlot()
    plot.show(np.arange(9), {"best": np.arange(9) - 4.0})
    linear = picture(plot, 60, 14)
    plot.look(PlotView(log_values=True))
    assert not plot.is_positive
    assert picture(plot, 60, 14) == linear


def test_the_cursor_reads_every_curve_and_the_marks_there() -> None:
    plot = FitnessPlot()
    values = {"best": np.arange(101) * 7.5, "mean": np.full(101, np.nan), "faint": np.ones(101)}
    marks = [Mark(50, "complexity_levels 2→4"), Mark(50, "drop", MarkKind.DROP), Mark(99, "later")]
    plot.show(np.arange(101), values, marks, faint=["faint"])
    plot.look(PlotView(cursor=50))
    lines = picture(plot, 100, 20)
    read = lines[0].replace(ABSENT, "-")
    assert read == "gen 50  best 375.0  mean     -  faint 1.0000  ▲ complexity_levels 2→4  ✕ drop"
    assert sum("│" in line[10:90] for line in lines[1:-3]) > 5
    assert "later" not in lines[0]
    narrow = picture(plot, 30, 20)
    assert narrow[0].startswith("gen 50  best 375.0")
    assert not any("best  mean" in line for line in narrow)


async def test_new_values_repaint_only_the_rows_they_touch() -> None:
    plot = FitnessPlot()
    app = Stage(plot)
    async with app.run_test(size=(80, 25)) as pilot:
        best = np.linspace(0, 700, 500)
        plot.show(np.arange(500), {"best": best, "mean": best / 2})
        await pilot.pause()
        before = widget_strips(plot)
        plot.show(np.arange(500), {"best": np.append(best[:-1], 690.0), "mean": best / 2})
        rows = refreshed_rows(plot)
        after = widget_strips(plot)
        assert {y for y in range(25) if before[y] != after[y]} == rows
        assert 0 < len(rows) <= 3
        plot.show(np.arange(500), {"best": np.append(best[:-1], 690.0), "mean": best / 2})
        assert refreshed_rows(plot) == rows


async def test_what_was_repainted_in_parts_equals_what_is_drawn_anew() -> None:
    plot = FitnessPlot()
    rng = np.random.default_rng(3)
    app = Stage(plot)
    async with app.run_test(size=(60, 20)) as pilot:
        best = np.cumsum(rng.normal(size=400))
        for count in (1, 2, 3, 50, 51, 52, 200, 399, 400, 10):
            plot.show(np.arange(count), {"best": best[:count]}, [Mark(count // 2, "x 1→2")])
            await pilot.pause()
            assert widget_strips(plot) == fresh_strips(plot)


async def test_it_follows_the_size_and_the_theme() -> None:
    plot = FitnessPlot()
    app = Stage(plot)
    async with app.run_test(size=(80, 24)) as pilot:
        plot.show(np.arange(50), {"best": np.arange(50)}, [Mark(20, "x 1→2")])
        for width, height in (*SIZES, (36, 5)):
            await pilot.resize_terminal(width, height)
            await pilot.pause()
            assert len(widget_lines(plot)) == height
            assert widget_strips(plot) == fresh_strips(plot)
        for theme in ("textual-light", "ansi-dark", "textual-dark"):
            before = widget_strips(plot)
            app.theme = theme
            await pilot.pause()
            assert widget_strips(plot) == fresh_strips(plot)
            assert widget_strips(plot) != before
        plot.ascii_only = True
        await pilot.pause()
        assert "\n".join(widget_lines(plot)).isascii()


async def test_a_click_points_at_a_generation() -> None:
    plot = FitnessPlot()
    pointed: list[int] = []

    class Pointing(Stage):
        def on_fitness_plot_pointed(self, event: FitnessPlot.Pointed) -> None:
            pointed.append(event.generation)

    async with Pointing(plot).run_test(size=(80, 12)) as pilot:
        await pilot.click(plot, offset=(5, 5))
        plot.show(np.arange(101), {"best": np.linspace(0, 1, 101)})
        await pilot.pause()
        labels = widget_lines(plot)[-1]
        for place in (0, labels.index("60"), 79):
            await pilot.click(plot, offset=(place, 4))
        await pilot.pause()
    assert pointed[0] == 0
    assert abs(pointed[1] - 60) <= 2
    assert pointed[2:] == [100]
