"""Episodes to be watched: the dynamics of the scoring a step at a time, with what there is to draw.

The network is computed by the readable reference, and every episode has a fresh environment: so an episode
returns what an evaluation of the same start and weight returns, bit for bit.
"""

from __future__ import annotations

import contextlib
import math
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from gymnasium.spaces import Discrete

from galapagos.errors import InvalidGenome, UnknownTask
from galapagos.networks.forward import forward
from galapagos.plain_text import plain
from galapagos.tasks.control import LONGEST_EPISODE
from galapagos.tasks.environments import make_environment, quiet, resolve
from galapagos.tasks.episode_state import CartPole, Step
from galapagos.tasks.fitting import graph_misfit
from galapagos.tasks.own_environments.cart_pole_swing_up import CartPoleSwingUp
from galapagos.tasks.spaces import actor, observer
from galapagos.tasks.swing_up_physics import POLE_LENGTH, TIME_STEP, TRACK

if TYPE_CHECKING:
    import gymnasium
    from numpy.typing import NDArray

    from galapagos.genomes.genome import Genome
    from galapagos.parameters import Parameters

SLOWEST, FASTEST = 1.0, 200.0
"""The fewest and most steps a second that count as the pace of an environment."""
_USUAL_FRAMES = 30.0
_X_DOT = 1
"""The place of the cart's velocity in the states and observations of both cart-poles."""
_LARGEST_PIXEL = 255


class EpisodePlayer:
    """One network in one environment, with a shared weight that may change at any step.

    Args:
        parameters: Those of the run; `env_name` says where it acts.
        genome: The network.

    Raises:
        UnknownTask: Where nothing acts, or there is no such environment.
        InvalidGenome: Where the network does not fit it.
    """

    def __init__(self, parameters: Parameters, genome: Genome) -> None:
        if parameters.experiment != "wann-gym":
            raise UnknownTask(f"images do not act: there is nothing to watch in {parameters.experiment}")
        self._id = resolve(parameters.env_name).id
        environment = self._environment = make_environment(self._id)
        self.num_inputs, self._observe = observer(environment.observation_space, self._id)
        self.num_outputs, self._act = actor(environment.action_space, self._id)
        problem = graph_misfit(genome, self)
        if problem is not None:
            raise InvalidGenome(problem)
        self._graph = genome.as_graph()
        self.acts_by_choice = isinstance(environment.action_space, Discrete)
        spec = environment.spec
        self.longest = LONGEST_EPISODE if spec is None else spec.max_episode_steps or LONGEST_EPISODE
        self.seconds_a_step = _seconds_a_step(environment)
        self.cannot_draw: str | None = None
        self._render_mode = None if self.has_cart else _render_mode(environment)
        if not self.has_cart and self._render_mode is None:
            self.cannot_draw = f"{self._id} draws no pictures; reward and action are shown"
        self._observation: NDArray[np.float64] = np.zeros(self.num_inputs)
        self._steps = 0

    @property
    def name(self) -> str:
        """The name under which gymnasium knows the environment."""
        return self._id

    @property
    def has_knob(self) -> bool:
        """Whether the connections share a weight that can be turned."""
        return self._graph.weights is None

    @property
    def num_actions(self) -> int:
        """How many numbers an action is told by."""
        return 1 if self.acts_by_choice else self.num_outputs

    @property
    def has_cart(self) -> bool:
        """Whether the state is a cart's with a pole, which can be drawn and kicked."""
        return isinstance(self._environment.unwrapped, CartPoleSwingUp) or _is_cart_pole(self._environment)

    def reset(self, seed: int) -> None:
        """Begin another episode at the start of a seed.

        Raises:
            UnknownTask: Where the environment fails, with its error in one line.
        """
        with self._told():
            with contextlib.suppress(Exception, SystemExit):  # it has served
                self._environment.close()
            self._environment = self._made()
            observation, _ = self._environment.reset(seed=seed)
            self._observation = self._observe(observation)
        self._steps = 0

    def step(self, weight: float) -> Step:
        """Take one step with a shared weight.

        Raises:
            UnknownTask: Where the environment fails, with its error in one line.
        """
        outputs = forward(self._graph, weight, self._observation)
        self._steps += 1
        if any(map(math.isnan, outputs.tolist())):
            return Step(math.nan, (math.nan,) * self.num_actions, over=True)
        with self._told():
            action = self._act(outputs)
            observation, reward, terminated, truncated, _ = self._environment.step(action)
            self._observation = self._observe(observation)
            shown = tuple(np.asarray(action, dtype=np.float64).ravel().tolist())
            over = bool(terminated or truncated) or self._steps >= self.longest
            return Step(float(reward), shown, over)

    def kick(self, change: float) -> bool:
        """Change the velocity of the cart by so many m/s; returns whether there is a cart."""
        if not self.has_cart:
            return False
        bare: Any = self._environment.unwrapped
        state = [float(value) for value in bare.state]
        state[_X_DOT] += change
        bare.state = tuple(state)
        self._observation = self._observation.copy()
        self._observation[_X_DOT] += change
        return True

    def cart_pole(self) -> CartPole | None:
        """Return the cart and its pole, None where the environment is another."""
        bare: Any = self._environment.unwrapped
        if isinstance(bare, CartPoleSwingUp):
            x, _, theta, _ = bare.state
            return CartPole(x, -theta, TRACK, POLE_LENGTH)  # its angle grows to the left
        if not _is_cart_pole(self._environment) or bare.state is None:
            return None
        x, _, theta, _ = (float(value) for value in bare.state)
        return CartPole(
            x, theta, float(bare.x_threshold), 2.0 * float(bare.length), float(bare.theta_threshold_radians)
        )

    def picture(self) -> NDArray[np.uint8] | None:
        """Return what the environment looks like, (height, width, 3); None where it cannot be drawn.

        The first time that it cannot, `cannot_draw` says why in one line.
        """
        if self._render_mode is None:
            return None
        try:
            frame = np.asarray(self._environment.render())
            if frame.ndim != 3 or frame.shape[2] != 3 or 0 in frame.shape:
                raise ValueError(f"its picture has the shape {frame.shape}")
            pixels: NDArray[np.uint8] = np.clip(frame, 0, _LARGEST_PIXEL).astype(np.uint8)
            return pixels
        except (Exception, SystemExit) as error:  # the environment's own code may raise anything
            why = plain(str(error)) or type(error).__name__
            self.cannot_draw = plain(f"{self._id} cannot be drawn, reward and action are shown: {why}")
            self._render_mode = None
        return None

    def _made(self) -> gymnasium.Env[Any, Any]:
        if self._render_mode is not None:
            import gymnasium

            with quiet(), contextlib.suppress(Exception):
                return gymnasium.make(self._id, render_mode=self._render_mode, disable_env_checker=True)
            self._render_mode = None
            self.cannot_draw = f"{self._id} cannot be made to draw; reward and action are shown"
        return make_environment(self._id)

    @contextlib.contextmanager
    def _told(self) -> Any:  # noqa: ANN401  a generator, as contextmanager wants it
        try:
            yield
        except UnknownTask:
            raise
        except (Exception, SystemExit) as error:  # the environment's own code may raise anything
            raise UnknownTask(plain(f"{self._id}: {type(error).__name__}: {error}")) from None


def _is_cart_pole(environment: gymnasium.Env[Any, Any]) -> bool:
    kind = type(environment.unwrapped)
    return (kind.__module__, kind.__qualname__) == (
        "gymnasium.envs.classic_control.cartpole",
        "CartPoleEnv",
    )


def _render_mode(environment: gymnasium.Env[Any, Any]) -> str | None:
    modes = environment.metadata.get("render_modes") or ()
    return "rgb_array" if "rgb_array" in modes else None


def _seconds_a_step(environment: gymnasium.Env[Any, Any]) -> float:
    """Return how long a step lasts in the world that the environment is of, or by its frames a second."""
    bare: Any = environment.unwrapped
    if isinstance(bare, CartPoleSwingUp):
        return TIME_STEP
    if _is_cart_pole(environment):
        return float(bare.tau)
    frames = environment.metadata.get("render_fps")
    usable = isinstance(frames, int | float) and math.isfinite(frames) and frames > 0
    return 1.0 / min(max(float(cast("float", frames)) if usable else _USUAL_FRAMES, SLOWEST), FASTEST)
