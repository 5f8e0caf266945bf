"""The real metro network of Kunming: stations, links, and how far one rides from gate to gate.

The facts and their source stand in ``kunming_metro.yaml``. Track lengths are an assumption stated there: the
straight line between two stations times a fixed percentage.
"""

import heapq
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import NewType

import yaml

from service.core.units import DistanceM
from service.demo.places import Place, parse_degrees

StationName = NewType("StationName", str)


@dataclass(frozen=True, slots=True)
class Network:
    """Stations by name, lines as station names in running order, and the track between neighbours."""

    stations: Mapping[StationName, Place]
    lines: Mapping[str, tuple[StationName, ...]]
    track_m: Mapping[StationName, Mapping[StationName, int]]

    def distances_m(self, origin: StationName) -> dict[StationName, DistanceM]:
        """Return the shortest way by track from ``origin`` to every station that can be reached (Dijkstra)."""
        reached: dict[StationName, DistanceM] = {}
        frontier = [(0, origin)]
        while frontier:
            so_far_m, station = heapq.heappop(frontier)
            if station in reached:
                continue
            reached[station] = DistanceM(so_far_m)
            for neighbour, link_m in self.track_m[station].items():
                heapq.heappush(frontier, (so_far_m + link_m, neighbour))
        return reached


@cache
def kunming_metro() -> Network:
    """Return the network as the file tells it."""
    facts = yaml.safe_load(files("service.demo").joinpath("kunming_metro.yaml").read_text("utf-8"))
    stations = _parse_stations(facts["stations"])
    track: dict[StationName, dict[StationName, int]] = {name: {} for name in stations}
    lines: dict[str, tuple[StationName, ...]] = {}
    for line, text in facts["lines"].items():
        words = text.split()
        names = lines[line] = tuple(StationName(name) for name in words[::2])
        for (a, b), straight_m in zip(pairwise(names), words[1::2], strict=True):
            link_m = int(straight_m) * facts["track_percent_of_straight_line"] // 100
            track[a][b] = track[b][a] = link_m
    return Network(stations, lines, track)


def _parse_stations(text: str) -> dict[StationName, Place]:
    stations = {}
    for entry in text.split(";"):
        name, lng, lat = entry.split()
        stations[StationName(name)] = Place(parse_degrees(lng), parse_degrees(lat))
    return stations
