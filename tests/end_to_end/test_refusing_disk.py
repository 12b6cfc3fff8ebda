"""A disk that is full, broken, forbidden or hangs under a run: it says so, waits and loses nothing."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from galapagos.engine import saving, threads
from galapagos.engine.commands import SetParameters, Stop
from galapagos.engine.launch import launch
from galapagos.engine.program import open_engine, run_engine
from galapagos.engine.records.checkpoint import load_checkpoint
from galapagos.engine.saving import MOST_UNSAVED
from galapagos.engine.snapshot import RunState
from galapagos.engine.socket.server import Server
from galapagos.errors import CommandRefused, EngineFailed, RunDirectoryError
from tests.end_to_end.runs import assert_identical, finish, journal, slow_down, small_run, twin
from tests.engine.refusing_disk import STEPS, hanging, refusing
from tests.engine.scarcity import no_more_files, no_more_threads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from galapagos.engine.engine import Engine
    from galapagos.engine.records.run_state import RunDirectory

GENERATIONS = 30
QUICK: dict[str, Any] = {"num_generations": GENERATIONS, "num_workers": 1, "population_size": 12}


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> RunDirectory:
    """Give the run as it is on a disk that takes everything."""
    run = small_run(tmp_path_factory.mktemp("calm") / "run", **QUICK)
    finish(run)
    return run


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saving, "RETRY_SECONDS", 0.1)
    slow_down(monkeypatch)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 - no event says it
            await asyncio.sleep(0.002)


def generation(engine: Engine) -> int:
    return 0 if engine.evolution is None else engine.evolution.generation


@pytest.mark.parametrize(
    ("number", "steps"),
    [
        (errno.ENOSPC, ["write"]),
        (errno.ENOSPC, ["mkdir"]),
        (errno.EIO, ["fsync"]),
        (errno.EACCES, ["open"]),
        pytest.param(errno.EIO, ["rename", "replace", "ftruncate"], marks=pytest.mark.slow),
        pytest.param(errno.EIO, STEPS, marks=pytest.mark.slow),
    ],
)
async def test_it_says_so_evolves_ten_generations_more_waits_and_ends_as_if_nothing_had_been(
    tmp_path: Path, calm: RunDirectory, number: int, steps: list[str]
) -> None:
    run = small_run(tmp_path / "run", **QUICK, save_networks_every=7)
    with run.lock():
        engine = open_engine(run)
        running = asyncio.create_task(engine.run(Server()))
        await until(lambda: engine.recorder.saving.age is not None)
        with refusing(run.path, number, steps) as refused:
            before = generation(engine)
            await until(lambda: engine.recorder.saving.waits or running.done())
            waiting = engine.snapshot()
            assert waiting.state is RunState.PAUSED
            assert before + MOST_UNSAVED - 1 <= waiting.generation <= before + MOST_UNSAVED + 2
            assert "nothing is saved since generation" in waiting.message
            assert waiting.notices[0] == waiting.message
            assert not any(character in waiting.message for character in "\n\x1b")
            checkpoint, problems = load_checkpoint(run.checkpoint_directory)
            assert checkpoint is not None
            assert not problems
            tries = len(refused)
            await until(lambda: len(refused) > tries)
            assert generation(engine) == waiting.generation
        await asyncio.wait_for(running, 60)
    told = [happening.text for happening in engine.recorder.happenings]
    assert any("the engine tries again" in text for text in told)
    assert engine.recorder.saving.problem == ""
    assert_identical(run, calm)


async def test_a_run_that_is_over_waits_for_the_disk_too_and_a_stop_says_what_is_lost(tmp_path: Path) -> None:
    run = small_run(tmp_path / "run", **QUICK | {"num_generations": 3})
    with run.lock():
        engine = open_engine(run)
        with refusing(run.path, errno.ENOSPC, ["mkdir"]):
            running = asyncio.create_task(engine.run(Server()))
            await until(lambda: engine.recorder.saving.waits)
            assert generation(engine) == 3
            await engine.take(Stop(), "me")
            with pytest.raises(EngineFailed, match="last checkpoint could not be written"):
                await running
    assert run.condition() == "failed"
    assert "No space left" in run.events_file.read_text()
    assert len(journal(run)) > 2
    finish(run)
    assert len(journal(run)) > 2


async def test_a_command_that_cannot_be_kept_is_refused_and_the_run_goes_on(tmp_path: Path) -> None:
    run = small_run(tmp_path / "run", **QUICK)
    with run.lock():
        engine = open_engine(run)
        running = asyncio.create_task(engine.run(Server()))
        await until(lambda: generation(engine) > 0)
        with (
            refusing(run.path, errno.ENOSPC, ["write"]),
            pytest.raises(CommandRefused, match="No space left"),
        ):
            await engine.take(SetParameters({"complexity_levels": 3}), "me")
        await engine.take(SetParameters({"complexity_levels": 4}), "me")
        await running
    assert engine.commands.parameters.complexity_levels == 4
    other = twin(run, tmp_path / "twin", **QUICK)
    finish(other)
    assert_identical(run, other)


@pytest.mark.parametrize("steps", [["write"], ["open"]])
async def test_a_run_that_cannot_begin_says_why_in_a_line(tmp_path: Path, steps: list[str]) -> None:
    run = small_run(tmp_path / "run", **QUICK)
    run.lock_file.touch()
    with (
        refusing(run.path, errno.ENOSPC, steps),
        pytest.raises(RunDirectoryError, match="No space left on device"),
    ):
        await run_engine(run, linger=False)


@pytest.fixture
def little_disk(tmp_path: Path) -> Iterator[Path]:
    """Give a disk of 2 MB."""
    path = tmp_path / "disk"
    path.mkdir()
    mounting = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", path], check=False, capture_output=True, text=True
    )
    if mounting.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {mounting.stderr.strip()}")
    yield path
    subprocess.run(["umount", "-l", path], check=True)


def fill(path: Path) -> None:
    """Write to a file until the disk takes no more."""
    with contextlib.suppress(OSError), path.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))


def test_an_engine_that_a_full_disk_lets_neither_start_nor_log_says_why_to_who_starts_it(
    little_disk: Path,
) -> None:
    run = small_run(little_disk / "run", **QUICK)
    fill(little_disk / "filler")
    with pytest.raises(
        EngineFailed, match=r"did not start: .*cannot be used.*No space left on device"
    ) as told:
        launch(run.path)
    assert "\n" not in str(told.value)
    assert run.log_file.read_bytes() == b""


async def test_on_a_disk_that_is_really_full_it_waits_and_goes_on_when_there_is_space(
    calm: RunDirectory, little_disk: Path
) -> None:
    run = small_run(little_disk / "run", **QUICK)
    filler = little_disk / "filler"
    with run.lock():
        engine = open_engine(run)
        running = asyncio.create_task(engine.run(Server()))
        await until(lambda: engine.recorder.saving.age is not None)
        fill(filler)
        await until(lambda: engine.recorder.saving.waits or running.done())
        assert "No space left" in engine.snapshot().message
        filler.unlink()
        await asyncio.wait_for(running, 60)
    assert journal(run) == journal(calm)
    (mine, _), (other, _) = (load_checkpoint(one.checkpoint_directory) for one in (run, calm))
    assert mine is not None
    assert other is not None
    assert (mine.population, mine.outcomes, mine.elites) == (other.population, other.outcomes, other.elites)


@pytest.mark.parametrize(
    ("scarcity", "reason"),
    [(no_more_threads, "no thread can be started"), (no_more_files, "Too many open files")],
)
async def test_without_threads_or_files_it_says_so_waits_and_ends_as_if_nothing_had_been(
    tmp_path: Path,
    calm: RunDirectory,
    scarcity: Callable[[], contextlib.AbstractContextManager[object]],
    reason: str,
) -> None:
    run = small_run(tmp_path / "run", **QUICK)
    with run.lock():
        engine = open_engine(run)
        running = asyncio.create_task(engine.run(Server()))
        await until(lambda: engine.recorder.saving.age is not None)
        with scarcity():
            before = generation(engine)
            await until(lambda: engine.recorder.saving.waits or running.done())
            waiting = engine.snapshot()
            assert before + MOST_UNSAVED - 1 <= waiting.generation <= before + MOST_UNSAVED + 2
            assert reason in waiting.message
            assert waiting.message == waiting.notices[0]
        await asyncio.wait_for(running, 60)
    assert engine.recorder.saving.problem == ""
    assert [kind for kind in kinds(engine) if "saved" in kind] == ["not saved", "saved again"]
    assert_identical(run, calm)


def kinds(engine: Engine) -> list[str]:
    """Return the kinds of what happened, in order."""
    return [happening.kind for happening in engine.recorder.happenings]


async def test_a_disk_that_hangs_is_told_of_and_waited_for_and_the_run_ends_as_if_nothing_had_been(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threads, "HANGS_AFTER", 0.1)
    endless = QUICK | {"num_generations": "infinity"}
    run = small_run(tmp_path / "run", **endless)
    with run.lock():
        engine = open_engine(run)
        running = asyncio.create_task(engine.run(Server()))
        await until(lambda: engine.recorder.saving.age is not None)
        with hanging(run.path) as waits:
            await until(waits.is_set)
            await until(lambda: engine.recorder.saving.problem != "" or running.done())
            noticed = generation(engine)
            await until(lambda: engine.recorder.saving.waits or running.done())
            waiting = engine.snapshot()
            assert waiting.state is RunState.PAUSED
            assert waiting.generation <= noticed + MOST_UNSAVED + 1
            assert "a checkpoint has been written for 0.1 s: does the disk hang?" in waiting.message
            assert waiting.message == waiting.notices[0]
            monkeypatch.setattr(threads, "HANGS_AFTER", 60.0)
        await engine.take(SetParameters({"num_generations": waiting.generation + 3}), "me")
        await asyncio.wait_for(running, 60)
    assert engine.recorder.saving.problem == ""
    assert [kind for kind in kinds(engine) if "saved" in kind][-2:] == ["not saved", "saved again"]
    calm = twin(run, tmp_path / "calm", **endless)
    finish(calm)
    assert_identical(run, calm)


async def test_a_command_that_a_disk_hangs_over_is_told_of_and_answered_in_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = small_run(tmp_path / "run", **QUICK)
    with run.lock():
        engine = open_engine(run)
        running = asyncio.create_task(engine.run(Server()))
        await until(lambda: generation(engine) > 0)
        monkeypatch.setattr(threads, "HANGS_AFTER", 0.05)
        with hanging(run.path):
            asked = asyncio.create_task(engine.take(SetParameters({"complexity_levels": 4}), "me"))
            await until(lambda: "a command has been written for" in engine.recorder.saving.problem)
            assert not asked.done()
        acts_in = (await asked)["generation"]
        await asyncio.wait_for(running, 60)
    assert engine.recorder.saving.problem == ""
    assert {"type": "parameters", "generation": acts_in, "changes": {"complexity_levels": [8, 4]}} in journal(
        run
    )


async def test_a_run_whose_directory_is_moved_away_waits_for_it_and_ends_as_if_nothing_had_been(
    tmp_path: Path, calm: RunDirectory
) -> None:
    run = small_run(tmp_path / "run", **QUICK)
    with run.lock():
        engine = open_engine(run)
        running = asyncio.create_task(engine.run(Server()))
        await until(lambda: engine.recorder.saving.age is not None)
        away = run.path.rename(tmp_path / "elsewhere")
        await until(lambda: engine.recorder.saving.waits or running.done())
        assert "nothing is saved since generation" in engine.snapshot().message
        away.rename(run.path)
        await asyncio.wait_for(running, 60)
    assert_identical(run, calm)
