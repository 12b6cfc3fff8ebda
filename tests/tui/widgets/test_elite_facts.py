"""The facts of one elite."""

from __future__ import annotations

import math
import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tui.experiments import LAYERS, PICTURES, WEIGHT_VALUES, known_of
from tests.tui.screen_text import fresh_strips, widget_lines, widget_strips
from tests.tui.widgets.examples import SIZES, Stage, any_elite, any_terms, elite
from tui.run_terms import RunTerms, terms_of
from tui.widgets.elite_facts import EliteFacts, facts

if TYPE_CHECKING:
    from galapagos.engine.snapshot import EliteSummary


def lines_of(experiment: str, width: int = 46, height: int = 18, **genome: Any) -> list[str]:
    """Return the facts of the champion of an experiment."""
    picture = PICTURES[experiment]()
    assert picture.champion is not None
    known = known_of(picture.champion, experiment)
    known["genome"] = {**known["genome"], **genome}
    drawn = facts(picture.champion, known, terms_of(picture), width, height)
    return ["".join(text for text, _ in line).rstrip() for line in drawn]


def test_of_a_graph_with_a_shared_weight() -> None:
    lines = lines_of("wann-classification")
    assert lines[:5] == [
        "34 connections   18 neurons   5 layers",
        "loss 1.403 ±0.300   best weight 1.0",
        "train 50.0 %   at best w 60.0 %",
        "made by add node   id 0c2020ad00000003",
        "",
    ]
    assert lines[5].split() == ["weight", "loss", "±", "train"]
    assert [float(line.split()[0]) for line in lines[6:]] == list(WEIGHT_VALUES)
    assert lines[10].split()[:4] == ["1.0", "1.403", "0.000", "70.0"]


def test_of_a_network_without_results_no_best_weight_is_named() -> None:
    picture = PICTURES["wann-classification"]()
    assert picture.champion is not None
    dropped = replace(picture.champion, fitness=math.nan, standard_deviation=0.0, best_weight=None)
    drawn = facts(dropped, known_of(dropped, "wann-classification"), terms_of(picture), 46, 18)
    lines = ["".join(text for text, _ in line).rstrip() for line in drawn]
    assert lines[1].startswith("loss ")
    assert not any("best weight" in line for line in lines)


def test_the_longest_bar_is_of_the_highest_accuracy() -> None:
    bars = [line.count("█") for line in lines_of("wann-classification", width=80)[6:]]
    assert bars.index(max(bars)) == WEIGHT_VALUES.index(1.0)


def test_of_a_graph_that_learned() -> None:
    lines = lines_of("wlnn")
    assert lines[1:3] == [
        "loss 0.214   5 epochs   by backprop",
        "held-out 92.9 %   test 92.4 %   train 93.9 %",
    ]
    assert lines[5].split() == ["epoch", "loss", "train", "held-out", "test"]
    assert lines[6].split() == ["1", "1.000", "50.0", "%", "45.0", "%", "40.0", "%"]
    assert len(lines) == 11


def test_of_a_stack_of_layers() -> None:
    lines = lines_of("layers")
    assert lines[1] == "accuracy 87.2 %   1 epoch"
    assert [line.strip() for line in lines[5:13]] == [
        "784 inputs",
        "1  dense 64 relu",
        "2  batch norm",
        "3  dropout 0.50",
        "4  leaky relu 0.20",
        "5  activation tanh",
        "6  flatten",
        "10 outputs",
    ]
    assert lines[14].split()[0] == "epoch"


def test_a_stack_that_is_too_long_says_how_much_is_cut_and_leaves_the_last_epoch() -> None:
    layers = [{"type": "dense", "units": number, "activation": "relu"} for number in range(1, 101)]
    lines = lines_of("layers", height=18, layers=layers)
    assert len(lines) == 18
    assert any("… and 93 more" in line for line in lines)
    assert lines[-1].split()[0] == "1"


def test_of_many_epochs_the_last_ones_are_shown() -> None:
    shown, terms = elite(1, best_weight=None, epochs=100), RunTerms(shares_weights=False)
    drawn = facts(shown, known_of(shown, "wlnn"), terms, 60, 16)
    epochs = [int(line[0][0].split()[0]) for line in drawn[5:]]
    assert len(drawn) == 16
    assert epochs == list(range(101 - len(epochs), 101))


@pytest.mark.parametrize("width", [20, 30, 36, 42, 60])
@pytest.mark.parametrize("experiment", ["wann-gym", "wann-classification", "wlnn", "learning", "layers"])
def test_nothing_but_the_weights_is_wider_than_the_panel(experiment: str, width: int) -> None:
    for line in lines_of(experiment, width=width):
        assert len(line) <= max(width, 33), line


async def test_the_answer_comes_later_and_stays_while_the_same_network_learns() -> None:
    panel = EliteFacts()
    picture = PICTURES["learning"]()
    network = picture.elites[0]
    async with Stage(panel).run_test(size=(60, 20)) as pilot:
        assert panel.show(network, terms_of(picture))
        assert not panel.show(network, terms_of(picture))
        panel.show_origin(network.id, known_of(network, "learning"))
        await pilot.pause()
        assert any(line.split()[:1] == ["12"] for line in widget_lines(panel))
        later = PICTURES["learning"](epoch=13)
        assert panel.show(later.elites[0], terms_of(later))
        await pilot.pause()
        assert "13 epochs" in "\n".join(widget_lines(panel))
        assert any(line.split()[:1] == ["12"] for line in widget_lines(panel))
        panel.show_origin("another", {"operator": "wrong"})
        panel.show_origin(network.id, known_of(later.elites[0], "learning"))
        await pilot.pause()
        assert any(line.split()[:1] == ["13"] for line in widget_lines(panel))
        assert panel.show(elite(1), RunTerms())
        await pilot.pause()
        assert "made by …" in "\n".join(widget_lines(panel))


async def test_it_follows_its_elite_the_size_and_the_theme() -> None:
    panel = EliteFacts()
    app = Stage(panel)
    async with app.run_test(size=(60, 20)) as pilot:
        for experiment, make in PICTURES.items():
            picture = make()
            panel.show(picture.elites[0], terms_of(picture))
            panel.show_origin(picture.elites[0].id, known_of(picture.elites[0], experiment))
            for size in SIZES:
                await pilot.resize_terminal(*size)
                await pilot.pause()
                assert len(widget_lines(panel)) == size[1]
                assert widget_strips(panel) == fresh_strips(panel)
        for theme in ("textual-light", "ansi-dark", "textual-dark"):
            app.theme = theme
            await pilot.pause()
            assert widget_strips(panel) == fresh_strips(panel)
        panel.show(None)
        await pilot.pause()
        assert "No elite yet" in "".join(widget_lines(panel))


@settings(max_examples=60, deadline=None)
@given(any_elite, any_terms, st.integers(1, 120), st.integers(1, 60), st.booleans())
def test_any_elite_is_lines_without_control_characters(
    shown: EliteSummary, terms: RunTerms, width: int, height: int, stack: bool
) -> None:
    known = {"operator": "\x1b[31m", "parents": ["[/nope]"], "genome": LAYERS if stack else None}
    for line in facts(shown, known, terms, width, height):
        letters = {letter for text, _ in line for letter in text}
        assert not {unicodedata.category(letter) for letter in letters} & {"Cc", "Cs"}
