"""A row for everyone who lived: written in parts, read as a whole, cut, thinned, and safe from crashes."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from galapagos.engine.records import individuals as module
from galapagos.engine.records.individuals import IndividualsWriter, read_individuals
from galapagos.errors import RunDirectoryError
from galapagos.evaluation import Evaluation
from galapagos.parameters import Parameters
from tests.engine.crashes import crash_at_every_step
from tests.engine.populations import lineage, random_outcomes

PARAMETERS = Parameters.model_validate({})
Rows = dict[str, NDArray[Any]]

GENERATIONS, SIZE = 40, 10
HISTORY = lineage(1, GENERATIONS, SIZE)
OUTCOMES = [random_outcomes(np.random.default_rng(generation), SIZE) for generation in range(GENERATIONS)]


def write(
    directory: Path, generations: range, flush_every: int, writer: IndividualsWriter | None = None
) -> None:
    writer = writer or IndividualsWriter(directory)
    for generation in generations:
        writer.add(generation, HISTORY[generation], OUTCOMES[generation], PARAMETERS)
        if generation % flush_every == flush_every - 1:
            writer.flush()
    writer.flush()


def assert_same(rows: Rows, others: Rows) -> None:
    assert rows.keys() == others.keys()
    for name, column in rows.items():
        np.testing.assert_array_equal(column, others[name], err_msg=name)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Rows:
    directory = tmp_path_factory.mktemp("whole")
    write(directory, range(GENERATIONS), GENERATIONS)
    return read_individuals(directory)


@pytest.fixture
def small_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten generations a file instead of a thousand."""
    monkeypatch.setattr(module, "GENERATIONS_A_FILE", 10)


def test_every_individual_has_a_row_in_every_generation_it_was_evaluated_in(whole: Rows) -> None:
    plain = [
        (generation, individual, outcome)
        for generation in range(GENERATIONS)
        for individual, outcome in zip(HISTORY[generation], OUTCOMES[generation], strict=True)
    ]
    assert whole["generation"].tolist() == [generation for generation, _, _ in plain]
    assert whole["id"].dtype == np.dtype("U16")
    assert whole["id"].tolist() == [individual.id for _, individual, _ in plain]
    assert whole["parents"].tolist() == ["+".join(individual.parents) for _, individual, _ in plain]
    assert whole["operator"].tolist() == [individual.operator for _, individual, _ in plain]
    for name, measure in (("neurons", "neurons"), ("layers", "layers"), ("complexity", "connections")):
        expected = [individual.genome.complexity(measure) for _, individual, _ in plain]  # type: ignore[arg-type]  # a plain string
        assert whole[name].tolist() == expected
    for row, (_, _, outcome) in enumerate(plain):
        numbers = [whole[name][row] for name in ("fitness", "mean", "max")]
        if isinstance(outcome, Evaluation):
            assert numbers == [outcome.fitness, outcome.objectives["mean"], outcome.objectives["max"]]
        else:
            assert np.isnan(numbers).all()


def test_complexity_follows_the_measure_of_its_generation(tmp_path: Path) -> None:
    writer = IndividualsWriter(tmp_path)
    for generation, measure in enumerate(("connections", "neurons", "layers")):
        parameters = Parameters.model_validate({"complexity_measure": measure})
        writer.add(generation, HISTORY[30], OUTCOMES[30], parameters)
    writer.flush()
    rows = read_individuals(tmp_path)
    for generation, measure in enumerate(("connections", "neurons", "layers")):
        expected = [individual.genome.complexity(measure) for individual in HISTORY[30]]  # type: ignore[arg-type]  # a plain string
        assert rows["complexity"][rows["generation"] == generation].tolist() == expected


@pytest.mark.usefixtures("small_files")
@pytest.mark.parametrize("flush_every", [1, 3, 7, 10, 40])
def test_when_it_was_flushed_makes_no_difference(tmp_path: Path, whole: Rows, flush_every: int) -> None:
    write(tmp_path, range(GENERATIONS), flush_every)
    assert_same(read_individuals(tmp_path), whole)


@pytest.mark.usefixtures("small_files")
def test_a_thousand_generations_end_up_in_one_file(tmp_path: Path) -> None:
    write(tmp_path, range(GENERATIONS), 1)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names[:3] == [f"{first:09d}-{first + 9:09d}.npz" for first in (0, 10, 20)]
    assert len(names) <= 3 + 10


def test_small_files_do_not_pile_up(tmp_path: Path) -> None:
    write(tmp_path, range(GENERATIONS), 1)
    assert len(list(tmp_path.iterdir())) <= 24


@pytest.mark.usefixtures("small_files")
@pytest.mark.parametrize("cut", [0, 1, 9, 10, 11, 25, 39, 40])
def test_a_cut_and_the_same_generations_again_give_the_same_rows(
    tmp_path: Path, whole: Rows, cut: int
) -> None:
    write(tmp_path, range(GENERATIONS), 3)
    writer = IndividualsWriter(tmp_path)
    writer.cut(cut)
    assert (read_individuals(tmp_path)["generation"] < cut).all()
    write(tmp_path, range(cut, GENERATIONS), 4, writer)
    assert_same(read_individuals(tmp_path), whole)


@pytest.mark.usefixtures("small_files")
def test_a_crash_at_any_step_of_flush_or_cut_is_mended_by_a_resume(tmp_path: Path, whole: Rows) -> None:
    directory = tmp_path / "individuals"
    flushed: list[int] = []

    def prepare() -> None:
        shutil.rmtree(directory, ignore_errors=True)
        flushed.clear()
        write(directory, range(17), 3)

    def work() -> None:
        writer = IndividualsWriter(directory)
        writer.cut(15)
        for generation in range(15, 25):
            writer.add(generation, HISTORY[generation], OUTCOMES[generation], PARAMETERS)
            if generation % 2 == 0:
                writer.flush()
                flushed.append(generation)

    steps = 0
    for _ in crash_at_every_step(work, prepare):
        steps += 1
        resumed_at = flushed[-1] + 1 if flushed else 15
        writer = IndividualsWriter(directory)
        writer.cut(resumed_at)
        before = read_individuals(directory)
        kept = whole["generation"] < resumed_at
        assert_same(before, {name: column[kept] for name, column in whole.items()})
    assert steps > 30


def test_a_flush_on_a_full_disk_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whole: Rows
) -> None:
    writer = IndividualsWriter(tmp_path)
    for generation in range(5):
        writer.add(generation, HISTORY[generation], OUTCOMES[generation], PARAMETERS)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(module, "atomic_write", full)
        with pytest.raises(OSError, match="No space"):
            writer.flush()
    write(tmp_path, range(5, GENERATIONS), 6, writer)
    assert_same(read_individuals(tmp_path), whole)


def test_it_is_due_before_it_fills_the_memory(tmp_path: Path) -> None:
    writer = IndividualsWriter(tmp_path)
    while not writer.due:
        writer.add(0, HISTORY[0] * 100, OUTCOMES[0] * 100, PARAMETERS)
    assert sum(len(rows.population) for rows in writer._pending) == module.DUE_ROWS
    writer.flush()
    assert not writer.due


def ancestors(ids: set[str], last: int) -> set[str]:
    parents = {one.id: one.parents for generation in HISTORY[: last + 1] for one in generation}
    waiting, found = list(ids), set(ids)
    while waiting:
        for parent in parents.get(waiting.pop(), ()):
            if parent not in found:
                found.add(parent)
                waiting.append(parent)
    return found


def living_at(generation: int) -> set[str]:
    return {individual.id for individual in HISTORY[generation - 1]}


def thinned(whole: Rows, begun: int, until: int) -> Rows:
    """The rows that stay where files before `begun` hold ancestors only, found the slow way."""
    stays = [
        generation >= begun or id in ancestors(living_at(begun), begun - 1)
        for generation, id in zip(whole["generation"].tolist(), whole["id"].tolist(), strict=True)
    ]
    mask = np.array(stays) & (whole["generation"] < until)
    return {name: column[mask] for name, column in whole.items()}


@pytest.mark.usefixtures("small_files")
def test_thinning_keeps_exactly_the_ancestors_in_old_files(tmp_path: Path, whole: Rows) -> None:
    writer = IndividualsWriter(tmp_path)
    for generation in range(GENERATIONS):
        writer.add(generation, HISTORY[generation], OUTCOMES[generation], PARAMETERS)
        if generation in (9, 19, 29):
            writer.thin_at(generation + 1, living_at(generation + 1))
            writer.flush()
            rows = read_individuals(tmp_path)
            assert_same(rows, thinned(whole, generation + 1, generation + 1))
    assert len(rows["id"]) < 0.7 * np.count_nonzero(whole["generation"] < 30)


@pytest.mark.usefixtures("small_files")
@pytest.mark.parametrize("flush_every", [1, 4, 7, 40])
def test_when_it_was_flushed_makes_no_difference_to_what_is_thinned(
    tmp_path: Path, whole: Rows, flush_every: int
) -> None:
    writer = IndividualsWriter(tmp_path)
    for generation in range(GENERATIONS):
        writer.add(generation, HISTORY[generation], OUTCOMES[generation], PARAMETERS)
        if generation in (9, 19, 29):
            writer.thin_at(generation + 1, living_at(generation + 1))
        if generation % flush_every == 0:
            writer.flush()
    writer.flush()
    assert_same(read_individuals(tmp_path), thinned(whole, 30, GENERATIONS))


@pytest.mark.usefixtures("small_files")
def test_a_crash_at_any_step_of_thinning_is_mended_by_a_resume(tmp_path: Path, whole: Rows) -> None:
    directory = tmp_path / "individuals"

    def prepare() -> None:
        shutil.rmtree(directory, ignore_errors=True)
        write(directory, range(15), 4)

    def work() -> None:
        writer = IndividualsWriter(directory)
        writer.cut(15)
        for generation in range(15, 20):
            writer.add(generation, HISTORY[generation], OUTCOMES[generation], PARAMETERS)
        writer.thin_at(20, living_at(20))
        writer.flush()

    for _ in crash_at_every_step(work, prepare):
        work()
        assert_same(read_individuals(directory), thinned(whole, 20, 20))


@pytest.mark.usefixtures("small_files")
@pytest.mark.usefixtures("small_files")
def test_nobody_goes_where_a_damaged_file_hides_who_descends_from_whom(tmp_path: Path) -> None:
    writer = IndividualsWriter(tmp_path)
    write(tmp_path, range(25), 10, writer)
    files = sorted(tmp_path.iterdir())
    files[1].write_bytes(b"damaged")
    before = [file.read_bytes() for file in files]
    writer.thin_at(20, set())
    writer.flush()
    assert [file.read_bytes() for file in files] == before


def test_a_damaged_file_is_named_when_read_and_set_aside_where_a_resume_meets_it(tmp_path: Path) -> None:
    write(tmp_path, range(10), 5)
    second = tmp_path / "000000005-000000009.npz"
    second.write_bytes(second.read_bytes()[:-100])
    with pytest.raises(RunDirectoryError, match=second.name):
        read_individuals(tmp_path)
    writer = IndividualsWriter(tmp_path)
    writer.cut(7)
    write(tmp_path, range(7, 12), 5, writer)
    assert set(read_individuals(tmp_path)["generation"].tolist()) == {*range(5), *range(7, 12)}
    assert second.with_name(second.name + ".damaged").exists()


def test_nobody_yet_is_no_rows(tmp_path: Path) -> None:
    IndividualsWriter(tmp_path).flush()
    rows = read_individuals(tmp_path)
    assert all(len(column) == 0 for column in rows.values())
