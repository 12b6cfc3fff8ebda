"""`runs`: what ran, as a table and as JSON, and its removal."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from galapagos.engine.records.run_directory import create_run
from galapagos.parameters import Parameters

if TYPE_CHECKING:
    from collections.abc import Callable

    from galapagos.engine.records.run_directory import RunDirectory
    from tests.cli.conftest import Called, LiveRun


def test_without_runs_the_list_says_how_to_start_one(galapagos: Callable[..., Called]) -> None:
    assert "`galapagos run wann-gym/CartPoleSwingUp` starts one" in galapagos("runs").out


def test_the_list_shows_every_run_with_its_state(
    galapagos: Callable[..., Called], stopped_run: RunDirectory, live_run: LiveRun
) -> None:
    lines = galapagos("runs", "list").out.splitlines()
    states = {line.split()[0]: line.split()[2] for line in lines[1:]}
    assert states == {stopped_run.name: "stopped", live_run.run.name: "alive"}
    assert galapagos("runs").out.splitlines() == lines


def test_the_list_as_json_is_complete(galapagos: Callable[..., Called], stopped_run: RunDirectory) -> None:
    [run] = json.loads(galapagos("runs", "--json").out)
    assert (run["name"], run["path"], run["state"]) == (stopped_run.name, str(stopped_run.path), "stopped")


def test_removing_needs_a_yes(galapagos: Callable[..., Called], stopped_run: RunDirectory) -> None:
    called = galapagos("runs", "remove", stopped_run.name)
    assert called.code == 2
    assert "--yes removes without asking" in called.err
    assert stopped_run.is_run()


def test_runs_are_removed_together(galapagos: Callable[..., Called], stopped_run: RunDirectory) -> None:
    other = create_run(Parameters(name="other"), "x/y")
    called = galapagos("runs", "remove", "--yes", stopped_run.name, other.name)
    assert called.code == 0
    assert not stopped_run.path.exists()
    assert not other.path.exists()


def test_a_live_run_is_not_removed(galapagos: Callable[..., Called], live_run: LiveRun) -> None:
    called = galapagos("runs", "remove", "--yes", live_run.run.name)
    assert called.code == 2
    assert "is alive and cannot be removed; stop it first" in called.err
    assert live_run.run.is_run()


def test_a_run_that_is_not_there_is_one_line(galapagos: Callable[..., Called]) -> None:
    for action in (["export", "x"], ["remove", "x"]):
        called = galapagos("runs", *action)
        assert (called.code, called.err.count("\n")) == (2, 1)
