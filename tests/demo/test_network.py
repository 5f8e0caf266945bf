"""The metro network is the real one, with its one wrong link mended."""

from itertools import pairwise

import pytest

from service.demo.network import StationName, kunming_metro
from service.demo.places import Place, degrees_text, parse_degrees, straight_line_m


def distance_m(a: str, b: str) -> int:
    return kunming_metro().distances_m(StationName(a))[StationName(b)]


def test_the_network_has_the_stations_and_lines_of_november_2022() -> None:
    network = kunming_metro()
    assert len(network.stations) == 103
    assert {line: (names[0], names[-1], len(names)) for line, names in network.lines.items()} == {
        "1号线/2号线": ("北部汽车站", "大学城南", 31),
        "1号线支线": ("春融街", "昆明南火车站", 5),
        "3号线": ("西山公园", "东部汽车站", 20),
        "4号线": ("金川路", "昆明南火车站", 29),
        "5号线": ("世博园", "宝丰", 22),
        "6号线": ("塘子巷", "机场中心", 8),
    }


def test_every_station_is_reached_from_every_other() -> None:
    network = kunming_metro()
    assert {len(network.distances_m(name)) for name in network.stations} == {103}


def test_the_way_back_is_as_long_as_the_way_there() -> None:
    network = kunming_metro()
    ways = {a: network.distances_m(a) for a in network.stations}
    assert [(a, b) for a in ways for b in ways if ways[a][b] != ways[b][a]] == []


@pytest.mark.parametrize(
    ("origin", "destination", "expected_m"),
    [
        ("北部汽车站", "龙头街", 1_199),  # one link of 1,090 m
        ("五一路", "东风广场", 1_485),
        ("北部汽车站", "昆明火车站", 14_553),  # 13,230 m in a straight line from station to station
        ("北部汽车站", "大学城南", 43_934),
        ("西山公园", "机场中心", 42_185),  # lines 3 and 6
        ("大学城南", "大学城南", 0),
    ],
)
def test_distances_are_the_shortest_way_by_track(origin: str, destination: str, expected_m: int) -> None:
    assert distance_m(origin, destination) == expected_m


def test_the_branch_leaves_the_trunk_at_chunrong_street_and_not_at_the_terminus() -> None:
    track = kunming_metro().track_m
    assert StationName("市级行政中心") not in track[StationName("大学城南")]
    assert track[StationName("春融街")][StationName("市级行政中心")] == 1_254
    assert distance_m("大学城南", "市级行政中心") == 9_911  # five links back and the branch


def test_every_link_is_as_long_as_its_two_places_are_apart() -> None:
    network = kunming_metro()
    links = {link for names in network.lines.values() for link in pairwise(names)}
    off_m = [
        straight_line_m(network.stations[a], network.stations[b]) - network.track_m[a][b] * 100 // 110
        for a, b in links
    ]
    # Places are rounded to 3 decimals, about 100 m; lengths to 10 m.
    assert (len(links), max(map(abs, off_m)) <= 120) == (109, True)


def test_degrees_are_read_and_written_exactly() -> None:
    assert [degrees_text(parse_degrees(text)) for text in ("102.763", "25.1", "24")] == [
        "102.763000",
        "25.100000",
        "24.000000",
    ]


def test_moving_by_metres_is_measured_as_metres() -> None:
    place = Place(102_720_000, 25_038_000)
    assert [straight_line_m(place, place.moved(east, north)) for east, north in ((300, 400), (0, -1000))] == [
        499,
        1_000,
    ]
