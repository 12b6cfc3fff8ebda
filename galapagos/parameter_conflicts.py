"""What does not fit together in parameters, each of which is in order by itself."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Conflict:
    """What is wrong with values that do not fit together, and the parameters that it concerns."""

    names: tuple[str, ...]
    text: str


def conflicts(values: Mapping[str, Any]) -> list[Conflict]:
    """Return what does not fit together in a complete set of values, each of which is in order by itself."""
    found = []
    shares = ("p_add_node", "p_add_connection", "p_change_activation")
    total = math.fsum(values[name] for name in shares)
    if values["experiment"] not in {"learning", "layers"} and not math.isclose(total, 1.0, abs_tol=1e-9):
        found.append(Conflict(shares, f"{' + '.join(shares)} = {total:g}; they must sum to 1"))
    for name in ("activations", "layer_types"):
        twice = [value for index, value in enumerate(values[name]) if value in values[name][:index]]
        if twice:
            found.append(Conflict((name,), f"{name}: {twice[0]} stands there twice; once would be right"))
    for name, value in values.items():
        if isinstance(value, str) and not value.isprintable():
            found.append(Conflict((name,), f"{name}: has a control character; plain text would be right"))
    if values["experiment"] == "layers" and values["complexity_measure"] != "layers":
        text = "complexity_measure: stacks of layers are told apart by their layers; `layers` would be right"
        found.append(Conflict(("complexity_measure",), text))
    if values["experiment"] in {"wlnn", "learning", "layers"} and values["bias_input"]:
        found.append(
            Conflict(("bias_input",), "bias_input: networks that learn have none; false would be right")
        )
    if "/" in values["name"]:
        found.append(Conflict(("name",), "name: has a slash; it becomes part of the name of a directory"))
    return found
