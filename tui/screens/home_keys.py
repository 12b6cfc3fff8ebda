"""The keys of the home screen; each has an id, so that it can be mapped to another."""

from textual.binding import Binding, BindingType

OF_LETTERS = frozenset({"filter", "reload", "quit", "look", "library", "edit"})
"""What a letter does, unless somebody types it into the filter."""
HOME_KEYS: list[BindingType] = [
    Binding(
        "enter",
        "open",
        "Open",
        id="home.open",
        priority=True,
        tooltip="Start, attach to, or go on with what is highlighted",
    ),
    # A search takes its key before anything else does, so that what is typed at once goes into it.
    Binding(
        "slash",
        "filter",
        "Filter",
        id="home.filter",
        priority=True,
        tooltip="Show only what has some words in it",
    ),
    Binding("o", "look", "Only look", id="home.look", tooltip="Show a run without starting its engine"),
    Binding(
        "tab", "group(1)", "Next group", id="home.next_group", tooltip="The first line of the next group"
    ),
    Binding(
        "shift+tab",
        "group(-1)",
        "Group before",
        show=False,
        id="home.group_before",
        tooltip="The first line of the group before",
    ),
    Binding("e", "edit", "Parameters", id="home.edit", tooltip="Edit its parameters before it starts"),
    Binding("L", "library", "Library", id="home.library", tooltip="Every elite that was ever saved"),
    Binding("r", "reload", "Refresh", id="home.reload", tooltip="Look again for runs"),
    Binding("j", "move(1)", "Down", show=False, id="home.down", tooltip="Next line"),
    Binding("k", "move(-1)", "Up", show=False, id="home.up", tooltip="Previous line"),
    Binding("down", "move(1)", "Down", show=False, id="home.next", tooltip="Next line, while typing, too"),
    Binding("up", "move(-1)", "Up", show=False, id="home.previous", tooltip="Previous line, likewise"),
    Binding("escape", "back", "Back", show=False, id="home.back", tooltip="Out of the filter, then leave"),
    Binding("q", "quit", "Quit", id="home.quit", tooltip="Leave; runs go on"),
]
