"""Merchants, stores, tills and offers of the demonstration, as ``kunming_market.yaml`` lists them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from service.core.texts import Text

MARK = Text("【演示】", "DEMO ")
TERMS = Text(
    "仅供演示，商户与优惠均为虚构，不可兑付。核销后积分不退。",
    "For demonstration only: merchant and offer are invented and nobody honours them. Points are final once used.",
)


@dataclass(frozen=True, slots=True)
class Store:
    """A place of a merchant, with one till."""

    number: str
    name: Text


@dataclass(frozen=True, slots=True)
class Offer:
    """What a citizen may order for points."""

    number: str
    kind: str
    title: Text
    price_points: int
    face_value_fen: int
    programme_fen: int
    stock: int


@dataclass(frozen=True, slots=True)
class Merchant:
    """An invented shop."""

    number: str
    name: Text
    stores: Sequence[Store]
    offers: Sequence[Offer]


@cache
def kunming_market() -> tuple[Merchant, ...]:
    """Return the merchants in the order of the file."""
    facts = yaml.safe_load(files("service.demo").joinpath("kunming_market.yaml").read_text("utf-8"))
    return tuple(_merchant(place, listed) for place, listed in enumerate(facts["merchants"], start=1))


def _merchant(place: int, listed: dict[str, list[str]]) -> Merchant:
    number = f"DEMO-M{place:02d}"
    stores = [Store(f"{number}-S{n}", _marked(name)) for n, name in enumerate(listed["stores"], start=1)]
    offers = [_offer(f"{number}-O{n}", offer) for n, offer in enumerate(listed["offers"], start=1)]
    return Merchant(number, _marked(str(listed["name"])), stores, offers)


def _offer(number: str, listed: Sequence[object]) -> Offer:
    kind, price_points, face_value_fen, programme_percent, stock, title = listed
    if not isinstance(face_value_fen, int) or not isinstance(programme_percent, int):
        raise TypeError(number)
    return Offer(
        number=number,
        kind=str(kind),
        title=_marked(str(title)),
        price_points=int(str(price_points)),
        face_value_fen=face_value_fen,
        programme_fen=face_value_fen * programme_percent // 100,
        stock=int(str(stock)),
    )


def _marked(both: str) -> Text:
    zh, _, en = both.partition(" / ")
    return Text(MARK.zh + zh, MARK.en + en)
