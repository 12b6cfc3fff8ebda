"""Episodes that are watched: what is drawn of them, and how they are disturbed."""

from __future__ import annotations

import math
from typing import Any

import gymnasium
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from galapagos.errors import InvalidGenome, UnknownTask
from galapagos.genomes.activation import Activation
from galapagos.genomes.graph import GraphGenome, graph_genome
from galapagos.parameters import Parameters
from galapagos.tasks.episode_pixels import fitted, shrunk
from galapagos.tasks.episode_player import EpisodePlayer


def wired(inputs: int, outputs: int) -> GraphGenome:
    """Return a network that connects everything."""
    return graph_genome(
        num_inputs=inputs,
        num_outputs=outputs,
        activations=[Activation.LINEAR] * (inputs + outputs),
        connections=[(i, inputs + o) for i in range(inputs) for o in range(outputs)],
    )


def player(environment: str, inputs: int, outputs: int) -> EpisodePlayer:
    parameters = Parameters(experiment="wann-gym", env_name=environment)
    return EpisodePlayer(parameters, wired(inputs, outputs))


def test_the_swing_up_lasts_ten_milliseconds_a_step_and_hangs_at_first() -> None:
    playing = player("CartPoleSwingUp", 5, 1)
    playing.reset(0)
    cart = playing.cart_pole()
    assert cart is not None
    assert abs(math.remainder(cart.angle - math.pi, math.tau)) < 1.0
    assert (cart.track, cart.length, cart.largest_angle) == (2.4, 0.6, None)
    assert (playing.seconds_a_step, playing.longest, playing.num_actions) == (0.01, 1000, 1)
    assert playing.has_cart
    assert playing.picture() is None
    assert playing.cannot_draw is None


@pytest.mark.parametrize(
    ("environment", "inputs", "outputs"), [("CartPoleSwingUp", 5, 1), ("CartPole-v1", 4, 2)]
)
def test_a_cart_that_is_pushed_to_the_right_leaves_an_upright_pole_behind(
    environment: str, inputs: int, outputs: int
) -> None:
    """The angle counts to the right in both, though the environments count it differently."""
    playing = player(environment, inputs, outputs)
    playing.reset(0)
    bare: Any = playing._environment.unwrapped
    bare.state = (0.0, 0.0, 0.0, 0.0)
    bare._sine_and_cosine = (0.0, 1.0)
    push = 1 if environment == "CartPole-v1" else np.array([1.0])
    for _ in range(5):
        playing._environment.step(push)
    cart = playing.cart_pole()
    assert cart is not None
    assert cart.x > 0
    assert cart.angle < 0


def test_the_cart_pole_acts_by_choice_at_its_own_pace() -> None:
    playing = player("CartPole-v1", 4, 2)
    playing.reset(3)
    step = playing.step(1.0)
    assert step.action in {(0.0,), (1.0,)}
    assert (playing.seconds_a_step, playing.acts_by_choice, playing.num_actions) == (0.02, True, 1)


def test_a_kick_is_felt_by_the_network_at_once() -> None:
    playing = player("CartPole-v1", 4, 2)
    playing.reset(3)
    before = playing._observation.copy()
    assert playing.kick(1.5)
    assert playing._observation - before == pytest.approx([0.0, 1.5, 0.0, 0.0])
    assert float(playing._environment.unwrapped.state[1]) == pytest.approx(before[1] + 1.5)  # type: ignore[attr-defined]
    assert not player("MountainCarContinuous-v0", 2, 1).kick(1.0)


def test_other_environments_are_drawn_without_a_display() -> None:
    playing = player("MountainCarContinuous-v0", 2, 1)
    playing.reset(0)
    picture = playing.picture()
    assert picture is not None
    assert picture.dtype == np.uint8
    assert picture.shape == (400, 600, 3)
    assert playing.cart_pole() is None


def test_an_episode_without_an_end_of_its_own_is_cut() -> None:
    playing = player("MountainCarContinuous-v0", 2, 1)
    playing.longest = 3
    playing.reset(0)
    assert [playing.step(0.0).over for _ in range(3)] == [False, False, True]


def test_an_action_that_is_no_number_ends_the_episode() -> None:
    playing = player("CartPoleSwingUp", 5, 1)
    playing.reset(0)
    step = playing.step(math.nan)
    assert step.over
    assert math.isnan(step.reward)


def test_an_environment_that_fails_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    playing = player("CartPole-v1", 4, 2)
    playing.reset(0)

    def broken(*_: object) -> None:
        raise RuntimeError("the wheel\ncame off")

    monkeypatch.setattr(playing._environment, "step", broken)
    with pytest.raises(UnknownTask, match=r"^CartPole-v1: RuntimeError: the wheel came off$"):
        playing.step(1.0)


def test_what_cannot_be_drawn_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    playing = player("MountainCarContinuous-v0", 2, 1)
    playing.reset(0)
    monkeypatch.setattr(playing._environment, "render", lambda: np.zeros((0, 4, 3)))
    assert playing.picture() is None
    assert playing.cannot_draw is not None
    assert "reward and action are shown" in playing.cannot_draw
    playing.reset(1)
    assert playing.picture() is None


def test_images_and_misfits_are_refused() -> None:
    with pytest.raises(UnknownTask, match="images do not act"):
        EpisodePlayer(Parameters(experiment="layers"), wired(2, 1))
    with pytest.raises(InvalidGenome, match="needs 4 and 2"):
        player("CartPole-v1", 5, 1)


def test_a_weight_of_its_own_leaves_no_knob() -> None:
    own = graph_genome(
        num_inputs=5,
        num_outputs=1,
        activations=[Activation.LINEAR] * 6,
        connections=[(0, 5)],
        weights=[1.0],
    )
    parameters = Parameters(experiment="wann-gym", env_name="CartPoleSwingUp")
    assert not EpisodePlayer(parameters, own).has_knob
    assert player("CartPoleSwingUp", 5, 1).has_knob


def test_gymnasium_itself_is_untouched() -> None:
    player("CartPole-v1", 4, 2)
    assert gymnasium.make("CartPole-v1").render_mode is None


sides = st.integers(1, 60)


@given(sides, sides, sides, sides, st.integers(0, 255))
def test_a_picture_that_is_shrunk_fits_and_keeps_its_colour(
    width: int, height: int, most_width: int, most_height: int, shade: int
) -> None:
    small = shrunk(np.full((height, width, 3), shade, dtype=np.uint8), most_width, most_height)
    rows, columns, _ = small.shape
    assert 1 <= rows <= min(height, most_height)
    assert 1 <= columns <= min(width, most_width)
    assert (small == shade).all()


def test_a_picture_keeps_its_shape() -> None:
    assert fitted(600, 400, 76, 76) == (76, 51)
    assert fitted(400, 600, 76, 60) == (40, 60)
    assert fitted(10, 10, 76, 60) == (10, 10)


def test_each_pixel_is_the_mean_of_those_that_it_stands_for() -> None:
    picture = np.zeros((4, 4, 3), dtype=np.uint8)
    picture[:2, :2] = [[[0, 10, 20], [4, 10, 20]], [[8, 10, 20], [12, 10, 20]]]
    assert shrunk(picture, 2, 2).tolist() == [[[6, 10, 20], [0, 0, 0]], [[0, 0, 0], [0, 0, 0]]]
