from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from service.activities.domain.place import CELL_E6, Area

SQUARE = Area(((0, 0), (40_000, 0), (40_000, 40_000), (0, 40_000)))
corners = st.lists(
    st.tuples(st.integers(-60_000, 60_000), st.integers(-60_000, 60_000)), min_size=3, max_size=7, unique=True
)
points = st.tuples(st.integers(-70_000, 70_000), st.integers(-70_000, 70_000))


def test_a_point_on_the_border_lies_inside() -> None:
    inside = [(0, 0), (40_000, 20_000), (1, 39_999), (40_000, 40_000), (15_000, 15_000)]
    outside = [(-1, 0), (40_001, 20_000), (0, 40_001), (100_000, 20_000)]

    assert [SQUARE.holds(*point) for point in [*inside, *outside]] == [True] * 5 + [False] * 4


def walked(shape: list[tuple[int, int]], x: int, y: int) -> bool:
    """The even-odd rule with fractions, one edge after the other."""
    inside = False
    for (x1, y1), (x2, y2) in zip(shape, [*shape[1:], shape[0]], strict=True):
        if (
            (x2 - x1) * (y - y1) == (x - x1) * (y2 - y1)
            and min(x1, x2) <= x <= max(x1, x2)
            and min(y1, y2) <= y <= max(y1, y2)
        ):
            return True
        if (y1 > y) != (y2 > y) and x < x1 + Fraction((x2 - x1) * (y - y1), y2 - y1):
            inside = not inside
    return inside


@given(corners, st.lists(points, max_size=20))
def test_the_remembered_squares_answer_what_the_walk_around_the_border_answers(
    shape: list[tuple[int, int]], asked: list[tuple[int, int]]
) -> None:
    area = Area(tuple(shape))

    for x, y in asked:
        neighbours = [(x, y), (x // CELL_E6 * CELL_E6, y), (x, y // CELL_E6 * CELL_E6)]
        # Asked twice: the second answer comes from memory.
        answers = [area.holds(*point) for point in neighbours * 2]
        assert answers == [walked(shape, *point) for point in neighbours * 2]
