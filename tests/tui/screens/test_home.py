"""The home screen, and what it offers."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from textual.events import MouseScrollDown, MouseScrollUp
from textual.widgets import OptionList

from galapagos.engine.records.run_directory import RunInfo
from galapagos.errors import EngineFailed, UnknownTask
from galapagos.parameter_files import Preset, presets
from galapagos.parameters import Parameters
from tests.tui.dashboards import wait_until
from tests.tui.grids import assert_grid
from tests.tui.libraries import save_three, use_home
from tests.tui.saved_elites import NOW, entries
from tests.tui.screen_text import screen_lines
from tui import home_choices
from tui.dashboard import Dashboard
from tui.home_choices import HomeChoice
from tui.home_lines import line, widths_of
from tui.screens import home
from tui.screens.home import HomeScreen
from tui.screens.library import LibraryScreen
from tui.screens.run import RunScreen
from tui.screens.start_parameters import StartParametersScreen

if TYPE_CHECKING:
    from textual.pilot import Pilot


def run_info(name: str, state: str, started: float) -> RunInfo:
    return RunInfo(name, Path("runs", name), "wann-gym/CartPoleSwingUp", state, 12, 345.6, started)


def offer(monkeypatch: pytest.MonkeyPatch, runs: list[RunInfo], presets: tuple[Preset, ...]) -> None:
    monkeypatch.setattr("galapagos.engine.records.run_directory.list_runs", lambda: runs)
    monkeypatch.setattr("galapagos.parameter_files.presets", lambda: presets)


def text(app: Dashboard) -> str:
    return "\n".join(screen_lines(app))


async def sees(pilot: Pilot[Any], words: str) -> None:
    await wait_until(pilot, lambda: words in "\n".join(screen_lines(pilot.app)))


PRESET = Preset("wann-gym/CartPoleSwingUp", Path("x.yaml"), "Swing [up] a pole.")

_GYM = "Acrobot-v1 BipedalWalker-v2 BipedalWalker-v3 CartPole-v0 CartPole-v1 CartPoleSwingUp LunarLander-v3"
_RULES = ("backprop", "feedback_alignment", "hebbian", "last_layer")
_BOTH = [f"{data}-{rule}" for data in ("digits", "mnist") for rule in _RULES]
SEEN = {
    "galapagos": ["swing-up-elites"],
    "layers": ["digits", "mnist"],
    "learning": [*_BOTH, "mnist-direct"],
    "wann-classification": ["digits", "fashion_mnist", "mnist"],
    "wann-gym": [*_GYM.split(), "MountainCarContinuous-v0", "Pendulum-v1"],
    "wlnn": _BOTH,
    "wlnn-mnist": ["digits-backprop", *(f"mnist-{rule}" for rule in _RULES[:3])],
    "wlnn-mnist-no-evolution": [f"mnist-{rule}" for rule in _RULES[:3]],
}
"""The presets by folder of the screens that are kept, so that a new one does not change them."""


def test_alive_runs_come_first_then_presets_then_what_can_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = [run_info("old", "stopped", 1.0), run_info("new", "failed", 2.0), run_info("live", "alive", 0.0)]
    offer(monkeypatch, runs, (PRESET,))
    assert [choice.name for choice in home_choices.home_choices()] == ["live", PRESET.name, "old", "new"]


async def test_it_lists_runs_and_presets_with_what_is_known_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    offer(monkeypatch, [run_info("a_run", "alive", now), run_info("other", "failed", now)], (PRESET,))
    app = Dashboard()
    async with app.run_test(size=(100, 30)) as pilot:
        await wait_until(pilot, lambda: "a_run" in text(app))
        for words in (
            "Running",
            "Start an experiment",
            "Failed",
            "Swing [up] a pole",
            "best 345.6",
        ):
            await sees(pilot, words)
        await pilot.press("j", "j")
        await wait_until(pilot, lambda: "Enter tries again from the last checkpoint" in text(app))


KINDS = ("layers/digits", "wlnn-mnist/old", "wann-gym/Pole", "learning/digits", "wlnn/digits", "mine/own")


def many(count: int = 40) -> tuple[Preset, ...]:
    """Return so many presets of the known kinds."""
    names = [f"{KINDS[number % 5]}-{number:02}" for number in range(count)]
    return tuple(Preset(name, Path("x.yaml"), f"What [{name}] is about") for name in names)


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


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_what_is_typed_after_a_slash_filters_and_enter_opens(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    offer(monkeypatch, [run_info("a_run", "stopped", 1.0)], many())
    opened: list[str] = []

    def open_choice(choice: HomeChoice, *, look: bool, **_: object) -> Path:
        opened.append(f"{choice.name} {look}")
        return tmp_path

    monkeypatch.setattr(home, "open_choice", open_choice)
    app = Dashboard()
    async with app.run_test(size=size) as pilot:
        await wait_until(pilot, lambda: "wann-gym/Pole-02" in text(app))
        assert "Filter" in text(app).split("\n")[-1]
        await pilot.press("slash", *"jlearning -1")
        await wait_until(pilot, lambda: "Nothing here has all these words" in text(app))
        await pilot.press("home", "delete")
        await sees(pilot, "2 of 41; esc shows all")
        assert "learning/digits-13" in text(app)
        assert "learning/digits-18" in text(app)
        assert "wann-gym" not in text(app)
        await pilot.press("down")
        await wait_until(pilot, lambda: text(app).count("[learning/digits-18]") > 1)
        assert max(map(len, text(app).split("\n"))) <= size[0]
        await pilot.press("enter")
        await wait_until(pilot, lambda: isinstance(app.screen, RunScreen))
        assert opened == ["learning/digits-18 False"]


async def test_escape_shows_everything_again_and_then_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    offer(monkeypatch, [], many())
    app = Dashboard()
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_until(pilot, lambda: "wann-gym/Pole-02" in text(app))
        await pilot.press("slash", *"layers q")
        await sees(pilot, "Nothing here has all these words")
        await pilot.press("escape")
        await wait_until(pilot, lambda: "wann-gym/Pole-02" in text(app))
        assert app.screen.query_one(OptionList).has_focus
        assert app.return_value is None
        await pilot.press("escape")
        await wait_until(pilot, lambda: app.return_value is not None)


async def test_tab_goes_from_group_to_group_and_round(monkeypatch: pytest.MonkeyPatch) -> None:
    offer(monkeypatch, [run_info("a_run", "stopped", 1.0)], many())
    app = Dashboard()
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, "What [wann-gym/Pole-02] is about. Enter")
        for key, name in (
            ("tab", "wlnn/digits-04"),
            ("tab", "learning/digits-03"),
            ("tab", "layers/digits-00"),
            ("shift+tab", "learning/digits-03"),
        ):
            await pilot.press(key)
            await sees(pilot, f"What [{name}] is about. Enter")
        await wait_until(pilot, lambda: home_choices.KINDS["learning"] in text(app).split("\n")[2])
        await pilot.press("tab", "tab")
        await sees(pilot, "Enter starts its engine again")
        await pilot.press("tab")
        await sees(pilot, "What [wann-gym/Pole-02] is about. Enter")
        await wait_until(pilot, lambda: "Start an experiment" in text(app))


async def test_who_never_ran_anything_is_welcomed_and_begins_with_the_swing_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("galapagos.engine.records.run_directory.list_runs", list)
    app = Dashboard()
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, "enter starts the highlighted one")
        await sees(pilot, "Swing a pole up and keep it there")
        await sees(pilot, "networks     192 a generation, bred by tournaments")
    offer(monkeypatch, [run_info("a_run", "stopped", 1.0)], (PRESET,))
    app = Dashboard()
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, "a_run")
        assert "enter starts the highlighted one" not in text(app)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
@pytest.mark.parametrize("runs", ["empty", "full"])
async def test_home_as_it_is_seen(monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], runs: str) -> None:
    states = ("alive", "stopped", "failed", "finished")
    listed = [run_info(f"2026-11-2{index}_{state}", state, 1e9 * index) for index, state in enumerate(states)]
    seen = tuple(preset for preset in presets() if preset.path.stem in SEEN.get(preset.path.parent.name, ()))
    offer(monkeypatch, listed if runs == "full" else [], seen)
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    app = Dashboard()
    async with app.run_test(size=size) as pilot:
        await sees(pilot, "saved elite")
        await sees(pilot, "networks   " if runs == "empty" else "attaches")
        await assert_grid(f"home_{runs}_{size[0]}x{size[1]}", lambda: text(app))


async def test_with_nothing_there_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    offer(monkeypatch, [], ())
    app = Dashboard()
    async with app.run_test(size=(100, 30)) as pilot:
        await wait_until(pilot, lambda: "galapagos run FILE.yaml starts one" in text(app))


async def test_enter_opens_the_run_screen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    offer(monkeypatch, [], (PRESET,))
    opened: list[tuple[HomeChoice, bool]] = []

    def open_choice(choice: HomeChoice, *, look: bool, **_: object) -> Path:
        opened.append((choice, look))
        return tmp_path

    monkeypatch.setattr(home, "open_choice", open_choice)
    app = Dashboard()
    async with app.run_test(size=(100, 30)) as pilot:
        await wait_until(pilot, lambda: app.screen.query_one(OptionList).highlighted is not None)
        await pilot.press("enter")
        await wait_until(pilot, lambda: isinstance(app.screen, RunScreen))
        assert [(choice.name, look) for choice, look in opened] == [(PRESET.name, False)]
        await wait_until(pilot, lambda: "r goes on from its checkpoint" in text(app))
        await pilot.press("escape")
        await wait_until(pilot, lambda: not isinstance(app.screen, RunScreen))


async def test_an_engine_that_does_not_start_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    offer(monkeypatch, [], (PRESET,))

    def open_choice(choice: HomeChoice, *, look: bool, **_: object) -> Path:
        raise EngineFailed(f"the engine [of] {choice.name} did not start, look is {look}")

    monkeypatch.setattr(home, "open_choice", open_choice)
    app = Dashboard()
    async with app.run_test(size=(100, 30)) as pilot:
        await wait_until(pilot, lambda: app.screen.query_one(OptionList).highlighted is not None)
        await pilot.press("enter")
        await wait_until(pilot, lambda: "the engine [of]" in text(app))
        await pilot.press("q")
        await wait_until(pilot, lambda: app.return_value is not None)


def test_an_experiment_whose_data_are_missing_is_refused_before_anything_is_made(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def missing(*_: object) -> None:
        raise UnknownTask("mnist is not on this machine")

    monkeypatch.setenv("GALAPAGOS_HOME", str(tmp_path))
    monkeypatch.setattr("galapagos.tasks.datasets.require_dataset", lambda *_, **__: missing())
    choice = next(choice for choice in home_choices.home_choices() if choice.name == "wlnn/mnist-backprop")
    with pytest.raises(UnknownTask, match="mnist is not on this machine"):
        home_choices.open_choice(choice)
    assert not list(tmp_path.glob("runs/*"))


async def test_e_edits_the_parameters_of_an_experiment_before_it_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[object] = []

    def open_choice(choice: HomeChoice, *, look: bool, overrides: object = None) -> Path:
        started.append((choice.name, look, overrides))
        return tmp_path

    offer(monkeypatch, [], (PRESET,))
    monkeypatch.setattr(home, "open_choice", open_choice)
    monkeypatch.setattr(home, "_parameters_of", lambda _: Parameters(env_name="CartPoleSwingUp"))
    app = Dashboard()
    async with app.run_test(size=(100, 30)) as pilot:
        await sees(pilot, PRESET.name)
        await pilot.press("e")
        await wait_until(pilot, lambda: isinstance(app.screen, StartParametersScreen))
        await pilot.press("slash", *"num_trials", "enter", "enter")
        await pilot.press("backspace", "5", "enter", "a")
        await wait_until(pilot, lambda: started)
    assert started == [(PRESET.name, False, {"num_trials": 5})]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_newest_saved_elites_are_offered_and_enter_opens_the_library_at_one(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    use_home(tmp_path, monkeypatch)
    save_three(monkeypatch)
    monkeypatch.setattr(HomeScreen, "now", NOW)
    offer(monkeypatch, [], (PRESET,))
    app = Dashboard()
    async with app.run_test(size=size) as pilot:
        await sees(pilot, "Saved elites")
        await pilot.press("tab", "j")
        await sees(pilot, "An elite that was saved 2 h ago.")
        for words in ("3 saved elites", "balancer", "CartPoleSwingUp · 700.0 · ", "a stack"):
            await sees(pilot, words)
        await pilot.press("enter")
        await wait_until(pilot, lambda: isinstance(app.screen, LibraryScreen))
        library = app.screen
        assert isinstance(library, LibraryScreen)
        await wait_until(
            pilot, lambda: library.highlighted is not None and library.highlighted.name == "digits"
        )
        await pilot.press("q")
        await sees(pilot, "Saved elites")


def test_only_the_newest_elites_are_offered() -> None:
    choices = home_choices.saved_choices(entries(9), NOW)
    assert [choice.name for choice in choices] == [f"elite {number}" for number in range(5)]
    assert choices[1].facts.endswith("saved 2 h ago")


async def test_a_click_highlights_a_line_and_a_second_click_opens_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    offer(monkeypatch, [run_info("a_run", "stopped", 1.0)], (PRESET,))
    opened: list[str] = []

    def open_choice(choice: HomeChoice, *, look: bool, **_: object) -> Path:
        opened.append(f"{choice.name} {look}")
        return tmp_path

    monkeypatch.setattr(home, "open_choice", open_choice)
    app = Dashboard()
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, "a_run")
        row = next(row for row, line in enumerate(screen_lines(app)) if "a_run" in line)
        await pilot.click(offset=(8, row))
        await sees(pilot, "Enter starts its engine again")
        await pilot.click(offset=(8, row - 1))  # a heading
        assert opened == []
        await pilot.click(offset=(8, row), times=2)
        await wait_until(pilot, lambda: isinstance(app.screen, RunScreen))
        assert opened == ["a_run False"]


async def test_the_wheel_scrolls_the_list(monkeypatch: pytest.MonkeyPatch) -> None:
    offer(monkeypatch, [], many())
    app = Dashboard()
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, "wann-gym/Pole-02")
        choices = app.screen.query_one(OptionList)
        await pilot._post_mouse_events([MouseScrollDown], choices, offset=(5, 5))
        await wait_until(pilot, lambda: choices.scroll_offset.y > 0)
        await pilot._post_mouse_events([MouseScrollUp], choices, offset=(5, 5))
        await wait_until(pilot, lambda: choices.scroll_offset.y == 0)


async def test_epochs_are_told_of_a_run_that_learns(monkeypatch: pytest.MonkeyPatch) -> None:
    run = replace(run_info("a_run", "alive", 1.0), experiment="learning")
    offer(monkeypatch, [run], (PRESET,))
    assert "epoch 13 · " in home_choices.home_choices()[0].facts


def test_names_stand_below_each_other_however_wide_their_letters_are() -> None:
    choices = [HomeChoice("s", name, "facts", "") for name in ("界界", "abc", "x" * 100)]
    widths = widths_of(choices)
    assert [line(choice, widths["s", ""]).plain.index("facts") for choice in choices] == [44, 46, 106]
    assert line(choices[0], widths["s", ""]).cell_length == line(choices[1], widths["s", ""]).cell_length
