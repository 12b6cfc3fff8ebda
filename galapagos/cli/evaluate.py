"""`evaluate NETWORK PRESET`: what a saved network scores, at given weights or by the published measures."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING

from galapagos.cli.parsing import (
    Parser,
    WrongCall,
    not_negative,
    note,
    number_list,
    positive,
    say,
    say_json,
)
from galapagos.cli.tables import say_table
from galapagos.plain_text import plain

if TYPE_CHECKING:
    from galapagos.cli.networks import Network
    from galapagos.evaluation import Task
    from galapagos.fitness import FitnessKind
    from galapagos.genomes.genome import Genome
    from galapagos.parameters import Parameters
    from galapagos.tasks.measures import Measurement

MEASURES = ("random", "random_shared", "shared", "tuned")
"""The published measures by name; `shared` is another name for `random_shared`."""


def evaluate(arguments: list[str]) -> int:
    """Score a network: `galapagos evaluate NETWORK [PRESET] [--weights …] [--num_trials N] [--json]`."""
    namespace = _parser().read(_join_weights(arguments))
    from galapagos.fitness import fitness_kind
    from galapagos.genomes.founders import adopted
    from galapagos.parameters import is_read
    from galapagos.randomness import Purpose, generator
    from galapagos.tasks.catalogue import build_task

    parameters, network = _parameters_and_network(namespace.network, namespace.preset)
    if namespace.weights is not None and not is_read("weight_values", parameters):
        raise WrongCall(f"--weights is for shared weights; those of {parameters.experiment} are learned")
    task = build_task(parameters)
    task.prepare(lambda: note("compiling (once on this machine)"))
    weights = parameters.weight_values if namespace.weights is None else namespace.weights
    kind = fitness_kind(parameters.experiment)
    genome = network.genome
    if parameters.experiment != "learning":
        # A network from elsewhere gets weights to learn, or loses its own, as it does where it is injected.
        genome = adopted(genome, generator(namespace.seed, 0, Purpose.INITIAL_WEIGHTS), parameters)
    if genome is not network.genome and is_read("weight_values", parameters):
        note("its weights of its own are left out: here all connections share one")
    found = _measure(task, genome, weights, num_trials=namespace.num_trials, seed=namespace.seed)
    if namespace.json:
        say_json(
            {
                "fitness": found.fitness,
                "objectives": found.objectives,
                "weights": [asdict(result) for result in found.weights],
                "connections": network.genome.complexity("connections"),
                "environment_steps": found.steps,
                "seconds": found.seconds,
            }
        )
    else:
        _say_measurement(found, network.genome, namespace.network, kind)
    return 0


def _parameters_and_network(text: str, preset: str | None) -> tuple[Parameters, Network]:
    """Return the parameters of a preset, or else of the run that a network comes from, and the network."""
    from galapagos.cli.networks import find_network
    from galapagos.parameter_files import load_parameters, parameters_from_json
    from galapagos.tasks.catalogue import build_task

    if preset is not None:
        parameters = load_parameters(preset)
        task = build_task(parameters)
        return parameters, find_network(text, num_inputs=task.num_inputs, num_outputs=task.num_outputs)
    network = find_network(text)
    own = network.parameters
    if not own:
        raise WrongCall(
            f"{plain(text)} does not say what it is for; name a PRESET, or add it with --for PRESET"
        )
    return parameters_from_json(own, f"the parameters of {plain(text)}"), network


def _parser() -> Parser:
    parser = Parser(
        "evaluate",
        "Score a saved network. Weights: a list of shared weights (by default the preset's); random: each "
        "connection has its own, uniform in (-2, 2), one draw a trial; random_shared (or shared): one weight "
        "for all, uniform in (-2, 2), one draw a trial; tuned: the best of 401 shared weights from -2 to 2 "
        "on 40 starts, scored on others (Gaier & Ha 2019, Table 1).",
    )
    parser.add_argument(
        "network", metavar="NETWORK", help="a saved elite, a JSON file, a .out matrix, RUN/ID or RUN/champion"
    )
    parser.add_argument(
        "preset",
        metavar="PRESET",
        nargs="?",
        help="a YAML file, or a name of `galapagos params show`; by default as in the network's own run",
    )
    parser.add_argument(
        "--num_trials", type=positive, default=100, metavar="N", help="episodes (default 100)"
    )
    parser.add_argument("--seed", type=not_negative, default=0, metavar="N", help="of the starts (default 0)")
    parser.add_argument("--weights", type=_weights, metavar="X,X,…|" + "|".join(MEASURES), help="see above")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    return parser


def _weights(text: str) -> str | tuple[float, ...]:
    if text in MEASURES:
        return text
    try:
        weights = number_list(text)
    except ValueError:
        weights = ()
    if not weights or not all(abs(weight) <= 1e6 for weight in weights):
        raise argparse.ArgumentTypeError(
            f"{text!r} is neither a list of numbers, as -2,-1,1,2, nor one of {', '.join(MEASURES)}"
        )
    return weights


def _join_weights(arguments: list[str]) -> list[str]:
    """Join `--weights -2,-1` to one argument, since argparse takes what begins with a minus for an option."""
    joined: list[str] = []
    for argument in arguments:
        if joined and joined[-1] == "--weights" and not argument.startswith("--"):
            joined[-1] = f"--weights={argument}"
        else:
            joined.append(argument)
    return joined


def _measure(
    task: Task, genome: Genome, weights: str | tuple[float, ...], *, num_trials: int, seed: int
) -> Measurement:
    from galapagos.errors import InvalidGenome
    from galapagos.genomes.graph import GraphGenome
    from galapagos.tasks import measures

    if isinstance(weights, str):
        problem = task.misfit(genome)
        if problem is not None or not isinstance(genome, GraphGenome):
            raise InvalidGenome(problem or "a shared weight is for graphs of neurons")
        measure = {"random": measures.random_weights, "tuned": measures.tuned_shared_weight}
        return measure.get(weights, measures.random_shared_weight)(
            task, genome, num_trials=num_trials, seed=seed
        )
    return measures.given_weights(task, genome, weights=weights, num_trials=num_trials, seed=seed)


def _say_measurement(found: Measurement, genome: Genome, name: str, kind: FitnessKind) -> None:
    from galapagos.fitness import fitness_text

    sizes = (f"{genome.complexity(measure)} {measure}" for measure in ("connections", "neurons", "layers"))
    say(f"{plain(name)}: {', '.join(sizes)}")
    head = ("weight", "mean", "sd", "trials")
    with_accuracy = any(result.accuracy is not None for result in found.weights)
    rows: list[tuple[str, ...]] = [(*head, "accuracy") if with_accuracy else head]
    for result in found.weights:
        weight = "drawn" if result.weight is None else f"{result.weight:g}"
        row = (weight, fitness_text(result.mean, kind), f"{result.std:.2f}", str(result.trials))
        accuracy = "" if result.accuracy is None else f"{100 * result.accuracy:.2f} %"
        rows.append((*row, accuracy) if with_accuracy else row)
    if found.weights:
        say_table(rows, indent="  ")
    for measure, value in found.objectives.items():
        if measure.endswith("accuracy"):
            say(f"{measure.replace('_', ' ')} {100 * value:.2f} %")
    say(f"{kind} {fitness_text(found.fitness, kind)}, {found.steps:,} steps in {found.seconds:.2g} s")
