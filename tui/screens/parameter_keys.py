"""The keys of the parameter editor; each has an id, so that it can be mapped to another."""

from textual.binding import Binding, BindingType

OF_LETTERS = frozenset({"search", "next_value", "move", "only_changed", "redo", "history", "save", "load"})
"""What waits while somebody types into a field."""
PARAMETER_KEYS: list[BindingType] = [
    Binding(
        "slash",
        "search",
        "Search",
        id="parameters.search",
        priority=True,
        tooltip="Find by name, group, unit or help",
    ),
    Binding(
        "a,f2",
        "apply",
        "Apply",
        id="parameters.apply",
        tooltip="Apply all edits together; f2 works while typing, too",
    ),
    Binding(
        "u,ctrl+z",
        "undo",
        "Undo",
        id="parameters.undo",
        tooltip="Take back the last edit, then the last change that was applied",
    ),
    Binding(
        "U,ctrl+r",
        "redo",
        "Redo",
        show=False,
        id="parameters.redo",
        tooltip="Do again what was taken back last",
    ),
    Binding(
        "space",
        "next_value",
        "Next",
        id="parameters.next",
        key_display="space",
        tooltip="Flip a switch, or take the next choice",
    ),
    Binding(
        "c",
        "only_changed",
        "Changed",
        id="parameters.changed",
        tooltip="Show only what is edited, pending or not as in the file; or all again",
    ),
    Binding(
        "H",
        "history",
        "History",
        id="parameters.history",
        tooltip="Who changed what, in which generation",
    ),
    Binding(
        "S", "save", "Save", id="parameters.save", tooltip="Write all values to a YAML file, edits included"
    ),
    Binding(
        "O", "load", "Load", id="parameters.load", tooltip="Take the values of a YAML file over as edits"
    ),
    Binding(
        "down",
        "choice(1)",
        "Next choice",
        show=False,
        id="parameters.next_choice",
        tooltip="While typing: the next choice",
    ),
    Binding(
        "up",
        "choice(-1)",
        "Previous choice",
        show=False,
        id="parameters.previous_choice",
        tooltip="While typing: the choice before",
    ),
    Binding("j", "move(1)", "Down", show=False, id="parameters.down", tooltip="Next parameter"),
    Binding("k", "move(-1)", "Up", show=False, id="parameters.up", tooltip="Previous parameter"),
    Binding("escape", "back", "Back", id="parameters.back", tooltip="Out of a field, then back"),
    Binding("q", "back", "Back", show=False, id="parameters.close", tooltip="Back"),
]
