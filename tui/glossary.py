"""The words of the screen, each in a line or two that need no other knowledge."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Term:
    """A word and what it means here.

    Args:
        name: As it stands on the screen.
        text: What it means.
        others: Other words by which people look for it.
    """

    name: str
    text: str
    others: str = ""


GLOSSARY: tuple[Term, ...] = (
    Term(
        "accuracy",
        "The share of images that a network tells right. Held-out images choose among networks and no "
        "network learns from them; test images are only reported.",
        "held-out validation test",
    ),
    Term(
        "activation",
        "The function by which a neuron turns the sum of its inputs into its output: tanh, step, gaussian …",
        "neuron",
    ),
    Term(
        "archive",
        "Keeps the best network of every size that ever was. Changing the levels only looks at it "
        "differently and loses nothing.",
        "MAP-Elites map bin cell",
    ),
    Term(
        "archive fitness",
        "The score on starts or images that are the same in every run, so that elites of different "
        "generations and runs compare. Elites are kept by it.",
        "score",
    ),
    Term(
        "bar",
        "In the archive: a size, the taller the better its elite. The best of a level stands out, colours "
        "change from level to level, and hatched is the best that was seen of a size without an elite.",
        "archive colour hatched legend",
    ),
    Term(
        "bin",
        "One size, or from 64 on a narrow range of sizes, for which the archive keeps one network.",
        "cell niche",
    ),
    Term(
        "breed",
        "Makes some of the next children those of one network, whatever its rank.",
        "child parent offspring",
    ),
    Term("champion", "The elite with the highest archive fitness of all sizes.", "best"),
    Term(
        "checkpoint",
        "What a run needs to go on after a stop or a crash, exactly as if nothing had happened.",
        "resume save",
    ),
    Term(
        "clone",
        "A copy of a network under a new id, with the original as its parent. It is evaluated and "
        "competes like any other.",
        "inject copy",
    ),
    Term(
        "complexity",
        "The size of a network: its connections, or neurons or layers where complexity_measure says so.",
        "size connections measure",
    ),
    Term(
        "confidence",
        "95 %: of a hundred such intervals, about 95 hold what the mean over endlessly many starts would be. "
        "The archive kept the luckiest of many, so a score on other starts tends to be lower.",
        "95 % interval again evaluate luck",
    ),
    Term(
        "confirmation",
        "A network that beats an elite in its generation may have been lucky. It is scored again on the "
        "fixed starts before it takes the place.",
        "challenger confirm_trials luck",
    ),
    Term(
        "connection",
        "A link from one neuron to another. Its weight is learned, or is one shared value in "
        "weight-agnostic networks.",
        "edge synapse",
    ),
    Term(
        "coverage",
        "The share of 32 sizes, from small to large, for which there is an elite.",
        "quality diversity",
    ),
    Term(
        "crowding distance",
        "How far a network stands from its neighbours on the same Pareto front. Lonely ones are "
        "preferred, so that the population stays varied.",
        "NSGA-II rank",
    ),
    Term(
        "drop",
        "Takes an elite out of the archive; its place is free for the next of its size. u puts a clone back.",
        "remove delete",
    ),
    Term("elite", "The best network of its size, or of all the sizes of a level.", "MAP-Elites best"),
    Term(
        "endless run",
        "num_generations: infinity. It evolves until somebody stops it.",
        "continual infinity",
    ),
    Term("epoch", "One pass of learning over all training images.", "training"),
    Term(
        "fitness",
        "How good a network is; higher is always better. A loss is turned round to be one, and shown as a"
        " loss.",
        "reward score loss",
    ),
    Term(
        "generation",
        "One batch of networks that is bred and evaluated together. Changes and commands act from the "
        "next one.",
        "step",
    ),
    Term(
        "generation fitness",
        "The score on the starts or images of one generation, the same for all its networks. It ranks "
        "them, and says nothing about other generations.",
        "score rank",
    ),
    Term(
        "inject",
        "Puts a clone of a saved network, or of an elite, into the next generation. It removes nobody.",
        "clone library",
    ),
    Term(
        "learning rule",
        "How weights change in a lifetime: backprop, feedback_alignment, hebbian or last_layer.",
        "training optimizer",
    ),
    Term(
        "level",
        "A range of sizes. A level shows, and breeds from, the best network in it; + and - change how "
        "many there are.",
        "complexity_levels boundaries",
    ),
    Term(
        "library",
        "Every elite that was saved, from all runs; it stays when runs are removed.",
        "saved keep",
    ),
    Term(
        "lineage",
        "The ancestors of a network, with the mutation that made each and the fitness it gained.",
        "ancestor parent",
    ),
    Term("loss", "How wrong a network is on images; lower is better.", "error cross-entropy"),
    Term(
        "mutation",
        "The small change by which a child differs from its parent: a neuron or connection more, another "
        "activation, a layer.",
        "operator add_node add_connection change_activation",
    ),
    Term("neuron", "A node of a network. Inputs stand left, outputs right.", "node unit"),
    Term(
        "objective",
        "What networks are ranked by together: mean fitness with either the best weight's fitness or the "
        "size.",
        "max mean rank",
    ),
    Term(
        "Pareto front",
        "The networks that no other one beats both in fitness and in size.",
        "NSGA-II non-dominated rank",
    ),
    Term("pending", "A change that the engine has taken and that acts from the next generation on.", "wait"),
    Term("pin", "Makes a network an extra parent in every generation until it is unpinned.", "parent unpin"),
    Term(
        "population",
        "All networks of a generation. Under tournament reproduction the best of them live on.",
        "individuals",
    ),
    Term(
        "preset",
        "A file of parameters that comes with the program: an experiment to start.",
        "experiment yaml",
    ),
    Term(
        "QD score",
        "Quality and diversity in one number from 0 to 1: how good the elites of 32 sizes are on average,"
        " an empty size counting as 0. It does not move when the levels do.",
        "quality diversity",
    ),
    Term(
        "reproduction",
        "Where parents come from: tournament takes the better of the population, elites draws evenly from"
        " the archive.",
        "selection",
    ),
    Term(
        "run",
        "One experiment as it happens. It goes on without a screen; attach comes back to it.",
        "engine",
    ),
    Term(
        "seed",
        "The number from which all chance of a run comes. The same seed gives the same run.",
        "random",
    ),
    Term("shared weight", "The one value that all connections of a weight-agnostic network have.", "weight"),
    Term(
        "tournament",
        "A few networks are drawn, and the best ranked of them becomes a parent.",
        "tournament_size selection",
    ),
    Term("trial", "One episode, from one start, with one weight.", "episode rollout num_trials"),
    Term(
        "undo",
        "u takes back what you asked for last. What waits for its generation is withdrawn; what acts is "
        "undone by its opposite, where it has one and the run has not moved on.",
        "withdraw cancel redo",
    ),
    Term(
        "weight-agnostic",
        "A network that solves its task by its wiring: it is tried with several shared weights, and must "
        "work with all of them (Gaier & Ha 2019).",
        "WANN weights",
    ),
    Term("worker", "A process that evaluates networks; num_workers says how many there are.", "processor"),
)
"""In the order of the alphabet."""


def glossary(search: str = "") -> list[Term]:
    """Return the terms that hold every word of a search, those that hold them in their name first."""
    words = search.lower().split()
    found = [
        term
        for term in GLOSSARY
        if all(word in f"{term.name} {term.text} {term.others}".lower() for word in words)
    ]
    return sorted(found, key=lambda term: not all(word in term.name.lower() for word in words))
