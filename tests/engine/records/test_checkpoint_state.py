"""What a checkpoint holds comes back: the same to the last bit, and one thing stays one."""

import hashlib
import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
from numpy.typing import NDArray

from galapagos.engine.records.checkpoint import Checkpoint, load_checkpoint, write_checkpoint
from galapagos.evaluation import Evaluation
from galapagos.evolution.archive import Elite
from galapagos.evolution.individual import Individual
from galapagos.genomes.graph import GraphGenome
from galapagos.parameters import Parameters
from tests.engine.checkpoints import a_checkpoint, assert_bits_equal
from tests.engine.populations import (
    random_evaluation,
    random_genome,
    random_learning,
    random_outcomes,
    random_stack,
)

OF_VERSION_1 = {"shapes", "activations", "sources", "targets", "weights"}


def genomes_of(checkpoint: Checkpoint) -> Iterator[GraphGenome]:
    everyone = (
        *checkpoint.population,
        *(elite.individual for elite in checkpoint.elites),
        *checkpoint.pinned,
    )
    for individual in everyone:
        assert isinstance(individual.genome, GraphGenome)
        yield individual.genome


def test_a_checkpoint_comes_back_bit_for_bit(tmp_path: Path) -> None:
    written = a_checkpoint()
    write_checkpoint(tmp_path, written)
    loaded, problems = load_checkpoint(tmp_path)
    assert problems == []
    assert loaded == written
    assert loaded is not None
    for one, other in zip(genomes_of(written), genomes_of(loaded), strict=True):
        assert_bits_equal(one, other)
    assert math.copysign(1, loaded.champion_test["means"][1]) == -1  # type: ignore[index]  # equal to what was written
    assert Parameters.model_validate(loaded.parameters).seed == 2**62


def arrays_of(checkpoint: Checkpoint) -> list[NDArray[np.float32] | None]:
    everything = [*checkpoint.outcomes, *(elite.evaluation for elite in checkpoint.elites)]
    learned = [outcome for outcome in everything if isinstance(outcome, Evaluation)]
    return [array for outcome in learned for array in (outcome.trained, outcome.optimizer_state)]


def test_what_networks_learned_comes_back_bit_for_bit(tmp_path: Path) -> None:
    written = a_checkpoint()
    write_checkpoint(tmp_path, written)
    loaded, _ = load_checkpoint(tmp_path)
    assert loaded is not None
    present = 0
    for one, other in zip(arrays_of(written), arrays_of(loaded), strict=True):
        assert (one is None) == (other is None)
        if one is not None and other is not None:
            present += 1
            assert (one.dtype, one.shape, one.tobytes()) == (other.dtype, other.shape, other.tobytes())
            assert not other.flags.writeable
    assert present > 8


def test_an_array_that_two_evaluations_share_is_stored_once(tmp_path: Path) -> None:
    written = a_checkpoint(size=1)
    shared = replace(random_learning(np.random.default_rng(0)), trained=np.arange(10**6, dtype=np.float32))
    elites = tuple(replace(elite, evaluation=shared) for elite in written.elites)
    write_checkpoint(tmp_path, replace(written, outcomes=(shared,), elites=elites))
    loaded, _ = load_checkpoint(tmp_path)
    assert loaded is not None
    assert 4e6 < (tmp_path / "000001" / "genomes.npz").stat().st_size < 5e6
    assert isinstance(loaded.outcomes[0], Evaluation)
    assert loaded.outcomes[0].trained is not None
    assert all(elite.evaluation.trained is loaded.outcomes[0].trained for elite in loaded.elites)


def test_stacks_of_layers_have_checkpoints_too(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    population = tuple(
        Individual(f"{number:016x}", random_stack(rng, learned=number % 2 == 1), (), "initial", 0)
        for number in range(9)
    )
    written = replace(
        a_checkpoint(),
        population=population,
        outcomes=tuple(random_outcomes(rng, 9)),
        elites=(Elite(population[1], random_learning(rng), 5),),
        pinned=population[:2],
        breeds=(),
    )
    write_checkpoint(tmp_path, written)
    assert load_checkpoint(tmp_path) == (written, [])


def test_a_checkpoint_of_before_networks_could_learn_is_read(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    population = tuple(
        Individual(f"{number:016x}", random_genome(rng), (), "initial", 0) for number in range(4)
    )
    written = replace(
        a_checkpoint(), population=population, outcomes=(random_evaluation(rng),) * 4, elites=(), pinned=()
    )
    written = replace(written, breeds=((population[0], 3),))
    write_checkpoint(tmp_path, written)
    directory = tmp_path / "000001"
    with np.load(directory / "genomes.npz") as columns:
        old = {name: columns[name] for name in columns.files if name in OF_VERSION_1}
    old["shapes"] = old["shapes"][:, :6]
    assert set(old) == OF_VERSION_1
    np.savez(directory / "genomes.npz", **old)
    manifest = orjson.loads((directory / "manifest.json").read_bytes()) | {"version": 1}
    manifest["sha256"]["genomes.npz"] = hashlib.sha256((directory / "genomes.npz").read_bytes()).hexdigest()
    (directory / "manifest.json").write_bytes(orjson.dumps(manifest))
    assert load_checkpoint(tmp_path) == (written, [])


def test_a_checkpoint_of_before_drops_were_kept_is_read(tmp_path: Path) -> None:
    written = a_checkpoint()
    write_checkpoint(tmp_path, written)
    directory = tmp_path / "000001"
    state = orjson.loads((directory / "state.json").read_bytes())
    del state["dropped"]
    (directory / "state.json").write_bytes(orjson.dumps(state))
    manifest = orjson.loads((directory / "manifest.json").read_bytes())
    manifest["sha256"]["state.json"] = hashlib.sha256((directory / "state.json").read_bytes()).hexdigest()
    (directory / "manifest.json").write_bytes(orjson.dumps(manifest))
    assert load_checkpoint(tmp_path) == (replace(written, dropped=()), [])


def test_who_is_one_individual_stays_one(tmp_path: Path) -> None:
    write_checkpoint(tmp_path, a_checkpoint())
    loaded, _ = load_checkpoint(tmp_path)
    assert loaded is not None
    assert loaded.elites[0].individual is loaded.population[0] is loaded.pinned[1]


def test_two_individuals_with_one_id_stay_two(tmp_path: Path) -> None:
    checkpoint = a_checkpoint()
    twin = replace(checkpoint.population[0], operator="inject")
    checkpoint = replace(checkpoint, pinned=(twin,))
    write_checkpoint(tmp_path, checkpoint)
    assert load_checkpoint(tmp_path)[0] == checkpoint


@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan, 1e308, 5e-324, -0.0])
def test_numbers_that_json_does_not_have_come_back(tmp_path: Path, number: float) -> None:
    checkpoint = a_checkpoint()
    odd = replace(random_evaluation(np.random.default_rng(0)), standard_deviation=number)
    checkpoint = replace(
        checkpoint,
        outcomes=(odd, *checkpoint.outcomes[1:]),
        elites=(Elite(checkpoint.population[0], odd, 1),),
        champion_test={"deep": [{"number": number}]},
    )
    write_checkpoint(tmp_path, checkpoint)
    loaded, _ = load_checkpoint(tmp_path)
    assert loaded is not None
    assert isinstance(loaded.outcomes[0], Evaluation)
    assert loaded.champion_test is not None
    for value in (
        loaded.outcomes[0].standard_deviation,
        loaded.elites[0].evaluation.standard_deviation,
        loaded.champion_test["deep"][0]["number"],
    ):
        assert np.float64(value).tobytes() == np.float64(number).tobytes()


@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan])
@pytest.mark.parametrize("place", ["elites", "outcomes"])
def test_a_fitness_that_is_not_finite_is_damage(tmp_path: Path, place: str, number: float) -> None:
    checkpoint = a_checkpoint()
    odd = replace(random_evaluation(np.random.default_rng(0)), fitness=number)
    changes: dict[str, Any] = {
        "elites": (Elite(checkpoint.population[0], odd, 1),),
        "outcomes": (odd, *checkpoint.outcomes[1:]),
    }
    write_checkpoint(tmp_path, replace(checkpoint, generation=2))
    write_checkpoint(tmp_path, replace(checkpoint, **{place: changes[place]}))
    loaded, (notice,) = load_checkpoint(tmp_path)
    assert f"a fitness is {number}; it must be finite" in notice
    assert loaded == replace(checkpoint, generation=2)
