"""What a run was made with, and how it differs from what is here now."""

from __future__ import annotations

import copy

import pytest

from galapagos.engine.records.environment import describe_environment, differences


def test_the_same_program_has_no_differences() -> None:
    environment = describe_environment(3)
    assert environment["seed"] == 3
    assert environment["packages"]["numpy"]
    assert differences(environment, describe_environment(4)) == []


@pytest.mark.parametrize(
    ("place", "name", "said"),
    [
        ("packages", "numpy", "numpy 1.0, now "),
        ("machine", "processor", "processor 1.0, now "),
        (None, "python", "Python 1.0, now "),
        (None, "commit", "commit 1.0, now "),
    ],
)
def test_whatever_may_change_a_result_is_named_with_both_values(
    place: str | None, name: str, said: str
) -> None:
    now = describe_environment(0)
    before = copy.deepcopy(now)
    (before if place is None else before[place])[name] = "1.0"
    [line] = differences(before, now)
    assert line.startswith(said)


@pytest.mark.parametrize("damaged", [{}, {"packages": 3, "machine": []}, {"packages": {"numpy": None}}])
def test_what_was_not_recorded_is_not_compared(damaged: dict[str, object]) -> None:
    assert differences(damaged, describe_environment(0)) == []


def test_a_recorded_text_cannot_reach_a_terminal_as_more_than_text() -> None:
    [line] = differences({"python": "\x1b[31m3\n9"}, describe_environment(0))
    assert line.startswith("Python 3 9, now ")
