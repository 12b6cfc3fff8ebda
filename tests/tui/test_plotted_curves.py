"""Which curves are drawn together, and on which scale."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.tui.experiments import PICTURES
from tests.tui.journals import journal_of
from tui.curves import Batch, Curves, Source
from tui.marks import Mark
from tui.plotted_curves import PlottedCurves, curves_of_accuracy, curves_of_fitness
from tui.run_terms import RunTerms, terms_of


def curves(experiment: str) -> Curves:
    read = Curves()
    read.extend(Batch(journal_of(experiment), 0, more=False, restarted=False))
    return read


def plotted(plot: PlottedCurves, experiment: str) -> tuple[Any, dict[str, Any], Any]:
    return plot.read(curves(experiment), terms(experiment))


def terms(experiment: str) -> RunTerms:
    return terms_of(PICTURES[experiment]())


@pytest.mark.parametrize(
    ("experiment", "of_fitness", "of_accuracy"),
    [
        ("wann-gym", ["best", "mean", "champion", "max"], []),
        (
            "wann-classification",
            ["best", "mean", "champion", "at best w"],
            ["test", "train", "at best w", "ensemble"],
        ),
        ("wlnn", ["best", "mean", "champion"], ["held-out", "test", "train"]),
        ("learning", ["held-out", "train"], ["held-out", "test", "train"]),
        ("layers", ["best", "mean", "champion"], ["held-out", "test", "train"]),
    ],
)
def test_each_experiment_has_its_curves(
    experiment: str, of_fitness: list[str], of_accuracy: list[str]
) -> None:
    assert list(plotted(curves_of_fitness(terms(experiment)), experiment)[1]) == of_fitness
    assert list(plotted(curves_of_accuracy(terms(experiment)), experiment)[1]) == of_accuracy
    assert curves(experiment).have_accuracies is bool(of_accuracy)


@pytest.mark.parametrize("experiment", ["wann-classification", "wlnn", "learning"])
def test_losses_are_positive_and_go_down(experiment: str) -> None:
    for name, values in plotted(curves_of_fitness(terms(experiment)), experiment)[1].items():
        assert (values > 0).all(), name
        assert values[-1] < values[0], name


@pytest.mark.parametrize("experiment", ["wann-classification", "wlnn", "learning", "layers"])
def test_accuracies_are_in_percent_and_go_up(experiment: str) -> None:
    for name, values in plotted(curves_of_accuracy(terms(experiment)), experiment)[1].items():
        known = values[np.isfinite(values)]
        assert 1 < known.max() <= 100, name
        assert known[-1] > known[0], name


def test_rewards_stay_as_they_are() -> None:
    _, series, _ = plotted(curves_of_fitness(terms("wann-gym")), "wann-gym")
    assert series["best"].tolist() == [10.0 * number for number in range(30)]


def test_epochs_are_numbered_from_one_and_so_are_the_changes_in_them() -> None:
    numbers, _, marks = plotted(curves_of_accuracy(terms("learning")), "learning")
    assert numbers.tolist() == list(range(1, 31))
    assert marks == (Mark(16, "lr 0.01→0.005"),)
    assert plotted(curves_of_fitness(terms("wlnn")), "wlnn")[0][0] == 0


def test_a_fork_shows_its_source_from_the_fork_on() -> None:
    ours, theirs = curves("wann-gym"), curves("wann-gym")
    del ours.generations[20:]
    for values in ours.series.values():
        del values[20:]
    ours.source = Source("the run before", 12, theirs)
    plot = curves_of_fitness(terms("wann-gym"))
    numbers, series, _ = plot.read(ours, terms("wann-gym"))
    champion = np.asarray(theirs.series["champion_fitness"])
    assert numbers.tolist() == list(range(30))
    # The generation before the fork is where both curves leave each other.
    assert np.isnan(series["source"][:11]).all()
    assert series["source"][11:].tolist() == champion[11:].tolist()
    assert series["champion"][:20].tolist() == champion[:20].tolist()
    assert np.isnan(series["champion"][20:]).all()


@pytest.mark.parametrize("experiment", ["wlnn", "learning", "layers"])
def test_a_loss_of_the_source_is_told_as_ours_are(experiment: str) -> None:
    ours = curves(experiment)
    ours.source = Source("the run before", 0, curves(experiment))
    plot = curves_of_fitness(terms(experiment))
    _, series, _ = plot.read(ours, terms(experiment))
    np.testing.assert_array_equal(series["source"], series[plot.compared])


def test_a_source_that_is_gone_is_an_empty_curve() -> None:
    ours = curves("wann-gym")
    ours.source = Source("gone", 5, Curves())
    numbers, series, _ = curves_of_fitness(terms("wann-gym")).read(ours, terms("wann-gym"))
    assert len(numbers) == 30
    assert np.isnan(series["source"]).all()
