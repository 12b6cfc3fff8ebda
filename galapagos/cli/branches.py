"""`replay` and `fork`: a run done again, and a run that goes another way."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from galapagos.cli.choose_run import RUN, add_name, find_run, show_as
from galapagos.cli.parsing import Parser, not_negative, note, say
from galapagos.plain_text import plain

if TYPE_CHECKING:
    from galapagos.engine.records.run_state import RunDirectory


def replay(arguments: list[str]) -> int:
    """Run a run again and compare: `galapagos replay RUN [--until N]`."""
    parser = Parser(
        "replay",
        "Run again from parameters, seed and commands, and compare every generation with what was written "
        "down. The replay is a run of its own; where it differs it stops, and the line says where.",
    )
    parser.add_argument("run", metavar="RUN", help=RUN)
    parser.add_argument(
        "--until",
        metavar="N",
        type=not_negative,
        help="end before generation N, by default where the run is now",
    )
    namespace = parser.read(arguments)
    from galapagos.engine.branches import make_replay

    source = find_run(namespace.run)
    run, until = make_replay(source, namespace.until)
    note(f"galapagos: replaying {plain(source.name)} as {plain(run.name)}")
    _warn_of_another_program(source)
    return _evolve_and_compare(run, source, until)


def _evolve_and_compare(run: RunDirectory, source: RunDirectory, until: int) -> int:
    from galapagos.engine.comparison import JournalComparison, compare_end
    from galapagos.engine.foreground import run_foreground

    code = run_foreground(run.path, until=until, on_line=JournalComparison(source.journal_file).check)
    if code:
        return code
    rows = compare_end(run, source)
    say(
        f"identical: {until} generation{'' if until == 1 else 's'} and {rows} evaluated individuals "
        f"of {plain(source.name)}"
    )
    return 0


def _warn_of_another_program(source: RunDirectory) -> None:
    from galapagos.engine.branches import other_program

    if otherwise := other_program(source):
        note(f"galapagos: {plain(source.name)} was {otherwise}")


def fork(arguments: list[str]) -> int:
    """Make a run that goes another way: `galapagos fork RUN --at N [--NAME VALUE …]`."""
    from galapagos.cli.parameter_flags import add_parameter_flags, given_parameters, join_values, read_changes

    parser = Parser(
        "fork",
        "Make a new run that is RUN before generation N, with the same random streams, and has other live "
        "parameters from it on. It starts like `galapagos run`.",
        usage="RUN --at N [--headless] [--ascii] [--as NAME] [--NAME VALUE …]",
    )
    parser.add_argument("run", metavar="RUN", help=RUN)
    parser.add_argument(
        "--at", metavar="N", type=not_negative, required=True, help="the first generation that differs"
    )
    parser.add_argument("--headless", action="store_true", help="print a line a generation, no dashboard")
    parser.add_argument("--ascii", action="store_true", help="draw the dashboard in plain characters")
    add_name(parser)
    add_parameter_flags(parser, shows_fixed=False)
    namespace = parser.read(join_values(arguments))
    changes = read_changes(given_parameters(namespace))
    from galapagos.engine import branches
    from galapagos.engine.foreground import run_foreground

    source = find_run(namespace.run)
    run = branches.fork(source, namespace.at, changes)
    note(f"galapagos: {plain(run.name)} is {plain(source.name)} before generation {namespace.at}")
    _warn_of_another_program(source)
    if namespace.headless or not (sys.stdout.isatty() and sys.stdin.isatty()):
        return run_foreground(run.path)
    from galapagos.engine.launch import launch

    launch(run.path)
    show_as(namespace.as_name)
    from tui.app import run_dashboard

    return run_dashboard(run.path, ascii_only=namespace.ascii or None)
