"""Elites written as JSON files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
import pytest

from galapagos.genomes.network_file import read_network
from tests.engine.fakes import GENOME
from tests.tui.shown_elites import HOSTILE, image_elite, swing_up_elite
from tui.elite_copy import json_of, write_json

if TYPE_CHECKING:
    from pathlib import Path


def test_every_command_takes_the_file_as_a_network(tmp_path: Path) -> None:
    path, content = write_json(swing_up_elite(run_directory=tmp_path / "run"), tmp_path)
    assert path.name == "CartPoleSwingUp-0c2020ad.json"
    assert path.read_bytes() == content
    assert read_network(path) == GENOME
    known = orjson.loads(content)
    assert (known["run"], known["title"], known["operator"]) == ("run", "Elite 3", "add_node")
    assert known["evaluation"]["fitness"] == 558.8
    assert known["parameters"]["experiment"] == "wann-gym"


@pytest.mark.parametrize("experiment", ["wlnn", "layers", "learning"])
def test_networks_of_every_kind_come_back(experiment: str, tmp_path: Path) -> None:
    elite = image_elite(experiment)
    path, _ = write_json(elite, tmp_path)
    assert read_network(path).to_json() == elite.genome


def test_nothing_is_ever_written_over(tmp_path: Path) -> None:
    names = [write_json(swing_up_elite(), tmp_path)[0].name for _ in range(3)]
    assert names == [f"CartPoleSwingUp-0c2020ad{more}.json" for more in ("", "-2", "-3")]
    assert len(list(tmp_path.iterdir())) == 3


def test_hostile_names_stay_in_the_directory(tmp_path: Path) -> None:
    elite = swing_up_elite(
        id="../../" + HOSTILE, parameters={"experiment": "wann-gym", "env_name": "../../etc/" + HOSTILE}
    )
    path, _ = write_json(elite, tmp_path)
    assert path.parent == tmp_path
    assert len(path.name) < 80
    assert path.name.isascii()
    nameless, _ = write_json(swing_up_elite(id="…", parameters={}), tmp_path)
    assert nameless.name == "elite.json"


def test_a_directory_that_is_not_there_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_json(swing_up_elite(), tmp_path / "absent")


def test_the_json_says_what_is_unknown_as_null() -> None:
    known = orjson.loads(json_of(swing_up_elite(generation=None, evaluation=None)))
    assert known["generation"] is None
    assert known["evaluation"] is None
