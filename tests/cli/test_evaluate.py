"""`evaluate`: the published champion scores its published figures; networks of runs and files are found."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from galapagos.engine.records.checkpoint import Checkpoint, write_checkpoint
from galapagos.engine.records.history import load_run
from galapagos.evolution.archive import Elite
from galapagos.evolution.individual import create
from galapagos.genomes.graph import GraphGenome
from galapagos.parameters import Parameters
from library_store import Library
from tests.engine.fakes import GENOME
from tests.strategies import evaluation_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from galapagos.engine.records.run_directory import RunDirectory
    from tests.cli.conftest import Called

SWING = Path(__file__).parents[3] / "shared" / "data" / "wann-champions" / "swing.out"
PRESET = "wann-gym/CartPoleSwingUp"
needs_champion = pytest.mark.skipif(
    not SWING.is_file(), reason="the published champion is not on this machine"
)

# Mean, standard deviation and episodes, measured independently of this program (ALGORITHMS, "Published
# figures"): weight by weight over 200 starts, and the measures of Gaier & Ha 2019, Table 1.
FIGURES = {
    -2.0: (543, 113, 200),
    -1.0: (683, 95, 200),
    -0.5: (521, 5, 200),
    0.5: (522, 4, 200),
    1.0: (701, 6, 200),
    2.0: (687, 12, 200),
}
MEASURES = {"random": (49, 112, 200), "shared": (515, 235, 200), "tuned": (725, 14, 100)}


def is_near(mean: float, std: float, count: int, figure: tuple[float, float, int]) -> bool:
    """Return whether two means differ by less than four standard errors (6e-5 by chance), and rounding."""
    expected, deviation, trials = figure
    return abs(mean - expected) <= 0.5 + 4 * math.sqrt(std**2 / count + deviation**2 / trials)


def evaluate(galapagos: Callable[..., Called], *arguments: str) -> dict[str, Any]:
    called = galapagos("evaluate", *arguments, "--json")
    assert called.code == 0, called.err
    found: dict[str, Any] = json.loads(called.out)
    assert set(found) == {"fitness", "objectives", "weights", "connections", "environment_steps", "seconds"}
    return found


@needs_champion
def test_the_published_champion_scores_its_figures_weight_by_weight(galapagos: Callable[..., Called]) -> None:
    found = evaluate(galapagos, str(SWING), PRESET, "--num_trials", "200", "--seed", "0")
    assert found["connections"] == 52
    assert [result["weight"] for result in found["weights"]] == list(FIGURES)
    for result in found["weights"]:
        assert result["trials"] == 200
        assert is_near(result["mean"], result["std"], 200, FIGURES[result["weight"]]), result
    means = [result["mean"] for result in found["weights"]]
    assert found["fitness"] == pytest.approx(sum(means) / 6)
    assert found["objectives"] == {"mean": found["fitness"], "max": max(means)}
    assert 0 < found["environment_steps"] <= 6 * 200 * 1000


@needs_champion
@pytest.mark.parametrize("measure", sorted(MEASURES))
def test_the_published_champion_scores_the_published_measures(
    galapagos: Callable[..., Called], measure: str
) -> None:
    found = evaluate(galapagos, str(SWING), PRESET, "--weights", measure, "--num_trials", "400")
    [result] = found["weights"]
    assert result["trials"] == 400
    assert is_near(result["mean"], result["std"], 400, MEASURES[measure]), result
    assert (result["weight"] is None) is (measure != "tuned")


@needs_champion
def test_weights_may_be_listed_and_the_text_is_a_table(galapagos: Callable[..., Called]) -> None:
    called = galapagos("evaluate", str(SWING), PRESET, "--weights", "-1,0.78", "--num_trials", "2")
    assert called.code == 0
    assert [line.split()[0] for line in called.out.splitlines()[1:4]] == ["weight", "-1", "0.78"]


@needs_champion
def test_a_network_for_another_task_is_told_by_its_numbers(galapagos: Callable[..., Called]) -> None:
    called = galapagos("evaluate", str(SWING), "wann-gym/CartPole-v1", "--num_trials", "1")
    assert called.code == 2
    assert "the network has 5 inputs and 1 outputs; CartPole-v1 needs 4 and 2" in called.err


def test_a_network_with_weights_of_its_own_is_scored_as_it_would_be_injected(
    galapagos: Callable[..., Called], tmp_path: Path
) -> None:
    weighted = replace(GENOME, weights=np.linspace(-3.0, 3.0, GENOME.num_connections))
    scored = []
    for name, genome in (("plain", GENOME), ("weighted", weighted)):
        path = tmp_path / f"{name}.json"
        path.write_text(json.dumps(genome.to_json()))
        scored.append(evaluate(galapagos, str(path), PRESET, "--num_trials", "2")["weights"])
    assert scored[0] == scored[1]
    assert "weights of its own are left out" in galapagos("evaluate", str(path), PRESET, "--num_trials=1").err


@pytest.fixture
def run_with_elites(stopped_run: RunDirectory) -> tuple[RunDirectory, list[str]]:
    """Give a run that stopped with two elites, the second of which is the champion."""
    elites = []
    for index, (fitness, genome) in enumerate([(100.0, GENOME), (300.0, _larger())]):
        individual = create(genome, parents=(), operator="initial", seed=0, generation=0, index=index)
        elites.append(Elite(individual, evaluation_of([fitness]), genome.num_connections))
    write_checkpoint(
        stopped_run.checkpoint_directory,
        Checkpoint(
            generation=1,
            parameters=Parameters().model_dump(mode="json"),
            population=tuple(elite.individual for elite in elites),
            outcomes=tuple(elite.evaluation for elite in elites),
            elites=tuple(elites),
            confirmed=(),
            pinned=(),
            breeds=(),
            journal_length=0,
            evaluations=2,
            elapsed=1.0,
            champion_test=None,
        ),
    )
    return stopped_run, [elite.individual.id for elite in elites]


def _larger() -> GraphGenome:
    data = GENOME.to_json()
    data["connections"].append([3, 5])
    return GraphGenome.from_json(data)


def test_an_elite_of_a_stopped_run_is_found_by_id_beginning_and_as_champion(
    galapagos: Callable[..., Called], run_with_elites: tuple[RunDirectory, list[str]]
) -> None:
    run, ids = run_with_elites
    for name, connections in ((ids[0], 6), (ids[0][:6], 6), (ids[1], 7), ("champion", 7)):
        found = evaluate(galapagos, f"{run.name}/{name}", PRESET, "--num_trials", "1")
        assert found["connections"] == connections


def test_an_id_that_is_no_elite_names_those_that_are(
    galapagos: Callable[..., Called], run_with_elites: tuple[RunDirectory, list[str]]
) -> None:
    run, ids = run_with_elites
    called = galapagos("evaluate", f"{run.name}/zzzz", PRESET)
    assert called.code == 2
    assert f"zzzz is no elite of {run.name}; its elites are {ids[0]}, {ids[1]}, or `champion`" in called.err


def test_a_run_without_a_checkpoint_has_no_elites(
    galapagos: Callable[..., Called], stopped_run: RunDirectory
) -> None:
    called = galapagos("evaluate", f"{stopped_run.name}/champion", PRESET)
    assert called.code == 2
    assert "has no elites to read: it has no checkpoint yet" in called.err


@needs_champion
def test_the_published_champion_scores_its_figures_out_of_the_library_and_breeds(
    galapagos: Callable[..., Called],
) -> None:
    assert galapagos("library", "add", str(SWING), "--name", "champion of 2019", "--for", PRESET).code == 0
    found = evaluate(galapagos, "champion of 2019", "--num_trials", "200", "--seed", "0")
    assert [result["weight"] for result in found["weights"]] == list(FIGURES)
    for result in found["weights"]:
        assert is_near(result["mean"], result["std"], 200, FIGURES[result["weight"]]), result

    small = ("--population_size=16", "--tournament_size=16", "--num_workers=1", "--num_generations=2")
    called = galapagos("run", PRESET, "--headless", "--from_library", "champion", *small)
    assert called.code == 0, called.err
    history = load_run("latest")
    (clone,) = [line for line in history.steering if line["type"] == "clone"]
    with Library() as library:
        assert clone["parent"] == library.get("champion of 2019").id
    assert clone["id"] in {id for ids in history.individuals["parents"].tolist() for id in ids.split("+")}
