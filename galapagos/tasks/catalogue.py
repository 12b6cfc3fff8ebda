"""From parameters to the task they name."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from galapagos.errors import InvalidGenome, InvalidParameters, UnknownTask
from galapagos.learning.devices import require_cuda
from galapagos.parameters import is_read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from galapagos.evaluation import Task
    from galapagos.parameters import Parameters
    from galapagos.tasks.control import ControlTask
    from galapagos.tasks.swing_up_task import SwingUpTask


def build_task(parameters: Parameters) -> Task:
    """Return the task of an experiment, checked against the other parameters; nothing heavy is loaded yet.

    Raises:
        UnknownTask: Where there is no such environment or data set, or none that a network can take.
        InvalidParameters: Where `num_inputs`, `num_outputs` or `take_argmax_action` do not fit it.
    """
    task: Task
    problems: list[str] = []
    match parameters.experiment:
        case "wann-gym":
            with _told_of("env_name"):
                task = control = _control_task(parameters)
            if parameters.take_argmax_action and not control.acts_by_choice:
                problems = [f"take_argmax_action is true, but the actions of {task.name} are continuous"]
        case "wann-classification" | "wlnn" | "learning" | "layers":
            with _told_of("dataset"):
                task = _image_task(parameters)
    problems[:0] = [
        f"{name} is {given}, but {task.name} has {actual}"
        for name, given, actual in (
            ("num_inputs", parameters.num_inputs, task.num_inputs),
            ("num_outputs", parameters.num_outputs, task.num_outputs),
        )
        if given not in {None, actual}
    ]
    if problems:
        raise InvalidParameters(problems)
    return task


def check_task(parameters: Parameters, *, show_progress: bool = False) -> str | None:
    """Find out before a run begins whether its task is there and can have networks, fetching what is not.

    Args:
        parameters: Those of the run.
        show_progress: Whether to show on stderr how far a fetch is.

    Returns:
        One line where `env_name` is the name of an old version, else None.

    Raises:
        UnknownTask: Where there is no such environment or data set, or its files are missing or damaged.
        InvalidParameters: Where another parameter does not fit it, or `use_cuda` asks for what is not there.
        InvalidGenome: Where the first networks would have more connections than a genome can have.
    """
    from galapagos.genomes.founders import founder
    from galapagos.randomness import Purpose, generator

    task = build_task(parameters)
    rng = generator(parameters.seed, 0, Purpose.INITIAL_POPULATION)
    if parameters.experiment == "wann-gym":
        with _told_of(f"env_name: {task.name}"):
            founder(task.num_inputs, task.num_outputs, rng, parameters, 0)
        return task_notice(parameters)
    founder(task.num_inputs, task.num_outputs, rng, parameters, 0)
    if parameters.use_cuda and is_read("use_cuda", parameters):
        require_cuda()
    from galapagos.tasks.datasets import DIGITS, Images, load_dataset, require_dataset

    require_dataset(parameters.dataset, data_dir=parameters.data_dir, show_progress=show_progress)
    if parameters.dataset != DIGITS:  # they come with scikit-learn, which takes long to import
        images = Images.RAW if parameters.experiment == "layers" else Images.PREPROCESSED
        load_dataset(parameters.dataset, images, data_dir=parameters.data_dir)
    return None


def task_notice(parameters: Parameters) -> str | None:
    """Return one line where `env_name` is the name of an old version, else None.

    Raises:
        UnknownTask: Where there is no such environment.
    """
    if parameters.experiment != "wann-gym":
        return None
    from galapagos.tasks.environments import resolve

    return resolve(parameters.env_name).notice


@contextmanager
def _told_of(parameter: str) -> Iterator[None]:
    """Begin the line of an error with the parameter that it is about."""
    try:
        yield
    except (UnknownTask, InvalidGenome) as error:
        raise type(error)(f"{parameter}: {error}") from None


def _image_task(parameters: Parameters) -> Task:
    if parameters.experiment == "wann-classification":
        from galapagos.tasks.classification import ClassificationTask

        return ClassificationTask(parameters)
    if parameters.experiment == "layers":
        from galapagos.tasks.layers_task import LayersTask

        return LayersTask(parameters)
    from galapagos.tasks.learning_task import LearningTask

    return LearningTask(parameters)


def _control_task(parameters: Parameters) -> SwingUpTask | ControlTask:
    from galapagos.tasks.environments import resolve
    from galapagos.tasks.swing_up_task import SwingUpTask

    environment_id = resolve(parameters.env_name).id
    if environment_id == SwingUpTask.name:
        return SwingUpTask()
    from galapagos.tasks.control import ControlTask

    return ControlTask(environment_id)
