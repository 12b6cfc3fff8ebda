"""Parameters from YAML files, shipped presets and people: read strictly, checked as a whole, written."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from galapagos.errors import InvalidParameters
from galapagos.parameter_conflicts import conflicts
from galapagos.parameter_declarations import Change
from galapagos.parameter_descriptions import (
    ParameterDescription,
    ValueType,
    describe,
    description_of,
    from_text,
    parse_value,
    tidy,
    unknown,
    value_problems,
)
from galapagos.parameters import Parameters, special_defaults
from galapagos.strict_yaml import MAX_BYTES, read_flat_mapping

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = [
    "Given",
    "ParameterDescription",
    "Preset",
    "ValueType",
    "describe",
    "dump_parameters",
    "load_given",
    "load_parameters",
    "parameters_from_json",
    "parse_value",
    "presets",
    "validate_change",
]

KINDS = {
    "wann-gym": "wann-gym",
    "wann-classification": "wann-classification",
    "wlnn": "wlnn",
    "wlnn-mnist": "wlnn",
    "learning": "learning",
    "wlnn-mnist-no-evolution": "learning",
    "layers": "layers",
}
"""The experiment that a folder's name stands for; evolution-learning's names beside ours."""

_FOLDERS_OF_EVOLUTION_LEARNING = {"wlnn-mnist", "wlnn-mnist-no-evolution"}
"""Their files do not say which part of training counts, and mean the last epoch (Rieke 2020)."""


@dataclass(frozen=True, slots=True)
class Preset:
    """A shipped parameter file.

    Args:
        name: Its folder and name, `wann-gym/CartPoleSwingUp`.
        path: Of the file.
        description: Its first line, a comment: what it is, and whose.
        pace: Its second line where that is a comment too: how long a generation takes; else empty.
    """

    name: str
    path: Path
    description: str
    pace: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """A value that somebody gave, and where, in the words of an error line.

    Args:
        value: The value; from the command line or a form the text of one.
        place: `file.yaml:3` or `command line`; empty for an argument of a Python call.
        is_text: Whether the value is a text yet to be read.
    """

    value: Any
    place: str = ""
    is_text: bool = False


def presets() -> tuple[Preset, ...]:
    """Return the shipped presets by name."""
    import params

    root = Path(params.__file__).parent
    paths = sorted(root.glob("*/*.yaml"), key=lambda path: str(path).lower())
    return tuple(
        Preset(f"{path.parent.name}/{path.stem}", path, *_two_comments(path.read_text("utf-8")))
        for path in paths
    )


def load_parameters(preset_or_path: str | Path, **overrides: Any) -> Parameters:  # noqa: ANN401
    """Return the parameters of a preset or a YAML file, with some values overridden.

    Args:
        preset_or_path: The name of a shipped preset (`wann-gym/CartPoleSwingUp`) or the path of a file.
        overrides: Values by name; they take the place of those in the file.

    Raises:
        InvalidParameters: With all problems of file and overrides, each one line,
            `file:line: what is wrong; what would be right`.
    """
    return load_given(preset_or_path, {name: Given(value) for name, value in overrides.items()})


def load_given(preset_or_path: str | Path, overrides: Mapping[str, Given]) -> Parameters:
    """Return what `load_parameters` does, for overrides that know where they come from."""
    path, shown = _find(preset_or_path)
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InvalidParameters([f"{shown}: {error.strerror}; a readable file would be right"]) from None
    reading = read_flat_mapping(data)
    given = {key: Given(entry.value, f"{shown}:{entry.line}") for key, entry in reading.entries.items()}
    given |= overrides
    problems = [(problem.line, f"{shown}:{problem.line}: {problem.text}") for problem in reading.problems]
    return _check(_with_experiment(given, path, shown), [_Located(*problem) for problem in problems])


def parameters_from_json(values: Mapping[str, Any], place: str) -> Parameters:
    """Return the parameters of a JSON object, such as those of the run that a saved elite comes from.

    Args:
        values: By name.
        place: Where they stand, in the words of an error line.

    Raises:
        InvalidParameters: With all problems, each one line.
    """
    return _check({name: Given(value, place) for name, value in values.items()}, ())


def validate_change(parameters: Parameters, changes: Mapping[str, Any]) -> Parameters:
    """Return the parameters of a running experiment with some values replaced, all of them or none.

    Raises:
        InvalidParameters: With all problems: unknown names, fixed parameters, values that are wrong by
            themselves or do not fit the others.
    """
    problems, values = [], {}
    for name, value in changes.items():
        if name not in Parameters.model_fields:
            problems.append(unknown(name))
            continue
        values[name] = value
        if description_of(name).change is Change.FIXED and values[name] != getattr(parameters, name):
            problems.append(f"{name}: is fixed while a run goes on; a new run can have another value")
            del values[name]
    wrong = value_problems(values)
    problems += [f"{name}: {text}" for name, text in wrong.items()]
    together = {**dict(parameters), **{name: values[name] for name in values if name not in wrong}}
    problems += [conflict.text for conflict in conflicts(together) if not set(conflict.names) & set(wrong)]
    if problems:
        raise InvalidParameters(problems)
    return Parameters.model_validate(together)


def dump_parameters(parameters: Parameters) -> str:
    """Return parameters as a YAML file that `load_parameters` reads back equal, in groups."""
    lines: list[str] = []
    group = None
    for description in describe():
        value = getattr(parameters, description.name)
        if description.group is not group:
            group = description.group
            lines += [""] * bool(lines) + [f"# {group}"]
        if value is not None:
            lines.append(f"{description.name}: {yaml_value(value)}")
    return "\n".join(lines) + "\n"


# Words that some reader of YAML, ours or another, does not take for a text.
_NOT_PLAIN = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


def yaml_value(value: Any) -> str:  # noqa: ANN401 - the value of any parameter
    """Return one value as it stands in a file."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f"[{', '.join(yaml_value(item) for item in value)}]"
    if isinstance(value, str):
        return value if _PLAIN.fullmatch(value) and value.lower() not in _NOT_PLAIN else _quoted(value)
    return "" if value is None else repr(value)


def _quoted(text: str) -> str:
    escaped = (
        f"\\{character}"
        if character in '"\\'
        else character
        if character.isprintable()
        else f"\\U{ord(character):08x}"
        for character in text
    )
    return f'"{"".join(escaped)}"'


@dataclass(frozen=True, slots=True, order=True)
class _Located:
    """A problem with the line by which it is sorted; those of no file come last."""

    line: float
    text: str


def _find(preset_or_path: str | Path) -> tuple[Path, str]:
    """Return the file that is meant and how to call it in an error line."""
    text = str(preset_or_path)
    path = Path(text).expanduser()
    if path.is_file():
        return path, text
    if not text:
        raise InvalidParameters(["a preset is named, as wann-gym/CartPoleSwingUp"])
    known = {preset.name: preset for preset in presets()}
    name = text.removesuffix(".yaml")
    if name in known:
        return known[name].path, f"{name}.yaml"
    if path.is_dir():
        raise InvalidParameters([f"{text}: is a directory; the YAML file in it would be right"])
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5) or [
        preset for preset in known if preset.rpartition("/")[2].lower() == name.rpartition("/")[2].lower()
    ]
    hint = f"did you mean {near[0]}?" if near else "`galapagos params show` names all presets"
    raise InvalidParameters([f"{text}: no such file and no preset of that name; {hint}"])


def _two_comments(text: str) -> tuple[str, str]:
    """Return the first two lines without their number signs, empty where they are no comments."""
    first, second, *_ = [*text.split("\n", 2), "", ""]
    described, paced = (line[1:].strip() if line.startswith("#") else "" for line in (first, second))
    return described, paced


def _with_experiment(given: dict[str, Given], path: Path, shown: str) -> dict[str, Given]:
    """Return what was given with the kind of experiment: said by itself, or by the folder's name."""
    if "experiment" in given:
        return given
    folder = path.resolve().parent.name
    if folder in KINDS:
        place = f"{shown}: folder {folder}"
        period = {"evaluation_period": Given("last_epoch", place)}
        implied = period if folder in _FOLDERS_OF_EVOLUTION_LEARNING else {}
        return {**implied, **given, "experiment": Given(KINDS[folder], place)}
    if "env_name" not in given and given.keys() & {"dataset", "learning_rule"}:
        nobody = f"{shown}: neither the file, its folder nor --experiment says a kind"
        return {**given, "experiment": Given(None, nobody)}
    return given


def _check(given: Mapping[str, Given], problems: Iterable[_Located]) -> Parameters:
    """Return the parameters of all values together.

    Raises:
        InvalidParameters: With all problems, in the order of the lines they stand on.
    """
    found = list(problems)
    values: dict[str, Any] = {}
    for name, item in given.items():
        if name in Parameters.model_fields:
            values[name] = tidy(name, from_text(name, item.value) if item.is_text else item.value)
        else:
            found.append(_located(item, unknown(name)))
    wrong = value_problems(values)
    found += [_located(given[name], f"{name}: {text}") for name, text in wrong.items()]
    defaults = {description.name: description.default for description in describe()}
    defaults |= special_defaults(values.get("experiment"))
    together = {**defaults, **{name: value for name, value in values.items() if name not in wrong}}
    for conflict in conflicts(together):
        # Another experiment has other defaults, and a value that is wrong already says so itself.
        if "experiment" not in wrong and not set(conflict.names) & set(wrong):
            named = [given[name] for name in conflict.names if name in given]
            last = max(named, key=lambda item: _line_of(item.place), default=Given(None))
            found.append(_located(last, conflict.text))
    if found:
        raise InvalidParameters([problem.text for problem in sorted(found)])
    return Parameters.model_validate(together)


def _line_of(place: str) -> float:
    line = place.rpartition(":")[2]
    return int(line) if line.isdecimal() else float("inf")


def _located(item: Given, text: str) -> _Located:
    return _Located(_line_of(item.place), f"{item.place}: {text}" if item.place else text)
