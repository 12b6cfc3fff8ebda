"""Offspring of stacks of layers: what each operator does, and how evenly it draws."""

from collections import Counter
from dataclasses import replace
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from galapagos.errors import InvalidGenome
from galapagos.genomes.layer_mutation import (
    CLONE,
    SEED_STACK,
    change,
    copy_slice,
    drop,
    initial_layer_genome,
    mutate,
    untrained,
)
from galapagos.genomes.layers import (
    DENSE_FUNCTIONS,
    FUNCTIONS,
    MAX_DROPOUT,
    MAX_LAYERS,
    MAX_UNITS,
    MAX_WEIGHTS,
    ActivationLayer,
    BatchNormLayer,
    DenseLayer,
    DropoutLayer,
    FlattenLayer,
    Layer,
    LayerGenome,
    LeakyReluLayer,
    weights_of,
)
from galapagos.parameters import Parameters
from tests.chi_square import assert_frequencies
from tests.genomes.layer_genomes import layer_genomes, random_weights
from tests.strategies import seeds

DEFAULTS = Parameters(experiment="layers")
INHERITING = DEFAULTS.changed(inherit_weights=True)
DRAWS = 4000


def rng_of(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


def numbered(count: int) -> tuple[Layer, ...]:
    """Layers that can be told apart."""
    return tuple(DenseLayer(units) for units in range(1, count + 1))


@given(layer_genomes(), seeds(), st.floats(0, 1), st.booleans())
def test_children_are_valid_and_the_parent_stays_as_it_was(
    genome: LayerGenome, seed: int, rate: float, inherits: bool
) -> None:
    before = genome.to_json()
    parameters = DEFAULTS.changed(mutation_rate=rate, inherit_weights=inherits)
    child, operators = mutate(genome, rng_of(seed), parameters)
    assert genome.to_json() == before
    assert LayerGenome.from_json(child.to_json()) == child
    assert child.seed != genome.seed
    assert (operators == CLONE) == (child.layers == genome.layers)
    assert set(operators.split("+")) <= {CLONE, "copy_slice", "drop", "replace", "change"}
    assert mutate(genome, rng_of(seed), parameters) == (child, operators)


def test_every_generation_of_a_long_line_is_valid() -> None:
    rng, genome = rng_of(0), initial_layer_genome(64, 10, rng_of(1), DEFAULTS, 0)
    types = set()
    for _ in range(300):
        child, _ = mutate(genome, rng, DEFAULTS)
        assert LayerGenome.from_json(child.to_json()) == child
        types |= {layer.type for layer in child.layers}
        # Half of all layers would soon be gone: a line goes on with the child or the parent.
        genome = child if len(child.layers) >= 6 else genome
    assert len(types) == 6


def test_a_rate_of_zero_changes_nothing_but_the_seed() -> None:
    genome = LayerGenome(4, 2, SEED_STACK, seed=1)
    child, operators = mutate(genome, rng_of(0), DEFAULTS.changed(mutation_rate=0.0))
    assert operators == CLONE
    assert replace(child, seed=1) == genome


def test_a_rate_of_one_leaves_no_layer() -> None:
    genome = LayerGenome(4, 2, SEED_STACK, seed=1)
    child, operators = mutate(genome, rng_of(0), DEFAULTS.changed(mutation_rate=1.0))
    assert child.layers == ()
    assert operators == "copy_slice+drop"


def test_a_child_whose_copied_layer_was_dropped_again_is_a_clone() -> None:
    genome = LayerGenome(2, 2, (FlattenLayer(),), seed=1)
    children = [mutate(genome, rng_of(seed), DEFAULTS.changed(mutation_rate=0.5)) for seed in range(200)]
    assert all((operators == CLONE) == (child.layers == genome.layers) for child, operators in children)


def test_the_children_of_an_empty_stack_are_empty() -> None:
    assert mutate(LayerGenome(4, 2, (), seed=1), rng_of(0), DEFAULTS)[1] == CLONE


def test_slices_are_drawn_by_their_ends_and_land_anywhere() -> None:
    stack, rng = numbered(3), rng_of(0)
    counts = Counter(copy_slice(stack, rng) for _ in range(DRAWS))
    expected: Counter[tuple[Layer, ...]] = Counter()
    for one in range(3):
        for other in range(3):
            copy = stack[min(one, other) : max(one, other) + 1]
            for place in range(4):
                expected[(*stack[:place], *copy, *stack[place:])] += 1
    assert_frequencies(counts, {result: count / 36 for result, count in expected.items()})


def test_a_slice_may_be_one_layer_of_one() -> None:
    assert copy_slice(numbered(1), rng_of(0)) == (DenseLayer(1), DenseLayer(1))
    assert copy_slice((), rng_of(0)) == ()


@given(seeds(), st.integers(MAX_LAYERS - 3, MAX_LAYERS))
def test_a_copied_slice_ends_where_the_stack_is_full(seed: int, count: int) -> None:
    stack: tuple[Layer, ...] = (FlattenLayer(),) * count
    assert count <= len(copy_slice(stack, rng_of(seed))) <= MAX_LAYERS


@pytest.mark.parametrize("rate", [0.25, 0.6])
def test_layers_are_dropped_one_by_one_with_the_rate(rate: float) -> None:
    rng = rng_of(1)
    counts = Counter(len(drop(numbered(4), rng, rate)) for _ in range(DRAWS))
    assert_frequencies(
        counts, {left: comb(4, left) * (1 - rate) ** left * rate ** (4 - left) for left in range(5)}
    )


def test_an_offspring_is_copied_into_with_the_mutation_rate() -> None:
    # One layer: whether it was copied, and how many of the copies are left.
    genome, rng, rate = LayerGenome(2, 2, (FlattenLayer(),), seed=0), rng_of(2), 0.25
    parameters = DEFAULTS.changed(layer_types=("flatten",), mutation_rate=rate)
    counts = Counter(len(mutate(genome, rng, parameters)[0].layers) for _ in range(DRAWS))
    keep = 1 - rate
    assert_frequencies(
        counts,
        {
            0: (1 - rate) * rate + rate * rate**2,
            1: (1 - rate) * keep + rate * 2 * keep * rate,
            2: rate * keep**2,
        },
    )


def test_a_replacement_is_drawn_evenly_from_the_types_and_its_values_change_with_the_rate() -> None:
    genome, rng, rate = LayerGenome(2, 2, (FlattenLayer(),), seed=0), rng_of(3), 0.25
    counts: Counter[str] = Counter()
    for _ in range(2 * DRAWS):
        layers = mutate(genome, rng, DEFAULTS.changed(mutation_rate=rate))[0].layers
        if len(layers) == 1:
            counts[kind_of(layers[0])] += 1
    share = rate / 6
    changed_units = rate * (1 - 0.1974)  # N(64, 2²) rounds to 64 with probability 0.1974
    assert_frequencies(
        counts,
        {
            "flatten": 1 - rate + share,
            "batch_norm": share,
            "dropout 0.5": share * (1 - rate),
            "dropout": share * rate,
            "leaky_relu 0.2": share * (1 - rate),
            "leaky_relu": share * rate,
            "activation relu": share * (1 - rate + rate / 4),
            "activation": share * rate * 3 / 4,
            "dense 64": share * (1 - changed_units),
            "dense": share * changed_units,
        },
    )


def kind_of(layer: Layer) -> str:
    match layer:
        case DenseLayer():
            return "dense 64" if layer.units == 64 else "dense"
        case ActivationLayer():
            return "activation relu" if layer.function == "relu" else "activation"
        case DropoutLayer():
            return "dropout 0.5" if layer.rate == 0.5 else "dropout"
        case LeakyReluLayer():
            return "leaky_relu 0.2" if layer.slope == 0.2 else "leaky_relu"
    return layer.type


@given(layer_genomes(), seeds(), st.sampled_from(["dense", "dropout", "batch_norm"]))
def test_replacements_are_of_the_types_that_may_be_drawn(genome: LayerGenome, seed: int, only: str) -> None:
    child, _ = mutate(genome, rng_of(seed), DEFAULTS.changed(layer_types=(only,)))
    assert {layer.type for layer in child.layers} <= {only} | {layer.type for layer in genome.layers}


def test_a_changed_function_is_drawn_from_all_and_none_only_for_a_dense_layer() -> None:
    rng = rng_of(4)
    dense = Counter[str](changed_dense(DenseLayer(9, "tanh"), rng).activation for _ in range(DRAWS))
    fifths: dict[str, float] = dict.fromkeys(DENSE_FUNCTIONS, 1 / 5)
    assert_frequencies(dense, fifths)
    applied = Counter[Layer](change(ActivationLayer("tanh"), rng, 1.0) for _ in range(DRAWS))
    quarters: dict[Layer, float] = {ActivationLayer(function): 1 / 4 for function in FUNCTIONS}
    assert_frequencies(applied, quarters)


def changed_dense(layer: DenseLayer, rng: np.random.Generator) -> DenseLayer:
    changed = change(layer, rng, 1.0)
    assert isinstance(changed, DenseLayer)
    return changed


def test_a_changed_number_of_units_is_normal_around_the_former_and_stays_in_bounds() -> None:
    rng = rng_of(5)
    # P(round(N(0, 2²)) = d) by the normal distribution, beyond 5 together.
    within = [0.19741, 0.17467, 0.12098, 0.06559, 0.02784, 0.00925]
    probabilities = {step: within[abs(step)] for step in range(-5, 6)}
    probabilities[99] = 1 - sum(probabilities.values())
    steps = Counter(changed_dense(DenseLayer(64), rng).units - 64 for _ in range(DRAWS))
    counts: Counter[int] = Counter()
    for step, count in steps.items():
        counts[step if abs(step) <= 5 else 99] += count
    assert_frequencies(counts, probabilities)
    low = {changed_dense(DenseLayer(1), rng).units for _ in range(200)}
    high = {changed_dense(DenseLayer(MAX_UNITS), rng).units for _ in range(200)}
    assert min(low) == 1
    assert max(high) == MAX_UNITS


def test_a_changed_rate_or_slope_is_uniform_and_a_rate_is_at_most_the_largest() -> None:
    rng = rng_of(6)
    slopes, rates = Counter[int](), Counter[float]()
    for _ in range(DRAWS):
        leaky, dropout = change(LeakyReluLayer(), rng, 1.0), change(DropoutLayer(), rng, 1.0)
        assert isinstance(leaky, LeakyReluLayer)
        assert isinstance(dropout, DropoutLayer)
        slopes[int(leaky.slope * 10)] += 1
        rates[dropout.rate if dropout.rate == MAX_DROPOUT else int(dropout.rate * 19 / 0.95)] += 1
    assert_frequencies(slopes, dict.fromkeys(range(10), 0.1))
    assert_frequencies(rates, {**dict.fromkeys(range(19), 0.05), MAX_DROPOUT: 0.05})


def test_the_first_initial_genome_is_the_seed_stack_and_the_others_are_its_offspring() -> None:
    rng = rng_of(7)
    genomes = [initial_layer_genome(784, 10, rng, DEFAULTS, index) for index in range(20)]
    assert genomes[0].layers == SEED_STACK
    assert len({genome.layers for genome in genomes}) > 10
    assert len({genome.seed for genome in genomes}) == 20
    assert {(genome.num_inputs, genome.num_outputs, genome.epochs) for genome in genomes} == {(784, 10, 0)}


def test_a_task_of_too_many_inputs_is_refused() -> None:
    with pytest.raises(InvalidGenome, match="60000 inputs are more than a stack of layers can take"):
        initial_layer_genome(60000, 10, rng_of(0), DEFAULTS, 0)


def test_a_child_that_would_be_too_large_is_a_clone() -> None:
    # Without the narrow layer between them, two wide ones need more weights than a network may have.
    wide = LayerGenome(2, 2, (DenseLayer(4096), DenseLayer(1), DenseLayer(4096)), seed=0)
    small = replace(wide, layers=(DenseLayer(2), DenseLayer(1), DenseLayer(2)))
    refused = 0
    for seed in range(100):
        child, operators = mutate(wide, rng_of(seed), DEFAULTS)
        assert sum(child.weight_counts()) <= MAX_WEIGHTS
        assert (operators == CLONE) == (child.layers == wide.layers)
        refused += operators == CLONE != mutate(small, rng_of(seed), DEFAULTS)[1]
    assert refused > 5


@given(layer_genomes(weighted=True), seeds())
def test_without_inheritance_a_child_has_no_weights(genome: LayerGenome, seed: int) -> None:
    child, _ = mutate(genome, rng_of(seed), DEFAULTS)
    assert not any(weights is not None for weights in child.inherited())
    assert child.epochs == 0


@given(layer_genomes(weighted=True), seeds())
def test_weights_travel_with_their_layers_and_are_kept_where_they_fit(genome: LayerGenome, seed: int) -> None:
    child, _ = mutate(genome, rng_of(seed), INHERITING)
    known = {weights.tobytes() for weights in genome.inherited() if weights is not None}
    kept = [weights for weights in child.inherited() if weights is not None]
    assert {weights.tobytes() for weights in kept} <= known
    assert child.epochs == (genome.epochs if kept else 0)


def test_a_copied_slice_has_copies_of_the_weights() -> None:
    genome = LayerGenome(3, 2, (DenseLayer(3), BatchNormLayer()), seed=0)
    trained = genome.with_trained(random_weights(genome, 0), 1)
    copied = copy_slice(trained.layers, rng_of(9))
    assert len(copied) > 2
    by_type = {layer.type: weights_of(layer) for layer in trained.layers}
    assert all(weights_of(layer) is by_type[layer.type] for layer in copied)
    assert all(weights_of(layer) is None for layer in untrained(copied))


def test_a_dense_layer_keeps_its_weights_with_another_function_but_not_with_other_units() -> None:
    weights, rng = np.zeros(5 * 4, dtype=np.float32), rng_of(10)
    for _ in range(50):
        layer = changed_dense(DenseLayer(4, "relu", weights), rng)
        assert (layer.weights is weights) == (layer.units == 4)
