"""Citizens who do not exist: where they live and work, how they travel, what the partners call them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random  # noqa: TID251 - the same seed must give the same day; nothing here is secret

from service.demo.network import Network, StationName
from service.demo.places import Place, straight_line_m

PHONE_PREFIX = "1849000"
"""The first seven digits of every demonstration number.

No Chinese range is reserved for fiction as far as we know. The numbering data of libphonenumber accept 1849 as a
mobile prefix and know no town for any of its blocks, so a number here is well-formed and, as far as known,
nobody's. The demonstration only runs in development mode, whose gateway keeps every code and sends no message.
"""

CITIZENS_MAX = 10_000
"""As many as the four free digits can tell apart."""

METRO, BUS, BIKE, EBIKE = "metro_trip", "bus_trip", "shared_bike_trip", "shared_ebike_trip"
LETTERS = {METRO: "M", BUS: "B", BIKE: "K", EBIKE: "E"}

HABITS: Mapping[tuple[str, ...], int] = {
    (METRO,): 22,
    (BIKE, METRO): 26,
    (BUS,): 18,
    (EBIKE,): 16,
    (BIKE,): 10,
    (EBIKE, METRO): 8,
}
"""Legs of the way to work, and how many in a hundred citizens travel so."""

REACH_M = {METRO: (2_500, 12_000), BUS: (2_000, 9_000), EBIKE: (1_500, 6_000), BIKE: (900, 3_200)}
"""The straight line from home to work that a habit's longest leg is used for, shortest and longest."""

ENTRUSTING_PERCENT = 85
WORTH_RIDING_M = 800
"""Nobody rides a shorter way between home and work."""


@dataclass(frozen=True, slots=True)
class Citizen:
    """One person of the demonstration."""

    index: int
    phone: str
    entrusts: bool
    legs: tuple[str, ...]
    home: Place
    work: Place
    home_station: StationName
    work_station: StationName
    tokens: Mapping[str, str]
    """What each partner calls this citizen, by activity type."""


def make_citizens(chance: Random, network: Network, count: int) -> list[Citizen]:
    """Return ``count`` citizens; the first ones stay the same when more are asked for."""
    reach = _stations_in_reach(network)
    return [_make_citizen(chance, network, reach, index) for index in range(count)]


def _make_citizen(
    chance: Random, network: Network, reach: Mapping[str, Mapping[StationName, Sequence[StationName]]], index: int
) -> Citizen:
    legs = chance.choices(list(HABITS), weights=list(HABITS.values()))[0]
    longest = legs[-1]
    home_station = chance.choice(sorted(reach[longest]))
    work_station = chance.choice(reach[longest][home_station])
    home = work = _near(chance, network.stations[home_station])
    while straight_line_m(home, work) < WORTH_RIDING_M:
        work = _near(chance, network.stations[work_station])
    return Citizen(
        index=index,
        phone=f"{PHONE_PREFIX}{index:04d}",
        entrusts=chance.randrange(100) < ENTRUSTING_PERCENT,
        legs=legs,
        home=home,
        work=work,
        home_station=home_station,
        work_station=work_station,
        tokens={leg: f"DEMO-{LETTERS[leg]}-{chance.getrandbits(56):014x}" for leg in legs},
    )


def _near(chance: Random, place: Place) -> Place:
    """Return a point 900 m to 1,700 m away from a station: too far to walk, near enough to ride."""
    east_m, north_m = chance.choice(((3, 4), (4, 3), (-3, 4), (-4, 3), (3, -4), (4, -3), (-3, -4), (-4, -3)))
    fifths_m = chance.randrange(180, 340)
    return place.moved(east_m * fifths_m, north_m * fifths_m)


def _stations_in_reach(network: Network) -> dict[str, dict[StationName, list[StationName]]]:
    """Return, per leg and home station, the stations somebody may work at."""
    in_reach: dict[str, dict[StationName, list[StationName]]] = {}
    for leg, (nearest_m, farthest_m) in REACH_M.items():
        per_home = in_reach[leg] = {}
        for home, here in network.stations.items():
            found = [
                name
                for name, there in network.stations.items()
                if nearest_m <= straight_line_m(here, there) <= farthest_m
            ]
            if found:
                per_home[home] = found
    return in_reach
