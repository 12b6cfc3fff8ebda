"""Populations to store: random graphs with every property that a file could lose."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from galapagos.evaluation import EpochResult, Evaluation, Failed, Outcome, WeightResult
from galapagos.evolution.individual import Individual
from galapagos.genomes.graph import GraphGenome
from galapagos.genomes.layers import LAYERS_BY_TYPE, Layer, LayerGenome

if TYPE_CHECKING:
    from numpy.typing import NDArray

WEIGHTS = (-2.0, -1.0, -0.5, 0.5, 1.0, 2.0)


def random_genome(rng: np.random.Generator, connections: int = 20, *, learned: bool = False) -> GraphGenome:
    """A feed-forward graph of about so many connections; hidden neurons only feed later ones."""
    inputs, outputs = 5, 2
    hidden = max(1, int(2 * np.sqrt(connections)))
    first = inputs + outputs
    pairs = {(int(rng.integers(inputs)), int(rng.integers(inputs, first + hidden)))}
    for source, target in rng.integers(0, first + hidden, (8 * connections, 2)).tolist():
        allowed = target >= inputs and (source < inputs or (source >= first and target < first))
        forward = first <= source < target
        if (allowed or forward) and len(pairs) < connections:
            pairs.add((source, target))
    ordered = sorted(pairs, key=lambda pair: pair[::-1])
    activations: NDArray[np.uint8] = np.ones(first + hidden, dtype=np.uint8)
    activations[first:] = rng.integers(1, 11, hidden)
    return GraphGenome(
        num_inputs=inputs,
        num_outputs=outputs,
        activations=activations,
        sources=np.array([source for source, _ in ordered], dtype=np.int32),
        targets=np.array([target for _, target in ordered], dtype=np.int32),
        bias_input=False,
        weights=rng.normal(size=len(ordered)) if learned else None,
        feedback=rng.normal(size=len(ordered)) if learned and rng.integers(2) else None,
        epochs=int(rng.integers(3)) if learned else 0,
    )


def random_stack(rng: np.random.Generator, *, learned: bool = False) -> LayerGenome:
    """A stack of layers of every type, in any order."""
    types = [*rng.permutation(list(LAYERS_BY_TYPE)).tolist(), "dense"]
    layers: list[Layer] = [LAYERS_BY_TYPE[name]() for name in types[int(rng.integers(3)) :]]
    stack = LayerGenome(5, 2, tuple(layers), seed=int(rng.integers(2**63)))
    if not learned:
        return stack
    # Positive, since some of them are variances.
    trained = rng.random(sum(stack.weight_counts()), dtype=np.float32)
    return stack.with_trained(trained, int(rng.integers(1, 9)))


def random_learning(rng: np.random.Generator) -> Evaluation:
    """The evaluation of a network that learned, of which some is not known."""
    losses = rng.random((int(rng.integers(1, 4)), 5)).tolist()
    return replace(
        random_evaluation(rng),
        by_weight=(),
        by_epoch=tuple(
            EpochResult(epoch, *numbers[: int(rng.integers(2, 6))])
            for epoch, numbers in enumerate(losses, start=1)
        ),
        trained=rng.normal(size=int(rng.integers(1, 50))).astype(np.float32),
        optimizer_state=rng.normal(size=7).astype(np.float32) if rng.integers(2) else None,
    )


def random_evaluation(rng: np.random.Generator) -> Evaluation:
    """An evaluation whose numbers need every digit, of images by some weights."""
    means = rng.normal(size=len(WEIGHTS)) * 1000 / 3
    return Evaluation(
        fitness=float(means.mean()),
        objectives={"mean": float(means.mean()), "max": float(means.max())},
        by_weight=tuple(
            WeightResult(
                weight, float(mean), float(rng.random()), 3, float(rng.random()) if weight > 0 else None
            )
            for weight, mean in zip(WEIGHTS, means, strict=True)
        ),
        trials=3,
        standard_deviation=float(rng.random()),
        steps=int(rng.integers(1, 2**40)),
        seconds=float(rng.random()),
    )


def random_outcomes(rng: np.random.Generator, count: int) -> list[Outcome]:
    """Evaluations, every tenth a failure, and some others of networks that learned."""
    return [
        Failed("timeout", "longer than 300 s")
        if index % 10 == 9
        else random_learning(rng)
        if index % 3 == 1
        else random_evaluation(rng)
        for index in range(count)
    ]


def random_individual(
    rng: np.random.Generator, generation: int, parents: tuple[str, ...] = (), connections: int = 20
) -> Individual:
    """An individual with a random id."""
    return Individual(
        id=rng.bytes(8).hex(),
        genome=random_genome(rng, connections, learned=bool(rng.integers(2))),
        parents=parents,
        operator="+".join(["add_node", "change_activation"][: int(rng.integers(1, 3))])
        if parents
        else "initial",
        generation=generation,
    )


def lineage(seed: int, generations: int, size: int) -> list[list[Individual]]:
    """Generations of which the first half survives from the one before, and the rest are its children."""
    rng = np.random.default_rng(seed)
    history = [[random_individual(rng, 0) for _ in range(size)]]
    for generation in range(1, generations):
        before = history[-1]
        survivors = [before[place] for place in rng.choice(size, size // 2, replace=False)]
        children = [
            random_individual(rng, generation, (survivors[int(rng.integers(len(survivors)))].id,))
            for _ in range(size - len(survivors))
        ]
        history.append(survivors + children)
    return history
