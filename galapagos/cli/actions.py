"""Commands with actions, as `runs list`: finding one by its name, and naming all where help is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from galapagos.cli.parsing import WrongCall, nearest, say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True, slots=True)
class Action:
    """What a command does with its first word.

    Args:
        call: Its arguments, as the command's help shows them.
        summary: What it does.
        function: Takes the arguments behind the word and returns the exit code.
    """

    call: str
    summary: str
    function: Callable[[list[str]], int]


def act(
    command: str,
    about: str,
    actions: Mapping[str, Action],
    arguments: list[str],
    *,
    more: tuple[str, ...] = (),
) -> int:
    """Carry out the action that the first argument names, `list` where it names none.

    Args:
        command: The command, `runs`.
        about: What all its actions are about.
        actions: By name; `list` is one of them.
        arguments: Those behind the command.
        more: Lines at the end of its help.

    Raises:
        WrongCall: Where there is no such action.
    """
    first = arguments[0] if arguments else "list"
    if first in {"-h", "--help"}:
        return _say_help(command, about, actions, more)
    if first.startswith("-"):
        return actions["list"].function(arguments)
    if first not in actions:
        raise WrongCall(
            f"{first!r} is no action of {command}{nearest(first, actions, f'galapagos {command} --help')}"
        )
    return actions[first].function(arguments[1:])


def _say_help(command: str, about: str, actions: Mapping[str, Action], more: tuple[str, ...]) -> int:
    calls = {name: f"galapagos {command} {name} {action.call}".rstrip() for name, action in actions.items()}
    width = max(map(len, calls.values()))
    say(f"usage: galapagos {command} [{'|'.join(actions)}]")
    say()
    say(about)
    say()
    for name, action in actions.items():
        say(f"  {calls[name]:<{width}}  {action.summary}")
    say()
    for line in more:
        say(line)
    say("Without an action it is `list`. Each action has a --help.")
    return 0
