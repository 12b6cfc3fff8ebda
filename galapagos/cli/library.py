"""`library list|show|add|tag|rename|remove …`: the saved elites of this machine."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from galapagos.cli.actions import Action, act
from galapagos.cli.asking import agreed
from galapagos.cli.library_files import export_to_file, import_files, purpose, repair_library
from galapagos.cli.parsing import Parser, WrongCall, note, number, say, say_json
from galapagos.cli.tables import say_table
from galapagos.plain_text import plain

if TYPE_CHECKING:
    import argparse

    from galapagos.evaluation import Evaluation
    from library_store.entry import Entry
    from library_store.library import Library


def library(arguments: list[str]) -> int:
    """Saved elites: `galapagos library list|show|add|tag|rename|remove|export|import|repair`."""
    return act(
        "library",
        "The saved elites of this machine. ENTRY is an id or a name, or the beginning of one.",
        ACTIONS,
        arguments,
        more=("QUERY: words, and tag:T task:T run:R 'fitness>=X' 'complexity<N' …; all have to hold.",),
    )


def open_library() -> Library:
    """Open the library of this user, and tell what was found damaged and that there are many entries."""
    from library_store.library import MANY, Library

    opened = Library()
    opened.get_all()
    for problem in opened.problems:
        note(f"galapagos: {plain(problem, limit=1000)}")
    if opened.problems:
        note("galapagos: `galapagos library repair` brings back what the files of the weights still hold")
    if (count := len(opened)) >= MANY:
        note(
            f"galapagos: {count} saved elites make every change slow; export and remove what you do not need"
        )
    return opened


def entry_as_json(entry: Entry) -> dict[str, Any]:
    """Return what `--json` prints of an entry: everything but the network."""
    row = entry.to_row()
    del row["skeleton"]
    return row


def _list(arguments: list[str]) -> int:
    from library_store.query import SORTS, sort_entries

    parser = Parser("library list", "The saved elites that fit, those that were saved last first.")
    parser.add_argument("query", metavar="QUERY", nargs="*", help="words; tag:T task:T fitness>=X …")
    parser.add_argument("--task", metavar="TASK", help="the beginning of an environment or a data set")
    parser.add_argument("--tag", metavar="TAG", action="append", default=[], help="may be given again")
    parser.add_argument("--min_fitness", type=number, metavar="X", help="archive fitness, at least")
    parser.add_argument("--sort", choices=SORTS, default="saved", help="numbers the largest first")
    parser.add_argument("--reverse", action="store_true", help="the other way round")
    parser.add_argument("--json", action="store_true", help="a JSON list")
    namespace = parser.read(arguments)
    with open_library() as opened:
        entries = sort_entries(opened.search(_query(namespace)), namespace.sort, reverse=namespace.reverse)
        count = len(opened)
    if namespace.json:
        say_json([entry_as_json(entry) for entry in entries])
        return 0
    if not entries:
        how = "`s` in a run or `galapagos library add RUN/champion` saves an elite"
        say(f"none of {count} saved elites fits" if count else f"nothing is saved yet; {how}")
        return 0
    head = ("id", "name", "task", "fitness", "size", "tags", "saved")
    say_table([head, *(_row(entry) for entry in entries)], spare=(6, 2, 5, 4))
    return 0


def _query(namespace: argparse.Namespace) -> str:
    parts = [*namespace.query, *(f'tag:"{tag}"' for tag in namespace.tag)]
    if namespace.task is not None:
        parts.append(f'task:"{namespace.task}"')
    if namespace.min_fitness is not None:
        parts.append(f"fitness>={namespace.min_fitness!r}")
    return " ".join(parts)


def _row(entry: Entry) -> tuple[str, ...]:
    return (
        entry.id,
        plain(entry.name, limit=40),
        plain(entry.task, limit=24) or "-",
        entry.fitness_text,
        f"{entry.complexity} {entry.measure}",
        plain(" ".join(entry.tags), limit=30),
        _date(entry.saved),
    )


def _show(arguments: list[str]) -> int:
    parser = Parser("library show", "Everything that is known of a saved elite.")
    parser.add_argument("entry", metavar="ENTRY", help="its id or name, or the beginning of one")
    parser.add_argument("--json", action="store_true", help="a JSON object")
    namespace = parser.read(arguments)
    with open_library() as opened:
        entry = opened.get(namespace.entry)
    if namespace.json:
        say_json(entry_as_json(entry))
        return 0
    for label, text in _facts(entry):
        say(f"{label:<12} {text}".rstrip())
    return 0


def _facts(entry: Entry) -> list[tuple[str, str]]:
    from library_store.injections import outcome_text

    evaluation = entry.evaluation
    spread = "" if evaluation is None else _spread(evaluation)
    facts = [
        ("id", entry.id),
        ("name", entry.name),
        ("tags", " ".join(entry.tags)),
        ("task", " ".join(filter(None, (entry.experiment, entry.task)))),
        ("fitness", f"{entry.fitness_kind} {entry.fitness_text}{spread}"),
        ("weights", "as before it learned: they are not kept, it learns again" if entry.is_untrained else ""),
        *((name, f"{value:.6g}") for name, value in (evaluation.objectives.items() if evaluation else ())),
        ("size", f"{entry.connections} connections, {entry.neurons} neurons, {entry.layers} layers"),
        ("run", entry.run and f"{entry.run}, born in generation {entry.generation}"),
        ("made by", " of ".join(filter(None, (entry.operator, ", ".join(entry.parents))))),
        ("saved", f"{_date(entry.saved)} by version {entry.program}"),
        *(("injected", f"{_date(one.at)} {outcome_text(one, entry)}") for one in entry.injections),
        *(("notes" if index == 0 else "", line) for index, line in enumerate(entry.notes.splitlines())),
    ]
    return [(label, plain(text, limit=1000)) for label, text in facts if text]


def _spread(evaluation: Evaluation) -> str:
    return f" ±{evaluation.standard_deviation:.3g}, {evaluation.trials} trials"


def _add(arguments: list[str]) -> int:
    parser = Parser("library add", "Save an elite of a run, or a network from a file.")
    parser.add_argument(
        "network", metavar="NETWORK", help="RUN/ID, RUN/champion, a .json file or a .out matrix"
    )
    parser.add_argument("--name", metavar="NAME", help="by default its task and size")
    parser.add_argument("--tag", metavar="TAG", action="append", default=[], help="may be given again")
    parser.add_argument("--notes", metavar="TEXT", help="any lines")
    parser.add_argument("--for", dest="preset", metavar="PRESET", help="what a network from a file is for")
    namespace = parser.read(arguments)
    from galapagos.cli.networks import find_network

    parameters, (num_inputs, num_outputs) = purpose(namespace.preset)
    network = find_network(namespace.network, num_inputs=num_inputs, num_outputs=num_outputs)
    with open_library() as opened:
        entry = opened.put(
            network.elite or network.entry or network.genome,
            name=namespace.name,
            tags=namespace.tag,
            notes=namespace.notes,
            parameters=parameters,
        )
    say(f"{entry.id} is saved as {plain(entry.name)}")
    return 0


def _tag(arguments: list[str]) -> int:
    parser = Parser("library tag", "Give a saved elite tags, or take them away.")
    parser.add_argument("entry", metavar="ENTRY", help="its id or name, or the beginning of one")
    parser.add_argument("tags", metavar="TAG", nargs="+", help="words")
    parser.add_argument("--remove", action="store_true", help="take these tags away")
    namespace = parser.read(arguments)
    with open_library() as opened:
        entry = opened.get(namespace.entry)
        if namespace.remove:
            entry = opened.change(entry.id, drop_tags=namespace.tags)
        else:
            entry = opened.change(entry.id, add_tags=namespace.tags)
    say(f"{plain(entry.name)}: {' '.join(entry.tags) or 'no tags'}")
    return 0


def _rename(arguments: list[str]) -> int:
    parser = Parser("library rename", "Give a saved elite another name.")
    parser.add_argument("entry", metavar="ENTRY", help="its id or name, or the beginning of one")
    parser.add_argument("name", metavar="NAME", help="the new name")
    namespace = parser.read(arguments)
    if not plain(namespace.name):
        raise WrongCall("a name has at least one visible character")
    with open_library() as opened:
        before = opened.get(namespace.entry)
        entry = opened.change(before.id, name=namespace.name)
    say(f"{plain(before.name)} is now {plain(entry.name)}")
    return 0


def _remove(arguments: list[str]) -> int:
    parser = Parser("library remove", "Take saved elites out of the library; --undo brings them back.")
    parser.add_argument("entries", metavar="ENTRY", nargs="*", help="ids or names, or beginnings")
    parser.add_argument("--yes", action="store_true", help="without asking")
    parser.add_argument("--undo", action="store_true", help="bring back these, or the one removed last")
    parser.add_argument(
        "--for_good", action="store_true", help="delete these, or all that was removed, weights included"
    )
    namespace = parser.read(arguments)
    with open_library() as opened:
        if namespace.undo:
            return _restore(opened, namespace.entries)
        if namespace.for_good:
            return _discard(opened, namespace.entries, yes=namespace.yes)
        if not namespace.entries:
            raise WrongCall("name what to remove; `galapagos library list` shows what there is")
        found = list({entry.id: entry for entry in map(opened.get, namespace.entries)}.values())
        names = ", ".join(plain(entry.name) for entry in found)
        if not namespace.yes and not agreed(f"remove {names}? [y/N] "):
            raise WrongCall("nothing was removed; --yes removes without asking")
        for entry in found:
            opened.remove(entry.id)
            say(
                f"{plain(entry.name)} is removed; `galapagos library remove --undo {entry.id}` brings it back"
            )
    return 0


def _restore(opened: Library, texts: list[str]) -> int:
    removed = opened.removed()
    chosen = [_removed(removed, text) for text in texts] or removed[:1]
    if not chosen:
        raise WrongCall("nothing was removed, so nothing can be brought back")
    for entry in chosen:
        opened.restore(entry.id)
        say(f"{plain(entry.name)} is back")
    return 0


def _discard(opened: Library, texts: list[str], *, yes: bool) -> int:
    removed = opened.removed()
    chosen = [_removed_or_kept(opened, removed, text) for text in texts] or removed
    if not chosen:
        raise WrongCall("nothing was removed, so nothing can be deleted for good; name what to delete")
    names = ", ".join(plain(entry.name) for entry in chosen)
    if not yes and not agreed(f"delete {names} for good? [y/N] "):
        raise WrongCall("nothing was deleted; --yes deletes without asking")
    gone = {entry.id for entry in removed}
    for entry in chosen:
        if entry.id not in gone:
            opened.remove(entry.id)
        opened.discard(entry.id)
        say(f"{plain(entry.name)} is deleted for good")
    return 0


def _removed(removed: list[Entry], text: str) -> Entry:
    fitting = [entry for entry in removed if entry.name == text or (text and entry.id.startswith(text))]
    if len(fitting) == 1:
        return fitting[0]
    names = ", ".join(plain(f"{entry.name} ({entry.id})") for entry in removed[:4]) or "nothing"
    more = ", …" if len(removed) > 4 else ""
    raise WrongCall(
        f"{plain(text)!r} fits {len(fitting)} of the {len(removed)} elites that were removed: {names}{more}"
    )


def _removed_or_kept(opened: Library, removed: list[Entry], text: str) -> Entry:
    try:
        return _removed(removed, text)
    except WrongCall:
        return opened.get(text)


def _date(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds))


ACTIONS = {
    "list": Action("[QUERY …]", "those that fit, saved last first", _list),
    "show": Action("ENTRY", "everything that is known of one", _show),
    "add": Action("NETWORK", "save an elite of a run, or of a file", _add),
    "tag": Action("ENTRY TAG …", "give one tags, or take them away", _tag),
    "rename": Action("ENTRY NAME", "give one another name", _rename),
    "remove": Action("ENTRY …", "take them out, or bring them back", _remove),
    "export": Action("ENTRY … [--to FILE]", "write them to a file", export_to_file),
    "import": Action("FILE …", "save the elites of files", import_files),
    "repair": Action("", "make the database again", repair_library),
}
