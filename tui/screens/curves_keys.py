"""The keys of the screen of curves; each has an id, so that it can be mapped to another."""

from textual.binding import Binding, BindingType

OF_MARKS = frozenset({"mark"})
"""What needs marks to go to."""
CURVES_KEYS: list[BindingType] = [
    Binding(
        "m,tab",
        "plot(1)",
        "Plot",
        key_display="m",
        id="curves.plot",
        tooltip="Fitness, accuracy, levels, QD score, speed; tab does the same",
    ),
    Binding(
        "shift+tab",
        "plot(-1)",
        "Plot before",
        show=False,
        id="curves.plot_before",
        tooltip="The same the other way round",
    ),
    Binding(
        "plus,equals_sign,right_square_bracket",
        "zoom(0.5)",
        "Nearer",
        key_display="+",
        id="curves.nearer",
        tooltip="Half as many generations in view, around the cursor; ] does the same",
    ),
    Binding(
        "minus,left_square_bracket",
        "zoom(2)",
        "Wider",
        key_display="-",
        id="curves.wider",
        tooltip="Twice as many generations in view; [ does the same",
    ),
    Binding(
        "left,h",
        "cursor(-1)",
        "Cursor left",
        show=False,
        id="curves.left",
        tooltip="Read the generation before; the first press brings the cursor",
    ),
    Binding(
        "right,l",
        "cursor(1)",
        "Cursor right",
        show=False,
        id="curves.right",
        tooltip="Read the next generation; the first press brings the cursor",
    ),
    Binding(
        "shift+left,less_than_sign",
        "pan(-1)",
        "Pan left",
        show=False,
        id="curves.pan_left",
        tooltip="Earlier generations",
    ),
    Binding(
        "shift+right,greater_than_sign",
        "pan(1)",
        "Pan right",
        show=False,
        id="curves.pan_right",
        tooltip="Later generations",
    ),
    Binding(
        "f",
        "follow",
        "Follow",
        id="curves.follow",
        tooltip="Keep the newest generations in view, or stay",
    ),
    Binding(
        "g", "log_generations", "Log gen", id="curves.log_generations", tooltip="Generations on a log scale"
    ),
    Binding(
        "v",
        "log_values",
        "Log values",
        id="curves.log_values",
        tooltip="Values on a log scale",
    ),
    Binding(
        "n", "mark(1)", "Mark", id="curves.next_mark", tooltip="The cursor to the next thing that people did"
    ),
    Binding(
        "N",
        "mark(-1)",
        "Mark before",
        show=False,
        id="curves.mark_before",
        tooltip="The cursor to the thing before that people did",
    ),
    Binding(
        "F",
        "fork",
        "Fork",
        id="curves.fork",
        tooltip="A new run that goes another way from the generation under the cursor on",
    ),
    Binding("0,home", "everything", "All", key_display="0", id="curves.all", tooltip="Everything, no cursor"),
    Binding("escape", "back", "Back", id="curves.back", tooltip="Back to the run"),
    Binding("q", "back", "Back", show=False, id="curves.close", tooltip="Back to the run"),
]
