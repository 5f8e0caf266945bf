"""The week is made by code: the same for the same seed, believable, and wrong exactly where it is meant to be."""

import gzip
from collections import Counter
from itertools import pairwise
from random import Random

import orjson
import phonenumbers
import pytest
from phonenumbers import geocoder

from service.demo.calendar import EVENING, RIDE_DAYS
from service.demo.defects import DEFECTS
from service.demo.deliveries import Delivery, defects_in, good_rides_in
from service.demo.market import kunming_market
from service.demo.network import kunming_metro
from service.demo.people import CITIZENS_MAX, METRO, make_citizens
from service.demo.rides import Ride, RideMaker
from service.demo.world import Scenario, SizeUnfit, World, check_sizes, make_world

SMALL = Scenario(seed=1, citizens=50, records=500)


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(SMALL)


def lines_of(delivery: Delivery) -> list[bytes]:
    partner = delivery.partner
    content = gzip.decompress(delivery.content) if partner.compression == "gzip" else delivery.content
    lines = content.split(b"\n")
    return lines[1 if partner.format == "csv" else 0 : -1]


def test_the_same_seed_makes_the_same_week_and_another_seed_another(world: World) -> None:
    again, other = make_world(SMALL), make_world(Scenario(2, 50, 500))
    assert again == world
    assert [d.content for d in other.week.deliveries] != [d.content for d in world.week.deliveries]


def test_the_files_hold_exactly_the_records_asked_for(world: World) -> None:
    deliveries = world.week.deliveries
    assert sum(delivery.lines for delivery in deliveries) == 500
    assert [len(lines_of(delivery)) for delivery in deliveries] == [delivery.lines for delivery in deliveries]
    assert {(d.partner.format, d.partner.compression) for d in deliveries} == {
        ("ndjson", "none"),
        ("ndjson", "gzip"),
        ("csv", "none"),
        ("csv", "gzip"),
    }
    assert len({(d.partner.code, d.day) for d in deliveries}) == len(deliveries) == 20


@pytest.mark.parametrize(("records", "each"), [(500, 1), (20_000, 20)])
def test_every_defect_is_sent_as_often_as_promised(records: int, each: int) -> None:
    expected = make_world(Scenario(1, 50 * each, records)).week.expected
    assert expected == Counter(
        {("accepted", ""): records - each * len(DEFECTS)}
        | {(defect.outcome, defect.code): each for defect in DEFECTS}
    )
    assert (defects_in(records), good_rides_in(records)) == (each, records - 24 * each)


def test_a_file_declares_the_sum_of_the_distances_that_can_be_read(world: World) -> None:
    for delivery in world.week.deliveries:
        if delivery.partner.format == "ndjson":
            total_m = 0
            for line in lines_of(delivery):
                try:
                    cells = orjson.loads(line)
                except orjson.JSONDecodeError:
                    continue
                if isinstance(cells["distance_m"], int):
                    total_m += cells["distance_m"]
            assert total_m == delivery.distance_m


def test_good_rides_of_one_citizen_never_overlap_and_end_before_the_evening() -> None:
    network = kunming_metro()
    maker = RideMaker(Random("rides"), network)
    for citizen in make_citizens(Random("citizens"), network, 60):
        rides = maker.rides_of(citizen, 30)
        assert len(rides) == 30
        assert all(first.ended_at < then.started_at for first, then in pairwise(rides))
        assert rides[-1].ended_at < EVENING
        assert {ride.day for ride in rides} <= set(RIDE_DAYS)


def test_metro_rides_are_as_long_as_the_way_through_the_network() -> None:
    network = kunming_metro()
    maker = RideMaker(Random("rides"), network)
    commuters = [c for c in make_citizens(Random("citizens"), network, 60) if METRO in c.legs]
    for citizen in commuters:
        expected_m = network.distances_m(citizen.home_station)[citizen.work_station]
        rides = [ride for ride in maker.rides_of(citizen, 10) if ride.activity_type == METRO]
        assert {ride.distance_m for ride in rides} == {expected_m}


def speed_m_per_min(ride: Ride) -> int:
    return ride.distance_m * 60 // int((ride.ended_at - ride.started_at).total_seconds())


def test_speeds_are_those_of_the_vehicles() -> None:
    network = kunming_metro()
    maker = RideMaker(Random("rides"), network)
    fastest: Counter[str] = Counter()
    for citizen in make_citizens(Random("citizens"), network, 200):
        for ride in maker.rides_of(citizen, 10):
            fastest[ride.activity_type] = max(fastest[ride.activity_type], speed_m_per_min(ride))
    assert {kind: fastest[kind] <= most for kind, most in (("metro_trip", 580), ("bus_trip", 340))} == {
        "metro_trip": True,
        "bus_trip": True,
    }
    assert fastest["shared_bike_trip"] <= 220
    assert fastest["shared_ebike_trip"] <= 320


def test_phones_are_well_formed_mobile_numbers_of_no_town() -> None:
    citizens = make_citizens(Random("citizens"), kunming_metro(), 50)
    for citizen in citizens:
        number = phonenumbers.parse(citizen.phone, "CN")
        assert phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE
        assert geocoder.description_for_number(number, "en") == "China"
    assert len({citizen.phone for citizen in citizens}) == 50


def test_the_market_has_thirty_offers_that_all_say_they_are_a_demonstration() -> None:
    merchants = kunming_market()
    offers = [offer for merchant in merchants for offer in merchant.offers]
    names = [merchant.name for merchant in merchants]
    stores = [store.name for merchant in merchants for store in merchant.stores]
    texts = [*names, *stores, *(offer.title for offer in offers)]
    assert (len(merchants), len(offers)) == (10, 30)
    assert all(text.zh.startswith("【演示】") and text.en.startswith("DEMO ") for text in texts)
    assert all(0 <= offer.programme_fen <= offer.face_value_fen for offer in offers)
    assert len({offer.number for offer in offers}) == 30


def test_more_citizens_want_the_scarce_offer_than_can_have_it() -> None:
    world = make_world(Scenario(1, 200, 2_000))
    wanted = Counter(errand.offer.number for errand in world.errands)
    (scarce,) = [offer for merchant in world.merchants for offer in merchant.offers if offer.stock == 5]
    assert (len(world.errands), wanted[scarce.number]) == (60, 8)


@pytest.mark.parametrize(
    "scenario",
    [Scenario(1, 19, 500), Scenario(1, CITIZENS_MAX + 1, 20_000), Scenario(1, 50, 199), Scenario(1, 50, 1_501)],
)
def test_sizes_that_make_no_believable_week_are_refused(scenario: Scenario) -> None:
    with pytest.raises(SizeUnfit):
        check_sizes(scenario, CITIZENS_MAX)
