"""`run` and `resume`: checked before anything is made, headless here, or beside the dashboard."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from galapagos.cli.prepare import get_ready
from galapagos.cli.start import StartFailed, start_and_show
from galapagos.engine.files.log_reading import read_lines
from galapagos.engine.records.command_log import CommandLog
from galapagos.engine.records.run_directory import RunDirectory, list_runs
from galapagos.parameter_files import load_parameters
from galapagos.tasks.dataset_files import PUBLISHED

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from galapagos.engine.socket.client import Client
    from tests.cli.conftest import Called, LiveRun

PRESET = "wann-gym/CartPoleSwingUp"
SMALL = (
    "--population_size=12",
    "--tournament_size=3",
    "--num_trials=1",
    "--confirm_trials=1",
    "--num_generations=2",
    "--num_workers=1",
)


@pytest.fixture
def without_engine(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Give the list of directories whose engine would have run in the foreground."""
    started: list[Path] = []

    def note(path: Path) -> int:
        started.append(path)
        return 0

    monkeypatch.setattr("galapagos.engine.foreground.run_foreground", note)
    return started


def test_without_a_terminal_a_run_is_headless(
    galapagos: Callable[..., Called], without_engine: list[Path]
) -> None:
    assert galapagos("run", PRESET, "--seed", "5", "--name", "mine").code == 0
    [info] = list_runs()
    assert without_engine == [info.path]
    assert info.title == PRESET
    assert info.name.endswith("_CartPoleSwingUp_mine")
    written = load_parameters(info.path / "parameters.yaml")
    assert written == load_parameters(PRESET, seed=5, name="mine")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["--seed", "x"], "command line: seed: 'x' is a text"),
        (["--env_name", "CartPol-v1"], "there is no environment 'CartPol-v1'; did you mean CartPole-v1?"),
        (["--num_inputs", "4"], "num_inputs is 4, but CartPoleSwingUp has 5"),
        (["--take_argmax_action"], "take_argmax_action is true, but the actions of CartPoleSwingUp"),
    ],
)
def test_what_is_wrong_is_one_line_before_anything_is_made(
    galapagos: Callable[..., Called], own_home: Path, arguments: list[str], error: str
) -> None:
    called = galapagos("run", PRESET, "--headless", *arguments)
    assert called.code == 2
    assert error in called.err
    assert called.err.count("\n") == 1
    assert not (own_home / "runs").exists()


def test_a_network_that_cannot_be_is_refused_before_anything_is_made(
    galapagos: Callable[..., Called], own_home: Path
) -> None:
    called = galapagos("run", "learning/digits-hebbian", "--headless", "--num_hidden", "9999")
    assert called.code == 2
    assert "num_hidden: 9999 between 64 inputs and 10 outputs are more than a network can" in called.err
    assert called.err.count("\n") == 1
    assert not (own_home / "runs").exists()


@pytest.mark.parametrize("preset", ["wann-classification/mnist", "layers/mnist"])
def test_damaged_data_are_refused_before_anything_is_made(
    galapagos: Callable[..., Called], own_home: Path, tmp_path: Path, preset: str
) -> None:
    for file in PUBLISHED["mnist"].files:
        (tmp_path / f"{file.name}.gz").write_bytes(b"\x1f\x8b but not to the end")
    called = galapagos("run", preset, "--headless", "--data_dir", str(tmp_path))
    assert called.code == 2
    assert f"{tmp_path / PUBLISHED['mnist'].files[1].name}.gz " in called.err
    assert called.err.count("\n") == 1
    assert not (own_home / "runs").exists()


def test_a_directory_that_holds_something_else_is_left_alone(
    galapagos: Callable[..., Called], tmp_path: Path
) -> None:
    (tmp_path / "thesis.tex").write_text("mine")
    called = galapagos("run", PRESET, "--out_dir", str(tmp_path), "--overwrite_output")
    assert called.code == 2
    assert "it must be a new or empty directory" in called.err
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


@pytest.mark.usefixtures("without_engine")
def test_the_notice_about_an_old_name_goes_to_stderr(galapagos: Callable[..., Called]) -> None:
    called = galapagos("run", "wann-gym/CartPole-v0")
    assert called.code == 0
    assert "CartPole-v0 is an old version" in called.err


def test_resume_goes_on_with_the_run(
    galapagos: Callable[..., Called], without_engine: list[Path], stopped_run: RunDirectory
) -> None:
    assert galapagos("resume", "latest").code == 0
    assert without_engine == [stopped_run.path]
    assert CommandLog(stopped_run.commands_file).read() == []


@pytest.mark.usefixtures("without_engine")
def test_resume_logs_changes_for_the_next_generation(
    galapagos: Callable[..., Called], stopped_run: RunDirectory
) -> None:
    assert galapagos("resume", stopped_run.name, "--num_trials", "5", "--weight_values=-1,1").code == 0
    [(generation, entry)] = CommandLog(stopped_run.commands_file).read()
    assert generation == 0
    assert entry["changes"] == {"num_trials": 5, "weight_values": [-1, 1]}


@pytest.mark.parametrize(
    ("flags", "error"),
    [
        (["--seed", "5"], "seed: is fixed while a run goes on"),
        (["--num_trials", "0"], "num_trials: 0 is out of range"),
        (["--nonsense", "0"], "'--nonsense' is no option"),
    ],
)
def test_resume_refuses_what_cannot_change(
    galapagos: Callable[..., Called],
    without_engine: list[Path],
    stopped_run: RunDirectory,
    flags: list[str],
    error: str,
) -> None:
    called = galapagos("resume", stopped_run.name, *flags)
    assert (called.code, called.err.count("\n")) == (2, 1)
    assert error in called.err
    assert without_engine == []


def test_a_live_run_is_not_resumed(galapagos: Callable[..., Called], live_run: LiveRun) -> None:
    called = galapagos("resume", live_run.run.name)
    assert called.code == 2
    assert f"is alive; `galapagos attach {live_run.run.name}` shows it" in called.err


def test_a_path_gives_a_run_its_folder_and_name(tmp_path: Path) -> None:
    path = tmp_path / "wann-gym" / "mine.yaml"
    path.parent.mkdir()
    path.write_text("env_name: CartPoleSwingUp\n")
    get_ready("run", [str(path)])
    assert [info.title for info in list_runs()] == ["wann-gym/mine"]


def test_beside_the_dashboard_what_is_wrong_is_known_before_the_first_paint(
    monkeypatch: pytest.MonkeyPatch, own_home: Path
) -> None:
    monkeypatch.setattr("tui.app.run_dashboard", lambda *_, **__: pytest.fail("nothing should be painted"))
    with pytest.raises(StartFailed) as caught:
        start_and_show("run", [PRESET, "--seed", "x", "--num_trials", "0"])
    assert len(caught.value.problems) == 2
    assert caught.value.exit_code == 2
    assert not (own_home / "runs").exists()


def test_beside_the_dashboard_an_engine_is_started_and_outlives_it(
    monkeypatch: pytest.MonkeyPatch, galapagos: Callable[..., Called]
) -> None:
    shown: list[tuple[Path, bool | None]] = []

    def show(path: Path, connect: Callable[[], Awaitable[Client]], ascii_only: bool | None) -> int:
        assert not RunDirectory(path).is_alive()
        shown.append((path, ascii_only))
        asyncio.run(connect_and_close(connect))
        return 0

    async def connect_and_close(connect: Callable[[], Awaitable[Client]]) -> None:
        await (await connect()).close()
        await (await connect()).close()

    monkeypatch.setattr("tui.app.run_dashboard", show)
    assert start_and_show("run", [PRESET, *SMALL, "--num_generations=infinity", "--ascii"]) == 0
    [info] = list_runs()
    assert shown == [(info.path, True)]
    assert info.state == "alive"
    assert galapagos("stop").code == 0
    assert [info.state for info in list_runs()] == ["stopped"]


def test_a_small_run_goes_from_the_call_to_its_end(galapagos: Callable[..., Called]) -> None:
    called = galapagos("run", PRESET, "--headless", *SMALL)
    assert (called.code, called.err) == (0, "")
    [info] = list_runs()
    assert info.state == "finished"
    lines, _ = read_lines(info.path / "journal.jsonl")
    assert [line["generation"] for line in lines if line["type"] == "generation"] == [0, 1]


@pytest.mark.parametrize(("flags", "asked"), [((), None), (("--ascii",), True)])
def test_plain_characters_can_be_asked_for_wherever_a_dashboard_is_shown(
    monkeypatch: pytest.MonkeyPatch,
    galapagos: Callable[..., Called],
    live_run: LiveRun,
    flags: tuple[str, ...],
    asked: bool | None,
) -> None:
    asked_for: list[bool | None] = []

    def show(*_: object, ascii_only: bool | None, **__: object) -> int:
        asked_for.append(ascii_only)
        return 0

    for door in ("run_dashboard", "run_home"):
        monkeypatch.setattr(f"tui.app.{door}", show)
    for stream in ("stdin", "stdout"):
        monkeypatch.setattr(f"sys.{stream}.isatty", lambda: True)
    assert galapagos(*flags).code == 0
    assert galapagos("attach", live_run.run.name, *flags).code == 0
    assert asked_for == [asked, asked]


@pytest.mark.parametrize("command", ["run", "resume"])
def test_what_starts_an_engine_knows_the_flag_too(
    galapagos: Callable[..., Called], capsys: pytest.CaptureFixture[str], command: str
) -> None:
    with pytest.raises(SystemExit):
        galapagos(command, "--help")
    assert "[--ascii]" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["run", "resume", "fork"])
def test_only_a_new_run_offers_what_is_fixed_while_a_run_goes_on(
    galapagos: Callable[..., Called], capsys: pytest.CaptureFixture[str], command: str
) -> None:
    with pytest.raises(SystemExit):
        galapagos(command, "--help")
    shown = capsys.readouterr().out
    assert "--num_trials N" in shown
    assert ("--seed N" in shown) is (command == "run")
