"""Networks that ended their worker or hung are kept as files that every command takes."""

import errno
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from galapagos.cli import main
from galapagos.engine.evaluator import EvaluationPurpose, Evaluator
from galapagos.engine.records import set_aside
from galapagos.engine.records.command_log import CommandLog
from galapagos.engine.records.individual_json import individual_from_json
from galapagos.engine.records.set_aside import MOST_FILES, Failure
from galapagos.engine.steering import CommandQueue
from galapagos.evaluation import EvaluationPlan, Failed, Outcome
from galapagos.evolution.individual import INITIAL, Individual, create
from galapagos.genomes.genome import Genome
from galapagos.genomes.graph import GraphGenome
from galapagos.parameters import Parameters

PLAN = EvaluationPlan((17, 2**32 - 1), (-1.0, 1.0))
DIED = Failed("worker_died", "its worker process ended 2 times (SIGSEGV)")
HUNG = Failed("timeout", "no result within 5 s")
WRONG = Failed("error", "ValueError: the network is wrong")


def network(index: int = 0) -> Individual:
    """Return a network for the swing-up, another one for each index."""
    genome = GraphGenome(
        num_inputs=5,
        num_outputs=1,
        activations=np.ones(6, dtype=np.uint8),
        sources=np.array([0, 2], dtype=np.int32),
        targets=np.array([5, 5], dtype=np.int32),
        bias_input=False,
    )
    return create(genome, parents=(), operator=INITIAL, seed=1, generation=3, index=index)


def failure(index: int = 0, failed: Failed = DIED) -> Failure:
    return Failure(network(index), failed, 4, EvaluationPurpose.CONFIRMATION, PLAN)


def test_the_file_holds_the_network_and_what_it_was_evaluated_on(tmp_path: Path) -> None:
    line = set_aside.set_aside(tmp_path / "failed", failure())
    id = network().id
    assert line == (
        f"network {id[:8]} counts as failed: its worker process ended 2 times (SIGSEGV); "
        f"it is kept in failed/{id}.json"
    )
    (path,) = (tmp_path / "failed").iterdir()
    data = json.loads(path.read_text())
    assert individual_from_json(data).genome.to_json() == network().genome.to_json()
    told = {name: data[name] for name in ("failed", "message", "evaluated_in", "purpose", "data")}
    assert told == {
        "failed": "worker_died",
        "message": DIED.message,
        "evaluated_in": 4,
        "purpose": "confirmation",
        "data": "generation",
    }
    assert (data["trial_seeds"], data["weight_values"]) == ([17, 2**32 - 1], [-1.0, 1.0])


def test_the_file_can_be_evaluated_like_any_network(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    set_aside.set_aside(tmp_path, failure())
    path = tmp_path / f"{network().id}.json"
    call = ["evaluate", str(path), "wann-gym/CartPoleSwingUp", "--num_trials", "1", "--json"]
    assert main(call) == 0
    assert json.loads(capsys.readouterr().out)["connections"] == 2


def test_so_many_are_kept_and_no_more(tmp_path: Path) -> None:
    lines = [set_aside.set_aside(tmp_path, failure(index)) for index in range(MOST_FILES + 3)]
    assert len(list(tmp_path.iterdir())) == MOST_FILES
    assert all("it is kept in" in line for line in lines[:MOST_FILES])
    assert all(line.endswith(f"; {MOST_FILES} are kept in {tmp_path.name} already") for line in lines[-3:])
    # One that is there already fails in another way: its file tells of the last time.
    assert "it is kept in" in set_aside.set_aside(tmp_path, failure(0, HUNG))
    assert json.loads((tmp_path / f"{network(0).id}.json").read_text())["failed"] == "timeout"


@pytest.mark.parametrize("call", ["open", "write", "fsync", "mkdir"])
def test_a_disk_that_takes_no_more_is_told_in_a_line(
    call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(f"os.{call}", full)
    line = set_aside.set_aside(tmp_path / "failed", failure())
    monkeypatch.undo()
    assert line.endswith("(SIGSEGV); it cannot be kept: No space left on device")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_what_is_left_of_the_disk_is_left_to_journal_and_checkpoints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(set_aside, "free_bytes", lambda _: 999_999_999)
    line = set_aside.set_aside(tmp_path, failure())
    assert line.endswith("; it is not kept, since the disk is nearly full")
    assert list(tmp_path.iterdir()) == []


def test_a_message_of_many_lines_is_one_line(tmp_path: Path) -> None:
    line = set_aside.set_aside(tmp_path, failure(0, Failed("worker_died", "a\x1b[31m\nb")))
    assert "counts as failed: a b; it is kept in" in line


class FakePool:
    """Answers every network with the same outcome."""

    workers = ()

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome

    async def evaluate(self, genomes: Sequence[Genome], *_: Any) -> list[Outcome]:
        return [self.outcome] * len(genomes)


@pytest.mark.parametrize(
    ("outcome", "logs", "kept", "logged"),
    [(DIED, True, 2, 2), (HUNG, True, 2, 2), (WRONG, True, 0, 0), (DIED, False, 2, 0)],
)
async def test_what_the_clock_decided_is_set_aside_before_it_is_logged(
    outcome: Failed, logs: bool, kept: int, logged: int, tmp_path: Path
) -> None:
    log = tmp_path / "commands.jsonl"
    commands = CommandQueue(CommandLog(log), Parameters(), 4)
    seen: list[tuple[Failure, int]] = []

    async def keep(failure: Failure) -> None:
        seen.append((failure, len(log.read_text().splitlines()) if log.exists() else 0))

    evaluator = Evaluator(cast("Any", FakePool(outcome)), commands, lambda *_: None, keep, logs_failures=logs)
    both = [network(0), network(1)]

    async def evaluate() -> list[Outcome]:
        _, outcomes = await evaluator.evaluate(
            both,
            PLAN,
            generation=4,
            purpose=EvaluationPurpose.GENERATION,
            timeout=5.0,
            expected=2,
            chunk_size=2,
        )
        return outcomes

    assert await evaluate() == [outcome] * 2
    assert [(one.individual.id, one.failed) for one, _ in seen] == [(one.id, outcome) for one in both][:kept]
    assert [before for _, before in seen] == ([0, 1] if logged else [0, 0])[:kept]
    assert (len(log.read_text().splitlines()) if log.exists() else 0) == logged
    # Once logged it is known, so that it is neither evaluated nor set aside again.
    await evaluate()
    assert len(seen) == (kept if logged or not kept else 2 * kept)
