"""`evaluate NETWORK PRESET`: what a saved network scores, at given weights or by the published measures."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING

from galapagos.cli.parsing import Parser, not_negative, note, number_list, positive, say, say_json, table
from galapagos.plain_text import plain

if TYPE_CHECKING:
    from galapagos.evaluation import Task
    from galapagos.genomes.graph import GraphGenome
    from galapagos.tasks.measures import Measurement

MEASURES = ("random", "random_shared", "shared", "tuned")
"""The published measures by name; `shared` is another name for `random_shared`."""


def evaluate(arguments: list[str]) -> int:
    """Score a network: `galapagos evaluate NETWORK PRESET [--weights …] [--num_trials N] [--json]`."""
    namespace = _parser().read(_join_weights(arguments))
    from galapagos.cli.networks import find_network
    from galapagos.parameter_files import load_parameters

    parameters = load_parameters(namespace.preset)
    from galapagos.tasks.catalogue import build_task

    task = build_task(parameters)
    network = find_network(namespace.network, num_inputs=task.num_inputs, num_outputs=task.num_outputs)
    task.prepare(lambda: note("compiling (once on this machine)"))
    weights = parameters.weight_values if namespace.weights is None else namespace.weights
    found = _measure(task, network.genome, weights, num_trials=namespace.num_trials, seed=namespace.seed)
    if namespace.json:
        say_json(
            {
                "fitness": found.fitness,
                "objectives": found.objectives,
                "weights": [asdict(result) for result in found.weights],
                "connections": network.genome.num_connections,
                "environment_steps": found.steps,
                "seconds": found.seconds,
            }
        )
    else:
        _say_measurement(found, network.genome, namespace.network)
    return 0


def _parser() -> Parser:
    parser = Parser(
        "evaluate",
        "Score a saved network. Weights: a list of shared weights (by default the preset's); random: each "
        "connection has its own, uniform in (-2, 2), one draw a trial; random_shared (or shared): one weight "
        "for all, uniform in (-2, 2), one draw a trial; tuned: the best of 401 shared weights from -2 to 2 "
        "on 40 starts, scored on others (Gaier & Ha 2019, Table 1).",
    )
    parser.add_argument(
        "network", metavar="NETWORK", help="a JSON file, a .out matrix, RUN/ID or RUN/champion"
    )
    parser.add_argument("preset", metavar="PRESET", help="a YAML file, or a name of `galapagos params show`")
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
    task: Task, genome: GraphGenome, weights: str | tuple[float, ...], *, num_trials: int, seed: int
) -> Measurement:
    from galapagos.tasks import measures

    match weights:
        case "random":
            return measures.random_weights(task, genome, num_trials=num_trials, seed=seed)
        case "tuned":
            return measures.tuned_shared_weight(task, genome, num_trials=num_trials, seed=seed)
        case str():
            return measures.random_shared_weight(task, genome, num_trials=num_trials, seed=seed)
    return measures.given_weights(task, genome, weights=weights, num_trials=num_trials, seed=seed)


def _say_measurement(found: Measurement, genome: GraphGenome, name: str) -> None:
    say(f"{plain(name)}: {genome.num_connections} connections, {genome.num_neurons} neurons")
    rows: list[tuple[str, ...]] = [("weight", "mean", "sd", "trials")]
    for result in found.weights:
        weight = "drawn" if result.weight is None else f"{result.weight:g}"
        rows.append((weight, f"{result.mean:.2f}", f"{result.std:.2f}", str(result.trials)))
    for line in table(rows):
        say(f"  {line}")
    say(f"fitness {found.fitness:.2f}, {found.steps} steps in {found.seconds:.2f} s")
