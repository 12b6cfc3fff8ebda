"""Hypothesis strategies for the values that travel between the parts: genomes, evaluations, populations."""

from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st

from galapagos.evaluation import Evaluation, Failed, Outcome, WeightResult
from galapagos.evolution.archive import Archive
from galapagos.evolution.individual import INITIAL, Individual, create
from galapagos.genomes.activation import EVOLVED, Activation
from galapagos.genomes.genome import Genome
from galapagos.genomes.graph import GraphGenome, graph_genome

WEIGHT_VALUES = (-2.0, -1.0, -0.5, 0.5, 1.0, 2.0)


def evaluation_of(
    means: Sequence[float], *, weights: Sequence[float] = WEIGHT_VALUES, std: float = 0.0, trials: int = 3
) -> Evaluation:
    """Return the evaluation of a network with these means, one a weight (or one mean for all weights)."""
    if len(means) == 1:
        means = [means[0]] * len(weights)
    by_weight = tuple(
        WeightResult(weight, mean, std, trials) for weight, mean in zip(weights, means, strict=True)
    )
    fitness = float(np.mean(means))
    return Evaluation(
        fitness=fitness,
        objectives={"mean": fitness, "max": max(means)},
        by_weight=by_weight,
        trials=trials,
        standard_deviation=float(np.std(means)),
        steps=1000 * trials * len(means),
    )


def seeds() -> st.SearchStrategy[int]:
    """Return a strategy of seeds for generators that Hypothesis does not need to shrink into."""
    return st.integers(min_value=0, max_value=2**32 - 1)


@st.composite
def graph_genomes(
    draw: st.DrawFn,
    *,
    max_inputs: int = 5,
    max_outputs: int = 3,
    max_hidden: int = 8,
    num_inputs: int | None = None,
    num_outputs: int | None = None,
    bias_input: bool | None = None,
    weighted: bool | None = False,
    hidden_have_both: bool = False,
) -> GraphGenome:
    """Draw a valid graph genome, with hidden neurons numbered in any order.

    Args:
        draw: Given by Hypothesis.
        max_inputs: The largest number of inputs, where `num_inputs` does not fix it.
        max_outputs: The largest number of outputs, where `num_outputs` does not fix it.
        max_hidden: The largest number of hidden neurons.
        num_inputs: A fixed number of inputs.
        num_outputs: A fixed number of outputs.
        bias_input: With or without a bias, None for either.
        weighted: With or without weights of its own, None for either.
        hidden_have_both: Whether every hidden neuron has connections coming in and going out.
    """
    inputs = num_inputs if num_inputs is not None else draw(st.integers(1, max_inputs))
    outputs = num_outputs if num_outputs is not None else draw(st.integers(1, max_outputs))
    bias = bias_input if bias_input is not None else draw(st.booleans())
    hidden = draw(st.integers(0, max_hidden))
    num_sensors = inputs + bias
    first_hidden = num_sensors + outputs
    order = draw(st.permutations(range(first_hidden, first_hidden + hidden)))
    sensors, output_neurons = list(range(num_sensors)), list(range(num_sensors, first_hidden))
    allowed = [(source, target) for source in sensors for target in [*output_neurons, *order]]
    allowed += [
        (source, target)
        for place, source in enumerate(order)
        for target in [*output_neurons, *order[place + 1 :]]
    ]
    # One number in place of a list of pairs takes a fraction of the time.
    present = draw(st.integers(0, 2 ** len(allowed) - 1))
    connections = {pair for place, pair in enumerate(allowed) if present >> place & 1}
    if hidden_have_both:
        for neuron in order:
            connections |= {(0, neuron), (neuron, num_sensors)}
    numbers = draw(st.integers(0, len(EVOLVED) ** hidden - 1))
    functions = [EVOLVED[numbers // len(EVOLVED) ** place % len(EVOLVED)] for place in range(hidden)]
    has_weights = weighted if weighted is not None else draw(st.booleans())
    finite = st.floats(-10, 10, allow_nan=False)
    return graph_genome(
        num_inputs=inputs,
        num_outputs=outputs,
        activations=[*[Activation.LINEAR] * first_hidden, *functions],
        connections=sorted(connections),
        bias_input=bias,
        weights=draw(st.lists(finite, min_size=len(connections), max_size=len(connections)))
        if has_weights
        else None,
    )


def random_genome(seed: int, num_inputs: int = 3, num_outputs: int = 2, max_hidden: int = 4) -> GraphGenome:
    """Return a valid genome without a bias, with any share of all connections that may be."""
    rng = np.random.default_rng(seed)
    first_hidden = num_inputs + num_outputs
    hidden = int(rng.integers(max_hidden + 1))
    order = [
        *range(num_inputs),
        *(rng.permutation(hidden) + first_hidden).tolist(),
        *range(num_inputs, first_hidden),
    ]
    last_source, share = num_inputs + hidden, rng.random()
    return graph_genome(
        num_inputs=num_inputs,
        num_outputs=num_outputs,
        activations=[Activation.LINEAR] * first_hidden
        + [Activation(code) for code in rng.choice(EVOLVED, hidden).tolist()],
        connections=[
            (source, target)
            for place, source in enumerate(order[:last_source])
            for target in order[max(place + 1, num_inputs) :]
            if rng.random() < share
        ],
    )


@st.composite
def evaluations(draw: st.DrawFn, *, low: float = -1000.0, high: float = 1000.0) -> Evaluation:
    """Draw a consistent evaluation: fitness is the mean and `max` the largest of its means by weight."""
    weights = draw(st.lists(st.floats(-2, 2), min_size=1, max_size=4, unique=True))
    means = draw(st.lists(st.floats(low, high), min_size=len(weights), max_size=len(weights)))
    std = draw(st.floats(0, 100))
    return evaluation_of(means, weights=weights, std=std, trials=draw(st.integers(1, 5)))


def failures() -> st.SearchStrategy[Failed]:
    """Return a strategy of failed evaluations."""
    return st.builds(
        Failed, st.sampled_from(["error", "timeout", "worker_died", "not_finite"]), st.just("it did not work")
    )


def outcomes() -> st.SearchStrategy[Outcome]:
    """Return a strategy of outcomes, most of them evaluations."""
    return st.one_of(evaluations(), evaluations(), evaluations(), failures())


def individual_of(genome: Genome, index: int, *, generation: int = 0, seed: int = 0) -> Individual:
    """Return an initial individual with this genome."""
    return create(genome, parents=(), operator=INITIAL, seed=seed, generation=generation, index=index)


@st.composite
def populations(
    draw: st.DrawFn,
    *,
    min_size: int = 1,
    max_size: int = 12,
    num_inputs: int = 3,
    num_outputs: int = 2,
    max_hidden: int = 4,
    with_failures: bool = True,
    first_index: int = 0,
) -> tuple[list[Individual], list[Outcome]]:
    """Draw individuals that fit one task, each with its own id, and an outcome for each."""
    # A seed a genome in place of `graph_genomes`, so that a whole population is drawn in milliseconds.
    genome_seeds = draw(st.lists(seeds(), min_size=min_size, max_size=max_size))
    genomes = [random_genome(seed, num_inputs, num_outputs, max_hidden) for seed in genome_seeds]
    fitness = st.integers(-3, 3).map(float) | st.floats(-1000, 1000)
    means = draw(st.lists(fitness, min_size=len(genomes), max_size=len(genomes)))
    results: list[Outcome] = [evaluation_of([mean, mean + 1], weights=(-1.0, 1.0)) for mean in means]
    if with_failures:
        failed = draw(st.integers(0, 2 ** len(genomes) - 1)) & draw(st.integers(0, 2 ** len(genomes) - 1))
        results = [
            Failed("error", "it did not work") if failed >> place & 1 else result
            for place, result in enumerate(results)
        ]
    population = [individual_of(genome, first_index + index) for index, genome in enumerate(genomes)]
    return population, results


@st.composite
def archives(draw: st.DrawFn) -> Archive:
    """Draw an archive over connections with some elites, and some networks that were confirmed and lost."""
    population, evaluated = draw(populations(with_failures=False))
    archive = Archive("connections")
    for individual, outcome in zip(population, evaluated, strict=True):
        if draw(st.booleans()):
            archive.place(individual, outcome)
    return archive
