"""The keys of the screen on which a network acts; each has an id, so that it can be mapped to another."""

from textual.binding import Binding, BindingType

STEP, FINE_STEP = 0.05, 0.01
"""By how much a key turns the weight."""
OF_A_KNOB = frozenset({"turn", "best"})
"""What needs a shared weight."""
OF_A_CART = frozenset({"kick"})
"""What needs a cart."""
WATCH_KEYS: list[BindingType] = [
    Binding(
        "left",
        f"turn(-{STEP})",
        "Less",
        key_display="←",
        id="watch.less",
        tooltip=f"Turn the shared weight down by {STEP}; it acts at once",
    ),
    Binding(
        "right",
        f"turn({STEP})",
        "More",
        key_display="→",
        id="watch.more",
        tooltip=f"Turn the shared weight up by {STEP}; it acts at once",
    ),
    Binding(
        "shift+left,left_square_bracket",
        f"turn(-{FINE_STEP})",
        "A little less",
        show=False,
        id="watch.little_less",
        tooltip=f"Turn the shared weight down by {FINE_STEP}",
    ),
    Binding(
        "shift+right,right_square_bracket",
        f"turn({FINE_STEP})",
        "A little more",
        show=False,
        id="watch.little_more",
        tooltip=f"Turn the shared weight up by {FINE_STEP}",
    ),
    Binding("0", "best", "Best", id="watch.best", tooltip="Back to the weight that scored best"),
    Binding("J", "kick(-1)", "Kick", id="watch.kick_left", tooltip="Kick the cart to the left"),
    Binding("K", "kick(1)", "Kick right", id="watch.kick_right", tooltip="Kick the cart to the right"),
    Binding(
        "space",
        "pause",
        "Pause",
        key_display="space",
        id="watch.pause",
        tooltip="Stop the clock; the same key goes on",
    ),
    Binding("full_stop", "step", "Step", show=False, id="watch.step", tooltip="Take one step, and wait"),
    Binding("minus", "speed(-1)", "Slower", id="watch.slower", tooltip="Half the speed, down to a quarter"),
    Binding(
        "plus,equals_sign",
        "speed(1)",
        "Faster",
        key_display="+",
        id="watch.faster",
        tooltip="Twice the speed, up to as fast as it goes",
    ),
    Binding("r", "new_episode", "New", id="watch.new", tooltip="Begin the next episode, from another start"),
    Binding("escape,q", "back", "Back", key_display="q", id="watch.back", tooltip="Back to where you were"),
]
