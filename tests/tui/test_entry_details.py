"""What is read of a saved elite when somebody looks at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
import pytest

from galapagos.errors import LibraryError
from galapagos.parameters import Parameters
from library_store.entry import Injection
from tests.library_store.elites import HOSTILE, graph_elite
from tests.tui.saved_elites import entry_of
from tui.entry_details import details_of, parameters_that_matter

if TYPE_CHECKING:
    from pathlib import Path


def test_parameters_matter_where_they_are_read_and_not_the_usual_ones() -> None:
    values = Parameters(population_size=32, num_trials=7, num_hidden=3).model_dump(mode="json")
    assert ("population_size", "32") in parameters_that_matter(values)
    assert ("num_trials", "7") in parameters_that_matter(values)
    assert "num_hidden" not in dict(parameters_that_matter(values))
    assert parameters_that_matter(Parameters().model_dump(mode="json")) == ()
    assert parameters_that_matter({}) == ()


@pytest.mark.parametrize("name", ["cls", "self", "_fields_set", "model_config", HOSTILE])
def test_a_parameter_that_is_none_is_shown_and_does_nothing(name: str) -> None:
    ((shown, value),) = parameters_that_matter({name: HOSTILE, "experiment": "wann-gym"})
    assert not {"\x1b", "\x9b", "\u202e"} & set(shown + value)


@pytest.mark.parametrize("experiment", ["of a later version", 5, None, ["wlnn"]])
def test_an_experiment_that_is_none_hides_nothing(experiment: object) -> None:
    assert ("num_trials", "7") in parameters_that_matter({"experiment": experiment, "num_trials": 7})


def test_the_network_and_what_came_of_it_elsewhere(tmp_path: Path) -> None:
    elite = graph_elite()
    line = {
        "type": "clone",
        "parent": elite.individual.id,
        "generation": 3,
        "id": "f" * 16,
        "fitness": 731.2,
        "elite": True,
        "complexity": 3,
        "failed": "",
    }
    (tmp_path / "journal.jsonl").write_bytes(orjson.dumps(line) + b"\n")
    injections = (Injection("a run", str(tmp_path), 3, 0.0), Injection("gone", "/nowhere", 1, 0.0))
    details = details_of(entry_of(elite, injections=injections))
    assert details.genome == elite.individual.genome
    assert details.problem == ""
    assert [text.partition(":")[0] for text in details.injections] == [
        "into gone, generation 1",
        "into a run, generation 3",
    ]
    assert "731.2" in details.injections[1]


def test_a_network_that_cannot_be_read_is_told_in_a_line() -> None:
    def read_weights() -> dict[str, object]:
        raise LibraryError("the weights are\nmissing")

    details = details_of(entry_of(graph_elite(), read_weights=read_weights))
    assert details.genome is None
    assert details.problem == "the weights are missing"
