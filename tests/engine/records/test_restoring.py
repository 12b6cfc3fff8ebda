"""What a checkpoint holds is what its run goes on with, and the disk has it before an older one goes."""

from __future__ import annotations

import errno
import os
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

from galapagos.engine.evolution import Evolution
from galapagos.engine.program import open_engine
from galapagos.engine.records.checkpoint import capture, write_checkpoint
from galapagos.engine.records.individuals import IndividualsWriter, read_individuals
from galapagos.engine.stopwatch import Stopwatch
from galapagos.parameters import Parameters
from tests.end_to_end.runs import small_run
from tests.engine.checkpoints import a_checkpoint
from tests.engine.refusing_disk import refusing

if TYPE_CHECKING:
    from collections.abc import Callable

TEST = {"type": "test", "id": "x", "generation": 2, "fitness": 0.5}


async def test_a_run_that_goes_on_has_all_that_was_in_its_checkpoint(tmp_path: Path) -> None:
    run = small_run(tmp_path / "run")
    before = a_checkpoint()
    before = replace(
        before,
        parameters=Parameters(seed=3, population_size=30).model_dump(mode="json"),
        journal_length=0,
        champion_test=TEST,
        confirmed=tuple(sorted(before.confirmed)),
        dropped=tuple(sorted(before.dropped)),
    )
    assert [item.name for item in fields(before) if not getattr(before, item.name)] == ["journal_length"]
    write_checkpoint(run.checkpoint_directory, before)
    with run.lock():
        engine = open_engine(run)
        evolution = Evolution(
            task=cast("Any", None),
            evaluator=cast("Any", None),
            pool=engine.pool,
            commands=engine.commands,
            recorder=engine.recorder,
            stopwatch=Stopwatch(before.elapsed),
            checkpoint=engine._checkpoint,
        )
        engine.recorder.close("stopped", "")
    assert capture(evolution, journal_length=0, elapsed=before.elapsed) == before


async def test_individuals_that_were_written_after_the_checkpoint_are_gone_when_its_run_goes_on(
    tmp_path: Path,
) -> None:
    run, checkpoint = (
        small_run(tmp_path / "run"),
        replace(a_checkpoint(3), journal_length=0, champion_test=None),
    )
    writer = IndividualsWriter(run.individuals_directory)
    for generation in range(5):
        writer.add(generation, checkpoint.population, checkpoint.outcomes, Parameters())
    writer.flush()
    write_checkpoint(run.checkpoint_directory, checkpoint)
    with run.lock():
        open_engine(run).recorder.close("stopped", "")
    assert set(read_individuals(run.individuals_directory)["generation"].tolist()) == {0, 1, 2}


async def test_individuals_that_cannot_be_written_between_checkpoints_are_told_of(tmp_path: Path) -> None:
    run, checkpoint = small_run(tmp_path / "run"), a_checkpoint()
    with run.lock():
        recorder = open_engine(run).recorder
        recorder._individuals.add(3, checkpoint.population, checkpoint.outcomes, Parameters())
        with refusing(run.path, errno.ENOSPC, ["write"]):
            await recorder._flush()
        recorder.close("stopped", "")
    assert recorder.saving.problem == "nothing is saved: No space left on device"


@pytest.fixture
def done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Give the calls that order what is on the disk, growing, with the path of each under the directory."""
    calls: list[tuple[str, str]] = []

    def noting(name: str) -> Callable[..., Any]:
        call = getattr(os, name)

        def noted(what: Any, *rest: Any, **named: Any) -> Any:
            path = Path(f"/proc/self/fd/{what}").readlink() if isinstance(what, int) else Path(what)
            if path.is_relative_to(tmp_path):
                calls.append((name, str(path.relative_to(tmp_path))))
            return call(what, *rest, **named)

        return noted

    for name in ("fsync", "rename"):
        monkeypatch.setattr(os, name, noting(name))
    return calls


def test_a_checkpoint_is_durable_before_it_has_its_name_and_has_it_before_an_older_one_goes(
    tmp_path: Path, done: list[tuple[str, str]]
) -> None:
    for generation in (1, 2):
        write_checkpoint(tmp_path, a_checkpoint(generation))
    done.clear()
    write_checkpoint(tmp_path, a_checkpoint(3))
    beside = ".unfinished-3"
    assert done == [
        *(("fsync", f"{beside}/{name}") for name in ("state.json", "genomes.npz", "manifest.json")),
        ("fsync", beside),
        ("rename", beside),
        ("fsync", "."),
        ("rename", "000001"),
    ]


async def test_the_journal_is_durable_before_a_checkpoint_names_its_length(
    tmp_path: Path, done: list[tuple[str, str]]
) -> None:
    run = small_run(tmp_path / "run")
    with run.lock():
        recorder = open_engine(run).recorder
        recorder.steered({"type": "drop", "generation": 0, "id": "x"})
        done.clear()
        recorder._save(a_checkpoint(), {})
        recorder.close("stopped", "")
    renamed = done.index(("rename", "run/checkpoint/.unfinished-1"))
    assert ("fsync", "run/journal.jsonl") in done[:renamed]
