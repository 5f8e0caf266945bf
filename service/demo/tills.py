"""The tills' part of the day: read the holder's code, see what can be used, verify under a fixed number."""

from dataclasses import dataclass
from typing import Any

from service.demo.client import Answer, Door, Unexpected
from service.demo.machines import Machine
from service.demo.street import Ordered, Repeats, SignedIn, same

CODES_MAX = 4
"""A code is shown anew when the service was killed between reading it and answering."""

SPENT = ("HOLDER_CODE_SPENT", "HOLDER_CODE_WRONG", "TILL_SESSION_OVER")


@dataclass(frozen=True, slots=True)
class Verified:
    """A voucher that was used."""

    settle_fen: int
    replayed: bool
    """It was used in an earlier run."""

    repeats: Repeats


def verify(door: Door, till: Machine, phone: SignedIn, ordered: Ordered) -> Verified:
    """Use the voucher of an order at a till.

    Raises:
        Unexpected: The till refused it.
    """
    verify_no = ordered.errand.verify_no
    if ordered.replayed:
        known = door.ask("GET", f"/v1/terminal/verifications/{verify_no}", who=till.who)
        if known.code == "":
            return Verified(_settle_fen(known), replayed=True, repeats=Repeats())
    answer: Answer | None = None
    for _ in range(CODES_MAX):
        session = _prepare(door, till, phone)
        refs = [shown["voucher_ref"] for shown in session["vouchers"] if shown["usable"]]
        asked = {"verify_no": verify_no, "session_id": session["session_id"], "voucher_refs": refs}
        answer = door.ask("POST", "/v1/terminal/verify", asked, till.who)
        if answer.code == "":
            repeats = Repeats()
            if ordered.errand.repeated:
                repeats = Repeats(1, int(same(answer, door.ask("POST", "/v1/terminal/verify", asked, till.who))))
            return Verified(_settle_fen(answer), replayed=answer.replayed, repeats=repeats)
        if answer.code not in SPENT:
            break
    message = f"{verify_no}: {answer.content.decode() if answer else 'no code could be read'}"
    raise Unexpected(message)


def _prepare(door: Door, till: Machine, phone: SignedIn) -> dict[str, Any]:
    for _ in range(CODES_MAX):
        code = door.must("POST", "/v1/me/codes", who=phone.who).body["code"]
        answer = door.ask("POST", "/v1/terminal/prepare", {"code": code}, till.who)
        if answer.code == "":
            return answer.body
        if answer.code not in SPENT:
            raise Unexpected(answer.content.decode())
    message = "the till could not read any code"
    raise Unexpected(message)


def _settle_fen(answer: Answer) -> int:
    return int(answer.body["verification"]["settle_fen"])
