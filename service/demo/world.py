"""The whole demonstration, made from a seed: the same seed and sizes give the same people, files and orders."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random  # noqa: TID251 - the same seed must give the same day; nothing here is secret

from service.demo.deliveries import Week, good_rides_in, write_week
from service.demo.market import Merchant, Offer, Store, kunming_market
from service.demo.network import kunming_metro
from service.demo.people import BIKE, Citizen, make_citizens
from service.demo.rides import JOURNEYS_MAX, Ride, RideMaker

CITIZENS_LEAST = 20
RECORDS_LEAST = 200
RECORDS_PER_CITIZEN_MAX = JOURNEYS_MAX

SHOPPING_PERCENT = 30
VERIFYING_PERCENT = 75
SCARCE_STOCK_MAX = 10
"""An offer with so few pieces is the one that more citizens order than can have it."""

SCARCE_RUSH_PERCENT = 160
REPEATED_EVERY = 10
"""Every so many orders and verifications are sent twice, as after a timeout."""


class SizeUnfit(ValueError):  # noqa: N818 - an answer about an option, not an error of ours
    """So many citizens and records make no believable week."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """What was asked for."""

    seed: int
    citizens: int
    records: int

    @property
    def tag(self) -> str:
        """Stands in every business number, so that another scenario never replays this one."""
        return f"D{self.seed}-{self.citizens}-{self.records}"


@dataclass(frozen=True, slots=True)
class Errand:
    """One citizen's order, and the till where the voucher is used, if it is."""

    citizen: Citizen
    offer: Offer
    order_no: str
    verify_no: str
    store: Store | None
    repeated: bool


@dataclass(frozen=True, slots=True)
class World:
    """Everything that will happen."""

    scenario: Scenario
    citizens: Sequence[Citizen]
    week: Week
    merchants: Sequence[Merchant]
    errands: Sequence[Errand]


def check_sizes(scenario: Scenario, citizens_max: int) -> None:
    """Refuse sizes that the phone range or a believable week cannot hold.

    Raises:
        SizeUnfit: The message says which size and what it may be.
    """
    if not CITIZENS_LEAST <= scenario.citizens <= citizens_max:
        message = f"citizens: {CITIZENS_LEAST} to {citizens_max}"
        raise SizeUnfit(message)
    most = scenario.citizens * RECORDS_PER_CITIZEN_MAX
    least = max(RECORDS_LEAST, scenario.citizens)
    if not least <= scenario.records <= most:
        message = f"rides: {least} to {most} for {scenario.citizens} citizens"
        raise SizeUnfit(message)


def make_world(scenario: Scenario) -> World:
    """Return the week of ``scenario``; each part has its own source of chance, so none can shift another."""
    network = kunming_metro()
    seed = scenario.seed
    citizens = make_citizens(Random(f"{seed} citizens"), network, scenario.citizens)
    maker = RideMaker(Random(f"{seed} rides"), network)
    rides = _rides(maker, citizens, good_rides_in(scenario.records))
    return World(
        scenario=scenario,
        citizens=citizens,
        week=write_week(Random(f"{seed} defects"), scenario.tag, rides, scenario.records),
        merchants=kunming_market(),
        errands=list(_errands(Random(f"{seed} errands"), scenario.tag, citizens)),
    )


def _rides(maker: RideMaker, citizens: Sequence[Citizen], count: int) -> Iterator[Ride]:
    each, more = divmod(count, len(citizens))
    for place, citizen in enumerate(citizens):
        yield from maker.rides_of(citizen, each + (place < more))


def _errands(chance: Random, tag: str, citizens: Sequence[Citizen]) -> Iterator[Errand]:
    market = [(merchant, offer) for merchant in kunming_market() for offer in merchant.offers]
    plenty = [(merchant, offer) for merchant, offer in market if offer.stock > SCARCE_STOCK_MAX]
    (scarce,) = [(merchant, offer) for merchant, offer in market if offer.stock <= SCARCE_STOCK_MAX]
    shoppers = chance.sample(citizens, len(citizens) * SHOPPING_PERCENT // 100)
    rush = scarce[1].stock * SCARCE_RUSH_PERCENT // 100
    # Who rushes must be able to pay: then how many go away empty does not depend on who came first.
    rushing = [citizen.index for citizen in shoppers if citizen.legs[-1] != BIKE][:rush]
    calm = 0
    for citizen in shoppers:
        hurried = citizen.index in rushing
        calm += not hurried
        merchant, offer = scarce if hurried else chance.choice(plenty)
        verified = hurried or chance.randrange(100) < VERIFYING_PERCENT
        yield Errand(
            citizen=citizen,
            offer=offer,
            order_no=f"{tag}-R{citizen.index:05d}",
            verify_no=f"{tag}-V{citizen.index:05d}",
            store=chance.choice(merchant.stores) if verified else None,
            repeated=not hurried and calm % REPEATED_EVERY == 1,
        )
