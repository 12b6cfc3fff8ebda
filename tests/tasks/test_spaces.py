"""Spaces: observations as inputs, outputs as actions, and what no network can take."""

from typing import Any

import numpy as np
import pytest
from gymnasium import spaces
from hypothesis import given
from hypothesis import strategies as st

from galapagos.errors import UnknownTask
from galapagos.tasks.spaces import actor, observer


def box(*shape: int, dtype: type[np.generic] = np.float32) -> spaces.Box:
    return spaces.Box(-1, 1, shape=shape, dtype=dtype)  # type: ignore[arg-type]  # any numeric type


def test_numbers_are_read_in_c_order_as_float64() -> None:
    count, observe = observer(box(2, 3), "env")
    inputs = observe(np.arange(6, dtype=np.float32).reshape(2, 3))
    assert (count, inputs.tolist(), str(inputs.dtype)) == (6, [0, 1, 2, 3, 4, 5], "float64")


def test_a_single_number_and_bits_and_bytes_are_numbers_too() -> None:
    assert observer(box(), "env")[0] == 1
    assert observer(spaces.MultiBinary(3), "env")[1](np.array([1, 0, 1], dtype=np.int8)).tolist() == [1, 0, 1]
    pixels = spaces.Box(0, 255, shape=(2,), dtype=np.uint8)
    assert observer(pixels, "env")[1](np.array([0, 255], dtype=np.uint8)).tolist() == [0, 255]


def test_discrete_values_are_one_hot_from_the_start_of_their_space() -> None:
    count, observe = observer(spaces.Discrete(3, start=-1), "env")
    assert (count, observe(1).tolist(), observe(np.int64(-1)).tolist()) == (3, [0, 0, 1], [1, 0, 0])
    count, observe = observer(spaces.MultiDiscrete([2, 3]), "env")
    assert (count, observe(np.array([1, 0])).tolist()) == (5, [0, 1, 1, 0, 0])


@pytest.mark.parametrize(
    ("space", "observation", "message"),
    [
        (box(2), np.zeros(3), r"an observation has the shape \(3,\), its space has \(2,\)"),
        (box(2), np.zeros((2, 1)), r"an observation has the shape \(2, 1\), its space has \(2,\)"),
        (box(2), 0.5, r"an observation has the shape \(\), its space has \(2,\)"),
        (spaces.Discrete(3), 3, r"an observation is 3, which is not in Discrete\(3\)"),
        (spaces.Discrete(3), -1, r"an observation is -1, which is not in Discrete\(3\)"),
        (spaces.Discrete(3), 1.5, r"an observation is 1.5, which is not in Discrete\(3\)"),
        (spaces.MultiDiscrete([2, 3]), np.array([2, 0]), "which is not in MultiDiscrete"),
    ],
)
def test_an_observation_that_its_space_does_not_have_is_named(
    space: spaces.Space[Any], observation: Any, message: str
) -> None:
    _, observe = observer(space, "env")
    with pytest.raises(ValueError, match=message):
        observe(observation)


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=6), st.integers(-3, 3))
def test_a_discrete_action_is_the_first_of_the_largest_outputs(outputs: list[float], start: int) -> None:
    count, act = actor(spaces.Discrete(len(outputs), start=start), "env")
    assert (count, act(np.array(outputs))) == (len(outputs), start + outputs.index(max(outputs)))


@given(st.lists(st.floats(allow_nan=False), min_size=4, max_size=4))
def test_a_continuous_action_is_in_its_space_whatever_the_outputs(outputs: list[float]) -> None:
    space = box(2, 2, dtype=np.float64)
    count, act = actor(space, "env")
    action = act(np.array(outputs))
    assert count == 4
    assert space.contains(action)
    assert action.ravel().tolist() == [min(1.0, max(-1.0, output)) for output in outputs]


@pytest.mark.parametrize(
    ("space", "shown"),
    [
        (spaces.Dict({"a": spaces.Discrete(2)}), "a Dict"),
        (spaces.Tuple([spaces.Discrete(2)]), "a Tuple"),
        (spaces.Text(3), "a Text"),
        (spaces.Sequence(spaces.Discrete(2)), "a Sequence"),
        (spaces.Graph(box(2), None), "a Graph"),
        (box(0), "a Box without numbers"),
        (None, "a NoneType, which is no space"),
    ],
)
def test_observations_that_no_network_can_take_are_refused_in_one_line(space: Any, shown: str) -> None:
    with pytest.raises(UnknownTask) as caught:
        observer(space, "Maze-v1")
    assert str(caught.value) == (
        f"Maze-v1 observes {shown}; networks take numbers (Box, MultiBinary) and discrete values "
        "(Discrete, MultiDiscrete)"
    )


@pytest.mark.parametrize(
    ("space", "shown"),
    [
        (spaces.Dict({"a": spaces.Discrete(2)}), "a Dict"),
        (spaces.Tuple([spaces.Discrete(2)]), "a Tuple"),
        (spaces.Text(3), "a Text"),
        (spaces.MultiBinary(3), "a MultiBinary"),
        (spaces.MultiDiscrete([2, 3]), "a MultiDiscrete"),
        (spaces.Box(0, 9, shape=(1,), dtype=np.int64), "a Box of int64"),
        (box(2, 0), "a Box without numbers"),
        (None, "a NoneType, which is no space"),
    ],
)
def test_actions_that_no_network_can_take_are_refused_in_one_line(space: Any, shown: str) -> None:
    with pytest.raises(UnknownTask) as caught:
        actor(space, "Maze-v1")
    assert str(caught.value) == (
        f"Maze-v1 acts by {shown}; networks act by one discrete choice (Discrete) or by continuous numbers "
        "(Box of floats)"
    )
