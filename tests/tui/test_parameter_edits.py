"""Edits of parameters before they reach a run."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galapagos.errors import InvalidParameters
from galapagos.parameter_declarations import Change
from galapagos.parameter_files import describe, parse_value
from galapagos.parameters import Parameters
from tui.parameter_edits import ParameterEdits, matching, parameters_from_json
from tui.value_text import as_text


def test_a_snapshot_gives_the_parameters_back() -> None:
    parameters = Parameters(weight_values=(1.0,), num_workers=3, num_generations="infinity")
    assert parameters_from_json(parameters.model_dump(mode="json")) == parameters


def test_every_value_can_be_typed_as_it_is_shown() -> None:
    parameters = Parameters()
    for item in describe():
        value = getattr(parameters, item.name)
        assert parse_value(item.name, as_text(value)) == value


@given(st.floats(min_value=-1e6, max_value=1e6))
def test_a_number_that_is_shown_is_the_number(value: float) -> None:
    edits = ParameterEdits(Parameters(weight_values=(value,)))
    edits.edit("weight_values", as_text(edits.values["weight_values"]))
    assert edits.edits == {}


def test_a_value_that_is_the_old_one_is_no_edit() -> None:
    edits = ParameterEdits(Parameters())
    edits.edit("num_trials", "5")
    edits.edit("num_trials", "3")
    assert edits.edits == {}


def test_what_is_pending_counts_as_the_old_value() -> None:
    edits = ParameterEdits(Parameters(), {"num_trials": 5})
    edits.edit("num_trials", "5")
    assert edits.edits == {}
    edits.edit("num_trials", "3")
    assert edits.changes() == ({"num_trials": 3}, {"num_trials": 5})


def test_edits_are_undone_one_by_one() -> None:
    edits = ParameterEdits(Parameters())
    edits.edit("num_trials", "5")
    edits.edit("complexity_levels", "4")
    edits.edit("num_trials", "6")
    assert edits.undo()
    assert edits.edits == {"num_trials": 5, "complexity_levels": 4}
    assert edits.undo()
    assert edits.undo()
    assert edits.edits == {}
    assert not edits.undo()


def test_what_was_taken_back_can_be_done_again_until_something_new_is_typed() -> None:
    edits = ParameterEdits(Parameters())
    edits.edit("num_trials", "5")
    edits.edit("num_trials", "6")
    edits.undo()
    edits.undo()
    assert edits.redo()
    assert edits.edits == {"num_trials": 5}
    assert edits.redo()
    assert edits.edits == {"num_trials": 6}
    assert not edits.redo()
    edits.undo()
    edits.edit("complexity_levels", "4")
    assert not edits.redo()


@given(st.lists(st.sampled_from([("num_trials", "5"), ("num_trials", "6"), ("p_add_node", "0.5")])))
def test_all_undone_and_all_done_again_is_where_it_was(steps: list[tuple[str, str]]) -> None:
    edits = ParameterEdits(Parameters())
    for name, text in steps:
        edits.edit(name, text)
    there = dict(edits.edits)
    while edits.undo():
        pass
    assert edits.edits == {}
    while edits.redo():
        pass
    assert edits.edits == there


def test_what_is_not_as_in_the_file_is_known() -> None:
    edits = ParameterEdits(Parameters(num_trials=4), {"complexity_levels": 3}, file=Parameters())
    edits.edit("timeout", "100")
    assert edits.differs("num_trials")
    assert edits.differs("complexity_levels")
    assert not edits.differs("timeout")
    assert edits.changed == ["num_trials", "complexity_levels", "timeout"]
    assert not ParameterEdits(Parameters(num_trials=4)).differs("num_trials")


def test_a_file_is_loaded_in_one_step_and_what_is_fixed_is_named() -> None:
    edits = ParameterEdits(Parameters())
    edits.edit("timeout", "100")
    live, fixed = edits.load(Parameters(num_trials=5, weight_values=(1.0,), seed=3))
    assert (sorted(live), fixed) == (["num_trials", "weight_values"], ["seed"])
    assert edits.edits == {"num_trials": 5, "weight_values": (1.0,)}
    edits.undo()
    assert edits.edits == {"timeout": 100.0}
    assert edits.load(edits.acting) == ([], [])


def test_before_a_start_nothing_is_fixed_and_all_must_fit() -> None:
    edits = ParameterEdits(Parameters(), is_start=True)
    edits.edit("seed", "7")
    edits.edit("env_name", "CartPole-v1")
    assert edits.checked().seed == 7
    edits.edit("p_add_node", "0.9")
    assert "must sum to 1" in edits.problems[0]
    with pytest.raises(InvalidParameters):
        edits.checked()


def test_an_old_value_of_the_journal_becomes_an_edit() -> None:
    edits = ParameterEdits(Parameters())
    edits.put_back("weight_values", [1.0, 2.0])
    assert edits.edits == {"weight_values": (1.0, 2.0)}
    assert edits.problems == []
    with pytest.raises(InvalidParameters, match="fixed"):
        edits.put_back("seed", 3)


def test_values_that_only_fit_together_are_problems_until_all_are_there() -> None:
    edits = ParameterEdits(Parameters())
    edits.edit("p_add_node", "0.5")
    assert "must sum to 1" in edits.problems[0]
    assert edits.problems_of("p_change_activation", "0.25") == []
    edits.edit("p_change_activation", "0.25")
    assert edits.problems == []


def test_fixed_parameters_are_refused() -> None:
    edits = ParameterEdits(Parameters())
    for item in describe():
        if item.change is Change.FIXED:
            assert edits.reason_not_to_edit(item.name)
            with pytest.raises(InvalidParameters, match="fixed"):
                edits.edit(item.name, as_text(item.default) or "1")


def test_text_that_is_no_value_is_refused_with_what_would_be_right() -> None:
    edits = ParameterEdits(Parameters())
    with pytest.raises(InvalidParameters, match="from 1 to 64"):
        edits.edit("complexity_levels", "65")
    assert edits.edits == {}


def test_search_finds_names_groups_units_and_helps() -> None:
    assert [item.name for item in matching("ARCHIVE level")] == ["complexity_levels", "level_boundaries"]
    assert {item.name for item in matching("episodes")} >= {"num_trials", "confirm_trials"}
    assert {item.name for item in matching("machine")} >= {"num_workers", "timeout"}
    assert matching("no such thing") == []
    assert len(matching("")) == len(describe())


def test_a_newer_snapshot_is_followed_and_edits_stay() -> None:
    edits = ParameterEdits(Parameters())
    edits.edit("num_trials", "5")
    newer = Parameters(num_trials=4)
    assert edits.follow(newer.model_dump(mode="json"), {})
    assert not edits.follow(newer.model_dump(mode="json"), {})
    assert edits.acting == newer
    assert edits.edits == {"num_trials": 5}


def test_parameters_of_another_version_are_not_taken_over() -> None:
    edits = ParameterEdits(Parameters())
    strange = Parameters().model_dump(mode="json") | {"population_size": "many", "new_one": 3}
    assert not edits.follow(strange, {"new_one": 4})
    assert edits.acting == Parameters()
    with pytest.raises(InvalidParameters, match="new_one"):
        parameters_from_json(strange)
