"""Where the neurons and connections of a graph are drawn: layers from left to right, with few crossings.

The method is that of Sugiyama, Tagawa and Toda (1981): a connection that passes a layer does so on a track,
neurons and tracks of a layer are ordered by the mean place of their neighbours (barycenters), and then get
rows close to them. All connections that leave a neuron share its tracks, as the wires of a bus; or all that
enter one, where that needs far fewer tracks.
"""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from galapagos.genomes.graph import GraphGenome

    Point = tuple[int, int]
    Route = tuple[Point, ...]

LEAST_DISTANCE = 3
"""Columns from one layer to the next below which lines cannot be told apart any more."""
_MOST_DISTANCE = 28
_DISTANCE_FOR_SPACE = 5
"""From so many columns on, a cell beside every neuron stays free."""
_SWEEPS, _FRUITLESS = 8, 2
"""How often all layers are ordered at most, and how often without success."""
_MANY = 3
"""Tracks belong to the targets where the sources would need more than so many times as many."""
_STRAIGHTNESS = 4.0
"""How much more a track wants its row than a neuron does."""
_INPUT_ROWS = 8
"""The most rows from one input to the next."""
_EVEN_ROWS = 2
"""From so many rows on, inputs are all the same number of rows apart."""
_SIZES = ((4.0, 1.5), (3.0, 1.0), (2.0, 1.0), (2.0, 0.5), (1.5, 0.5), (1.0, 0.5), (1.0, 0.25))
"""Rows that a neuron and a track take; the first that fit a layer are taken."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells to draw in, and the dots that they have.

    Args:
        left: The column of the first layer at the earliest.
        right: The column of the last layer at the latest, at least `left`.
        top: The first row.
        height: In rows, at least 1.
        tall: Dots of a cell from top to bottom.
        wide: Dots of a cell from left to right.
    """

    left: int
    right: int
    top: int
    height: int
    tall: int = 4
    wide: int = 2


@dataclass(frozen=True, slots=True)
class GraphLayout:
    """Where a graph is drawn.

    Args:
        layers: The layer of each neuron.
        columns: The column of each layer, ascending.
        dots: The row of dots, counted from row 0 of cells, at which the connections of each neuron end.
        rows: The row of each neuron.
        bars: The layers with more neurons than rows: each is one bar, in which neurons share rows.
        routes: For each connection the dots (x, y) that its line goes through, from left to right.
    """

    layers: tuple[int, ...]
    columns: tuple[int, ...]
    dots: tuple[int, ...]
    rows: tuple[int, ...]
    bars: frozenset[int]
    routes: tuple[Route, ...]


def lay_out(genome: GraphGenome, layers: Sequence[int], grid: Grid) -> GraphLayout | None:
    """Return where a graph is drawn, None where its layers and lines do not fit beside each other.

    Inputs and outputs keep their order, so that networks of one task can be compared; hidden neurons are
    ordered for few crossings. The same graph always gets the same places.

    Args:
        genome: A feed-forward graph.
        layers: `genome.layers()`, which takes time for large ones.
        grid: Where there is room.
    """
    gaps = max(layers)
    if grid.right - grid.left < gaps * LEAST_DISTANCE:
        return None
    web = _web(genome, layers)
    orders = _fewest_crossings(web)
    neurons = len(layers)
    counts = [sum(item < neurons for item in order) for order in orders]
    bars = frozenset(number for number, count in enumerate(counts) if count > grid.height)
    if any(
        (grid.height - count) * grid.tall < len(order) - count
        for number, (count, order) in enumerate(zip(counts, orders, strict=True))
        if number not in bars
    ):
        return None
    dots = _dots(web, orders, bars, grid)
    columns = _columns(web, dots, gaps, grid)
    return GraphLayout(
        layers=tuple(layers),
        columns=columns,
        dots=tuple(dots[:neurons]),
        rows=tuple(dot // grid.tall for dot in dots[:neurons]),
        bars=bars,
        routes=_routes(web, dots, columns, grid.wide),
    )


class _Web(NamedTuple):
    """A graph whose lines go from layer to next layer only: items are its neurons, then tracks.

    Args:
        layers: The layer of each item.
        before: The items of the layer before that each one is joined with.
        after: The items of the next layer that each one is joined with.
        neurons: How many of the items are neurons.
        routes: The items that each connection goes through, its ends included.
    """

    layers: list[int]
    before: list[list[int]]
    after: list[list[int]]
    neurons: int
    routes: list[list[int]]


def _web(genome: GraphGenome, layers: Sequence[int]) -> _Web:
    neurons = len(layers)
    pairs = list(zip(genome.sources.tolist(), genome.targets.tolist(), strict=True))
    passed = [range(layers[source] + 1, layers[target]) for source, target in pairs]
    # A track is known by the neuron that owns it and its layer.
    by_source, by_target = (
        {(pair[end], layer) for pair, span in zip(pairs, passed, strict=True) for layer in span}
        for end in (0, 1)
    )
    end = int(len(by_source) > _MANY * len(by_target))
    tracks: dict[tuple[int, int], int] = {}
    routes = [
        [pair[0], *(tracks.setdefault((pair[end], layer), neurons + len(tracks)) for layer in span), pair[1]]
        for pair, span in zip(pairs, passed, strict=True)
    ]
    own = [*layers, *(layer for _, layer in tracks)]
    before: list[list[int]] = [[] for _ in own]
    after: list[list[int]] = [[] for _ in own]
    for one, other in dict.fromkeys(pair for route in routes for pair in pairwise(route)):
        after[one].append(other)
        before[other].append(one)
    return _Web(own, before, after, neurons, routes)


def _fewest_crossings(web: _Web) -> list[list[int]]:
    """Return the items of each layer in the order with the fewest crossings that sweeping found."""
    orders: list[list[int]] = [[] for _ in range(max(web.layers) + 1)]
    for item, layer in enumerate(web.layers):
        orders[layer].append(item)
    hidden = range(1, len(orders) - 1)
    best, fewest, since = orders, _crossings(web, orders), 0
    for sweep in range(_SWEEPS):
        forward = sweep % 2 == 0
        orders = list(orders)
        for number in hidden if forward else hidden[::-1]:
            fixed, neighbours = (
                (orders[number - 1], web.before) if forward else (orders[number + 1], web.after)
            )
            orders[number] = _by_barycenter(orders[number], fixed, neighbours)
        crossings = _crossings(web, orders)
        since += 1
        if crossings < fewest:
            best, fewest, since = orders, crossings, 0
        if since == _FRUITLESS:
            break
    return best


def _by_barycenter(order: list[int], fixed: list[int], neighbours: list[list[int]]) -> list[int]:
    """Return a layer sorted by the mean rank of the neighbours; an item without any keeps its rank."""
    rank = {item: float(place) for place, item in enumerate(fixed)}
    scale = len(fixed) / len(order)
    keys = {}
    for place, item in enumerate(order):
        near = neighbours[item]
        keys[item] = sum([rank[one] for one in near]) / len(near) if near else (place + 0.5) * scale - 0.5
    return sorted(order, key=keys.__getitem__)


def _crossings(web: _Web, orders: list[list[int]]) -> int:
    """Return how many pairs of lines cross between layers."""
    total = 0
    for number, order in enumerate(orders[:-1]):
        rank = {item: place for place, item in enumerate(orders[number + 1])}
        ends: list[int] = []
        for item in order:
            # Ascending, so that the lines of one item do not count as crossing each other.
            for end in sorted([rank[one] for one in web.after[item]]):
                place = bisect(ends, end)
                total += len(ends) - place
                ends.insert(place, end)
    return total


def _dots(web: _Web, orders: list[list[int]], bars: frozenset[int], grid: Grid) -> list[int]:
    """Return the row of dots of each item: close to its neighbours, and with room for a cell a neuron."""
    room = grid.height * grid.tall
    dots = [0.0] * len(web.layers)
    for number, order in enumerate(orders):
        distance = room / len(order)
        if number == 0 and number not in bars:
            rows = min(grid.height / len(order), _INPUT_ROWS)
            distance = grid.tall * (rows if rows < _EVEN_ROWS else int(rows))
        start = (room - distance * len(order)) / 2
        for place, item in enumerate(order):
            dots[item] = start + (place + 0.5) * distance
    _snap(web, orders[0], dots, 0 in bars, grid)
    loose = [number for number in range(1, len(orders)) if number not in bars]
    for number in loose:
        _move(web, orders[number], dots, web.before, grid)
    for number in reversed(loose[:-1]):
        _move(web, orders[number], dots, web.after, grid)
    # What is settled here is where the lines into the next layer begin.
    for number in range(1, len(orders)):
        if number not in bars:
            _move(web, orders[number], dots, web.before, grid)
        _snap(web, orders[number], dots, number in bars, grid)
    return [int(dot) + grid.top * grid.tall for dot in dots]


def _move(web: _Web, order: list[int], dots: list[float], neighbours: list[list[int]], grid: Grid) -> None:
    """Move the items of a layer to the mean of their neighbours, as far as they leave each other room."""
    wanted = []
    for item in order:
        near = neighbours[item]
        wanted.append(sum([dots[one] for one in near]) / len(near) if near else dots[item])
    is_neuron = [item < web.neurons for item in order]
    neurons = sum(is_neuron)
    tracks = len(order) - neurons
    of_neuron, of_track = next(
        (size for size in _SIZES if neurons * size[0] + tracks * size[1] <= grid.height),
        (1.0, (grid.height - neurons) / max(1, tracks)),
    )
    sizes = [grid.tall * (of_neuron if neuron else of_track) for neuron in is_neuron]
    weights = [1.0 if neuron else _STRAIGHTNESS for neuron in is_neuron]
    for item, place in zip(order, spread(wanted, sizes, weights, grid.height * grid.tall), strict=True):
        dots[item] = place


def spread(
    wanted: Sequence[float], sizes: Sequence[float], weights: Sequence[float], room: float
) -> list[float]:
    """Return the middles of things in a row that do not overlap, as close to the wanted ones as can be.

    The sum of weighted squares of the distances is the least (isotonic regression by pooling neighbours that
    violate the order).

    Args:
        wanted: The middle that each would like to have.
        sizes: The room that each takes; together at most `room`.
        weights: How much each wants it, above 0.
        room: They lie between 0 and this.
    """
    pools: list[tuple[float, float, int]] = []
    taken = 0.0
    middles = []
    for place, size, weight in zip(wanted, sizes, weights, strict=True):
        middles.append(taken + size / 2)
        taken += size
        total, among, count = weight * (place - middles[-1]), weight, 1
        while pools and pools[-1][0] * among > total * pools[-1][1]:
            below = pools.pop()
            total, among, count = total + below[0], among + below[1], count + below[2]
        pools.append((total, among, count))
    shifts: list[float] = []
    for total, among, count in pools:
        shifts += [min(max(total / among, 0.0), room - taken)] * count
    return [middle + shift for middle, shift in zip(middles, shifts, strict=True)]


def _snap(web: _Web, order: list[int], dots: list[float], bar: bool, grid: Grid) -> None:
    """Put the neurons of a layer into rows of cells, each into its own, and the tracks on dots between."""
    last = grid.height * grid.tall - 1
    if bar:
        for item in order:
            dots[item] = min(int(dots[item]), last)
        return
    inside = [item for item in order if item < web.neurons]
    rows = [int(dots[item] / grid.tall) for item in inside]
    for place in range(1, len(rows)):
        rows[place] = max(rows[place], rows[place - 1] + 1)
    limit = grid.height
    for place in range(len(rows) - 1, -1, -1):
        rows[place] = limit = min(rows[place], limit - 1)
    for item, row in zip(inside, rows, strict=True):
        dots[item] = row * grid.tall + (grid.tall - 1) // 2
    low, following = 0, iter([*rows, grid.height])
    high = next(following) * grid.tall - 1
    for item in order:
        if item < web.neurons:
            low, high = high + 1 + grid.tall, next(following) * grid.tall - 1
        else:
            dots[item] = min(max(0, low, min(int(dots[item]), high)), last)


def _columns(web: _Web, dots: list[int], gaps: int, grid: Grid) -> tuple[int, ...]:
    """Return the column of each layer, farther from the next one where lines rise and fall more."""
    travel = [0] * gaps
    for item, following in enumerate(web.after):
        for other in following:
            travel[web.layers[item]] += abs(dots[item] - dots[other])
    even = (sum(travel) or 1) / gaps
    free = grid.right - grid.left - LEAST_DISTANCE * gaps
    distances = [
        min(LEAST_DISTANCE + free * (own + even) / (sum(travel) + even * gaps), _MOST_DISTANCE)
        for own in travel
    ]
    column = (grid.left + grid.right - sum(distances)) / 2
    # A little more than a half, so that rounding errors bring no two layers closer than they may be.
    return tuple(int(place + 0.5 + 1e-9) for place in accumulate(distances, initial=column))


def _routes(web: _Web, dots: list[int], columns: tuple[int, ...], wide: int) -> tuple[Route, ...]:
    """Return the dots that the line of each connection goes through."""
    spaces = [int(right - left >= _DISTANCE_FOR_SPACE) for left, right in pairwise(columns)]
    routes = []
    for items in web.routes:
        first, last = items[0], items[-1]
        layer = web.layers[first]
        route = [((columns[layer] + 1 + spaces[layer]) * wide, dots[first])]
        for item in items[1:-1]:
            # A track keeps its row as long as it is beside neurons.
            left = columns[web.layers[item]] * wide
            route += [(x, dots[item]) for x in dict.fromkeys((left, left + wide - 1))]
        layer = web.layers[last]
        routes.append((*route, ((columns[layer] - spaces[layer - 1]) * wide - 1, dots[last])))
    return tuple(routes)
