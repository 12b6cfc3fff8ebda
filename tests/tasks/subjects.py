"""Every kind of task with networks for it, among them one whose numbers overflow."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, partial
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from galapagos.evaluation import Evaluation, EvaluationPlan
from galapagos.genomes.activation import Activation
from galapagos.genomes.founders import founder
from galapagos.genomes.graph import GraphGenome, graph_genome
from galapagos.genomes.layers import BatchNormLayer, DenseLayer, DropoutLayer, LayerGenome
from galapagos.learning.training import OPTIMIZERS
from galapagos.parameter_declarations import LearningRule
from galapagos.parameter_files import load_parameters, presets
from galapagos.parameters import Parameters
from galapagos.tasks.catalogue import build_task
from galapagos.tasks.control import ControlTask
from galapagos.tasks.own_environments.cart_pole_swing_up import CartPoleSwingUp
from tests.tasks.scripted import registered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from galapagos.evaluation import Outcome, Task
    from galapagos.genomes.genome import Genome

RULES: tuple[LearningRule, ...] = get_args(LearningRule)


@dataclass(frozen=True)
class Subject:
    """A task, and whose networks it evaluates.

    Args:
        name: What it is called in reports.
        parameters: Of the experiment.
        build: Makes a task that has seen nothing yet.
    """

    name: str
    parameters: Parameters
    build: Callable[[], Task]

    def grown(self, count: int) -> list[Genome]:
        """Return networks that evolution could come to, the same every time."""
        task, rng = self.build(), np.random.default_rng(4)
        networks = []
        for index in range(count):
            genome = founder(task.num_inputs, task.num_outputs, rng, self.parameters, index)
            for _ in range(4 if self.parameters.experiment in ("wann-gym", "wann-classification") else 1):
                genome, _ = genome.mutate(rng, self.parameters)
            networks.append(genome)
        return networks

    def overflowing(self) -> Genome:
        """Return a network whose outputs are no numbers, whatever it sees."""
        task = self.build()
        if self.parameters.experiment == "layers":
            layers = (DenseLayer(8, "relu"), BatchNormLayer(), DropoutLayer(0.2))
            stack = LayerGenome(task.num_inputs, task.num_outputs, layers, seed=3)
            return stack.with_trained(np.full(sum(stack.weight_counts()), 3e38, dtype=np.float32), 1)
        if self.parameters.experiment in ("wlnn", "learning"):
            graph = founder(task.num_inputs, task.num_outputs, np.random.default_rng(5), self.parameters, 0)
            assert isinstance(graph, GraphGenome)
            return graph.with_trained(np.full(graph.num_connections, 3e38, dtype=np.float32), 0)
        return infinite_difference(task.num_inputs, task.num_outputs)


def infinite_difference(num_inputs: int, num_outputs: int) -> GraphGenome:
    """Return a network with a bias, each of whose outputs is infinity minus infinity."""
    outputs = range(num_inputs + 1, num_inputs + 1 + num_outputs)
    large, above, below = range(outputs.stop, outputs.stop + 3)
    weights = {(0, large): 1e300, (large, above): 1e300, (large, below): -1e300}
    weights |= {(source, output): 1.0 for output in outputs for source in (above, below)}
    return graph_genome(
        num_inputs=num_inputs,
        num_outputs=num_outputs,
        activations=[Activation.LINEAR] * (below + 1),
        connections=list(weights),
        bias_input=True,
        weights=list(weights.values()),
    )


def exact(outcome: Outcome) -> tuple[Any, ...]:
    """Return everything in an outcome that must be the same, to the last bit: zero is not minus zero."""
    if not isinstance(outcome, Evaluation):
        return (outcome,)
    told = replace(outcome, seconds=0.0, trained=None, optimizer_state=None)
    arrays = (outcome.trained, outcome.optimizer_state)
    return repr(told), *(None if array is None else (array.dtype, array.tobytes()) for array in arrays)


@cache
def control_subjects() -> tuple[Subject, ...]:
    """Return the shipped experiments of control, and more environments: any preset is here by itself."""
    shipped = [load_parameters(preset.name) for preset in presets() if preset.name.startswith("wann-gym/")]
    given = [*shipped, Parameters(env_name="FrozenLake-v1")]
    return tuple(
        Subject(
            str(parameters.env_name),
            parameters.changed(p_initial_connection_enabled=0.5),
            partial(build_task, parameters),
        )
        for parameters in given
    )


def swing_up_in_python() -> Iterator[Subject]:
    """Yield the swing-up as any environment is played, step by step."""
    with registered("SwingUpForTests-v0", CartPoleSwingUp, steps=1000) as name:
        yield Subject("swing-up in Python", Parameters(), partial(ControlTask, name))


@cache
def image_subjects(*, every_optimizer: bool = False) -> tuple[Subject, ...]:
    """Return the experiments with images, on the digits: each rule by the kernels and by torch."""
    found: dict[str, dict[str, Any]] = {"wann-classification": {"experiment": "wann-classification"}}
    for rule in RULES:
        for optimizer in OPTIMIZERS if every_optimizer else OPTIMIZERS[:1]:
            for use_torch in (False, True):
                name = f"wlnn {rule} {optimizer} {'torch' if use_torch else 'kernels'}"
                found[name] = {
                    "experiment": "wlnn",
                    "learning_rule": rule,
                    "optimizer": optimizer,
                    "use_torch": use_torch,
                    "inherit_weights": True,
                    "num_epochs": 2 if every_optimizer else 1,
                }
    found |= {
        f"learning {rule}": {"experiment": "learning", "learning_rule": rule, "num_hidden": 9}
        for rule in RULES
    }
    found["layers"] = {"experiment": "layers", "inherit_weights": True, "complexity_measure": "layers"}
    subjects = []
    for name, values in found.items():
        share = {} if name == "layers" else {"p_initial_connection_enabled": 0.1}
        parameters = Parameters.model_validate({"dataset": "digits", **share, **values})
        subjects.append(Subject(name, parameters, partial(build_task, parameters)))
    return tuple(subjects)


def plan_of(subject: Subject, *, trials: int, weights: tuple[float, ...]) -> EvaluationPlan:
    """Return what to evaluate networks on; those that learn have no shared weights."""
    learns = subject.parameters.experiment in ("wlnn", "learning", "layers")
    return EvaluationPlan(tuple(range(3, 3 + trials)), (1.0,) if learns else weights)
