"""The columns of the table of elites: which are shown, and what stands in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.tui.experiments import PICTURES
from tests.tui.screen_text import widget_lines
from tests.tui.widgets.examples import Stage, any_terms, elites
from tui.run_terms import RunTerms, terms_of
from tui.widgets.elite_columns import COLUMNS, FITNESS, MARGIN, fit
from tui.widgets.elite_table import EliteTable


def names(table: EliteTable) -> list[str]:
    """Return the names above the columns, each as one word."""
    header = widget_lines(table)[0]
    for name in ("at best w", "best w"):
        header = header.replace(name, name.replace(" ", "_"))
    return header.split()


@pytest.mark.parametrize(
    ("width", "expected"),
    [
        (80, ["lvl", "connections", "reward", "best w", "neurons", "layers", "age", "id"]),
        (66, ["lvl", "connections", "reward", "best w", "neurons", "layers", "age"]),
        (56, ["lvl", "connections", "reward", "best w", "neurons", "age"]),
        (47, ["lvl", "connections", "reward", "best w", "age"]),
        (38, ["lvl", "connections", "reward", "age"]),
        (10, ["reward"]),
    ],
)
async def test_columns_go_one_by_one(width: int, expected: list[str]) -> None:
    table = EliteTable()
    async with Stage(table).run_test(size=(width, 6)) as pilot:
        table.show(elites(3), 214, RunTerms(), None)
        await pilot.pause()
        assert names(table) == [name.replace(" ", "_") for name in expected]
        assert "300.2" in widget_lines(table)[3]


EXPECTED = {
    "wann-classification": ["lvl", "connections", "loss", "train", "at_best_w", "best_w", "neurons", "age"],
    "wlnn": ["lvl", "connections", "loss", "held-out", "test", "train", "epochs", "neurons", "age"],
    "learning": ["lvl", "connections", "loss", "held-out", "test", "train", "epochs", "neurons", "layers"],
    "layers": ["lvl", "layers", "accuracy", "test", "train", "epochs", "connections", "neurons", "age"],
}


@pytest.mark.parametrize("experiment", EXPECTED)
async def test_columns_fit_the_genome_and_the_task(experiment: str) -> None:
    table = EliteTable()
    picture = PICTURES[experiment]()
    async with Stage(table).run_test(size=(78, 6)) as pilot:
        table.show(picture.elites, picture.generation, terms_of(picture), None)
        await pilot.pause()
        assert names(table) == EXPECTED[experiment]


@pytest.mark.parametrize(
    ("experiment", "width", "shown"),
    [
        ("wann-classification", 40, ["lvl", "connections", "loss", "train"]),
        ("wlnn", 34, ["lvl", "connections", "loss", "test"]),
        ("learning", 34, ["lvl", "connections", "loss", "test"]),
        ("layers", 34, ["lvl", "layers", "accuracy", "test"]),
    ],
)
async def test_the_most_telling_accuracy_stays_the_longest(
    experiment: str, width: int, shown: list[str]
) -> None:
    table = EliteTable()
    picture = PICTURES[experiment]()
    async with Stage(table).run_test(size=(width, 6)) as pilot:
        table.show(picture.elites, picture.generation, terms_of(picture), None)
        await pilot.pause()
        assert [name for name in names(table) if name not in ("age", "conne…")][-2:] == shown[-2:]


async def test_losses_and_accuracies_are_written_as_such() -> None:
    table = EliteTable()
    picture = PICTURES["wlnn"]()
    async with Stage(table).run_test(size=(78, 6)) as pilot:
        table.show(picture.elites, 215, terms_of(picture), None)
        await pilot.pause()
        assert "  0.214    92.9 %  92.4 %  93.9 %       5       18  185" in widget_lines(table)[3]
        assert "±" not in "".join(widget_lines(table))


@given(
    st.integers(0, 250),
    st.lists(st.integers(0, 40), min_size=len(COLUMNS), max_size=len(COLUMNS)),
    any_terms,
)
def test_what_is_shown_fits_and_the_fitness_is_always_shown(
    width: int, widest: list[int], terms: RunTerms
) -> None:
    layout = fit(width, widest, terms)
    texts = ["x" * size for size in widest]
    shown = MARGIN + sum(len(text) for text, _ in layout.row(texts))
    assert shown <= width or len(layout.shown) == 1
    assert FITNESS in layout.shown
    assert sum(cell_len(text) for text, _ in layout.header()) == shown
