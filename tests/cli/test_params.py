"""`params`: the table of parameters, the presets, the problems of a file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from galapagos.parameter_files import load_parameters
from galapagos.parameters import Parameters

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Called


def test_the_list_has_every_parameter_that_this_version_reads(galapagos: Callable[..., Called]) -> None:
    listed = {line.split()[0] for line in galapagos("params", "list").out.splitlines() if line[:2] == "  "}
    assert listed == set(Parameters.model_fields)
    everything = json.loads(galapagos("params", "list", "--json").out)
    assert {one["name"] for one in everything} == set(Parameters.model_fields)


def test_the_markdown_table_has_a_row_a_parameter(galapagos: Callable[..., Called]) -> None:
    head, line, *rows = galapagos("params", "list", "--markdown").out.splitlines()
    assert head == "| Parameter | Type | Default | Change | What it is |"
    assert set(line) <= {"|", "-"}
    assert len(rows) == len(Parameters.model_fields)
    assert (
        "| `complexity_levels` | whole number from 1 to 64 (levels) | `8` | live | "
        "Levels of complexity, each showing (and breeding from) its best network. |"
    ) in rows
    for row in rows:
        assert row.count(" | ") == 4


def test_show_names_the_presets_with_their_descriptions(galapagos: Callable[..., Called]) -> None:
    lines = galapagos("params", "show").out.splitlines()
    assert any(line.startswith("wann-gym/CartPoleSwingUp  ") for line in lines)


def test_show_prints_a_preset_as_a_file_that_can_be_loaded(
    galapagos: Callable[..., Called], tmp_path: Path
) -> None:
    path = tmp_path / "shown.yaml"
    path.write_text(galapagos("params", "show", "wann-gym/CartPoleSwingUp").out)
    assert load_parameters(path) == load_parameters("wann-gym/CartPoleSwingUp")


def test_show_says_everything_about_a_parameter(galapagos: Callable[..., Called]) -> None:
    out = " ".join(galapagos("params", "show", "lr").out.split())
    assert "The learning rate." in out
    assert "number above 0 and up to 100" in out
    assert "read by wlnn, learning, layers" in out


def test_check_names_all_problems_of_all_files(galapagos: Callable[..., Called], tmp_path: Path) -> None:
    first, second = tmp_path / "a.yaml", tmp_path / "b.yaml"
    first.write_text("sed: 1\nnum_trials: 0\n")
    second.write_text("elite_ratio: 2\n")
    called = galapagos("params", "check", str(first), str(second))
    assert called.code == 2
    assert [line.split(": ")[0] for line in called.err.splitlines()] == [
        f"{first}:1",
        f"{first}:2",
        f"{second}:1",
    ]


@pytest.mark.parametrize("preset", ["wann-gym/CartPoleSwingUp", "wann-gym/CartPole-v1"])
def test_a_preset_is_in_order(galapagos: Callable[..., Called], preset: str) -> None:
    called = galapagos("params", "check", preset)
    assert (called.code, called.out) == (0, f"{preset}: in order\n")
