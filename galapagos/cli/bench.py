"""`bench`: how fast this machine evaluates, on one core in processor time."""

from __future__ import annotations

from galapagos.cli.parsing import Parser, note, say_json
from galapagos.cli.tables import say_table

_COLUMNS = ("networks_per_second", "steps_per_second", "reference_steps_per_second", "ratio")


def bench(arguments: list[str]) -> int:
    """Measure the compiled evaluation beside the readable reference: `galapagos bench [--json]`."""
    parser = Parser("bench", "How fast one core of this machine evaluates, beside the readable reference.")
    parser.add_argument("--json", action="store_true", help="a JSON list")
    namespace = parser.read(arguments)
    from galapagos.tasks.benchmark import benchmark

    if not namespace.json:
        note("measuring on one core; the first time on a machine this compiles first")
    results = benchmark()
    if namespace.json:
        say_json(results)
        return 0
    head = ("benchmark", "networks/s", "steps/s", "reference steps/s", "ratio")
    rows = [(one["name"], *(f"{one[column]:,.0f}" for column in _COLUMNS)) for one in results]
    say_table([head, *rows], spare=(3, 1))
    return 0
