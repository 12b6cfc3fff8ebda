"""A task for the tests of the pool: each "genome" is an order that says what its evaluation shall do."""

import ctypes
import hashlib
import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import orjson

from galapagos.evaluation import Evaluation, EvaluationPlan, Failed, Outcome, WeightResult
from galapagos.genomes.genome import Genome
from galapagos.genomes.graph import GraphGenome
from galapagos.parameters import Parameters
from galapagos.tasks.catalogue import build_task

DIED = Failed("worker_died", "its worker process ended 2 times (SIGKILL)")

PREPARATION = "GALAPAGOS_TEST_PREPARATION"
"""The environment variable that holds the path of what `prepare` meets."""


@dataclass(frozen=True)
class Order:
    """What shall happen: `kind` names a method of `ObedientTask`."""

    kind: str
    value: float = 0.0
    path: str = ""


def parameters(name: str = "", seed: int = 0) -> Parameters:
    """Return parameters whose name says what preparing shall meet."""
    return Parameters.model_validate({"name": name, "seed": seed})


def orders(*members: Order) -> list[Genome]:
    """Return orders as the genomes that the pool takes them for."""
    return cast("list[Genome]", list(members))


class TwoArguments(Exception):
    """An error that cannot be pickled and loaded again."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__(f"{first} and {second}")


def evaluation(fitness: float, **objectives: float) -> Evaluation:
    """Return a calm evaluation."""
    results = (WeightResult(1.0, fitness, 0.0, 1),)
    return Evaluation(fitness, {"mean": fitness, "max": fitness, **objectives}, results, 1, 0.0, 1)


class ObedientTask:
    """Does what orders say, and adds the seed of its parameters to a calm fitness."""

    name = "obedient"
    num_inputs = 1
    num_outputs = 1
    fitness_range = (0.0, 1.0)
    is_repeatable = False

    def __init__(self, parameters: Parameters) -> None:
        self.parameters = parameters

    def misfit(self, genome: Genome) -> str | None:  # noqa: ARG002 - an order is no genome
        """Take whatever comes."""
        return None

    def prepare(self, announce: Callable[[], None]) -> None:
        """Meet what the parameters' name asks for."""
        if self.parameters.name == "compile":
            announce()
            Path(os.environ[PREPARATION]).read_bytes()
        if self.parameters.name == "refuse":
            raise LookupError("there is no such\x1b[31m environment")
        if self.parameters.name == "end":
            sys.stderr.write("the library is missing\n")
            sys.stderr.flush()
            os._exit(3)
        if self.parameters.name == "end_once" and Path(os.environ[PREPARATION]).exists():
            Path(os.environ[PREPARATION]).unlink(missing_ok=True)
            os._exit(3)
        if self.parameters.name == "hang":
            self.hang(Order("hang"))

    def evaluate(self, genomes: Sequence[Genome], plan: EvaluationPlan) -> list[Outcome]:
        """Obey each order."""
        assert plan.trial_seeds
        return [getattr(self, order.kind)(order) for order in cast("Sequence[Order]", genomes)]

    def calm(self, order: Order) -> Evaluation:
        return evaluation(order.value + self.parameters.seed)

    def gate(self, order: Order) -> Evaluation:
        """Wait at a named pipe until somebody opens and closes its other end."""
        Path(order.path).read_bytes()
        return self.calm(order)

    def mark(self, order: Order) -> Evaluation:
        """Leave a file behind."""
        Path(order.path).touch()
        return self.calm(order)

    def end_once(self, order: Order) -> Evaluation:
        """End the process unless it was done before."""
        if not Path(order.path).exists():
            Path(order.path).touch()
            os._exit(3)
        return self.calm(order)

    def environment(self, order: Order) -> Evaluation:
        """Tell about the process."""
        threads = ("OMP", "OPENBLAS", "MKL", "NUMBA")
        return evaluation(
            order.value,
            nice=float(os.nice(0)),
            parent=float(os.getppid()),
            **{name: float(os.environ[f"{name}_NUM_THREADS"]) for name in threads},
        )

    def work(self, order: Order) -> Evaluation:
        """Use the processor, and say what was computed."""
        return evaluation(float(sum(range(int(order.value)))))

    def prints(self, order: Order) -> Evaluation:
        for stream in (sys.stdout, sys.stderr):
            stream.write("something\n")
            stream.flush()
        return self.calm(order)

    def raises(self, _: Order) -> Evaluation:
        raise ValueError("the\x1b[31m network\nis wrong")

    def two_arguments(self, _: Order) -> Evaluation:
        raise TwoArguments("one", "two")

    def system_exit(self, _: Order) -> Evaluation:
        sys.exit("enough")

    def memory(self, _: Order) -> Evaluation:
        raise MemoryError

    def garbage(self, _: Order) -> Any:
        return "garbage"

    def unpicklable(self, order: Order) -> Any:
        return lambda: order

    def half_garbage(self, _: Order) -> Any:
        return Evaluation(cast("float", "high"), {}, (), 1, 0.0, 1)

    def not_a_number(self, _: Order) -> Evaluation:
        return evaluation(float("nan"))

    def os_exit(self, _: Order) -> Evaluation:
        os._exit(3)

    def segfault(self, _: Order) -> Evaluation:
        ctypes.string_at(0)
        raise AssertionError("address 0 can be read")

    def hang(self, _: Order) -> Evaluation:
        while True:
            pass

    def stall(self, _: Order) -> Evaluation:
        """Hang without using the processor."""
        while True:
            signal.pause()


def build(parameters: Parameters) -> ObedientTask:
    """Return the task that workers are told to build."""
    return ObedientTask(parameters)


def is_deadly(genome: Genome) -> bool:
    """Return whether a network ends the workers of `build_deadly`: one in twenty, or whoever learns."""
    digest = hashlib.blake2b(orjson.dumps(genome.to_json()), digest_size=1).digest()
    return digest[0] < 13 or (isinstance(genome, GraphGenome) and genome.weights is not None)


class Deadly:
    """A task of the catalogue, some networks of which end the process or, being told, count as if they had.

    Args:
        parameters: Those of the run.
        ends: Whether the process ends.
    """

    def __init__(self, parameters: Parameters, *, ends: bool) -> None:
        self._task = build_task(parameters)
        self._ends = ends

    def __getattr__(self, name: str) -> Any:
        return getattr(self._task, name)

    def evaluate(self, genomes: Sequence[Genome], plan: EvaluationPlan) -> list[Outcome]:
        deadly = [is_deadly(genome) for genome in genomes]
        if self._ends and any(deadly):
            os.kill(os.getpid(), signal.SIGKILL)
        fine = iter(
            self._task.evaluate([one for one, ends in zip(genomes, deadly, strict=True) if not ends], plan)
        )
        return [DIED if ends else next(fine) for ends in deadly]


def build_deadly(parameters: Parameters) -> Deadly:
    return Deadly(parameters, ends=True)


def build_refused(parameters: Parameters) -> Deadly:
    return Deadly(parameters, ends=False)


def obey(members: Sequence[Order], plan: EvaluationPlan) -> list[Outcome]:
    """Do in any process what a worker of the pool does with the same orders."""
    return build(parameters()).evaluate(orders(*members), plan)
