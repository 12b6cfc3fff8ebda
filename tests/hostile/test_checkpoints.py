"""Checkpoints and the columns of individuals, changed, with their sums as they were and made right again."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import pytest

from galapagos.engine.program import open_engine
from galapagos.engine.records.checkpoint import Checkpoint, load_checkpoint, write_checkpoint
from galapagos.engine.records.checkpoint_state import state_to_json
from galapagos.engine.records.individuals import IndividualsWriter, read_individuals, read_newest_first
from galapagos.errors import CheckpointError, GalapagosError, RunDirectoryError
from galapagos.evolution.archive import Elite
from galapagos.parameters import Parameters
from tests.engine.checkpoints import a_checkpoint
from tests.engine.populations import lineage, random_learning, random_outcomes
from tests.engine.small_run import write_small_run
from tests.hostile.archives import arrays_changed, rezipped, unpacked
from tests.hostile.mutations import CONTROL, MARKUP, any_of, gnawed, reshaped
from tests.hostile.networks import learner, stack
from tests.hostile.reading import FEW, MANY, Format, fuzz, must_be_plain
from tests.hostile.test_texts import second_reading
from tests.strategies import individual_of
from tui.run_files import RecordReader, stored_archive

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from galapagos.genomes.genome import Genome

STATE, GENOMES, MANIFEST = "state.json", "genomes.npz", "manifest.json"
Files = dict[str, bytes]


def of_genomes(genomes: list[Genome]) -> Checkpoint:
    """Return a checkpoint of networks that learn."""
    rng = np.random.default_rng(2)
    population = tuple(individual_of(genome, index) for index, genome in enumerate(genomes))
    return Checkpoint(
        generation=2,
        parameters=Parameters.model_validate({"experiment": "wlnn"}).model_dump(mode="json"),
        population=population,
        outcomes=tuple(random_outcomes(rng, len(population))),
        elites=tuple(Elite(one, random_learning(rng), size) for size, one in enumerate(population)),
        confirmed=(),
        pinned=population[:1],
        breeds=((population[1], 2),),
        journal_length=10,
        evaluations=12,
        elapsed=0.5,
        champion_test=None,
    )


def checkpoints(directory: Path) -> list[Files]:
    """Return the files of a checkpoint of each kind of genome."""
    every: list[Files] = []
    stacks: list[Genome] = [stack(seed) for seed in range(4)]
    learners: list[Genome] = [learner(seed, trained=bool(seed % 2)) for seed in range(4)]
    for number, checkpoint in enumerate((a_checkpoint(size=4), of_genomes(stacks), of_genomes(learners))):
        (directory / str(number)).mkdir(parents=True)
        write_checkpoint(directory / str(number), checkpoint)
        every.append(
            {
                name: (directory / str(number) / "000001" / name).read_bytes()
                for name in (STATE, GENOMES, MANIFEST)
            }
        )
    return every


def with_right_sums(files: Files) -> Files:
    """Return files with a manifest that says that they are what was written."""
    manifest = orjson.loads(files[MANIFEST])
    manifest["sha256"] = {name: hashlib.sha256(files[name]).hexdigest() for name in (STATE, GENOMES)}
    return files | {MANIFEST: orjson.dumps(manifest)}


def write(directory: Path, files: Files) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (directory / name).write_bytes(content)


def load(run: Path) -> Checkpoint:
    """Return the checkpoint of a run, or raise what is told of it."""
    found, problems = load_checkpoint(run / "checkpoint")
    assert (stored_archive(run) is None) is (found is None)
    if found is None:
        [line] = problems
        raise CheckpointError(line)
    assert problems == []
    return found


def must_mean_the_same(found: Checkpoint, files: Files) -> None:
    """Compare what was loaded, written again, with a second reading of what was there."""
    given = second_reading(files[STATE])
    state, genomes, arrays = state_to_json(found)
    written = json.loads(state)
    # What stands in several places may stand in a table in another order, or more than once.
    for data in (given, written):
        del data["individuals"]
        for name in ("population", "pinned", "breeds"):
            data[name] = len(data[name])
        for item in (*data["elites"], *data["outcomes"]):
            for name in ("individual", "trained", "optimizer_state"):
                item.pop(name, None)
            item.get("evaluation", {}).pop("trained", None)
            item.get("evaluation", {}).pop("optimizer_state", None)
    for name, value in written.items():
        assert exact(value) == exact(known(given.get(name, []), value)), name
    assert len(genomes) <= len(second_reading(files[STATE])["individuals"])
    assert sum(len(array) for array in arrays) <= unpacked(files[GENOMES])["learned"].size


def exact(value: Any) -> str:
    """Return JSON in which 1, 1.0 and true differ, but for a whole number where a real one belongs."""
    return repr(value)


def known(given: Any, written: Any) -> Any:
    """Return a value without names that are not written, whole numbers as real ones where those are."""
    if isinstance(written, dict) and isinstance(given, dict):
        return {name: known(given.get(name), written[name]) for name in written}
    if isinstance(written, list) and isinstance(given, list) and len(written) == len(given):
        return [known(one, other) for one, other in zip(given, written, strict=True)]
    if isinstance(written, float) and type(given) is int:
        return float(given)
    return given


def damaged_checkpoints(directory: Path) -> Format:
    """Return checkpoints whose sums tell that they were changed, where the manifest itself was not."""
    every, run = checkpoints(directory / "written"), directory / "run"
    expected = []
    for files in every:
        write(run / "checkpoint" / "000001", files)
        expected.append(load(run))

    def content(rng: np.random.Generator) -> tuple[int, Files]:
        kind = int(rng.integers(len(every)))
        name = (STATE, GENOMES, MANIFEST)[int(rng.integers(3))]
        changed = (reshaped if name == MANIFEST and rng.random() < 0.5 else gnawed)(every[kind][name], rng)
        return kind, every[kind] | {name: changed}

    def read(drawn: tuple[int, Files]) -> None:
        kind, files = drawn
        write(run / "checkpoint" / "000001", files)
        found = load(run)
        assert found == expected[kind]
        assert state_to_json(found)[0] == state_to_json(expected[kind])[0]

    return Format("damaged checkpoints", content, read)


def forged_checkpoints(directory: Path) -> Format:
    """Return checkpoints whose sums are right."""
    every, run = checkpoints(directory / "written"), directory / "run"
    of_state, of_genomes_ = any_of(reshaped, reshaped, gnawed), any_of(arrays_changed, rezipped, gnawed)

    def content(rng: np.random.Generator) -> Files:
        files = dict(every[int(rng.integers(len(every)))])
        if rng.random() < 0.6:
            files[STATE] = of_state(files[STATE], rng)
        else:
            files[GENOMES] = of_genomes_(files[GENOMES], rng)
        return with_right_sums(files)

    def read(files: Files) -> None:
        write(run / "checkpoint" / "000001", files)
        found = load(run)
        for individual in (*found.population, *found.pinned, *(elite.individual for elite in found.elites)):
            data = individual.genome.to_json()
            assert type(individual.genome).from_json(data).to_json() == data  # type: ignore[attr-defined]
        must_mean_the_same(found, files)
        write_checkpoint(directory / "again", found)
        again, problems = load_checkpoint(directory / "again")
        assert problems == []
        assert again is not None
        assert state_to_json(again)[0] == state_to_json(found)[0]

    return Format("forged checkpoints", content, read)


def individuals(directory: Path) -> Format:
    """Return files of individuals, which have no sums."""
    path = directory / "individuals"
    writer = IndividualsWriter(path)
    for generation, population in enumerate(lineage(1, 3, 6)):
        outcomes = random_outcomes(np.random.default_rng(generation), 6)
        writer.add(generation, population, outcomes, Parameters.model_validate({}))
    writer.flush()
    [file] = path.iterdir()
    content, expected = file.read_bytes(), read_individuals(path)
    mutation = any_of(arrays_changed, arrays_changed, rezipped, gnawed)

    def read(changed: bytes) -> None:
        file.write_bytes(changed)
        reader = RecordReader(path)
        assert reader.read_next() is not bool(reader.problem)
        [told] = read_newest_first(path)
        if isinstance(told, RunDirectoryError):
            with pytest.raises(RunDirectoryError) as caught:
                read_individuals(path)
            assert str(caught.value) == str(told)
            assert reader.problem
            raise told
        found = read_individuals(path)
        assert not reader.problem
        must_be_the_columns(found, changed)
        assert found.keys() == expected.keys()

    return Format("individuals", lambda rng: mutation(content, rng), read)


def must_be_the_columns(found: dict[str, Any], changed: bytes) -> None:
    """Compare what was read with what numpy reads."""
    arrays = unpacked(changed)
    arrays["operator"] = arrays["operators"][arrays["operator"]]
    for name, column in found.items():
        given = arrays[name].astype(str) if arrays[name].dtype.kind == "S" else arrays[name]
        np.testing.assert_array_equal(column, given)
    assert all(text.isprintable() for name in ("id", "parents", "operator") for text in found[name].tolist())


FORMATS = (damaged_checkpoints, forged_checkpoints, individuals)


@pytest.mark.parametrize("form", FORMATS)
def test_a_changed_file_is_what_it_says_or_damaged(tmp_path: Path, form: Callable[[Path], Format]) -> None:
    fuzz(form(tmp_path), FEW)


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMATS)
def test_ten_thousand_changed_files_of_each_kind(tmp_path: Path, form: Callable[[Path], Format]) -> None:
    fuzz(form(tmp_path), MANY)


def test_a_damaged_checkpoint_is_named_and_the_one_before_it_is_loaded(tmp_path: Path) -> None:
    """Whatever is done to the newest, it costs no more than the newest."""
    whole = checkpoints(tmp_path / "written")[0]
    write(tmp_path / "checkpoint" / "000001", whole)
    expected, _ = load_checkpoint(tmp_path / "checkpoint")
    for case in range(50):
        rng = np.random.default_rng(case)
        write(tmp_path / "checkpoint" / "000002", whole | {STATE: gnawed(whole[STATE], rng)})
        try:
            found, problems = load_checkpoint(tmp_path / "checkpoint")
        except GalapagosError as error:
            raise AssertionError(case) from error
        assert found == expected
        for problem in problems:
            must_be_plain(problem, f"case {case}")
            assert "000002" in problem


@pytest.mark.parametrize(
    ("name", "forged"),
    [
        ("parameters", {"population_size": -1}),
        ("parameters", {"population_size": "many"}),
        ("parameters", {CONTROL: 1}),
        ("parameters", {"experiment": MARKUP}),
        ("champion_test", {}),
        ("champion_test", {"generation": "3", "fitness": 1.0}),
        ("champion_test", {"generation": 3, "fitness": None}),
        ("champion_test", {"generation": 3, "fitness": 1.0, "accuracy": ["x"], "test_accuracy": []}),
    ],
)
def test_an_engine_does_not_go_on_from_what_it_would_not_have_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, forged: dict[str, Any]
) -> None:
    monkeypatch.setenv("GALAPAGOS_HOME", str(tmp_path / "home"))
    run = write_small_run()
    checkpoint = of_genomes([learner(1, trained=True), learner(2, trained=True)])
    changes: dict[str, Any] = {name: {**checkpoint.parameters, **forged} if name == "parameters" else forged}
    write_checkpoint(run.checkpoint_directory, replace(checkpoint, **changes))
    with pytest.raises(CheckpointError) as caught:
        open_engine(run)
    must_be_plain(str(caught.value), name)
