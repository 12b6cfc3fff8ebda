"""Networks as drawings."""

from __future__ import annotations

import unicodedata
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from galapagos.genomes.graph import graph_genome
from galapagos.genomes.network_file import read_network
from tests.genomes.layer_genomes import layer_genomes
from tests.strategies import graph_genomes
from tests.tui.screen_text import fresh_strips, widget_lines, widget_strips
from tests.tui.widgets.drawn_networks import (
    CHAMPION,
    DIAMOND,
    EXAMPLES,
    LEARNED,
    LINEAR,
    STACK,
    TANH,
    letters_of,
    lines_of,
    painted,
)
from tests.tui.widgets.examples import SIZES, Stage, any_text
from tui.widgets import network_marks
from tui.widgets.network_drawing import NetworkDrawing
from tui.widgets.network_lines import draw_lines

if TYPE_CHECKING:
    from textual.app import App

    from galapagos.genomes.genome import Genome
    from tui.widgets.canvas import Canvas


def test_a_small_network_in_braille() -> None:
    assert lines_of(painted(DIAMOND, 30, 8)) == [
        "",
        "x1 ● ⠲⢖⠒⠒⠒⠒⠒⠒⡲⠖ ∫ ⠒⠤⢄⣀⡀",
        "       ⠉⠒⢄⡠⠒⠉         ⢈⡩⠖ ● y1",
        "      ⢀⠤⠒⠁⠈⠒⠤⡀     ⢀⡠⠒⠁",
        "x2 ● ⠚⠓⠒⠒⠒⠒⠒⠒⠚⠓ ∩ ⠊⠁",
        "",
        "",
        "     ∩ gaussian   ∫ tanh",
    ]


def test_a_small_network_in_plain_characters() -> None:
    names = (("cart position",), ("force",))
    assert lines_of(painted(LEARNED, 40, 10, ascii_only=True, names=names)) == [
        "",
        "                       ...",
        "    bias O -=---'''''''   '-..",
        "             '-.              :- O force",
        "                :- R --- R -",
        "               '",
        "cart po~ O -'",
        "",
        "",
        "  R relu   --- positive   - - negative",
    ]


def test_the_champion_of_the_swing_up_is_drawn_whole() -> None:
    if not CHAMPION.exists():
        pytest.skip("the published champion is not there")
    genome = read_network(CHAMPION, num_inputs=5, num_outputs=1)
    canvas = painted(genome, 80, 24)
    text = "\n".join(lines_of(canvas))
    for name in ("bias ●", "x1 ●", "x5 ●", "● y1"):
        assert name in text
    symbols = [letters_of(canvas, part) for part in network_marks.PARTS]
    # 22 hidden neurons and a symbol for each of 6 activations in the legend; 7 inputs and outputs.
    assert sum(map(len, symbols)) == 22 + 6 + 7


def test_more_inputs_than_rows_are_a_bar_with_their_number() -> None:
    canvas = painted(EXAMPLES["many inputs"], 80, 20)
    text = "\n".join(lines_of(canvas))
    assert "200 ┃" in text
    assert "inputs ┃" in text
    assert letters_of(canvas, "bar") == "┃" * 18


def test_more_hidden_neurons_than_rows_are_a_bar_with_their_number_above() -> None:
    lines = lines_of(painted(EXAMPLES["a wide hidden layer"], 80, 20))
    assert lines[0].strip() == "90"
    assert lines[1].count("┃") == 1


def test_more_than_300_connections_are_summarised() -> None:
    text = "\n".join(lines_of(painted(EXAMPLES["too many connections"], 80, 24)))
    assert "30" in text
    assert "inputs" in text
    assert "layer 1" in text
    # 600 of 800 connections come from the inputs, 200 lead to the outputs.
    assert "75 %" in text
    assert "25 %" in text
    assert "◢ 20" in text


def test_what_passes_layers_is_an_arc_above_them() -> None:
    inputs, outputs = 20, 20
    genome = graph_genome(
        num_inputs=inputs,
        num_outputs=outputs,
        activations=[LINEAR] * 40 + [TANH],
        connections=[*product(range(inputs), range(20, 40)), (0, 40), (40, 20)],
    )
    lines = lines_of(painted(genome, 80, 24))
    assert any("100 %" in line for line in lines[:3])


def test_a_stack_is_a_chain_of_boxes() -> None:
    assert lines_of(painted(STACK, 80, 4)) == [
        "      ╭────────╮    ╭─────────╮    ╭───────╮    ╭─────────╮    ╭─────────╮",
        "      │  784   │──▶ │  dense  │──▶ │ batch │──▶ │ dropout │──▶ │   10    │",
        "      │ inputs │    │ 64 relu │    │ norm  │    │  0.50   │    │ outputs │",
        "      ╰────────╯    ╰─────────╯    ╰───────╯    ╰─────────╯    ╰─────────╯",
    ]


def test_a_narrow_stack_goes_downwards() -> None:
    lines = [line.strip() for line in lines_of(painted(STACK, 20, 24))]
    assert [line for line in lines if line.startswith("│")][::2] == [
        "│  784   │",
        "│  dense  │",
        "│ batch │",
        "│ dropout │",
        "│   10    │",
    ]
    assert lines.count("▼") == 4


def test_a_stack_without_room_for_boxes_is_words_and_says_what_is_left_out() -> None:
    words = "784 inputs → dense 64 relu → batch norm → dropout 0.50 → 10 outputs"
    assert lines_of(painted(STACK, 70, 1)) == [f" {words}"]
    assert [line.strip() for line in lines_of(painted(STACK, 45, 2))] == [
        "784 inputs → dense 64 relu → batch norm →",
        "dropout 0.50 → 10 outputs",
    ]
    assert lines_of(painted(EXAMPLES["high stack"], 60, 1)) == [
        "  784 inputs → dense 64 → flatten → … 78 more → 10 outputs"
    ]


def test_without_a_network_it_says_so() -> None:
    assert lines_of(painted(None, 30, 3)) == ["", "          no network", ""]


def test_where_there_is_no_room_it_says_how_large_the_network_is() -> None:
    assert lines_of(painted(DIAMOND, 30, 2))[0].strip() == "5 neurons, 6 connections"
    assert [line.strip() for line in lines_of(painted(DIAMOND, 14, 2))] == ["5 neurons,", "6 connections"]
    assert lines_of(painted(DIAMOND, 13, 1)) == ["6 connections"]
    assert lines_of(painted(DIAMOND, 5, 1)) == [""]


@pytest.mark.parametrize("genome", EXAMPLES.values(), ids=EXAMPLES)
@pytest.mark.parametrize("ascii_only", [False, True])
def test_every_small_size_is_a_drawing(genome: Genome, ascii_only: bool) -> None:
    drawing = NetworkDrawing(ascii_only=ascii_only)
    drawing.show(genome)
    for width, height in product(range(1, 31), range(1, 13)):
        canvas = drawing.paint(width, height)
        assert canvas.characters.shape == (height, width)
        assert not ascii_only or canvas.characters.max() < 128


@settings(max_examples=60, deadline=None)
@given(
    graph_genomes(max_inputs=30, max_outputs=8, max_hidden=12, weighted=None) | layer_genomes(),
    st.integers(1, 200),
    st.integers(1, 60),
    st.booleans(),
    st.lists(any_text, max_size=6),
)
def test_any_network_with_any_names_is_a_drawing_without_control_characters(
    genome: Genome, width: int, height: int, ascii_only: bool, names: list[str]
) -> None:
    canvas = painted(genome, width, height, ascii_only=ascii_only, names=(names, names))
    assert canvas.characters.shape == (height, width)
    assert not {unicodedata.category(chr(code)) for code in np.unique(canvas.characters)} & {"Cc", "Cs"}


def test_hostile_names_are_plain_text_of_one_cell_a_letter() -> None:
    names = (["[red]a[/]", "\x1b[31mb\x9bc"], ["名" * 5000])
    lines = lines_of(painted(DIAMOND, 80, 12, names=names))
    assert any(line.lstrip().startswith("[red]a[/] ●") for line in lines)
    assert any(line.lstrip().startswith("b ●") for line in lines)
    assert any(line.endswith(f"● {'?' * 15}…") for line in lines)


@given(st.tuples(*[st.integers(0, 30)] * 4))
def test_a_line_is_connected_and_ends_at_its_ends(ends: tuple[int, int, int, int]) -> None:
    picture = np.zeros((31, 31), dtype=np.bool_)
    draw_lines(picture, [ends])
    x, y, x_end, y_end = ends
    assert picture[y, x]
    assert picture[y_end, x_end]
    assert picture.sum() == 1 + max(abs(x_end - x), abs(y_end - y))


async def test_it_follows_its_network_the_size_and_the_theme() -> None:
    drawing = NetworkDrawing()
    app = Stage(drawing)
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.pause()
        assert "no network" in "".join(widget_lines(drawing))
        for genome in (DIAMOND, STACK, EXAMPLES["too many connections"], LEARNED, None):
            drawing.show(genome)
            for size in SIZES:
                await pilot.resize_terminal(*size)
                await pilot.pause()
                assert len(widget_lines(drawing)) == size[1]
                assert widget_strips(drawing) == fresh_strips(drawing)
        drawing.show(LEARNED, ["pole"], ["force"])
        for theme in ("textual-light", "ansi-dark", "textual-dark"):
            app.theme = theme
            await pilot.pause()
            assert widget_strips(drawing) == fresh_strips(drawing)
        assert "● force" in "".join(widget_lines(drawing))
        drawing.ascii_only = True
        await pilot.pause()
        assert "".join(widget_lines(drawing)).isascii()


async def test_a_network_is_painted_once_for_a_size() -> None:
    painted_sizes: list[tuple[int, int]] = []

    class Counting(NetworkDrawing):
        def paint(self, width: int, height: int) -> Canvas:
            painted_sizes.append((width, height))
            return super().paint(width, height)

    drawing = Counting()
    drawing.show(DIAMOND)
    async with Stage(drawing).run_test(size=(60, 20)) as pilot:
        await pilot.pause()
        drawing.show(DIAMOND)
        for _ in range(3):
            drawing.refresh()
            await pilot.pause()
        assert painted_sizes == [(60, 20)]
        drawing.show(LEARNED)
        await pilot.pause()
        assert len(painted_sizes) == 2


async def test_signs_have_colours_of_their_own_in_every_theme() -> None:
    drawing = NetworkDrawing()
    drawing.show(LEARNED)
    app: App[None] = Stage(drawing)
    async with app.run_test(size=(60, 20)) as pilot:
        for theme in ("textual-dark", "textual-light", "ansi-dark"):
            app.theme = theme
            await pilot.pause()
            styles = {part: drawing.part_style(part) for part in ("positive", "negative", "positive-strong")}
            assert styles["positive"].color != styles["negative"].color
            assert styles["positive-strong"].bold
            assert drawing.part_style("negative-weak").dim
