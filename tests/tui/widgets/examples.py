"""Snapshots and elites to show, an app around a widget, and Hypothesis strategies for their values."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from textual.app import App

from galapagos.engine.snapshot import EliteSummary, Happening, RunState, Snapshot, WorkerSummary
from galapagos.fitness import FitnessKind
from tui.run_terms import ACCURACIES, RunTerms

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.widget import Widget

SIZES = ((1, 1), (2, 3), (10, 4), (80, 24), (120, 40), (200, 60))


class Stage(App[None]):
    """An app that shows one widget and keeps the messages it posts."""

    def __init__(self, widget: Widget) -> None:
        super().__init__()
        self.widget = widget
        self.heard: list[Any] = []

    def compose(self) -> ComposeResult:
        yield self.widget


def elite(level: int, **changes: Any) -> EliteSummary:
    """Return the elite of a level with sizes 12 (level - 1) + 1 to 12 level."""
    made = EliteSummary(
        level=level,
        low=12 * level - 11,
        high=12 * level,
        id=f"{level:016x}",
        fitness=100.0 * level + 0.25,
        standard_deviation=5.0 + level,
        best_weight=-1.5,
        complexity=12 * level - 4,
        connections=12 * level - 4,
        neurons=6 + level,
        layers=3,
        born=200,
    )
    return replace(made, **changes)


def elites(number: int) -> tuple[EliteSummary, ...]:
    """Return the elites of levels 1 to `number`."""
    return tuple(elite(level) for level in range(1, number + 1))


def snapshot(**changes: Any) -> Snapshot:
    """Return a snapshot of a run in generation 214."""
    made = Snapshot(
        sequence=1,
        run="run",
        title="wann-gym/CartPoleSwingUp",
        state=RunState.EVOLVING,
        message="",
        generation=214,
        last_generation=1024,
        done=131,
        total=192,
        best_fitness=731.2,
        mean_fitness=400.0,
        champion=None,
        champion_test=None,
        evaluations=40_000,
        evaluations_per_second=1204.4,
        elapsed=761.0,
        elites=elites(4),
        population=((731.2, 30), (312.0, 12)),
        coverage=0.4,
        qd_score=0.3,
        workers=(WorkerSummary(1, "busy", 10), WorkerSummary(2, "idle", 10)),
        checkpoint_age=4.2,
        parameters={"experiment": "wann-gym"},
        pending={},
        happenings=(),
        clients=1,
        directory="run",
    )
    return replace(made, **changes)


any_float = st.floats(allow_nan=True, allow_infinity=True)
any_text = st.text(max_size=60)
any_count = st.integers(0, 10**9)
any_elite = st.builds(
    EliteSummary,
    level=st.integers(1, 200),
    low=any_count,
    high=any_count,
    id=st.text(max_size=20),
    fitness=any_float,
    standard_deviation=any_float,
    best_weight=st.none() | any_float,
    complexity=any_count,
    connections=any_count,
    neurons=any_count,
    layers=any_count,
    born=any_count,
    pinned=st.booleans(),
    accuracies=st.dictionaries(
        st.sampled_from(list(ACCURACIES)) | any_text, st.none() | any_float | any_text, max_size=4
    ),
    epochs=any_count,
)
any_terms = st.builds(
    RunTerms,
    st.sampled_from(FitnessKind),
    st.sampled_from(["generation", "epoch"]),
    any_text,
    st.booleans(),
    any_text,
)
any_happening = st.builds(Happening, generation=any_count, kind=any_text, text=any_text, by=any_text)
any_snapshot = st.builds(
    snapshot,
    parameters=st.sampled_from(["wann-gym", "wlnn", "learning", "layers"]).map(
        lambda experiment: {"experiment": experiment}
    ),
    champion_test=st.none() | any_float,
    title=any_text,
    state=st.sampled_from(RunState),
    message=any_text,
    generation=any_count,
    last_generation=st.none() | any_count,
    done=any_count,
    total=any_count,
    best_fitness=st.none() | any_float,
    evaluations_per_second=any_float,
    elapsed=any_float,
    workers=st.lists(
        st.builds(WorkerSummary, any_count, st.sampled_from(["starting", "busy", "idle"]), any_count),
        max_size=4,
    ).map(tuple),
    checkpoint_age=st.none() | any_float,
    pending=st.dictionaries(any_text, st.integers(), max_size=3),
)
