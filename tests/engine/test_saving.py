"""When checkpoints are tried again, and what counts as saved."""

from __future__ import annotations

import asyncio
import errno
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import pytest

from galapagos.engine import saving
from galapagos.engine.saving import Saving
from galapagos.parameters import Parameters
from tests.engine.checkpoints import a_checkpoint

if TYPE_CHECKING:
    from galapagos.engine.evolution import Evolution
    from galapagos.engine.records.checkpoint import Checkpoint

FULL = OSError(errno.ENOSPC, "No space left on device")


@dataclass
class Run:
    """A run as far as it is saved, and a disk that takes it or does not."""

    recorded: Checkpoint = field(default_factory=lambda: a_checkpoint(1))
    generation: int = 2
    is_full: bool = False
    saved: list[Checkpoint] = field(default_factory=list)
    told: list[tuple[str, str]] = field(default_factory=list)
    put_back: list[str] = field(default_factory=list)
    parameters: Parameters = field(default_factory=lambda: Parameters(checkpoint_every=3600.0))

    def view(self) -> dict[int, Any]:
        return {}

    def save(self, checkpoint: Checkpoint, elites: object) -> list[str]:
        assert elites == {}
        if self.is_full:
            raise FULL
        self.saved.append(checkpoint)
        return self.put_back

    def evolves(self) -> Evolution:
        return cast("Evolution", self)


def of(run: Run) -> Saving:
    return Saving(run.save, lambda kind, text: run.told.append((kind, text)), None)


async def test_one_that_fails_is_tried_again_soon_however_rare_checkpoints_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(saving, "RETRY_SECONDS", 0.0)
    run = Run(is_full=True)
    one = of(run)
    assert not await one.now(run.evolves())
    assert one.problem == "nothing is saved: No space left on device"
    run.is_full, run.recorded, run.generation = False, a_checkpoint(2), 3
    one.when_due(run.evolves())
    async with asyncio.timeout(10):
        while one.problem:  # noqa: ASYNC110 - no event says it
            await asyncio.sleep(0)
    assert run.saved == [run.recorded]
    assert [kind for kind, _ in run.told] == ["not saved", "saved again"]


async def test_what_failed_after_all_was_saved_is_saved_once_more_and_nobody_waits_for_ever() -> None:
    run = Run()
    one = of(run)
    assert await one.now(run.evolves())
    one.failed(2, FULL)
    assert one.unsaved(2) == 1
    hurry = asyncio.Event()
    waiting = asyncio.create_task(one.wait(run.evolves(), 0, hurry))
    await asyncio.sleep(0)
    hurry.set()
    await asyncio.wait_for(waiting, 10)
    assert run.saved == [run.recorded] * 2
    assert not one.waits
    assert one.unsaved(2) == 0


async def test_what_was_put_back_is_told_before_the_checkpoint() -> None:
    run = Run(put_back=["parameters.yaml was removed while the run lives"])
    assert await of(run).now(run.evolves())
    assert run.told == [("put back", run.put_back[0]), ("checkpoint", "generation 1")]


async def test_nothing_waits_before_too_many_generations_are_unsaved() -> None:
    run = Run(is_full=True, generation=5)
    one = of(run)
    await one.now(run.evolves())
    run.generation = 5 + saving.MOST_UNSAVED - 1
    assert one.unsaved(run.generation) == saving.MOST_UNSAVED
    await asyncio.wait_for(one.wait(run.evolves(), saving.MOST_UNSAVED, asyncio.Event()), 10)
    assert not one.waits


async def test_who_asks_may_be_cancelled_and_still_two_are_never_written_at_once() -> None:
    begun, may_end = threading.Event(), threading.Event()
    run, writing, most = Run(), 0, 0

    def save(checkpoint: Checkpoint, elites: object) -> list[str]:
        nonlocal writing, most
        writing += 1
        most = max(most, writing)
        begun.set()
        may_end.wait(10)
        run.save(checkpoint, elites)
        writing -= 1
        return []

    one = Saving(save, lambda kind, text: run.told.append((kind, text)), None)
    first = asyncio.create_task(one.now(run.evolves()))
    await asyncio.to_thread(begun.wait, 10)
    first.cancel()
    await asyncio.wait({first})
    begun.clear()
    run.recorded = a_checkpoint(2)
    second = asyncio.create_task(one.now(run.evolves()))
    await asyncio.to_thread(begun.wait, 0.2)
    may_end.set()
    assert await second
    assert most == 1
    assert run.saved[-1] is run.recorded


@pytest.mark.parametrize("error", [FULL, MemoryError()])
async def test_a_disk_or_a_memory_that_is_full_ends_no_run(error: Exception) -> None:
    def refuse(*_: object) -> list[str]:
        raise error

    run = Run()
    one = Saving(refuse, lambda kind, text: run.told.append((kind, text)), None)
    assert not await one.now(run.evolves())
    [(kind, text)] = run.told
    assert kind == "not saved"
    assert text.endswith("; the engine tries again")
