"""Edits of parameters on their way to a run: checked together, undone one by one, applied at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from galapagos.errors import InvalidParameters
from galapagos.parameter_declarations import Change
from galapagos.parameter_files import describe, parse_value, validate_change
from galapagos.parameters import Parameters, declaration, is_read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from galapagos.parameter_files import ParameterDescription


@dataclass(slots=True)
class ParameterEdits:
    """What a person has typed and not applied yet, on top of what acts and what is pending.

    Args:
        acting: The values that act now.
        pending: The values that the engine has taken and that act from the next generation on.
    """

    acting: Parameters
    pending: dict[str, Any] = field(default_factory=dict)
    edits: dict[str, Any] = field(default_factory=dict)
    _history: list[dict[str, Any]] = field(default_factory=list)

    def follow(self, parameters: Mapping[str, Any], pending: Mapping[str, Any]) -> bool:
        """Take what a newer snapshot says over, and return whether anything is new."""
        acting, waiting = parameters_from_json(parameters), dict(pending)
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

    def reason_not_to_edit(self, name: str) -> str:
        """Return why a parameter cannot be changed, or empty."""
        if declaration(name).change is Change.FIXED:
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
        value = parse_value(name, text)
        edits = {key: old for key, old in self.edits.items() if key != name}
        if not _same(value, self.taken[name]):
            edits[name] = value
        if edits != self.edits:
            self._history.append(self.edits)
            self.edits = edits

    def undo(self) -> bool:
        """Take the last edit back, and return whether there was one."""
        if not self._history:
            return False
        self.edits = self._history.pop()
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
        self._history = []

    def _problems(self, edits: Mapping[str, Any]) -> list[str]:
        try:
            validate_change(self.acting, {**self.pending, **edits})
        except InvalidParameters as error:
            return error.problems
        return []


def parameters_from_json(values: Mapping[str, Any]) -> Parameters:
    """Return the parameters of a snapshot, which the engine has checked."""
    return Parameters.model_validate(dict(values))


def matching(search: str) -> list[ParameterDescription]:
    """Return the parameters whose name, group, unit or help holds every word of a search."""
    words = search.lower().split()
    return [
        item
        for item in describe()
        if all(word in f"{item.name} {item.group} {item.unit} {item.help}".lower() for word in words)
    ]


def _json(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _same(one: object, other: object) -> bool:
    return _json(one) == _json(other)
