"""The keys of the run screen; each has an id, so that it can be mapped to another."""

from textual.binding import Binding, BindingType

_OF_ELITES = frozenset({"archive", "mark", "compare"})
OF_EVOLUTION = _OF_ELITES | {"inject", "clone", "pin", "breed", "drop", "levels"}
"""What there is nothing to do with where one network learns."""
OF_AN_ENGINE = (OF_EVOLUTION - _OF_ELITES) | {"pause", "undo", "watch"}
"""What needs an engine to ask."""
RUN_KEYS: list[BindingType] = [
    Binding(
        "space",
        "pause",
        "Pause",
        id="run.pause",
        key_display="space",
        tooltip="Stop sending work at once; the same key goes on",
    ),
    # One key for two: what a living run has is evaluated again, and one that is over goes on.
    Binding(
        "r",
        "again",
        "Evaluate",
        show=False,
        id="run.again",
        tooltip="Evaluate the elite again on more starts, beside the run and without a change to its archive",
    ),
    Binding(
        "r", "resume", "Resume", id="run.resume", tooltip="Start the engine again from its last checkpoint"
    ),
    Binding(
        "e", "parameters", "Parameters", id="run.parameters", tooltip="Look at and change the live parameters"
    ),
    Binding("s", "save", "Save", id="run.save", tooltip="Keep the elite in the library, for ever"),
    Binding(
        "i",
        "inject",
        "Inject",
        id="run.inject",
        tooltip="Choose a saved elite for the next generation",
    ),
    Binding("w", "watch", "Watch", id="run.watch", tooltip="See the elite act, and turn its weight"),
    Binding(
        "2",
        "all_curves",
        "All curves",
        show=False,
        id="run.all_curves",
        tooltip="The curves, near and far, on the whole screen",
    ),
    Binding(
        "3",
        "elite",
        "Elite",
        show=False,
        id="run.elite",
        tooltip="Its network, results, ancestors and mistakes, on the whole screen",
    ),
    Binding(
        "4",
        "archive",
        "Archive",
        show=False,
        id="run.archive",
        tooltip="The elite of every size, and the levels over them",
    ),
    Binding("L", "library", "Library", id="run.library", tooltip="Every elite that was ever saved"),
    Binding(
        "I",
        "clone",
        "Clone",
        show=False,
        id="run.clone",
        tooltip="Put a clone of this elite into the next generation",
    ),
    Binding(
        "p", "pin", "Pin", id="run.pin", tooltip="Make the elite an extra parent from now on, or end that"
    ),
    Binding("b", "breed(1)", "Breed", id="run.breed", tooltip="Make the next child one of the elite's"),
    Binding(
        "B",
        "breed(10)",
        "Breed ten",
        show=False,
        id="run.breed_ten",
        tooltip="Make the next ten children the elite's",
    ),
    Binding("x", "drop", "Drop", id="run.drop", tooltip="Take the elite out of the archive"),
    Binding(
        "plus",
        "levels(1)",
        "More levels",
        show=False,
        id="run.more_levels",
        tooltip="One complexity level more",
    ),
    Binding(
        "minus",
        "levels(-1)",
        "Fewer levels",
        show=False,
        id="run.fewer_levels",
        tooltip="One complexity level less",
    ),
    Binding(
        "u",
        "undo",
        "Undo",
        show=False,
        id="run.undo",
        tooltip="Take back what you asked for last, where the run has not gone on with it",
    ),
    Binding(
        "asterisk",
        "mark",
        "Mark",
        show=False,
        id="run.mark",
        key_display="*",
        tooltip="Mark the elite for a comparison, or end that",
    ),
    Binding(
        "c",
        "compare",
        "Compare",
        id="run.compare",
        tooltip="Show the marked elites side by side, or this one beside the best",
    ),
    # The plot names it, and the foot has no room for it.
    Binding(
        "a",
        "curves",
        "Curves",
        show=False,
        id="run.curves",
        tooltip="Plot accuracy instead of fitness, or fitness again",
    ),
    Binding(
        "z",
        "zoom",
        "Zoom",
        show=False,
        id="run.zoom",
        tooltip="Give the panel with the focus the whole screen, or take it back; tab moves the focus",
    ),
    Binding(
        "P",
        "next_layout",
        "Layout",
        show=False,
        id="run.layout",
        tooltip="Overview, curves, population, system",
    ),
    Binding("v", "view", "View", id="run.view", tooltip="Show the panels that had no room"),
    Binding(
        "escape",
        "back",
        "Home",
        show=False,
        id="run.back",
        tooltip="Back to the choice of runs; this one goes on",
    ),
    Binding("q", "quit", "Quit", id="run.quit", tooltip="Detach, stop with a checkpoint, or stay"),
]
