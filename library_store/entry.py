"""A saved elite: the network, what it achieved, where it comes from, and what people wrote on it."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from galapagos.errors import InvalidGenome
from galapagos.fitness import FitnessKind, fitness_kind, fitness_text
from galapagos.plain_text import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from galapagos.evaluation import Evaluation
    from galapagos.genomes.genome import Genome
    from library_store.tensors import Tensors

LONGEST_NAME = 200
LONGEST_TAG = 40
LONGEST_NOTES = 10_000
MOST_TAGS = 50
_LONGEST_PATH = 4096

_ID = re.compile(r"[0-9a-f]{16}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_BETWEEN_TAGS = re.compile(r"[\s,;:]+")


@dataclass(frozen=True, slots=True)
class Injection:
    """Once that an entry was put back into a run.

    Args:
        run: The run's name.
        path: Its directory.
        generation: The one that the clone entered.
        at: When, seconds since 1970.
    """

    run: str
    path: str
    generation: int
    at: float


@dataclass(frozen=True)
class Entry:
    """An elite in the library; what is unknown of a network from elsewhere is empty, or None.

    Args:
        id: 16 hexadecimal digits: the individual's own where it comes from a run.
        name: What people call it; several may have the same name.
        tags: Sorted words.
        notes: Any lines.
        experiment: The kind of experiment that it comes from.
        task: The environment or data set.
        fitness: Archive fitness, higher for the better.
        results: Its whole evaluation, as `evaluation_to_json` writes it.
        measure: What `complexity` counts.
        complexity: Its size in the archive.
        connections: Its connections.
        neurons: Its neurons.
        layers: Its layers.
        run: The run that it comes from.
        generation: The one in which it was born.
        parents: The ids of its parents.
        operator: What made it.
        parameters: Those of its run when it was saved, as JSON.
        program: The version of Galápagos that saved it.
        saved: When it was saved, seconds since 1970.
        injections: Where it was put back, the oldest first.
        weights: The SHA-256 of its file under `weights/`.
        skeleton: The genome's JSON without its weights, see `library_store.tensors`.
        read_weights: Returns its arrays by name; absent where it has none.
    """

    id: str
    name: str
    experiment: str
    task: str
    fitness: float | None
    results: Mapping[str, Any] | None
    measure: str
    complexity: int
    connections: int
    neurons: int
    layers: int
    saved: float
    weights: str
    skeleton: Mapping[str, Any]
    tags: tuple[str, ...] = ()
    notes: str = ""
    run: str = ""
    generation: int | None = None
    parents: tuple[str, ...] = ()
    operator: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    program: str = ""
    injections: tuple[Injection, ...] = ()
    read_weights: Callable[[], Tensors] | None = field(default=None, compare=False, repr=False)

    @cached_property
    def genome(self) -> Genome:
        """The network, with the weights that it learned where its run kept them (else `is_untrained`).

        Raises:
            LibraryError: Where the file of its weights is missing or damaged.
            InvalidGenome: Where it is no network that this version can read.
        """
        from galapagos.genomes.any_genome import genome_from_json
        from library_store.tensors import put_back

        tensors = {} if self.read_weights is None else self.read_weights()
        return genome_from_json(put_back(self.skeleton, tensors))

    @property
    def is_untrained(self) -> bool:
        """Whether its fitness is that of weights which it learned, and its run did not keep."""
        learned = self.results is not None and bool(self.results.get("by_epoch"))
        return learned and not self.skeleton.get("epochs")

    @cached_property
    def evaluation(self) -> Evaluation | None:
        """What it achieved: objectives, results by weight or epoch, trials and spread; None if unknown."""
        from galapagos.engine.records.individual_json import evaluation_from_json

        return None if self.results is None else evaluation_from_json(dict(self.results))

    @property
    def fitness_kind(self) -> FitnessKind:
        """What its fitness is."""
        return fitness_kind(self.experiment or "wann-gym")

    @property
    def fitness_text(self) -> str:
        """Its fitness as it is shown."""
        return fitness_text(self.fitness, self.fitness_kind)

    @cached_property
    def search_text(self) -> str:
        """Everything of it that a search for words looks at, in small letters."""
        parts = (self.id, self.name, *self.tags, self.experiment, self.task, self.run, self.notes)
        return "\n".join(parts).casefold()

    def changed(self, **changes: Any) -> Self:  # noqa: ANN401
        """Return a copy with other values."""
        return replace(self, **changes)

    def to_row(self) -> dict[str, Any]:
        """Return the JSON object that the database keeps."""
        row = {field.name: getattr(self, field.name) for field in fields(self)}
        del row["read_weights"]
        for name in ("results", "parameters", "skeleton"):
            row[name] = None if row[name] is None else dict(row[name])
        row |= {"tags": list(self.tags), "parents": list(self.parents)}
        row["injections"] = [
            {field.name: getattr(one, field.name) for field in fields(Injection)} for one in self.injections
        ]
        return row

    @classmethod
    def from_row(cls, row: Mapping[str, Any], read_weights: Callable[[], Tensors] | None = None) -> Self:
        """Return the entry of a JSON object; the genome itself is checked when it is asked for.

        Raises:
            InvalidGenome: Where a part is missing or wrong; the line names it.
        """
        values: dict[str, Any] = {}
        for name, read in _READERS.items():
            try:
                values[name] = read(row[name])
            except KeyError:
                raise InvalidGenome(f"a saved elite lacks {name}") from None
            except (TypeError, ValueError, OverflowError) as error:
                raise InvalidGenome(f"{name} of a saved elite {error}") from None
        return cls(read_weights=read_weights, **values)


def clean_name(text: str) -> str:
    """Return a name in one plain line of at most `LONGEST_NAME` characters."""
    return plain(text, limit=LONGEST_NAME)


def clean_tags(texts: object) -> tuple[str, ...]:
    """Return sorted tags; blanks, commas, semicolons and colons part one from the next.

    Raises:
        ValueError: Where there are more than `MOST_TAGS`.
    """
    given = list(texts) if isinstance(texts, list | tuple | set) else [texts]
    # Bounded first: cleaning takes its time for each.
    if not all(isinstance(text, str) for text in given) or len(given) > 2 * MOST_TAGS:
        raise ValueError(f"are at most {MOST_TAGS} words")
    words = " ".join(map(str, given))[: 2 * MOST_TAGS * LONGEST_TAG]
    found = {plain(tag, limit=LONGEST_TAG) for tag in _BETWEEN_TAGS.split(words)} - {""}
    if len(found) > MOST_TAGS:
        raise ValueError(f"has {len(found)} tags; {MOST_TAGS} are the most")
    return tuple(sorted(found))


def clean_notes(text: str) -> str:
    """Return plain lines of at most `LONGEST_NOTES` characters together."""
    lines = [plain(line, limit=LONGEST_NOTES) for line in text[:LONGEST_NOTES].splitlines()]
    return "\n".join(lines).strip()


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("must be a text")
    return clean_name(value)


def _id(value: object) -> str:
    if not isinstance(value, str) or _ID.fullmatch(value) is None:
        raise ValueError("must have 16 hexadecimal digits")
    return value


def _digest(value: object) -> str:
    if not isinstance(value, str) or _SHA256.fullmatch(value) is None:
        raise ValueError("must be a SHA-256, 64 hexadecimal digits")
    return value


def _count(value: object) -> int:
    if type(value) is not int or not 0 <= value < 2**53:
        raise ValueError("must be a whole number of at least 0")
    return value


def _real(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError("must be a finite number")
    return float(value)


def _several(read: Callable[[object], Any], most: int) -> Callable[[object], tuple[Any, ...]]:
    def read_all(values: object) -> tuple[Any, ...]:
        if not isinstance(values, list | tuple) or len(values) > most:
            raise TypeError(f"must be a list of at most {most}")
        return tuple(read(value) for value in values)

    return read_all


def _optional(read: Callable[[object], Any]) -> Callable[[object], Any]:
    return lambda value: None if value is None else read(value)


def _object(value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise TypeError("must be an object")
    return value


def _results(value: object) -> Mapping[str, Any]:
    from galapagos.engine.records.individual_json import evaluation_from_json

    results = _object(value)
    try:
        evaluation_from_json(dict(results))
    except (KeyError, TypeError, ValueError, AttributeError):
        raise ValueError("are no evaluation") from None
    return results


def _notes(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("must be a text")
    return clean_notes(value)


def _injection(value: object) -> Injection:
    data = _object(value)
    path = data.get("path")
    if not isinstance(path, str) or len(path) > _LONGEST_PATH:
        raise TypeError("have a path that is none")
    return Injection(_text(data.get("run")), path, _count(data.get("generation")), _real(data.get("at")))


_READERS: dict[str, Callable[[Any], Any]] = {
    "id": _id,
    "name": _text,
    "tags": clean_tags,
    "notes": _notes,
    "experiment": _text,
    "task": _text,
    "fitness": _optional(_real),
    "results": _optional(_results),
    "measure": _text,
    "complexity": _count,
    "connections": _count,
    "neurons": _count,
    "layers": _count,
    "run": _text,
    "generation": _optional(_count),
    "parents": _several(_text, 100),
    "operator": _text,
    "parameters": _object,
    "program": _text,
    "saved": _real,
    "injections": _several(_injection, 10_000),
    "weights": _digest,
    "skeleton": _object,
}
