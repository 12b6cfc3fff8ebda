"""What the JSON objects of all kinds of genomes have in common, checked once: kind, version, known parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from galapagos.errors import InvalidGenome
from galapagos.strict_json import shown

if TYPE_CHECKING:
    from collections.abc import Sequence


def parts_of(data: object, kind: str, what: str, *, version: int, known: Sequence[str]) -> dict[str, Any]:
    """Return a JSON object that is one of a kind of genome, with no other parts than those that are known.

    Args:
        data: What was read.
        kind: Its `kind`.
        what: What a person calls it, as `a network`.
        version: The one that can be read.
        known: The names of all parts.

    Raises:
        InvalidGenome: Where it is of another kind or version, or has an unknown part.
    """
    if not isinstance(data, dict) or data.get("kind") != kind:
        raise InvalidGenome(f'{what} is a JSON object with "kind": "{kind}"')
    given = data.get("version")
    if type(given) is not int or given != version:
        raise InvalidGenome(f"{what} of version {shown(given)} cannot be read, only version {version}")
    refuse_unknown(data, known, what)
    return data


def refuse_unknown(data: dict[str, Any], known: Sequence[str], what: str) -> None:
    """Refuse a part whose name is not known: misspelt, it would else be another network in silence.

    Raises:
        InvalidGenome: Where there is one; the line names it, and those that are known.
    """
    unknown = next((name for name in data if name not in known), None)
    if unknown is not None:
        raise InvalidGenome(f"{shown(unknown)} is no part of {what}; parts are {', '.join(known)}")
