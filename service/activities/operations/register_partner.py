"""Register a data partner."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session

from service import identity
from service.activities.domain.batches import Partner
from service.activities.domain.refusals import PartnerCodeTaken
from service.activities.store.partners import insert_partner, is_code_taken, next_partner_id
from service.activities.store.programmes import get_programme
from service.activities.wire import partner_wire
from service.core import numbers
from service.core.context import Context
from service.core.database import transact
from service.core.texts import Text


@dataclass(frozen=True, slots=True)
class PartnerAsked:
    """What an operator asks for."""

    request_no: str
    code: str
    name: Text
    programme_code: str
    activity_types: tuple[str, ...]
    public_key: Mapping[str, object]


def register_partner(context: Context, caller: identity.OperatorCaller, asked: PartnerAsked) -> dict[str, object]:
    """Register a partner with its key and return the answer; the same number gives the same answer.

    Raises:
        PartnerCodeTaken: Another partner has the code.
        ProgrammeNotFound: There is no such programme.
        KeyNotUsable: The key is not an Ed25519 or P-256 public key.
        KeyAlreadyRegistered: Some machine has the key already.
        NumberReused: The number stands for another request.
    """
    now = context.now()
    key = caller.number_key("register_partner", asked.request_no)
    content = {
        "code": asked.code,
        "name_zh": asked.name.zh,
        "name_en": asked.name.en,
        "programme_code": asked.programme_code,
        "activity_types": list(asked.activity_types),
        "public_key": dict(asked.public_key),
    }

    def work(session: Session) -> dict[str, object]:
        first = numbers.claim(session, key, content, now)
        if first is not None:
            return {**first, "replayed": True}
        get_programme(session, asked.programme_code)
        if is_code_taken(session, asked.code):
            raise PartnerCodeTaken(partner_code=asked.code)
        partner_id = next_partner_id(session)
        key_id = identity.register_machine(session, "partner", partner_id, asked.public_key, now)
        partner = Partner(partner_id, asked.code, asked.name, asked.programme_code, asked.activity_types, key_id)
        if not insert_partner(session, partner, now):
            raise PartnerCodeTaken(partner_code=asked.code)
        answer: dict[str, object] = {"partner": partner_wire(partner), "outcome": "done", "replayed": False}
        numbers.remember(session, key, answer)
        return answer

    return transact(context, work, numbered=True)
