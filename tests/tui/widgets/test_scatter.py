"""The population by fitness and complexity."""

import unicodedata

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from galapagos.fitness import FitnessKind
from tests.tui.screen_text import fresh_strips, widget_lines, widget_strips
from tests.tui.widgets.examples import SIZES, Stage, any_float
from tui.widgets.scatter import Scatter, pareto_front

points = st.lists(st.tuples(st.floats(-100, 100).map(lambda x: round(x, 1)), st.integers(0, 8)), max_size=40)


def picture(scatter: Scatter, width: int, height: int) -> list[str]:
    """Return the drawing at a size, without an app."""
    canvas = scatter.paint(width, height)
    return ["".join(text for text, _ in canvas.runs(row)).rstrip() for row in range(height)]


@given(points)
def test_the_front_is_what_comparing_all_pairs_finds(population: list[tuple[float, int]]) -> None:
    front = pareto_front(
        np.array([fitness for fitness, _ in population]), np.array([float(size) for _, size in population])
    )
    beaten = {
        (fitness, size)
        for fitness, size in population
        for other, smaller in population
        if other >= fitness and smaller <= size and (other, smaller) != (fitness, size)
    }
    assert sorted({population[index] for index in front}) == sorted(set(population) - beaten)
    assert len({population[index] for index in front}) == len(front)
    assert (np.diff([population[index][1] for index in front]) > 0).all()


def test_larger_is_right_and_fitter_is_up() -> None:
    scatter = Scatter(ascii_only=True)
    scatter.show([(0.0, 10), (100.0, 20), (40.0, 30)])
    lines = picture(scatter, 50, 12)
    rows = {name: next(y for y, line in enumerate(lines[:-2]) if name in line) for name in "O*"}
    assert lines[0].rindex("O") > lines[9].index("O")
    assert lines[0].rindex("O") < lines[rows["*"]].rindex("*")
    assert rows["O"] == 0
    assert lines[-1].endswith("connections")


def test_the_front_is_marked_without_colour() -> None:
    scatter = Scatter()
    scatter.show([(0.0, 10), (100.0, 20), (40.0, 30)], "layers")
    text = "\n".join(picture(scatter, 50, 12))
    assert text.count("●") == 2
    assert "layers" in text


def test_a_lower_loss_is_lower() -> None:
    scatter = Scatter(ascii_only=True)
    scatter.show([(-2.0, 10), (-0.5, 20), (-1.0, 30)], "connections", FitnessKind.LOSS)
    lines = picture(scatter, 50, 12)
    assert lines[0].startswith("2.0+")
    assert lines[0].endswith("O")
    lowest = max(y for y, line in enumerate(lines[:-2]) if "O" in line)
    assert lowest > max(y for y, line in enumerate(lines[:-2]) if "*" in line)


def test_accuracies_are_in_percent() -> None:
    scatter = Scatter()
    scatter.show([(0.5, 1), (0.9, 3)], "layers", FitnessKind.ACCURACY)
    assert any(line.startswith("90") for line in picture(scatter, 50, 12))
    before = picture(scatter, 50, 12)
    scatter.show([(0.5, 1), (0.9, 3)], "layers", FitnessKind.REWARD)
    assert picture(scatter, 50, 12) != before


@pytest.mark.parametrize("population", [[], [(float("nan"), 3), (float("inf"), 4)]])
def test_without_a_population_it_says_so(population: list[tuple[float, int]]) -> None:
    scatter = Scatter()
    scatter.show(population)
    assert "No population yet" in "".join(picture(scatter, 40, 5))


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 200),
    st.integers(1, 200),
    st.lists(st.tuples(any_float, st.integers(-(10**12), 10**12)), max_size=40),
    st.booleans(),
    st.sampled_from(FitnessKind),
)
def test_any_population_at_any_size_is_a_picture_of_that_size(
    width: int, height: int, population: list[tuple[float, int]], ascii_only: bool, kind: FitnessKind
) -> None:
    scatter = Scatter(ascii_only=ascii_only)
    scatter.show(population, kind=kind)
    canvas = scatter.paint(width, height)
    assert canvas.characters.shape == (height, width)
    assert not {unicodedata.category(chr(code)) for code in np.unique(canvas.characters)} & {"Cc", "Cs"}


async def test_it_follows_its_data_and_the_size() -> None:
    scatter = Scatter()
    app = Stage(scatter)
    rng = np.random.default_rng(2)
    async with app.run_test(size=(60, 20)) as pilot:
        for size in SIZES:
            await pilot.resize_terminal(*size)
            for _ in range(3):
                fitness, complexity = rng.normal(size=30).tolist(), rng.integers(1, 50, 30).tolist()
                scatter.show(list(zip(fitness, complexity, strict=True)))
                await pilot.pause()
                assert widget_strips(scatter) == fresh_strips(scatter)
            assert len(widget_lines(scatter)) == size[1]
