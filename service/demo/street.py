"""The citizens' part of the day: sign in, entrust, bind, look at the wallet, order."""

from collections.abc import Mapping
from dataclasses import dataclass

from service.demo.client import Answer, Door, Unexpected
from service.demo.machines import Machine
from service.demo.people import Citizen
from service.demo.processes import Service
from service.demo.world import Errand

RESEND_S = 61
"""A phone gets another code after a minute."""

CODE_WAIT = "TOO_MANY_REQUESTS"
CODE_GONE = ("CODE_INVALID", "CODE_EXPIRED", "CODE_EXHAUSTED", "INVALID_REQUEST")
"""The code was used by a request whose answer was lost, or none was read."""

CODES_MAX = 10_000


@dataclass(frozen=True, slots=True)
class SignedIn:
    """One citizen's phone after signing in."""

    citizen: Citizen
    access_token: str
    refresh_token: str
    known: bool
    """The service knew the citizen from an earlier run."""

    def who(self, _method: str, _target: str, _body: bytes) -> Mapping[str, str]:
        """Show the access token."""
        return {"Authorization": f"Bearer {self.access_token}"}


@dataclass(frozen=True, slots=True)
class Wallet:
    """What a citizen has earned."""

    earned_points: int
    reduction_mg: int


@dataclass(frozen=True, slots=True)
class Repeats:
    """Requests that were sent a second time, and how many second answers were the first one again."""

    sent: int = 0
    recognised: int = 0


@dataclass(frozen=True, slots=True)
class Ordered:
    """What became of an order."""

    errand: Errand
    code: str
    """The refusal; empty when there is a voucher."""

    points: int
    replayed: bool
    """The order was there from an earlier run."""

    repeats: Repeats


def ask_for_code(door: Door, citizen: Citizen, patience_s: int) -> None:
    """Ask for a sign-in code; asked again too soon, the code that was sent before still holds."""
    answer = door.ask("POST", "/v1/sign-in/codes", {"phone": citizen.phone}, patience_s=patience_s)
    if answer.code not in ("", CODE_WAIT):
        raise Unexpected(answer.content.decode())


def read_codes(service: Service) -> dict[str, str]:
    """Return the codes of all phones, as `tanhui dev codes` shows them to a developer."""
    codes: dict[str, str] = {}
    for line in service.command("dev", "codes", "--limit", str(CODES_MAX)).splitlines():
        phone, code, _ = line.split()
        codes.setdefault(phone.removeprefix("+86"), code)  # The newest stands first.
    return codes


def sign_in(door: Door, citizen: Citizen, code: str) -> SignedIn | None:
    """Sign in with the code; ``None`` when the code is gone and a new one has to be asked for."""
    answer = door.ask("POST", "/v1/sign-in", {"phone": citizen.phone, "code": code})
    if answer.code in CODE_GONE:
        return None
    if answer.code:
        raise Unexpected(answer.content.decode())
    body = answer.body
    return SignedIn(citizen, body["access_token"], body["refresh_token"], not body["citizen"]["new"])


def refresh(door: Door, phone: SignedIn) -> SignedIn:
    """Exchange the refresh token for new tokens."""
    body = door.must("POST", "/v1/sign-in/refresh", {"refresh_token": phone.refresh_token}).body
    return SignedIn(phone.citizen, body["access_token"], body["refresh_token"], phone.known)


def entrustment_version(door: Door, phone: SignedIn) -> str:
    """Return the version of the entrustment that is offered."""
    return str(door.must("GET", "/v1/me/entrustment", who=phone.who).body["offered"]["version"])


def entrust_and_bind(door: Door, phone: SignedIn, version: str, partners: Mapping[str, Machine]) -> int:
    """Give the entrustment, if this citizen does, and bind every partner's account; return how many."""
    if phone.citizen.entrusts:
        agreed = {"version": version, "accepted": True}
        door.must("PUT", "/v1/me/entrustment", agreed, phone.who)
    for activity_type, subject_token in phone.citizen.tokens.items():
        ticket = partners[activity_type].ticket(subject_token)
        door.must("POST", "/v1/me/bindings", {"ticket": ticket}, phone.who)
    return len(phone.citizen.tokens)


def read_wallet(door: Door, phone: SignedIn) -> Wallet:
    """Look at the carbon account."""
    body = door.must("GET", "/v1/me/wallet", who=phone.who).body
    return Wallet(body["lifetime"]["earned_points"], sum(body["reductions"].values()))


def order(door: Door, phone: SignedIn, errand: Errand, offer_id: int) -> Ordered:
    """Order an offer under a fixed number; some orders are sent twice, as after a timeout."""

    def ask() -> Answer:
        return door.ask("POST", f"/v1/offers/{offer_id}/orders", {"order_no": errand.order_no}, phone.who)

    first = ask()
    if first.code:
        return Ordered(errand, first.code, 0, replayed=False, repeats=Repeats())
    repeats = Repeats(1, int(same(first, ask()))) if errand.repeated else Repeats()
    points = int(first.body["order"]["points"])
    return Ordered(errand, "", points, replayed=first.replayed, repeats=repeats)


def same(first: Answer, then: Answer) -> bool:
    """Tell whether the second answer is the first one again."""
    return then.replayed and {**then.body, "replayed": False} == {**first.body, "replayed": False}
