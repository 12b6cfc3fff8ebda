"""The keys of the elite screen; each has an id, so that it can be mapped to another."""

from textual.binding import Binding, BindingType

ELITE_KEYS: list[BindingType] = [
    Binding("1", "part('network')", "Network", show=False, id="elite.network", tooltip="The network, drawn"),
    Binding(
        "2",
        "part('results')",
        "Results",
        show=False,
        id="elite.results",
        tooltip="What each weight, or each epoch, came to",
    ),
    Binding(
        "3",
        "part('lineage')",
        "Lineage",
        show=False,
        id="elite.lineage",
        tooltip="Its ancestors, what made each of them, and what that gained",
    ),
    Binding(
        "4",
        "part('images')",
        "Images",
        show=False,
        id="elite.images",
        tooltip="Which classes it mistakes for which, and the images it gets wrong",
    ),
    Binding("tab,right", "turn(1)", "Next part", id="elite.next_part", tooltip="The next part of 1 to 4"),
    Binding(
        "shift+tab,left",
        "turn(-1)",
        "Previous part",
        show=False,
        id="elite.previous_part",
        tooltip="The part before",
    ),
    Binding("w", "watch", "Watch", id="elite.watch", tooltip="Watch it act, and turn its weight meanwhile"),
    Binding(
        "r",
        "again",
        "Evaluate",
        id="elite.again",
        tooltip="Evaluate it again: on more starts, or on the test images",
    ),
    Binding(
        "c",
        "compare",
        "Compare",
        id="elite.compare",
        tooltip="Show it beside the elites that are marked in the run, or beside the best",
    ),
    Binding(
        "y", "copy", "Copy", id="elite.copy", tooltip="Write it as JSON to a file here and to the clipboard"
    ),
    Binding("n", "beside(1)", "Next elite", id="elite.next", tooltip="The elite of the next level"),
    Binding(
        "N",
        "beside(-1)",
        "Previous elite",
        show=False,
        id="elite.previous",
        tooltip="The elite of the level before",
    ),
    Binding("escape", "back", "Back", id="elite.back", tooltip="Back to where it was opened"),
    Binding("q", "quit", "Close", show=False, id="elite.close", tooltip="Back to where it was opened"),
]
