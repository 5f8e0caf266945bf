"""Places near Kunming and the straight line between them, in whole micro-degrees and metres."""

from dataclasses import dataclass
from math import isqrt

MILLIMETRES_PER_LAT_MICRODEGREE = 111
"""One micro-degree of latitude is 111.2 mm everywhere."""

LNG_PER_MILLE_OF_LAT = 906
"""A degree of longitude at 25 degrees north, as thousandths of a degree of latitude: cos(25 degrees) = 0.906."""

MICRODEGREES = 1_000_000


@dataclass(frozen=True, slots=True)
class Place:
    """A point, in micro-degrees."""

    lng_microdegrees: int
    lat_microdegrees: int

    def moved(self, east_m: int, north_m: int) -> "Place":
        """Return the point that lies so many metres to the east and north."""
        north = north_m * 1_000 // MILLIMETRES_PER_LAT_MICRODEGREE
        east = east_m * 1_000_000 // (MILLIMETRES_PER_LAT_MICRODEGREE * LNG_PER_MILLE_OF_LAT)
        return Place(self.lng_microdegrees + east, self.lat_microdegrees + north)


def parse_degrees(text: str) -> int:
    """Return micro-degrees from a plain decimal such as ``102.763``."""
    whole, _, fraction = text.partition(".")
    return int(whole) * MICRODEGREES + int(fraction.ljust(6, "0"))


def degrees_text(microdegrees: int) -> str:
    """Return the plain decimal that partners write, with six digits."""
    whole, fraction = divmod(microdegrees, MICRODEGREES)
    return f"{whole}.{fraction:06d}"


def straight_line_m(a: Place, b: Place) -> int:
    """Return the distance in metres; flat-earth, good to a metre in a thousand inside one city."""
    north_mm = (a.lat_microdegrees - b.lat_microdegrees) * MILLIMETRES_PER_LAT_MICRODEGREE
    east = a.lng_microdegrees - b.lng_microdegrees
    east_mm = east * MILLIMETRES_PER_LAT_MICRODEGREE * LNG_PER_MILLE_OF_LAT // 1_000
    return isqrt(north_mm * north_mm + east_mm * east_mm) // 1_000
