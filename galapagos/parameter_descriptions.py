"""What is known of each parameter, for flags, forms, tables and error lines: derived from its declaration."""

from __future__ import annotations

import difflib
import functools
import types
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin

import annotated_types
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from galapagos.errors import InvalidParameters
from galapagos.parameters import Parameters, declaration
from galapagos.strict_yaml import read_scalar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from galapagos.parameter_declarations import Change, Group

AUTO = "auto"
"""The word that leaves an optional parameter to the program."""


class ValueType(StrEnum):
    """What kind of value a parameter takes."""

    SWITCH = "switch"
    WHOLE = "whole number"
    NUMBER = "number"
    TEXT = "text"
    CHOICE = "choice"
    NUMBERS = "list of numbers"
    CHOICES = "list of choices"


@dataclass(frozen=True, slots=True)
class ParameterDescription:
    """Everything that the declaration of a parameter says.

    Args:
        type: The kind of value.
        default: The value where nobody gives one; None where the program finds it out.
        choices: The words it may be; for a whole number those beside its numbers (`infinity`).
        bounds: The range in words, as `from 1 to 64`; for a list that of each value; empty without one.
        unit: Of the value, or empty.
        optional: Whether it may be left to the program (None).
        experiments: The kinds of experiment that read it; empty for all.
        defaults: By kind of experiment, where the default is another.
    """

    name: str
    type: ValueType
    default: Any
    choices: tuple[str, ...]
    bounds: str
    unit: str
    help: str
    group: Group
    change: Change
    optional: bool
    experiments: tuple[str, ...]
    defaults: Mapping[str, Any]

    @property
    def words(self) -> str:
        """The choices as part of a sentence: `uniform, logarithmic or quantile`."""
        return " or ".join(filter(None, (", ".join(self.choices[:-1]), *self.choices[-1:])))

    @property
    def expected(self) -> str:
        """What would be right, in words: `a whole number from 1 to 64`."""
        words = self.words
        if self.type is ValueType.SWITCH:
            return "true or false"
        if self.type is ValueType.CHOICE:
            return words
        if self.type is ValueType.CHOICES:
            return f"a list, at least one value, of {words}"
        bounds = f", {self.bounds}" if self.bounds[:1].isdigit() else f" {self.bounds}"
        several = f"a {self.type}{bounds}".rstrip()
        return f"{several}, or {words}" if words else several


@functools.cache
def describe() -> tuple[ParameterDescription, ...]:
    """Return the description of every parameter, in the order of their declarations."""
    return tuple(_describe(name, info) for name, info in Parameters.model_fields.items())


@functools.cache
def description_of(name: str) -> ParameterDescription:
    """Return the description of one parameter; a name that is none raises KeyError."""
    return _describe(name, Parameters.model_fields[name])


def unknown(name: str) -> str:
    """Return the line for a name that is no parameter; it names the nearest that is one."""
    near = difflib.get_close_matches(name.replace("-", "_"), Parameters.model_fields, n=1, cutoff=0.6)
    hint = f"did you mean {near[0]}?" if near else "`galapagos params list` names them all"
    return f"{_shown(name)} is no parameter; {hint}"


def from_text(name: str, text: str) -> Any:  # noqa: ANN401 - the type is that of the parameter
    """Return the value that a text means for a parameter, or the text itself where it means none.

    Lists are separated by commas or blanks, with or without brackets. `auto` and an empty text leave an
    optional parameter to the program.
    """
    description = description_of(name)
    text = text.strip()
    if description.optional and text.lower() in {"", "none", "null", AUTO}:
        return None
    match description.type:
        case ValueType.TEXT:
            return text
        case ValueType.NUMBERS | ValueType.CHOICES:
            items = text.removeprefix("[").removesuffix("]").replace(",", " ").split()
            return tuple(read_scalar(item) for item in items)
        case ValueType.CHOICE:
            return text
    value = read_scalar(text)
    return text if value is None else value


def tidy(name: str, value: Any) -> Any:  # noqa: ANN401 - any value from a file or a client
    """Return a value in the form its parameter takes, where that form means exactly the same.

    `1e3` is a whole number, `.inf` is `infinity`, `auto` leaves a value to the program, and one value may
    stand for a list of one.
    """
    description = description_of(name)
    if description.optional and value == AUTO:
        return None
    if description.type is ValueType.WHOLE and isinstance(value, float):
        if value == float("inf") and "infinity" in description.choices:
            return "infinity"
        return int(value) if value.is_integer() else value
    if description.type in {ValueType.NUMBERS, ValueType.CHOICES}:
        if isinstance(value, list):
            return tuple(value)
        if isinstance(value, (int, float, str)):
            return (value,)
    if value is None and description.type is ValueType.TEXT and description.default == "":
        return ""
    return value


def parse_value(name: str, text: str) -> Any:  # noqa: ANN401 - the type is that of the parameter
    """Return the checked value that a text means for a parameter.

    Raises:
        InvalidParameters: Where the name is no parameter, or the text no value that it takes.
    """
    if name not in Parameters.model_fields:
        raise InvalidParameters([unknown(name)])
    value = tidy(name, from_text(name, text))
    found = value_problems({name: value})
    if found:
        raise InvalidParameters([f"{name}: {problem}" for problem in found.values()])
    return value


def value_problems(values: dict[str, Any]) -> dict[str, str]:
    """Return, by name, what is wrong with each value by itself; the names are parameters."""
    try:
        Parameters.model_validate(values)
    except ValidationError as error:
        refused = {str(item["loc"][0]) for item in error.errors(include_url=False) if item["loc"]}
        return {name: _problem(description_of(name), values[name]) for name in values if name in refused}
    return {}


def _problem(description: ParameterDescription, value: Any) -> str:  # noqa: ANN401
    if description.type in {ValueType.NUMBERS, ValueType.CHOICES} and isinstance(value, (tuple, list)):
        wrong = [item for item in value if not _fits(description, item)]
        if wrong:
            return _problem_of_one(description, wrong[0])
        return f"a list of {len(value)} values; {description.expected} would be right"
    return _problem_of_one(description, value)


def _problem_of_one(description: ParameterDescription, value: Any) -> str:  # noqa: ANN401
    expected = f"{description.expected} would be right"
    if value is None:
        return f"has no value; {expected}"
    if isinstance(value, str) and description.type is ValueType.TEXT:
        return f"a text of {len(value)} characters is out of range; {expected}"
    if isinstance(value, str) and description.choices:
        near = difflib.get_close_matches(value, description.choices, n=1)
        return f"{_shown(value)} is unknown; {expected}" + (f" (did you mean {near[0]}?)" if near else "")
    if _is_number_for(description, value) and description.bounds:
        return f"{value} is out of range; {expected}"
    quotes = " (in quotes)" if description.type is ValueType.TEXT else ""
    return f"{_kind(value)}; {expected}{quotes}"


def _is_number_for(description: ParameterDescription, value: Any) -> bool:  # noqa: ANN401
    match description.type:
        case ValueType.WHOLE:
            return isinstance(value, int) and not isinstance(value, bool)
        case ValueType.NUMBER | ValueType.NUMBERS:
            return isinstance(value, (int, float)) and not isinstance(value, bool)
    return False


def _fits(description: ParameterDescription, item: Any) -> bool:  # noqa: ANN401
    return not any(
        problem["loc"][:1] == (description.name,) and len(problem["loc"]) > 1
        for problem in _errors_of({description.name: (item,)})
    )


def _errors_of(values: dict[str, Any]) -> list[Any]:
    try:
        Parameters.model_validate(values)
    except ValidationError as error:
        return list(error.errors(include_url=False))
    return []


def _kind(value: Any) -> str:  # noqa: ANN401
    if isinstance(value, str):
        zero = value.lstrip("+-").startswith("0") and value.lstrip("+-").isdigit()
        return f"{_shown(value)} is a text" + (", because of its leading zero" if zero else "")
    if isinstance(value, bool):
        return f"{str(value).lower()} is a truth value"
    if isinstance(value, (tuple, list)):
        return f"a list of {len(value)} values"
    if isinstance(value, (int, float)):
        return f"{value} is a number"
    return f"{_shown(type(value).__name__)} is no value of a parameter"


def _shown(text: str) -> str:
    clean = "".join(character if character.isprintable() else "?" for character in text[:61])
    return f"'{clean[:60]}…'" if len(clean) > 60 else f"'{clean}'"


def _describe(name: str, info: FieldInfo) -> ParameterDescription:
    annotation, constraints, choices, optional = _flatten(info.annotation, list(info.metadata))
    declared = declaration(name)
    item = annotation
    if get_origin(annotation) is tuple:
        item, inner, choices, _ = _flatten(get_args(annotation)[0], [])
        constraints = inner
    kind = _value_type(item, choices, is_list=item is not annotation)
    return ParameterDescription(
        name=name,
        type=kind,
        default=info.default,
        choices=choices,
        bounds=_bounds(constraints, length=kind is ValueType.TEXT),
        unit=declared.unit,
        help=info.description or "",
        group=declared.group,
        change=declared.change,
        optional=optional,
        experiments=declared.experiments,
        defaults={str(kind): value for kind, value in declared.defaults.items()},
    )


def _flatten(annotation: Any, constraints: list[Any]) -> tuple[Any, list[Any], tuple[str, ...], bool]:  # noqa: ANN401
    """Return the plain type, all constraints, the words it may be, and whether None is among its values."""
    if get_origin(annotation) in {Union, types.UnionType}:
        plain, optional = None, False
        words: tuple[str, ...] = ()
        for member in get_args(annotation):
            if member is type(None):
                optional = True
                continue
            found, constraints, more, _ = _flatten(member, constraints)
            words += more
            plain = found if not more else plain
        return plain or str, constraints, words, optional
    if hasattr(annotation, "__metadata__"):
        for item in annotation.__metadata__:
            constraints = constraints + (list(item.metadata) if isinstance(item, FieldInfo) else [item])
        return _flatten(annotation.__origin__, constraints)
    if get_origin(annotation) is Literal:
        return str, constraints, tuple(str(word) for word in get_args(annotation)), False
    return annotation, constraints, (), False


def _value_type(plain: Any, choices: tuple[str, ...], *, is_list: bool) -> ValueType:  # noqa: ANN401
    if is_list:
        return ValueType.CHOICES if choices else ValueType.NUMBERS
    if plain is str:
        return ValueType.CHOICE if choices else ValueType.TEXT
    return {bool: ValueType.SWITCH, int: ValueType.WHOLE, float: ValueType.NUMBER}[plain]


def _bounds(constraints: list[Any], *, length: bool) -> str:
    low = high = ""
    inclusive = True
    for item in constraints:
        if isinstance(item, annotated_types.Ge):
            low = f"from {_number(item.ge)}"
        elif isinstance(item, annotated_types.Gt):
            low, inclusive = f"above {_number(item.gt)} and", False
        elif isinstance(item, annotated_types.Le):
            high = f"{'to' if low and inclusive else 'up to'} {_number(item.le)}"
        elif isinstance(item, annotated_types.Lt):
            high = f"{'to' if low and inclusive else 'up to'} below {_number(item.lt)}"
        elif isinstance(item, annotated_types.MinLen) and length:
            low = str(item.min_length)
        elif isinstance(item, annotated_types.MaxLen) and length:
            high = f"{'to' if low else 'up to'} {item.max_length}"
    if low and not high:
        return f"{low.removeprefix('from ')} or more" if inclusive else low.removesuffix(" and")
    text = f"{low} {high}".strip()
    return f"of {text} characters" if length and text else text


def _number(value: Any) -> str:  # noqa: ANN401
    if value == 2**63:
        return "2^63"
    return str(int(value)) if float(value).is_integer() else f"{value:g}"
