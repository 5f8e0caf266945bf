"""Sign a citizen in with the code their phone received."""

from datetime import datetime

from sqlmodel import Session

from service.core.context import Context
from service.core.database import transact
from service.core.refusals import Refusal, TooManyRequests
from service.identity.domain.citizens import (
    SESSION_LIFETIME,
    CitizenSession,
    SignedIn,
    Verdict,
    judge_code,
)
from service.identity.domain.limits import SIGN_IN_PER_ADDRESS
from service.identity.phones import normalise_phone, phone_hash
from service.identity.refusals import CodeExhausted, CodeExpired, CodeInvalid
from service.identity.sign_in_codes import hash_code
from service.identity.store import attempts, citizens, codes, sessions
from service.identity.tokens import issue_tokens

REFUSALS: dict[Verdict, type[Refusal]] = {
    Verdict.WRONG: CodeInvalid,
    Verdict.EXPIRED: CodeExpired,
    Verdict.EXHAUSTED: CodeExhausted,
}


def sign_in(context: Context, phone: str, code: str, address: str) -> SignedIn:
    """Spend the code and open a session, for a new account if the phone has none.

    A wrong code is counted even though the sign-in is refused: what is decided inside the transaction is raised
    after it has been committed.

    Raises:
        PhoneUnusable: It is no mainland mobile number.
        TooManyRequests: The address tried too often.
        CodeInvalid: It is not the code that was sent last, or it was used.
        CodeExpired: It is, but too old.
        CodeExhausted: Wrong codes were tried too often.
    """
    normal = normalise_phone(phone)
    found_by = phone_hash(context.keyring, normal)
    presented = hash_code(context.keyring, normal, code)
    now = context.now()

    def decide(session: Session) -> SignedIn | Refusal:
        wait_s = attempts.count_address(session, context, SIGN_IN_PER_ADDRESS, address)
        if wait_s:
            return TooManyRequests(retry_after_s=wait_s)
        verdict = judge_code(codes.lock_code(session, found_by), presented, now)
        if verdict is not Verdict.RIGHT:
            codes.count_wrong(session, found_by)
            return REFUSALS[verdict]()
        codes.spend_code(session, found_by, now)
        return _open(session, context, normal, now)

    decided = transact(context, decide)
    if isinstance(decided, Refusal):
        raise decided
    return decided


def _open(session: Session, context: Context, phone: str, now: datetime) -> SignedIn:
    known = citizens.find_by_phone(session, context.keyring, phone)
    # The lock on the code keeps a second sign-in of this phone waiting, so nobody takes the phone in between.
    citizen_id = known or citizens.insert_citizen(session, context.keyring, phone, now)
    opened = CitizenSession(citizen_id, context.new_id(), 1, now + SESSION_LIFETIME, None)
    sessions.insert_session(session, opened, now)
    citizen = citizens.get_citizen(session, context.keyring, citizen_id)
    return SignedIn(citizen, known is None, issue_tokens(session, context, opened))
