"""The keys of the archive screen; each has an id, so that it can be mapped to another."""

from textual.binding import Binding, BindingType

ARCHIVE_KEYS: list[BindingType] = [
    Binding("left,h", "move(-1)", "Smaller", show=False, id="archive.left", tooltip="The next smaller size"),
    Binding("right,l", "move(1)", "Larger", show=False, id="archive.right", tooltip="The next larger size"),
    Binding(
        "shift+left,less_than_sign",
        "move(-10)",
        "Much smaller",
        show=False,
        id="archive.far_left",
        tooltip="Ten sizes to the left",
    ),
    Binding(
        "shift+right,greater_than_sign",
        "move(10)",
        "Much larger",
        show=False,
        id="archive.far_right",
        tooltip="Ten sizes to the right",
    ),
    Binding("home", "end(0)", "Smallest", show=False, id="archive.first", tooltip="The smallest size"),
    Binding("end", "end(-1)", "Largest", show=False, id="archive.last", tooltip="The largest size"),
    Binding(
        "down,j",
        "level(1)",
        "Next level",
        show=False,
        id="archive.next_level",
        tooltip="The elite that the next level shows",
    ),
    Binding(
        "up,k",
        "level(-1)",
        "Level before",
        show=False,
        id="archive.level_before",
        tooltip="The elite that the level before shows",
    ),
    Binding("enter", "open", "Open", key_display="enter", id="archive.open", tooltip="Look at this elite"),
    Binding(
        "plus,equals_sign",
        "levels(1)",
        "More levels",
        key_display="+",
        id="archive.more_levels",
        tooltip="One complexity level more, at once; nothing in the archive changes",
    ),
    Binding(
        "minus",
        "levels(-1)",
        "Fewer",
        key_display="-",
        id="archive.fewer_levels",
        tooltip="One complexity level less, at once; nothing in the archive changes",
    ),
    Binding(
        "b",
        "boundaries",
        "Boundaries",
        id="archive.boundaries",
        tooltip="Levels equally wide, by equal factors, or of equally many sizes",
    ),
    Binding("escape", "back", "Back", id="archive.back", tooltip="Back to the run"),
    Binding("q", "back", "Back", show=False, id="archive.close", tooltip="Back to the run"),
]
