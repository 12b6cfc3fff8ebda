"""The errors a person can meet, each one line that says what is wrong, where, and what would be right.

GalapagosError
├── InvalidParameters   a parameter, a YAML file or a flag that cannot be taken    (exit code 2)
├── InvalidGenome       a network that is not one, or does not fit the task        (exit code 2)
├── UnknownTask         an environment or data set that is not there               (exit code 2)
├── UnknownRun          a run that is not there, or is not alive                   (exit code 2)
├── RunDirectoryError   a run directory that exists already or cannot be used      (exit code 2)
├── CheckpointError     a checkpoint that is damaged or of a newer version         (exit code 1)
├── CommandRefused      a command that the engine did not take                     (exit code 2)
├── LibraryError        a library that cannot be read, written or understood       (exit code 1)
├── UnknownEntry        a saved elite that is not in the library                   (exit code 2)
├── InvalidEntry        what a saved elite cannot have, as too many tags           (exit code 2)
├── ExportRefused       an export that was asked for as it cannot be               (exit code 2)
├── ConnectionLost      the engine or its socket went away                         (exit code 1)
└── EngineFailed        the engine could not start or came to an unplanned end     (exit code 1)
"""


class GalapagosError(Exception):
    """The root of all errors of this program; its text is one line fit to be shown."""

    exit_code = 2


class InvalidParameters(GalapagosError):
    """Parameters that were refused; `problems` holds one line for each problem."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class InvalidGenome(GalapagosError):
    """A network that breaks a rule of its kind, or does not fit the inputs and outputs of a task."""


class UnknownTask(GalapagosError):
    """An environment or a data set that is not there or that no network can take."""


class UnknownRun(GalapagosError):
    """A run that is not there, or that is not alive where a live one is needed."""


class RunDirectoryError(GalapagosError):
    """A run directory that exists already, is in use, or cannot be written."""


class CheckpointError(GalapagosError):
    """A checkpoint that is damaged, incomplete, or written by a newer version."""

    exit_code = 1


class CommandRefused(GalapagosError):
    """A command that the engine did not take, with its reason."""


class LibraryError(GalapagosError):
    """A library that cannot be read or written, is damaged, or was written by a newer version."""

    exit_code = 1


class UnknownEntry(GalapagosError):
    """A saved elite that is not in the library, or a name that several have."""


class InvalidEntry(GalapagosError):
    """What a saved elite was to have and cannot, such as too many tags."""


class ExportRefused(GalapagosError):
    """An export that was asked for as it cannot be; nothing was written."""


class ConnectionLost(GalapagosError):
    """The connection to an engine ended before an answer came."""

    exit_code = 1


class EngineFailed(GalapagosError):
    """The engine could not start, or came to an end that nobody asked for."""

    exit_code = 1
