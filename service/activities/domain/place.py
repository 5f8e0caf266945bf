"""Where an activity may lie: a polygon in whole micro-degrees, so that no border depends on rounding."""

from collections.abc import Sequence
from dataclasses import dataclass, field

Point = tuple[int, int]
"""Longitude and latitude in micro-degrees."""

CELL_E6 = 10_000
"""The side of a cell of the grid that remembers which squares lie wholly inside or outside (about 1 km)."""

CELLS_MAX = 100_000
"""How many cells are remembered; more would be an attack on our memory, not a city."""

LEAST_CORNERS = 3


@dataclass(frozen=True, slots=True)
class Area:
    """A simple polygon; a point on its border lies inside."""

    corners: Sequence[Point]
    _cells: dict[Point, bool | None] = field(default_factory=dict, repr=False, compare=False)

    def holds(self, lng_e6: int, lat_e6: int) -> bool:
        """Tell whether the point lies inside or on the border.

        Squares that no edge comes near are answered from memory, so a file of a million rides costs two look-ups
        each and not two walks around the polygon.
        """
        cell = (lng_e6 // CELL_E6, lat_e6 // CELL_E6)
        try:
            known = self._cells[cell]
        except KeyError:
            known = self._survey(cell)
            if len(self._cells) < CELLS_MAX:
                self._cells[cell] = known
        return self._walk(lng_e6, lat_e6) if known is None else known

    def _survey(self, cell: Point) -> bool | None:
        """Return what holds for the whole cell, or ``None`` when an edge may cross it."""
        west, south = cell[0] * CELL_E6, cell[1] * CELL_E6
        east, north = west + CELL_E6, south + CELL_E6
        for (x1, y1), (x2, y2) in self._edges():
            if min(x1, x2) <= east and max(x1, x2) >= west and min(y1, y2) <= north and max(y1, y2) >= south:
                return None
        return self._walk(west, south)

    def _edges(self) -> list[tuple[Point, Point]]:
        return list(zip(self.corners, [*self.corners[1:], self.corners[0]], strict=True))

    def _walk(self, x: int, y: int) -> bool:
        """Cast a ray to the east and count the edges it crosses (exact: cross products of whole numbers)."""
        inside = False
        for (x1, y1), (x2, y2) in self._edges():
            cross = (x2 - x1) * (y - y1) - (x - x1) * (y2 - y1)
            if cross == 0 and min(x1, x2) <= x <= max(x1, x2) and min(y1, y2) <= y <= max(y1, y2):
                return True
            if (y1 > y) != (y2 > y) and (cross > 0) == (y2 > y1):
                inside = not inside
        return inside
