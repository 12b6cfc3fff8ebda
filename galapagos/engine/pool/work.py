"""The work of a pool: a call for outcomes, and the jobs it is cut into when workers fail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from galapagos.evaluation import Failed, Outcome

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Sequence

DEATHS_ALLOWED = 2
"""Workers that may end over a chunk (or over one network) before it is held to be the reason."""


class Call:
    """One call of `WorkerPool.evaluate`: it is done when every network has an outcome.

    Args:
        size: The number of networks.
        plan: The pickled plan.
        parameters: The parameters, as JSON, of the task that shall evaluate them.
        timeout: Seconds a network.
        future: Receives the outcomes in order.
    """

    def __init__(
        self, size: int, plan: bytes, parameters: str, timeout: float, future: asyncio.Future[list[Outcome]]
    ) -> None:
        self.plan = plan
        self.parameters = parameters
        self.timeout = timeout
        self.future = future
        self._outcomes: list[Outcome | None] = [None] * size
        self._missing = size

    @property
    def over(self) -> bool:
        """Whether nobody waits for outcomes any more."""
        return self.future.done()

    def take(self, positions: Sequence[int], outcomes: Sequence[Outcome]) -> None:
        """Take the outcomes of some networks."""
        for position, outcome in zip(positions, outcomes, strict=True):
            self._outcomes[position] = outcome
        self._missing -= len(positions)
        if self._missing == 0 and not self.over:
            self.future.set_result([outcome for outcome in self._outcomes if outcome is not None])

    def fail(self, error: Exception) -> None:
        """End the call with an error."""
        if not self.over:
            self.future.set_exception(error)


@dataclass(eq=False, slots=True)
class Job:
    """Networks of a call that go to a worker together.

    Args:
        call: Where their outcomes belong.
        positions: Their places in the call.
        genomes: A pickled genome each.
        deaths: Workers that ended while they evaluated it.
        refusals: Workers that could not prepare the task for it.
        withdrawing: Whether its worker was asked to give it back.
        number: What its worker knows it by; another one each time it is sent.
    """

    call: Call
    positions: tuple[int, ...]
    genomes: tuple[bytes, ...]
    deaths: int = 0
    refusals: int = 0
    withdrawing: bool = False
    number: int = 0

    @property
    def seconds_allowed(self) -> float:
        """The deadline of the whole job, in seconds after its start."""
        return self.call.timeout * len(self.positions)

    def after_timeout(self) -> list[Job]:
        """Return what to try after its deadline passed: nothing where its one network has failed by that."""
        if len(self.positions) > 1:
            return self._singles()
        self.call.take(self.positions, [Failed("timeout", f"no result within {self.call.timeout:g} s")])
        return []

    def after_death(self, reason: str) -> list[Job]:
        """Return what to try after its worker ended: nothing where its one network has failed by that."""
        self.deaths += 1
        if self.deaths < DEATHS_ALLOWED:
            return [self]
        if len(self.positions) > 1:
            return self._singles()
        message = f"its worker process ended {DEATHS_ALLOWED} times ({reason})"
        self.call.take(self.positions, [Failed("worker_died", message)])
        return []

    def _singles(self) -> list[Job]:
        return [
            Job(self.call, (position,), (genome,))
            for position, genome in zip(self.positions, self.genomes, strict=True)
        ]
