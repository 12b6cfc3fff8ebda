"""`library export|import|repair`: saved elites as files, and a library that was damaged."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from galapagos.cli.parsing import Parser, WrongCall, note, path_of, say
from galapagos.plain_text import plain

if TYPE_CHECKING:
    from library_store.entry import Entry

_DEFAULT = ".galapagos"
_NOT_IN_A_NAME = re.compile(r"[^\w.+-]+")


def export_to_file(arguments: list[str]) -> int:
    """Write saved elites to a file: `galapagos library export ENTRY … [--to FILE]`."""
    from library_store.formats import FORMATS

    parser = Parser("library export", "Write saved elites to a file that others can import.")
    parser.add_argument("entries", metavar="ENTRY", nargs="+", help="their ids or names, or beginnings")
    contents = "; ".join(f"{suffix}: {one.content}" for suffix, one in FORMATS.items())
    parser.add_argument(
        "--to", metavar="FILE", help=f"{contents} (by default a {_DEFAULT} file named after the first)"
    )
    namespace = parser.read(arguments)
    from galapagos.cli.library import open_library
    from library_store.exchange import export_entries

    with open_library() as opened:
        entries = [opened.get(text) for text in namespace.entries]
        target = path_of(namespace.to) if namespace.to else _default_file(entries)
        written = export_entries(entries, target)
    for path in written:
        say(plain(str(path), limit=1000))
    for entry in entries:
        if entry.is_untrained:
            note(f"{plain(entry.name)}: weights as before it learned, since its run kept no others")
    return 0


def _default_file(entries: list[Entry]) -> Path:
    name = _NOT_IN_A_NAME.sub("_", entries[0].name).strip("._") or entries[0].id
    return Path(f"{name[:80]}{_DEFAULT}")


def import_files(arguments: list[str]) -> int:
    """Save what files hold: `galapagos library import FILE … [--name NAME] [--tag TAG] [--for PRESET]`."""
    from library_store.formats import READABLE, listed

    parser = Parser("library import", f"Save the elites of {listed(READABLE)} files in the library.")
    parser.add_argument("files", metavar="FILE", nargs="+", help="of `export`, a network's JSON, a matrix")
    parser.add_argument("--name", metavar="NAME", help="where one network is imported")
    parser.add_argument("--tag", metavar="TAG", action="append", default=[], help="may be given again")
    parser.add_argument("--for", dest="preset", metavar="PRESET", help="what bare networks are for")
    namespace = parser.read(arguments)
    from galapagos.cli.library import open_library
    from library_store.exchange import read_file

    parameters, sizes = purpose(namespace.preset)
    # All are read before the first is saved, so that a bad one changes nothing.
    read = [
        (Path(text), what)
        for text in namespace.files
        for what in read_file(path_of(text), num_inputs=sizes[0], num_outputs=sizes[1])
    ]
    if namespace.name and len(read) > 1:
        raise WrongCall(f"--name is for one network; the files hold {len(read)}")
    with open_library() as opened:
        for path, what in read:
            entry = opened.put(what, name=namespace.name, tags=namespace.tag, parameters=parameters)
            say(f"{entry.id} is saved as {plain(entry.name)} ({plain(path.name)})")
    return 0


def purpose(preset: str | None) -> tuple[dict[str, Any], tuple[int | None, int | None]]:
    """Return the parameters of what bare networks are for, and its numbers of inputs and outputs."""
    if preset is None:
        return {}, (None, None)
    from galapagos.parameter_files import load_parameters
    from galapagos.tasks.catalogue import build_task

    parameters = load_parameters(preset)
    task = build_task(parameters)
    return parameters.model_dump(mode="json"), (task.num_inputs, task.num_outputs)


def repair_library(arguments: list[str]) -> int:
    """Make the database again: `galapagos library repair`."""
    parser = Parser(
        "library repair",
        "Make the database again: from what is readable of it, and from the files of the weights, which hold "
        "each elite as it was when it was saved. What cannot be read is set aside.",
    )
    parser.read(arguments)
    from galapagos import home
    from library_store.repair import repair

    report = repair(home.library_home())
    for line in report.lines:
        note(plain(line, limit=1000))
    say(f"{report.entries} saved elites, {report.rebuilt} of them from the files of their weights")
    return 0
