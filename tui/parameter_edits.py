"""Edits of parameters on their way to a run: checked together, undone and done again, applied at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from galapagos import parameter_files
from galapagos.errors import InvalidParameters
from galapagos.parameter_declarations import Change
from galapagos.parameter_descriptions import ValueType, description_of
from galapagos.parameter_files import describe, parse_value, validate_change
from galapagos.parameters import Parameters, declaration, is_read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from galapagos.parameter_files import ParameterDescription


@dataclass(slots=True)
class ParameterEdits:
    """What a person has typed and not applied yet, on top of what acts and what is pending.

    Args:
        acting: The values that act now; before a start, those of the file.
        pending: The values that the engine has taken and that act from the next generation on.
        edits: What is typed, by name.
        file: The values that the run began with, where they are known.
        is_start: Whether there is no run yet, so that nothing is fixed.
    """

    acting: Parameters
    pending: dict[str, Any] = field(default_factory=dict)
    edits: dict[str, Any] = field(default_factory=dict)
    file: Parameters | None = None
    is_start: bool = False
    _before: list[dict[str, Any]] = field(default_factory=list)
    _undone: list[dict[str, Any]] = field(default_factory=list)

    def follow(self, parameters: Mapping[str, Any], pending: Mapping[str, Any]) -> bool:
        """Take what a newer snapshot says over, and return whether anything is new.

        What is no parameters here, as from an engine of another version, is not taken over.
        """
        try:
            acting, waiting = parameters_from_json(parameters), dict(pending)
        except InvalidParameters:
            return False
        changed = acting != self.acting or waiting != self.pending
        self.acting, self.pending = acting, waiting
        return changed

    @property
    def taken(self) -> dict[str, Any]:
        """The values that the run has or will have without the edits."""
        return {**dict(self.acting), **self.pending}

    @property
    def values(self) -> dict[str, Any]:
        """The values that the run would have with the edits."""
        return {**self.taken, **self.edits}

    def differs(self, name: str) -> bool:
        """Return whether the run has, or will have, another value than the file it began with."""
        return self.file is not None and not _same(self.taken[name], getattr(self.file, name))

    @property
    def changed(self) -> list[str]:
        """The parameters that are edited, pending or different from the file."""
        return [
            item.name
            for item in describe()
            if item.name in self.edits or item.name in self.pending or self.differs(item.name)
        ]

    def reason_not_to_edit(self, name: str) -> str:
        """Return why a parameter cannot be changed, or empty."""
        if not self.is_start and declaration(name).change is Change.FIXED:
            return "fixed: a run keeps the value it began with"
        return ""

    def reason_not_read(self, name: str) -> str:
        """Return why the engine does not read a parameter in this mode, or empty."""
        if is_read(name, Parameters.model_construct(**self.values)):
            return ""
        declared = declaration(name)
        wanted = " or ".join(f"experiment={kind}" for kind in declared.experiments)
        acting = self.values["experiment"] in (declared.experiments or (self.values["experiment"],))
        return f"not read now, only with {declared.read_when if acting else wanted}"

    def problems_of(self, name: str, text: str) -> list[str]:
        """Return what is wrong with a text as the value of a parameter, beside the other edits."""
        try:
            value = parse_value(name, text)
        except InvalidParameters as error:
            return error.problems
        return self._problems({**self.edits, name: value})

    @property
    def problems(self) -> list[str]:
        """What is wrong with the edits as they are, all of it."""
        return self._problems(self.edits)

    def edit(self, name: str, text: str) -> None:
        """Note a value; it may still not fit the others.

        Raises:
            InvalidParameters: Where the text is no value of this parameter, or the parameter is fixed.
        """
        if reason := self.reason_not_to_edit(name):
            raise InvalidParameters([f"{name}: {reason}"])
        self._note({name: parse_value(name, text)})

    def put_back(self, name: str, value: object) -> None:
        """Note a value that the parameter had before, as JSON has it.

        Raises:
            InvalidParameters: Where the parameter is fixed.
        """
        if reason := self.reason_not_to_edit(name):
            raise InvalidParameters([f"{name}: {reason}"])
        self._note({name: tuple(value) if isinstance(value, list) else value})

    def load(self, parameters: Parameters) -> tuple[list[str], list[str]]:
        """Note every value of a file that differs, in one step.

        Returns:
            (the parameters that became edits, those that differ and are fixed)
        """
        taken = self.taken
        differing = [name for name in taken if not _same(getattr(parameters, name), taken[name])]
        fixed = [name for name in differing if self.reason_not_to_edit(name)]
        live = [name for name in differing if name not in fixed]
        same = {name: taken[name] for name in self.edits if name not in live}
        self._note({**same, **{name: getattr(parameters, name) for name in live}})
        return live, fixed

    def undo(self) -> bool:
        """Take the last edit back, and return whether there was one."""
        if not self._before:
            return False
        self._undone.append(self.edits)
        self.edits = self._before.pop()
        return True

    def redo(self) -> bool:
        """Do the edit again that was taken back last, and return whether there was one."""
        if not self._undone:
            return False
        self._before.append(self.edits)
        self.edits = self._undone.pop()
        return True

    def changes(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return (new, old) values of what is edited, as JSON values."""
        taken = self.taken
        return (
            {name: _json(value) for name, value in self.edits.items()},
            {name: _json(taken[name]) for name in self.edits},
        )

    def applied(self) -> None:
        """Forget the edits: the engine has taken them."""
        self.pending = {**self.pending, **self.edits}
        self.edits = {}
        self._before, self._undone = [], []

    def checked(self) -> Parameters:
        """Return all values together, as they would act with the edits.

        Raises:
            InvalidParameters: With everything that is wrong with the edits.
        """
        return self._checked(self.edits)

    def _note(self, values: Mapping[str, Any]) -> None:
        taken = self.taken
        edits = {name: old for name, old in self.edits.items() if name not in values}
        edits |= {name: value for name, value in values.items() if not _same(value, taken[name])}
        if edits != self.edits:
            self._before.append(self.edits)
            self._undone = []
            self.edits = edits

    def _problems(self, edits: Mapping[str, Any]) -> list[str]:
        try:
            self._checked(edits)
        except InvalidParameters as error:
            return error.problems
        return []

    def _checked(self, edits: Mapping[str, Any]) -> Parameters:
        if self.is_start:
            return parameter_files.parameters_from_json({**dict(self.acting), **edits}, "")
        return validate_change(self.acting, {**self.pending, **edits})


def parameters_from_json(values: Mapping[str, Any]) -> Parameters:
    """Return the parameters of a snapshot.

    Raises:
        InvalidParameters: Where they are none, as from an engine of another version.
    """
    return parameter_files.parameters_from_json(values, "")


def matching(search: str) -> list[ParameterDescription]:
    """Return the parameters whose name, group, unit or help holds every word of a search."""
    words = search.lower().split()
    return [
        item
        for item in describe()
        if all(word in f"{item.name} {item.group} {item.unit} {item.help}".lower() for word in words)
    ]


def choices_of(name: str) -> tuple[str, ...]:
    """Return the values that a key can go through one by one; none where there are too many or no end."""
    description = description_of(name)
    if description.type is ValueType.SWITCH:
        return ("false", "true")
    return description.choices if description.type is ValueType.CHOICE else ()


def next_choice(choices: tuple[str, ...], value: str, step: int) -> str:
    """Return the choice so many steps after a value, round and round; the first after what is none."""
    position = choices.index(value) + step if value in choices else 0
    return choices[position % len(choices)]


def _json(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _same(one: object, other: object) -> bool:
    return _json(one) == _json(other)
