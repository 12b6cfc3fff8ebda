"""The files of a run directory that somebody handed on, changed: each is what it says, or damaged."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from galapagos.engine.branches import FORK, Branch, branch_of, other_program, parameters_at
from galapagos.engine.commands import (
    Breed,
    Drop,
    Inject,
    Pin,
    SetParameters,
    Unpin,
    Withdraw,
    command_to_json,
)
from galapagos.engine.files.log_reading import last_generation_line, read_lines
from galapagos.engine.records.command_log import CommandLog, commands_of
from galapagos.engine.records.environment import describe_environment
from galapagos.engine.records.event_log import EventLog
from galapagos.engine.records.history import load_run
from galapagos.engine.records.individual_json import individual_to_json
from galapagos.engine.records.run_directory import list_runs
from galapagos.engine.steering import CommandQueue
from galapagos.errors import CheckpointError, RunDirectoryError
from galapagos.parameter_files import load_parameters
from galapagos.plain_text import plain
from tests.engine.small_run import line, write_small_run
from tests.hostile.mutations import CONTROL, MARKUP, a_line_reshaped, any_of, gnawed, lines_changed, reshaped
from tests.hostile.networks import learner
from tests.hostile.reading import FEW, MANY, Format, fuzz, must_be_plain
from tests.hostile.test_texts import second_reading
from tests.strategies import individual_of
from tui.curves import Curves, read_batch
from tui.parameter_history import read_history

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from galapagos.engine.commands import Command
    from galapagos.engine.records.run_directory import RunDirectory


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> RunDirectory:
    monkeypatch.setenv("GALAPAGOS_HOME", str(tmp_path / "home"))
    # What is true of this machine is asked for once; asking starts git.
    known = describe_environment(0)
    monkeypatch.setattr("galapagos.engine.branches.describe_environment", lambda _: known)
    return write_small_run()


def strictly(content: bytes) -> Any:
    """Return what JSON says, None where it is none or has a name twice."""
    try:
        return second_reading(content)
    except (AssertionError, ValueError, RecursionError):
        return None


def engine_files(run: RunDirectory) -> Format:
    run.write_engine_file("alive")
    content = run.engine_json.read_bytes()

    def read(changed: bytes) -> None:
        run.engine_json.write_bytes(changed)
        record = run.engine_file()
        [info] = list_runs()
        assert info.state == run.condition()
        for text in (info.title, info.message, info.best_text, run.attach_command()):
            assert text == plain(text, limit=2000)
        with run.lock(), pytest.raises(RunDirectoryError) as refused, run.lock():
            pass
        must_be_plain(str(refused.value), "engine.json")
        if record is None:
            raise RunDirectoryError("it is damaged")
        given = strictly(changed)
        for name in record.__dataclass_fields__:
            assert getattr(record, name) == given[name], name
            assert type(getattr(record, name)) in (type(given[name]), float), name

    mutation = any_of(reshaped, reshaped, gnawed)
    return Format("engine.json", lambda rng: mutation(content, rng), read)


def branch_files(run: RunDirectory) -> Format:
    branch = Branch(FORK, str(run.path), 2, {"tournament_size": 8})
    content = orjson.dumps({name: getattr(branch, name) for name in branch.__dataclass_fields__})

    def read(changed: bytes) -> None:
        run.branch_file.write_bytes(changed)
        found = branch_of(run)
        if found is None:
            raise RunDirectoryError("it is damaged")
        given = strictly(changed)
        for name in branch.__dataclass_fields__:
            assert getattr(found, name) == given[name], name
        assert found.source.isprintable()

    mutation = any_of(reshaped, reshaped, gnawed)
    return Format("branch.json", lambda rng: mutation(content, rng), read)


def environments(run: RunDirectory) -> Format:
    content = run.environment_file.read_bytes()
    assert other_program(run) == ""

    def read(changed: bytes) -> None:
        run.environment_file.write_bytes(changed)
        line_ = other_program(run)
        if "nothing tells" in line_ or line_:
            raise RunDirectoryError(line_)
        assert strictly(changed) is not None

    mutation = any_of(reshaped, gnawed)
    return Format("environment.json", lambda rng: mutation(content, rng), read)


def journal_lines(run: RunDirectory) -> bytes:
    """Return a journal with a line of every type, and hostile texts in some."""
    more = [
        line(3, lower_quartile=0.5, champion_test_accuracy=0.9, seconds=0.25),
        {"type": "parameters", "generation": 4, "changes": {MARKUP: [1, CONTROL], "lr": [0.1, None]}},
        {"type": "clone", "generation": 4, "id": "0" * 16, "failed": CONTROL, "elite": True},
        {"type": "breed", "generation": 4, "id": "0" * 16, "count": 3},
        line(4),
    ]
    return run.journal_file.read_bytes() + b"".join(orjson.dumps(one) + b"\n" for one in more)


def journals(run: RunDirectory) -> Format:
    content = journal_lines(run)

    def read(changed: bytes) -> None:
        run.journal_file.write_bytes(changed)
        found, offset = read_lines(run.journal_file)
        assert offset == changed.rfind(b"\n") + 1
        given = [strictly(part) for part in changed[:offset].split(b"\n")[:-1]]
        assert found == [one for one in given if isinstance(one, dict)]
        numbered = [
            one for one in found if one.get("type") == "generation" and is_whole(one.get("generation"))
        ]
        assert last_generation_line(run.journal_file) == (numbered[-1] if numbered else {})
        list_runs()
        history = load_run(run)
        for problem in history.problems:
            must_be_plain(problem, "journal")
        assert history.generations["generation"].tolist() == [one["generation"] for one in numbered]
        curves = read_curves(run.journal_file)
        assert list(curves.generations) == growing([one["generation"] for one in numbered])
        read_history(run.path)
        if history.problems:
            raise RunDirectoryError(history.problems[0])

    mutation = any_of(a_line_reshaped, a_line_reshaped, lines_changed, gnawed)
    return Format("journal", lambda rng: mutation(content, rng), read)


def is_whole(value: object) -> bool:
    return type(value) is int and 0 <= value <= 2**53


def growing(numbers: list[int]) -> list[int]:
    kept = [-1]
    for number in numbers:
        if number > kept[-1]:
            kept.append(number)
    return kept[1:]


def read_curves(path: Path) -> Curves:
    curves, offset, end, more, readings = Curves(), 0, b"", True, 0
    while more:
        batch = read_batch(path, offset, end)
        offset, end, more = batch.offset, batch.end, batch.more
        curves.extend(batch)
        readings += 1
        assert readings < 1000, "it does not end"
    assert {len(series) for series in curves.series.values()} <= {len(curves.generations)}
    return curves


def events(run: RunDirectory) -> Format:
    log = EventLog(run.events_file)
    for number in range(4):
        log.append("worker", f"{MARKUP} {CONTROL} {number}", worker=number)
    log.close()
    content = run.events_file.read_bytes()
    assert b"\\u001b" not in content

    def read(changed: bytes) -> None:
        run.events_file.write_bytes(changed)
        again = EventLog(run.events_file)
        again.append("resume", "after all")
        again.close()
        whole = changed.rfind(b"\n") + 1
        after = run.events_file.read_bytes()
        assert after.startswith(changed)
        found, _ = read_lines(run.events_file)
        assert found[-1]["text"] == "after all"
        given = [strictly(part) for part in changed[:whole].split(b"\n")]
        assert found[:-1] == [one for one in given if isinstance(one, dict)]
        if len(found) < 5:
            raise RunDirectoryError("it is damaged")

    mutation = any_of(a_line_reshaped, lines_changed, gnawed)
    return Format("events", lambda rng: mutation(content, rng), read)


def log_of_commands(run: RunDirectory) -> bytes:
    """Return a log with every command there is, and a failure."""
    individual = individual_of(learner(1, trained=True), 1)
    known = {"individual": individual_to_json(individual), "client": "me"}
    log = CommandLog(run.commands_file)
    told: list[tuple[int, Command, dict[str, Any]]] = [
        (0, SetParameters({"tournament_size": 5, "num_trials": 2}), {}),
        (0, Pin(individual.id), known),
        (1, Breed(individual.id, 3), known),
        (1, Inject(individual.genome.to_json(), individual.id, "a library"), {}),
        (1, SetParameters({"num_generations": "infinity"}), {}),
        (2, Unpin(individual.id), {}),
        (2, Drop(individual.id), {}),
    ]
    for number, (generation, command, more) in enumerate(told):
        log.append(generation, command_to_json(command) | {"client": "client 1", "number": number} | more)
    log.append(2, command_to_json(Withdraw(6)) | {"client": "client 1"})
    failure = {"purpose": "generation", "id": individual.id, "kind": "timeout", "message": "it took too long"}
    log.append(1, {"command": "failure", **failure})
    log.close()
    return run.commands_file.read_bytes()


def commands(run: RunDirectory) -> Format:
    content = log_of_commands(run)
    start = load_parameters(run.parameters_file)

    def read(changed: bytes) -> None:
        run.commands_file.write_bytes(changed)
        before = commands_of(run.commands_file, before=2**60)
        log = CommandLog(run.commands_file)
        try:
            queue = CommandQueue(log=log, parameters=start, next_generation=0)
            queue.play_again()
            assert log.read() == before
        finally:
            log.close()
        parameters_at(run, 3)
        whole = changed[: changed.rfind(b"\n") + 1].split(b"\n")[:-1]
        given = [strictly(part) for part in whole if not (part + b"\n").endswith(b"#torn\n")]
        assert before == [(one["generation"], one["command"]) for one in given]
        assert json.loads(json.dumps(before)) == [list(one) for one in before]
        must_act(queue)

    mutation = any_of(a_line_reshaped, a_line_reshaped, lines_changed, gnawed)
    return Format("commands", lambda rng: mutation(content, rng), read)


def must_act(queue: CommandQueue) -> None:
    """Take everything that waits, one generation after the other."""
    for generation in range(5):
        waiting = [entry for at, entry in queue._waiting if at <= generation]
        taken = queue._apply(waiting, generation)
        assert taken.parameters.num_trials >= 1


FORMATS = (engine_files, branch_files, environments, journals, events, commands)


@pytest.mark.parametrize("form", FORMATS)
def test_a_changed_file_is_what_it_says_or_told(
    run: RunDirectory, form: Callable[[RunDirectory], Format]
) -> None:
    fuzz(form(run), FEW)


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMATS)
def test_ten_thousand_changed_files_of_each_kind(
    run: RunDirectory, form: Callable[[RunDirectory], Format]
) -> None:
    fuzz(form(run), MANY)


def test_a_log_that_changes_parameters_as_they_cannot_be_is_refused_before_anything_is_played(
    run: RunDirectory,
) -> None:
    log = CommandLog(run.commands_file)
    log.append(1, command_to_json(SetParameters({"population_size": -3})) | {"client": "me"})
    queue = CommandQueue(log=log, parameters=load_parameters(run.parameters_file), next_generation=0)
    with pytest.raises(CheckpointError, match="changes parameters in generation 1 as it cannot be"):
        queue.play_again()
    log.close()
    with pytest.raises(CheckpointError, match="changes parameters as it cannot be"):
        parameters_at(run, 2)


def test_a_carriage_return_within_a_command_does_not_lose_it(run: RunDirectory) -> None:
    content = log_of_commands(run)
    run.commands_file.write_bytes(content.replace(b",", b",\r"))
    assert commands_of(run.commands_file, before=9) == commands_of_content(run, content)


def commands_of_content(run: RunDirectory, content: bytes) -> list[tuple[int, dict[str, Any]]]:
    run.commands_file.write_bytes(content)
    return commands_of(run.commands_file, before=9)
