"""Rides as the partners' systems record them: plausible in place, length, speed and order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random  # noqa: TID251 - the same seed must give the same day; nothing here is secret

from service.demo.calendar import RIDE_DAYS, at
from service.demo.network import Network, StationName
from service.demo.people import BIKE, BUS, EBIKE, LETTERS, METRO, Citizen
from service.demo.places import Place, straight_line_m

COMMUTES = ((7 * 60 + 20, True), (17 * 60 + 40, False))
ERRANDS = ((9 * 60 + 40, False), (11 * 60 + 40, True), (13 * 60 + 40, False), (15 * 60 + 40, True))
"""Minute of the day at which a journey may begin, and whether it leads from home."""

JOURNEYS_MAX = len(RIDE_DAYS) * (len(COMMUTES) + len(ERRANDS))

SPEED_M_PER_MIN = {METRO: (480, 580), BUS: (240, 340), BIKE: (150, 220), EBIKE: (230, 320)}
ROAD_PERCENT = {BUS: (125, 145), BIKE: (108, 130), EBIKE: (112, 135)}
"""An assumption: how much longer the road is than the straight line."""

EVIDENCE = {METRO: "fare_gate", BUS: "fare_gate", BIKE: "operator_order", EBIKE: "operator_order"}
VEHICLES = {METRO: 0, BUS: 900, BIKE: 40_000, EBIKE: 15_000}


@dataclass(frozen=True, slots=True)
class Ride:
    """One ride, as it truly was."""

    activity_type: str
    subject_token: str
    started_at: datetime
    ended_at: datetime
    distance_m: int
    start: Place
    end: Place
    vehicle_no: str

    @property
    def day(self) -> date:
        """The Kunming day it began on; the file it is delivered in."""
        return self.started_at.date()


class RideMaker:
    """Lets citizens travel; keeps the metro's distances at hand."""

    def __init__(self, chance: Random, network: Network) -> None:
        self._chance = chance
        self._network = network
        self._metro_m = {name: network.distances_m(name) for name in network.stations}

    def rides_of(self, citizen: Citizen, count: int) -> list[Ride]:
        """Return ``count`` rides of one citizen, no two of which overlap.

        Commutes come first; errands only when the week's commutes do not suffice.
        """
        rides: list[Ride] = []
        for day, minute, outward in self._agenda():
            rides.extend(self._journey(citizen, day, minute, outward=outward))
            if len(rides) >= count:
                break
        return sorted(rides[:count], key=lambda ride: ride.started_at)

    def _agenda(self) -> Iterator[tuple[date, int, bool]]:
        for slots in (COMMUTES, ERRANDS):
            journeys = [(day, minute, outward) for day in RIDE_DAYS for minute, outward in slots]
            self._chance.shuffle(journeys)
            yield from journeys

    def _journey(self, citizen: Citizen, day: date, minute: int, *, outward: bool) -> Iterator[Ride]:
        moment = at(day, minute + self._chance.randrange(26), self._chance.randrange(60))
        legs: Sequence[str] = citizen.legs if outward else citizen.legs[::-1]
        for leg in legs:
            start, end = self._ends(citizen, leg, outward=outward)
            distance_m = self._distance_m(citizen, leg, start, end)
            ride_s = distance_m * 60 // self._chance.randint(*SPEED_M_PER_MIN[leg]) + 60
            ended_at = moment + timedelta(seconds=ride_s)
            vehicle_no = self._vehicle_no(leg)
            yield Ride(leg, citizen.tokens[leg], moment, ended_at, distance_m, start, end, vehicle_no)
            moment = ended_at + timedelta(seconds=self._chance.randrange(150, 480))

    def _ends(self, citizen: Citizen, leg: str, *, outward: bool) -> tuple[Place, Place]:
        home_gate = self._network.stations[citizen.home_station]
        work_gate = self._network.stations[citizen.work_station]
        if leg == METRO:
            start, end = home_gate, work_gate
        elif METRO in citizen.legs:
            start, end = citizen.home, home_gate
        else:
            start, end = citizen.home, citizen.work
        return (start, end) if outward else (end, start)

    def _distance_m(self, citizen: Citizen, leg: str, start: Place, end: Place) -> int:
        if leg == METRO:
            return self._gate_to_gate_m(citizen.home_station, citizen.work_station)
        return straight_line_m(start, end) * self._chance.randint(*ROAD_PERCENT[leg]) // 100

    def _gate_to_gate_m(self, a: StationName, b: StationName) -> int:
        return self._metro_m[a][b]

    def _vehicle_no(self, leg: str) -> str:
        fleet = VEHICLES[leg]
        return f"DEMO-{LETTERS[leg]}{self._chance.randrange(fleet):05d}" if fleet else ""
