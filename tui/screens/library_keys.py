"""The keys of the library; each has an id, so that it can be mapped to another."""

from textual.binding import Binding, BindingType

from library_store.formats import WRITABLE, listed

OF_ENTRIES = frozenset(
    {
        "mark",
        "mark_all",
        "rename",
        "tag",
        "note",
        "export",
        "remove",
        "evaluate",
        "inject",
        "watch",
        "compare",
    }
)
"""What there is nothing to do with where no entry is shown."""
LIBRARY_KEYS: list[BindingType] = [
    Binding(
        "slash",
        "filter",
        "Filter",
        id="library.filter",
        priority=True,
        tooltip="Words, tag:x, task:x, fitness>=x; all hold",
    ),
    Binding("i", "inject", "Inject", id="library.inject", tooltip="Put a clone into the next generation"),
    Binding(
        "e", "evaluate", "Evaluate", id="library.evaluate", tooltip="Score it here, with any number of trials"
    ),
    Binding(
        "c",
        "compare",
        "Compare",
        show=False,
        id="library.compare",
        tooltip="Show the marked ones side by side: networks, results, parameters",
    ),
    Binding("w", "watch", "Watch", id="library.watch", tooltip="See it act, and turn its weight"),
    Binding(
        "space",
        "mark",
        "Mark",
        id="library.mark",
        key_display="space",
        tooltip="Mark it: keys act on all that are marked",
    ),
    Binding(
        "asterisk",
        "mark_all",
        "Mark all",
        show=False,
        id="library.mark_all",
        key_display="*",
        tooltip="Mark all that are shown, or none of them",
    ),
    Binding("d", "remove", "Remove", id="library.remove", tooltip="Take it out at once; u brings it back"),
    Binding("u", "undo", "Undo", id="library.undo", tooltip="Take back the last change, removal or import"),
    Binding("r", "rename", "Rename", id="library.rename", tooltip="Call it something else"),
    Binding("t", "tag", "Tags", id="library.tag", tooltip="Change the words to find it by"),
    Binding("n", "note", "Notes", id="library.note", tooltip="Write notes on it"),
    Binding("x", "export", "Export", id="library.export", tooltip=f"Write a {listed(WRITABLE)} file"),
    Binding("I", "import", "Import", id="library.import", tooltip="Take the networks of a file in"),
    Binding("o", "sort", "Sort", id="library.sort", tooltip="Order by the next of name, task, fitness …"),
    Binding("O", "turn_round", "Reverse", show=False, id="library.turn_round", tooltip="The other way round"),
    Binding("down", "move(1)", "Down", show=False, id="library.down", tooltip="Next line, while typing, too"),
    Binding("up", "move(-1)", "Up", show=False, id="library.up", tooltip="Previous line, likewise"),
    Binding(
        "escape",
        "back",
        "Back",
        id="library.back",
        tooltip="Out of the details or the filter, then back to where it was opened",
    ),
    Binding("q", "quit", "Close", show=False, id="library.close", tooltip="Back to where it was opened"),
]
