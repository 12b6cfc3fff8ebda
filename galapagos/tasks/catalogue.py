"""From parameters to the task they name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from galapagos.errors import InvalidParameters

if TYPE_CHECKING:
    from galapagos.evaluation import Task
    from galapagos.parameters import Parameters


def build_task(parameters: Parameters) -> Task:
    """Return the task that `env_name` names, checked against the other parameters.

    Raises:
        UnknownTask: Where there is no such environment, or none that a network can take.
        InvalidParameters: Where `num_inputs`, `num_outputs` or `take_argmax_action` do not fit it.
    """
    from galapagos.tasks.environments import resolve
    from galapagos.tasks.swing_up import SWING_UP

    environment_id = resolve(parameters.env_name).id
    task: Task
    if environment_id == SWING_UP:
        from galapagos.tasks.swing_up_task import SwingUpTask

        task, acts_by_choice = SwingUpTask(), False
    else:
        from galapagos.tasks.control import ControlTask

        control = ControlTask(environment_id)
        task, acts_by_choice = control, control.acts_by_choice
    problems = [
        f"{name} is {given}, but {environment_id} has {actual}"
        for name, given, actual in (
            ("num_inputs", parameters.num_inputs, task.num_inputs),
            ("num_outputs", parameters.num_outputs, task.num_outputs),
        )
        if given not in {None, actual}
    ]
    if parameters.take_argmax_action and not acts_by_choice:
        problems.append(f"take_argmax_action is true, but the actions of {environment_id} are continuous")
    if problems:
        raise InvalidParameters(problems)
    return task


def task_notice(parameters: Parameters) -> str | None:
    """Return one line where `env_name` is the name of an old version, else None.

    Raises:
        UnknownTask: Where there is no such environment.
    """
    from galapagos.tasks.environments import resolve

    return resolve(parameters.env_name).notice
