"""What the home screen offers: in which order and groups, and what is said of each."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from galapagos.parameter_files import Preset
from tests.tui.home_offers import KINDS, PRESET, offer, run_info
from tests.tui.saved_elites import NOW, entries
from tui import home_choices
from tui.home_choices import HomeChoice
from tui.home_lines import line, widths_of

if TYPE_CHECKING:
    import pytest


def test_alive_runs_come_first_then_presets_then_what_can_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = [run_info("old", "stopped", 1.0), run_info("new", "failed", 2.0), run_info("live", "alive", 0.0)]
    offer(monkeypatch, runs, (PRESET,))
    assert [choice.name for choice in home_choices.home_choices()] == ["live", PRESET.name, "old", "new"]


def test_presets_are_grouped_by_kind_and_those_of_its_own_folder_come_first(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    own = tmp_path / "own.yaml"
    own.write_text("experiment: layers\ndataset: digits\n")
    damaged = tmp_path / "damaged.yaml"
    damaged.write_text("experiment: nonsense\n")
    presets = tuple(Preset(name, own, "") for name in KINDS)
    offer(monkeypatch, [], (*presets, Preset("mine/damaged", damaged, "")))
    choices = home_choices.home_choices()
    assert [choice.name for choice in choices] == [
        "wann-gym/Pole",
        "wlnn/digits",
        "wlnn-mnist/old",
        "learning/digits",
        "layers/digits",
        "mine/own",
        "mine/damaged",
    ]
    groups = list(dict.fromkeys(choice.kind for choice in choices))
    assert groups == [home_choices.KINDS[kind] for kind in ("wann-gym", "wlnn", "learning", "layers")] + [
        "others"
    ]


def test_a_preset_says_how_long_a_generation_takes_where_that_is_known() -> None:
    pace = "about 0.2 s a generation on 2 cores (measured)"
    timed = Preset("layers/digits", Path("x.yaml"), "Stacks of layers.", pace)
    assert home_choices._of_preset(timed).help == (
        "Stacks of layers. About 0.2 s a generation on 2 cores (measured). Enter starts it."
    )
    assert home_choices._of_preset(timed).facts.endswith(
        "Stacks of layers · about 0.2 s a generation on 2 cores (measured)"
    )
    assert home_choices._of_preset(PRESET).help == "Swing [up] a pole. Enter starts it."


def test_only_the_newest_elites_are_offered() -> None:
    choices = home_choices.saved_choices(entries(9), NOW)
    assert [choice.name for choice in choices] == [f"elite {number}" for number in range(5)]
    assert choices[1].facts.endswith("saved 2 h ago")


def test_epochs_are_told_of_a_run_that_learns(monkeypatch: pytest.MonkeyPatch) -> None:
    run = replace(run_info("a_run", "alive", 1.0), experiment="learning")
    offer(monkeypatch, [run], (PRESET,))
    assert "epoch 13 · " in home_choices.home_choices()[0].facts


def test_names_stand_below_each_other_however_wide_their_letters_are() -> None:
    choices = [HomeChoice("s", name, "facts", "") for name in ("界界", "abc", "x" * 100)]
    widths = widths_of(choices)
    assert [line(choice, widths["s", ""]).plain.index("facts") for choice in choices] == [44, 46, 106]
    assert line(choices[0], widths["s", ""]).cell_length == line(choices[1], widths["s", ""]).cell_length
